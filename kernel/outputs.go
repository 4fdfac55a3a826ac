package kernel

import (
	"context"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/livespike/livespike/kernel/interp"
)

// outputs are the values that cells have shown last. Go cannot read _; a cell that mentions Out[n] or _n finds them there:
// Out is a map[int]any, _n has the value's own type.
type outputs struct {
	cells  []int // oldest first
	values map[int][]interp.Value
	sizes  map[int]int // of the values in bytes, as size has them
	held   int         // their sum
	out    map[int]any // what is Out, unless the user has given that name a meaning
}

// So many cells' values are kept, and so many bytes of them, that they do not fill the memory.
const (
	outputLimit = 100
	outputBytes = 256 << 20
)

// keep adds the values of a cell, whatever their size. The oldest go.
func (o *outputs) keep(n int, values []interp.Value) {
	if o.values == nil {
		o.values, o.sizes = map[int][]interp.Value{}, map[int]int{}
	}
	if _, again := o.values[n]; !again {
		o.cells = append(o.cells, n)
	}
	bytes, left := 0, sizeLimit
	for _, v := range values {
		bytes += size(reflect.ValueOf(v.V), &left)
	}
	o.held += bytes - o.sizes[n]
	o.values[n], o.sizes[n] = values, bytes
	for len(o.cells) > outputLimit || o.held > outputBytes && o.cells[0] != n {
		oldest := o.cells[0]
		o.held -= o.sizes[oldest]
		delete(o.values, oldest)
		delete(o.sizes, oldest)
		delete(o.out, oldest)
		o.cells = o.cells[1:]
	}
}

// sizeLimit is how many parts of a cell's values size looks at, so that a list of a million tensors takes no longer than one
// of a thousand; the others are taken to be alike.
const sizeLimit = 1000

// size is how many bytes the tensors, states and slices of numbers of a value hold, as far as it is open to the script:
// behind other pointers and in fields that are not exported it does not look.
func size(v reflect.Value, left *int) (bytes int) {
	if *left--; *left < 0 || !v.IsValid() {
		return 0
	}
	if v.CanInterface() {
		if sized, ok := v.Interface().(interface{ NBytes() int }); ok {
			if v.Kind() == reflect.Pointer && v.IsNil() {
				return 0
			}
			return sized.NBytes()
		}
	}
	switch v.Kind() {
	case reflect.Interface:
		return size(v.Elem(), left)
	case reflect.String:
		return v.Len()
	case reflect.Slice, reflect.Array:
		n, element, behind := v.Len(), v.Type().Elem(), 0
		for seen := 0; seen < n && element.Kind() > reflect.Complex128 && *left > 0; {
			bytes += size(v.Index(seen), left)
			seen++
			behind = bytes / seen * n
		}
		return n*int(element.Size()) + behind
	case reflect.Map:
		for it := v.MapRange(); *left > 0 && it.Next(); {
			bytes += size(it.Value(), left)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			bytes += size(v.Field(i), left)
		}
	}
	return bytes
}

// mentioned is how a cell asks for a value: by a name that is no field's.
var mentioned = regexp.MustCompile(`(?:^|[^.\w])(Out|_[0-9]+)\b`)

// ownOut reports whether Out is what bindOutputs has made of it.
func (r *run) ownOut(ctx context.Context, outType bool) bool {
	if !outType || r.outputs.out == nil {
		return false
	}
	now := r.engine().Eval(ctx, interp.Cell{Src: "Out"})
	if now.Err != nil || len(now.Values) != 1 {
		return false
	}
	m, ok := now.Values[0].V.(map[int]any)
	return ok && reflect.ValueOf(m).Pointer() == reflect.ValueOf(r.outputs.out).Pointer()
}

// bindOutputs defines what the text mentions, unless the user has given the names a meaning. What cannot be defined is left to
// the compiler's complaint.
func (r *run) bindOutputs(ctx context.Context, src string) {
	var wanted []string
	for _, m := range mentioned.FindAllStringSubmatch(src, -1) {
		wanted = append(wanted, m[1])
	}
	if len(wanted) == 0 {
		return
	}
	live := map[string]string{}
	for _, n := range r.engine().Names() {
		live[n.Name] = n.Type
	}
	const outType = "map[int]any"
	carrier := "Out"
	if _, taken := live["Out"]; taken && !r.ownOut(ctx, live["Out"] == outType) {
		carrier = "_Out" // Out is the user's
	}
	var names strings.Builder
	for _, name := range slices.Compact(slices.Sorted(slices.Values(wanted))) {
		n, err := strconv.Atoi(strings.TrimPrefix(name, "_"))
		values := r.outputs.values[n]
		if _, taken := live[name]; err == nil && !taken && len(values) == 1 && values[0].Any != nil {
			fmt.Fprintf(&names, "%s := %s[%d].(%s)\n", name, carrier, n, values[0].Type)
		}
	}
	if carrier != "Out" && names.Len() == 0 {
		return
	}
	made := r.engine().Eval(ctx, interp.Cell{Src: carrier + " := " + outType + "{}\n" + carrier})
	if made.Err != nil || len(made.Values) != 1 {
		return
	}
	out, _ := made.Values[0].V.(map[int]any)
	if carrier == "Out" {
		r.outputs.out = out
	}
	for n, values := range r.outputs.values {
		if len(values) == 1 {
			out[n] = values[0].Any
			continue
		}
		all := []any{}
		for _, v := range values {
			all = append(all, v.Any)
		}
		out[n] = all
	}
	for line := range strings.Lines(names.String()) {
		r.engine().Eval(ctx, interp.Cell{Src: line})
	}
}
