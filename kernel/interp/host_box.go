package interp

import (
	"go/types"
	"reflect"
	"strings"
)

// box is a value of a script's type in an interface. The engine would store the bare value, and with it lose the type: its
// methods, its name, and what it equals. Boxes compare as the values do.
type box struct {
	T *dtype
	V any
	h *typeTable
}

// errBox is a box that is an error. The errors package finds its way through it.
type errBox struct{ box }

// errsBox is one that wraps several errors.
type errsBox struct{ errBox }

func (b errBox) Error() string { return b.text("Error") }

func (b errBox) Unwrap() error {
	if out, ok := b.invoke("Unwrap"); ok {
		err, _ := out.Interface().(error)
		return err
	}
	return nil
}

func (b errsBox) Unwrap() []error {
	out, _ := b.invoke("Unwrap")
	list, _ := out.Interface().([]error)
	return list
}

func (b errBox) Is(target error) bool {
	out, ok := b.invoke("Is", reflect.ValueOf(&target).Elem())
	return ok && out.Bool()
}

func (b errBox) As(target any) bool {
	out, ok := b.invoke("As", anyValue(target))
	return ok && out.Bool()
}

// invoke calls a method of one result.
func (b box) invoke(name string, args ...reflect.Value) (reflect.Value, bool) {
	out, ok := b.invokeAll(name, args...)
	if !ok || len(out) != 1 {
		return reflect.Value{}, false
	}
	return out[0], true
}

// invokeAll calls a method, if the type has one with as many parameters.
func (b box) invokeAll(name string, args ...reflect.Value) ([]reflect.Value, bool) {
	code, ok := b.h.method(b.T, name)
	if !ok || code.Type().NumIn() != len(args)+1 {
		return nil, false
	}
	return code.Call(append([]reflect.Value{anyValue(b.V)}, args...)), true
}

func (b box) text(method string) string {
	out, _ := b.invoke(method)
	return out.String()
}

// anyValue is a bare value as the first argument of a method's code.
func anyValue(v any) reflect.Value { return reflect.ValueOf(&v).Elem() }

// box puts a bare value of a script's type into an interface.
func (tt *typeTable) box(id int, v any) any {
	b := box{tt.at(id), v, tt}
	tt.mu.RLock()
	isError, unwrap := b.T.sigs["Error"] == "func() string", b.T.sigs["Unwrap"]
	tt.mu.RUnlock()
	switch {
	case !isError:
		return b
	case unwrap == "func() []error":
		return errsBox{errBox{b}}
	}
	return errBox{b}
}

// boxed returns the box that an interface holds, if it does.
func boxed(v any) (box, bool) {
	switch b := plain(v).(type) {
	case box:
		return b, true
	case errBox:
		return b.box, true
	case errsBox:
		return b.box, true
	}
	return box{}, false
}

// plain takes a value out of what implements a compiled interface for it.
func plain(v any) any {
	switch v.(type) {
	case nil, box, errBox, errsBox:
		return v
	}
	if inner := unwrapValue(reflect.ValueOf(v)); inner.IsValid() && inner.CanInterface() {
		return inner.Interface()
	}
	return v
}

// bare is the value in a box, or what is not in one.
func bare(v any) any {
	if b, ok := boxed(v); ok {
		return b.V
	}
	return v
}

// unbox returns the bare value if its type is the one with the number id, else nil.
func (tt *typeTable) unbox(id int, v any) any {
	if v = plain(v); v == nil || tt.dynamic(v) != tt.at(id) {
		return nil
	}
	return bare(v)
}

// has reports whether the value in an interface implements an interface of the script.
func (tt *typeTable) has(id int, v any) bool {
	v = plain(v)
	return v != nil && tt.implements(tt.dynamic(v), tt.at(id))
}

// as returns a value that implements a compiled interface for the value in an interface, or nil.
func (tt *typeTable) as(id int, v any) any {
	iface := tt.at(id)
	v = plain(v)
	if v == nil || !tt.implements(tt.dynamic(v), iface) {
		return nil
	}
	b, ok := boxed(v)
	if !ok || len(iface.sigs) == 0 || iface.key == "error" {
		return v
	}
	return tt.wrapper(v, b, iface)
}

