package interp

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// Format prints the value as fmt prints it in Go: with the names of the type's fields, and by its own methods.
func (b box) Format(s fmt.State, verb rune) {
	if verb == typeVerb {
		fmt.Fprintf(s, fmt.FormatString(s, 's'), b.T.name)
		return
	}
	p := printer{s, b.h, verb, fmt.FormatString(s, verb)}
	p.value(reflect.ValueOf(b.V), b.T.typ, 0, true)
}

// printer follows package fmt, with the checker's types beside the engine's values.
type printer struct {
	s    fmt.State
	h    *typeTable
	verb rune
	leaf string // the directive for a value that is not composed
}

func (p printer) text(s string) { fmt.Fprint(p.s, s) }

func (p printer) sharp() bool { return p.verb == 'v' && p.s.Flag('#') }

func (p printer) typeName(t types.Type) string {
	return clean(typeKey(t, func(obj *types.TypeName) string { return obj.Pkg().Name() + "." + obj.Name() }))
}

// value prints one value. Methods count only for what Go could reach: not below a field that is not exported.
func (p printer) value(v reflect.Value, t types.Type, depth int, methods bool) {
	for v.IsValid() && v.Kind() == reflect.Interface {
		v, t = v.Elem(), nil
	}
	if v.IsValid() && v.CanInterface() {
		if b, ok := boxed(v.Interface()); ok {
			v, t = reflect.ValueOf(b.V), b.T.typ
		}
	}
	if !v.IsValid() {
		p.text("<nil>")
		return
	}
	d := p.h.of(t)
	if methods && p.method(v, d) {
		return
	}
	if t == nil || !mentionsScript(t) {
		p.native(v, methods)
		return
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		p.list(v, t, depth, methods)
	case reflect.Map:
		p.mapping(v, t, depth, methods)
	case reflect.Struct:
		p.structure(v, t, depth, methods)
	case reflect.Pointer:
		if k := v.Type().Elem().Kind(); depth == 0 && !v.IsNil() && (k == reflect.Struct || k == reflect.Slice || k == reflect.Array || k == reflect.Map) {
			p.text("&")
			p.value(v.Elem(), element(t), depth+1, methods)
			return
		}
		p.reference(v, t)
	case reflect.Func, reflect.Chan:
		p.reference(v, t)
	default:
		if !strings.ContainsRune(verbsOf(v), p.verb) {
			fmt.Fprintf(p.s, "%%!%c(%s=%v)", p.verb, p.typeName(t), basic(v))
			return
		}
		fmt.Fprintf(p.s, p.leaf, basic(v))
	}
}

// verbsOf lists the verbs that fmt knows for a basic kind.
func verbsOf(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Bool:
		return "vt"
	case v.Kind() == reflect.String:
		return "vsxXq"
	case v.CanFloat() || v.CanComplex():
		return "vbeEfFgGxX"
	}
	return "vbcdoOqxXU"
}

// native prints a value of a compiled type.
func (p printer) native(v reflect.Value, methods bool) {
	switch {
	case methods:
		fmt.Fprintf(p.s, p.leaf, v)
	case v.Kind() == reflect.Pointer && !v.IsNil() && p.verb == 'v' && !p.sharp():
		fmt.Fprintf(p.s, "0x%x", v.Pointer())
	case v.CanInterface(): // fmt calls no methods of what is in a field that is not exported
		fmt.Fprintf(p.s, p.leaf, reflect.ValueOf(struct{ v any }{v.Interface()}).Field(0).Elem())
	default:
		fmt.Fprintf(p.s, p.leaf, v)
	}
}

// basic is a value of a basic kind without the methods of its type.
func basic(v reflect.Value) any {
	switch {
	case v.Kind() == reflect.Bool:
		return v.Bool()
	case v.Kind() == reflect.String:
		return v.String()
	case v.Kind() == reflect.Float32:
		return float32(v.Float())
	case v.Kind() == reflect.Complex64:
		return complex64(v.Complex())
	case v.Kind() == reflect.Uint8:
		return uint8(v.Uint())
	case v.Kind() == reflect.Uintptr:
		return uintptr(v.Uint())
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return v.Uint()
	case v.CanFloat():
		return v.Float()
	case v.CanComplex():
		return v.Complex()
	}
	return v
}

