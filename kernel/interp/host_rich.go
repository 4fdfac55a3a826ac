package interp

import "reflect"

// A script's value shows richly if its type has one of these methods. A form that comes back empty is left out, so boxes
// of all types may have them.

func (b box) PNG() ([]byte, error)      { return form[[]byte](b, "PNG") }
func (b box) SVG() (string, error)      { return form[string](b, "SVG") }
func (b box) HTML() (string, error)     { return form[string](b, "HTML") }
func (b box) Markdown() (string, error) { return form[string](b, "Markdown") }
func (b box) Latex() (string, error)    { return form[string](b, "Latex") }
func (b box) JSON() ([]byte, error)     { return form[[]byte](b, "JSON") }

func form[T any](b box, method string) (content T, err error) {
	out, ok := b.invokeAll(method)
	if !ok || len(out) != 2 || out[0].Type() != reflect.TypeFor[T]() {
		return content, nil
	}
	err, _ = out[1].Interface().(error)
	return out[0].Interface().(T), err
}

// shown is what the front end gets of an echoed value: the bare one, unless its type has a form of its own.
func (tt *typeTable) shown(v any, d *dtype) any {
	if b, ok := boxed(v); ok {
		v, d = b.V, b.T
	}
	if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer && p.IsNil() {
		return v
	}
	for _, method := range []string{"PNG", "SVG", "HTML", "Markdown", "Latex", "JSON"} {
		if _, ok := tt.method(d, method); ok {
			return box{d, v, tt}
		}
	}
	return plain(v)
}