// wrapper makes the struct of functions that stands for a box in a compiled interface.
func (tt *typeTable) wrapper(v any, b box, iface *dtype) any {
	w := reflect.New(iface.wrap).Elem()
	w.Field(0).Set(reflect.ValueOf(v))
	for i := 1; i < w.NumField(); i++ {
		code, ok := tt.method(b.T, strings.TrimPrefix(iface.wrap.Field(i).Name, "W"))
		if !ok {
			continue
		}
		w.Field(i).Set(reflect.MakeFunc(w.Field(i).Type(), func(args []reflect.Value) []reflect.Value {
			args = append([]reflect.Value{anyValue(b.V)}, args...)
			if code.Type().IsVariadic() {
				return code.CallSlice(args)
			}
			return code.Call(args)
		}))
	}
	return w.Interface()
}

// bind returns a method of the value in an interface as a function whose first parameter is the bare value.
func (tt *typeTable) bind(name string, v any) any {
	v = plain(v)
	if v == nil {
		panic(runtimeError("invalid memory address or nil pointer dereference"))
	}
	if b, ok := boxed(v); ok {
		if code, ok := tt.method(b.T, name); ok {
			return code.Interface()
		}
	}
	method := reflect.ValueOf(bare(v)).MethodByName(name)
	in, out := []reflect.Type{reflect.TypeFor[any]()}, []reflect.Type(nil)
	for t := range method.Type().Ins() {
		in = append(in, t)
	}
	for t := range method.Type().Outs() {
		out = append(out, t)
	}
	return reflect.MakeFunc(reflect.FuncOf(in, out, method.Type().IsVariadic()), func(args []reflect.Value) []reflect.Value {
		if method.Type().IsVariadic() {
			return method.CallSlice(args[1:])
		}
		return method.Call(args[1:])
	}).Interface()
}

// define stores the code of a method.
func (tt *typeTable) define(id int, name string, code any) {
	d := tt.at(id)
	tt.mu.Lock()
	defer tt.mu.Unlock()
	d.code[name] = reflect.ValueOf(code)
}

// equal is == of two interfaces.
func equal(a, b any) bool { return plain(a) == plain(b) }

// failed panics as a failed assertion of v to the type with the number id does.
func (tt *typeTable) failed(id int, from string, v any) {
	want := tt.at(id)
	v = plain(v)
	d := tt.dynamic(v)
	_, toInterface := want.typ.Underlying().(*types.Interface)
	switch {
	case d == nil && toInterface:
		panic(assertionError("interface conversion: interface is nil, not " + want.name))
	case d == nil:
		panic(assertionError("interface conversion: " + from + " is nil, not " + want.name))
	case toInterface:
		panic(assertionError("interface conversion: " + d.name + " is not " + want.name + ": missing method " + tt.missing(d, want)))
	}
	panic(assertionError("interface conversion: " + from + " is " + d.name + ", not " + want.name))
}

// assertionError is what Go's runtime panics with when an assertion fails.
type assertionError string

func (e assertionError) Error() string { return string(e) }

// RuntimeError marks it as a runtime.Error.
func (assertionError) RuntimeError() {}

// walkErrors goes through the tree of an error, as package errors does, until visit returns true.
func walkErrors(err error, visit func(error) bool) bool {
	for err != nil {
		if visit(err) {
			return true
		}
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		case interface{ Unwrap() []error }:
			for _, e := range e.Unwrap() {
				if walkErrors(e, visit) {
					return true
				}
			}
			return false
		default:
			return false
		}
	}
	return false
}

// errorAs is errors.As for a target whose type is the one with the number id.
func (tt *typeTable) errorAs(id int, err error, target any) bool {
	want := tt.at(id)
	_, toInterface := want.typ.Underlying().(*types.Interface)
	return walkErrors(err, func(err error) bool {
		v := plain(err)
		switch d := tt.dynamic(v); {
		case toInterface && tt.implements(d, want):
		case d == want:
			v = bare(v)
		default:
			b, ok := boxed(v)
			if !ok {
				return false
			}
			out, ok := b.invoke("As", anyValue(target))
			return ok && out.Bool()
		}
		reflect.ValueOf(target).Elem().Set(reflect.ValueOf(v))
		return true
	})
}