// method prints what a method of the value's type says, if it has one that fmt would call for the verb.
func (p printer) method(v reflect.Value, d *dtype) (handled bool) {
	name := ""
	candidates := []string{"Format"}
	switch {
	case p.sharp():
		candidates = append(candidates, "GoString")
	case strings.ContainsRune("vsxXqw", p.verb):
		candidates = append(candidates, "Error", "String")
	}
	for _, candidate := range candidates {
		if _, ok := p.h.method(d, candidate); ok {
			name = candidate
			break
		}
	}
	if name == "" {
		return false
	}
	defer func() {
		if e := recover(); e != nil {
			if v.Kind() == reflect.Pointer && v.IsNil() {
				p.text("<nil>")
			} else {
				fmt.Fprintf(p.s, "%%!%c(PANIC=%s method: %s)", p.verb, name, panicText(e))
			}
			handled = true
		}
	}()
	b := box{d, v.Interface(), p.h}
	if name == "Format" {
		_, ok := b.invokeAll("Format", reflect.ValueOf(&p.s).Elem(), reflect.ValueOf(p.verb))
		return ok
	}
	out, ok := b.invoke(name)
	if !ok || out.Kind() != reflect.String {
		return false
	}
	if p.sharp() {
		p.text(out.String())
	} else {
		fmt.Fprintf(p.s, p.leaf, out.String())
	}
	return true
}

func (p printer) list(v reflect.Value, t types.Type, depth int, methods bool) {
	if v.Type().Elem().Kind() == reflect.Uint8 && strings.ContainsRune("sqxX", p.verb) {
		data := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(data), v)
		fmt.Fprintf(p.s, p.leaf, data)
		return
	}
	open, sep, end := "[", " ", "]"
	if p.sharp() {
		open, sep, end = p.typeName(t)+"{", ", ", "}"
		if v.Kind() == reflect.Slice && v.IsNil() {
			p.text(p.typeName(t) + "(nil)")
			return
		}
	}
	p.text(open)
	for i := range v.Len() {
		if i > 0 {
			p.text(sep)
		}
		p.value(v.Index(i), element(t), depth+1, methods)
	}
	p.text(end)
}

func (p printer) mapping(v reflect.Value, t types.Type, depth int, methods bool) {
	open, sep, end := "map[", " ", "]"
	if p.sharp() {
		open, sep, end = p.typeName(t)+"{", ", ", "}"
		if v.IsNil() {
			p.text(p.typeName(t) + "(nil)")
			return
		}
	}
	p.text(open)
	keys := v.MapKeys()
	slices.SortFunc(keys, compareKeys)
	for i, k := range keys {
		if i > 0 {
			p.text(sep)
		}
		p.value(k, keyType(t), depth+1, methods)
		p.text(":")
		p.value(v.MapIndex(k), element(t), depth+1, methods)
	}
	p.text(end)
}

func (p printer) structure(v reflect.Value, t types.Type, depth int, methods bool) {
	fields := structOf(t)
	sep := " "
	if p.sharp() {
		p.text(p.typeName(t))
		sep = ", "
	}
	p.text("{")
	for i := range v.NumField() {
		f := fields.Field(i)
		if i > 0 {
			p.text(sep)
		}
		if p.sharp() || p.verb == 'v' && p.s.Flag('+') {
			p.text(f.Name() + ":")
		}
		p.value(v.Field(i), f.Type(), depth+1, methods && f.Exported())
	}
	p.text("}")
}

// reference prints a pointer, function or channel by its address.
func (p printer) reference(v reflect.Value, t types.Type) {
	switch {
	case p.sharp() && v.IsNil():
		p.text("(" + p.typeName(t) + ")(nil)")
	case p.sharp():
		p.text(fmt.Sprintf("(%s)(0x%x)", p.typeName(t), v.Pointer()))
	case v.IsNil() && p.verb == 'v':
		p.text("<nil>")
	case p.verb == 'v':
		fmt.Fprintf(p.s, "0x%x", v.Pointer())
	default:
		fmt.Fprintf(p.s, p.leaf, v.Pointer())
	}
}
