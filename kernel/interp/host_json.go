package interp

import (
	"encoding/json"
	"go/types"
	"reflect"
)

// MarshalJSON writes what encoding/json would write in Go: the engine's own types have other fields, and no methods.
func (b box) MarshalJSON() ([]byte, error) {
	v, err := b.h.jsonValue(reflect.ValueOf(b.V), b.T.typ)
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

// jsonValue is a value that encoding/json writes as it would write a script's value in Go.
func (tt *typeTable) jsonValue(v reflect.Value, t types.Type) (any, error) {
	if !v.IsValid() || t == nil || !mentionsScript(t) || types.IsInterface(t) {
		return jsonBare(v), nil
	}
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, nil
	}
	if d := tt.of(t); d != nil {
		b := box{d, v.Interface(), tt}
		if text, ok, err := b.bytes("MarshalJSON"); ok {
			return json.RawMessage(text), err
		}
		if text, ok, err := b.bytes("MarshalText"); ok {
			return string(text), err
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		return tt.jsonValue(v.Elem(), element(t))
	case reflect.Struct:
		return tt.jsonStruct(v, structOf(t))
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 || v.Kind() == reflect.Slice && v.IsNil() {
			return v.Interface(), nil
		}
		list := make([]any, v.Len())
		for i := range list {
			var err error
			if list[i], err = tt.jsonValue(v.Index(i), element(t)); err != nil {
				return nil, err
			}
		}
		return list, nil
	case reflect.Map:
		if v.IsNil() {
			return nil, nil
		}
		out := reflect.MakeMap(reflect.MapOf(v.Type().Key(), reflect.TypeFor[any]()))
		for key, elem := range v.Seq2() {
			value, err := tt.jsonValue(elem, element(t))
			if err != nil {
				return nil, err
			}
			out.SetMapIndex(key, reflect.ValueOf(&value).Elem())
		}
		return out.Interface(), nil
	}
	return v.Interface(), nil
}

func jsonBare(v reflect.Value) any {
	if !v.IsValid() || v.Kind() == reflect.Interface && v.IsNil() {
		return nil
	}
	return v.Interface()
}

// bytes calls a method that returns a text and an error.
func (b box) bytes(method string) (text []byte, ok bool, err error) {
	out, ok := b.invokeAll(method)
	if !ok || len(out) != 2 || out[0].Kind() != reflect.Slice {
		return nil, false, nil
	}
	err, _ = out[1].Interface().(error)
	return out[0].Bytes(), true, err
}

// jsonStruct is a struct of the fields that Go would write, with their tags.
func (tt *typeTable) jsonStruct(v reflect.Value, t *types.Struct) (any, error) {
	var fields []reflect.StructField
	var values []any
	for i := range t.NumFields() {
		f := t.Field(i)
		inner, isStruct := deref(f.Type()).Underlying().(*types.Struct)
		flat := f.Embedded() && isStruct && inner != nil
		if !f.Exported() && !flat {
			continue
		}
		value, err := tt.jsonValue(v.Field(i), f.Type())
		if err != nil {
			return nil, err
		}
		field := reflect.StructField{Name: v.Type().Field(i).Name, Tag: reflect.StructTag(t.Tag(i)), Type: reflect.TypeFor[any]()}
		if value != nil {
			field.Type = reflect.TypeOf(value)
		}
		field.Anonymous = flat && field.Type.NumMethod() == 0 && field.Type.Kind() == reflect.Struct
		if types.IsInterface(f.Type()) {
			field.Type = reflect.TypeFor[any]()
		}
		fields, values = append(fields, field), append(values, value)
	}
	out := reflect.New(reflect.StructOf(fields)).Elem()
	for i, value := range values {
		if value != nil {
			out.Field(i).Set(reflect.ValueOf(value))
		}
	}
	return out.Interface(), nil
}

func deref(t types.Type) types.Type {
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		return ptr.Elem()
	}
	return t
}
