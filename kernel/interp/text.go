package interp

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Limits of an echoed text.
const (
	maxElements = 10_000
	maxBytes    = 100_000
)

// textOf is how a cell's value is echoed: fmt's %+v of Go itself, with strings quoted at every depth. The static type
// supplies the names that the engine's values lack.
func (tt *typeTable) textOf(v any, t types.Type) string {
	w := &textWriter{types: tt}
	if v == nil {
		return w.nilText(t)
	}
	w.value(reflect.ValueOf(v), t, 0)
	return w.String()
}

type textWriter struct {
	strings.Builder
	types    *typeTable
	elements int
}

func (w *textWriter) nilText(t types.Type) string {
	if t != nil {
		switch t.Underlying().(type) {
		case *types.Slice:
			return "[]"
		case *types.Map:
			return "map[]"
		}
	}
	return "<nil>"
}

// value writes one value; depth counts the containers around it.
func (w *textWriter) value(v reflect.Value, t types.Type, depth int) {
	v = unwrapValue(v)
	for v.IsValid() && v.Kind() == reflect.Interface {
		v, t = unwrapValue(v.Elem()), nil
	}
	if t != nil && types.IsInterface(t) {
		t = nil
	}
	if v.IsValid() && v.CanInterface() {
		if b, ok := boxed(v.Interface()); ok {
			v, t = reflect.ValueOf(b.V), b.T.typ
		}
	}
	if !v.IsValid() {
		w.WriteString("<nil>")
		return
	}
	if w.method(v, t) {
		return
	}
	switch v.Kind() {
	case reflect.String:
		w.WriteString(strconv.Quote(v.String()))
	case reflect.Slice, reflect.Array:
		w.list(v, element(t), depth)
	case reflect.Map:
		w.mapping(v, t, depth)
	case reflect.Struct:
		w.structure(v, t, depth)
	case reflect.Pointer:
		w.pointer(v, t, depth)
	case reflect.Func, reflect.Chan:
		w.reference(v, t)
	default:
		fmt.Fprintf(w, "%v", v)
	}
}

// method writes what the value's own Error or String says, if it has one.
func (w *textWriter) method(v reflect.Value, t types.Type) bool {
	if !v.CanInterface() || v.Kind() == reflect.Pointer && v.IsNil() {
		return false
	}
	text, ok := "", false
	defer func() {
		if p := recover(); p != nil {
			text, ok = fmt.Sprintf("(String panicked: %s)", panicText(p)), true
		}
		if ok {
			w.WriteString(text)
		}
	}()
	d := w.types.of(t)
	b := box{d, v.Interface(), w.types}
	for _, name := range []string{"Error", "String"} {
		if out, has := b.invoke(name); has && out.Kind() == reflect.String {
			text, ok = out.String(), true
			return ok
		}
	}
	if t != nil && mentionsScript(t) { // the engine's own type may have methods that Go's has not
		return false
	}
	switch s := v.Interface().(type) {
	case error:
		text, ok = s.Error(), true
	case fmt.Stringer:
		text, ok = s.String(), true
	}
	return ok
}

func element(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	if e, ok := t.Underlying().(interface{ Elem() types.Type }); ok {
		return e.Elem()
	}
	return nil
}

// full reports that the text is long enough, and says how much is left out.
func (w *textWriter) full(left int) bool {
	if w.elements++; w.elements <= maxElements && w.Len() < maxBytes {
		return false
	}
	fmt.Fprintf(w, "… (%d more)", left)
	return true
}

func (w *textWriter) list(v reflect.Value, elem types.Type, depth int) {
	w.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			w.WriteByte(' ')
		}
		if w.full(v.Len() - i) {
			break
		}
		w.value(v.Index(i), elem, depth+1)
	}
	w.WriteByte(']')
}

func (w *textWriter) mapping(v reflect.Value, t types.Type, depth int) {
	var keyType, elemType types.Type
	if t != nil {
		if m, ok := t.Underlying().(*types.Map); ok {
			keyType, elemType = m.Key(), m.Elem()
		}
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, compareKeys)
	w.WriteString("map[")
	for i, k := range keys {
		if i > 0 {
			w.WriteByte(' ')
		}
		if w.full(len(keys) - i) {
			break
		}
		w.value(k, keyType, depth+1)
		w.WriteByte(':')
		w.value(v.MapIndex(k), elemType, depth+1)
	}
	w.WriteByte(']')
}

// compareKeys orders map keys as fmt does: numbers, strings and bools by value, others by their text.
func compareKeys(a, b reflect.Value) int {
	a, b = unwrapValue(a), unwrapValue(b)
	for a.Kind() == reflect.Interface && b.Kind() == reflect.Interface {
		a, b = a.Elem(), b.Elem()
	}
	switch {
	case a.CanInt() && b.CanInt():
		return compare(a.Int(), b.Int())
	case a.CanUint() && b.CanUint():
		return compare(a.Uint(), b.Uint())
	case a.CanFloat() && b.CanFloat():
		return compare(a.Float(), b.Float())
	case a.Kind() == reflect.String && b.Kind() == reflect.String:
		return strings.Compare(a.String(), b.String())
	}
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

func compare[T int64 | uint64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (w *textWriter) structure(v reflect.Value, t types.Type, depth int) {
	var fields *types.Struct
	if t != nil {
		fields, _ = t.Underlying().(*types.Struct)
	}
	w.WriteByte('{')
	for i := range v.NumField() {
		if i > 0 {
			w.WriteByte(' ')
		}
		name, fieldType := v.Type().Field(i).Name, types.Type(nil)
		if fields != nil && i < fields.NumFields() {
			name, fieldType = fields.Field(i).Name(), fields.Field(i).Type()
		}
		w.WriteString(name + ":")
		w.value(v.Field(i), fieldType, depth+1)
	}
	w.WriteByte('}')
}

func (w *textWriter) pointer(v reflect.Value, t types.Type, depth int) {
	if v.IsNil() {
		w.WriteString("<nil>")
		return
	}
	if k := v.Elem().Kind(); depth == 0 && (k == reflect.Struct || k == reflect.Slice || k == reflect.Array || k == reflect.Map) {
		w.WriteByte('&')
		w.value(v.Elem(), element(t), depth+1)
		return
	}
	fmt.Fprintf(w, "0x%x", v.Pointer())
}

func (w *textWriter) reference(v reflect.Value, t types.Type) {
	switch {
	case v.IsNil():
		w.WriteString("<nil>")
	case t != nil:
		w.WriteString(typeText(t.Underlying()))
	default:
		w.WriteString(v.Type().String())
	}
}

// unwrapValue takes a value out of the struct of functions that implements a compiled interface for it.
func unwrapValue(v reflect.Value) reflect.Value {
	for v.IsValid() && v.Kind() == reflect.Struct && v.NumField() > 0 && v.Type().Field(0).Name == "IValue" && strings.HasPrefix(v.Type().Name(), "_") {
		v = v.Field(0).Elem()
	}
	return v
}
