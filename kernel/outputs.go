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
	bound  uintptr // the map that is Out, unless the user has given that name a meaning
}

// outputLimit is how many cells' values are kept, so that they do not fill the memory.
const outputLimit = 100

func (o *outputs) keep(n int, values []interp.Value) {
	if o.values == nil {
		o.values = map[int][]interp.Value{}
	}
	if _, again := o.values[n]; !again {
		o.cells = append(o.cells, n)
	}
	o.values[n] = values
	if len(o.cells) > outputLimit {
		delete(o.values, o.cells[0])
		o.cells = o.cells[1:]
	}
}

// mentioned is how a cell asks for a value: by a name that is no field's.
var mentioned = regexp.MustCompile(`(?:^|[^.\w])(Out|_[0-9]+)\b`)

// ownOut reports whether Out is what bindOutputs has made of it.
func (r *run) ownOut(ctx context.Context, outType bool) bool {
	if !outType || r.outputs.bound == 0 {
		return false
	}
	now := r.engine().Eval(ctx, interp.Cell{Src: "Out"})
	if now.Err != nil || len(now.Values) != 1 {
		return false
	}
	m, ok := now.Values[0].V.(map[int]any)
	return ok && reflect.ValueOf(m).Pointer() == r.outputs.bound
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
		r.outputs.bound = reflect.ValueOf(out).Pointer()
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
