package display

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"
)

// Bundle is one value in all the forms it can be shown in.
type Bundle struct {
	// Data maps a MIME type to its content: []byte for image/png, json.RawMessage for application/json, string for
	// the others. It always has text/plain.
	Data map[string]any
	// Metadata maps a MIME type to what front ends want to know of it, such as the width and height of a picture in
	// CSS pixels. It may be nil.
	Metadata map[string]any
}

// Text is the bundle's text/plain form.
func (b Bundle) Text() string {
	s, _ := b.Data["text/plain"].(string)
	return s
}

// PNG is the bundle's picture, or nil.
func (b Bundle) PNG() []byte {
	p, _ := b.Data["image/png"].([]byte)
	return p
}

// formLimit ends the wait for a display method that does not return. It is a variable for the tests.
var formLimit = 30 * time.Second

// form is one way to show a value. make returns nil content if the value does not have this form.
type form struct {
	mime, method string
	of           func(v any) (make func() (any, error), ok bool)
}

// forms are asked in this order.
var forms = []form{
	{"image/png", "PNG", func(v any) (func() (any, error), bool) {
		if x, ok := v.(interface{ PNG() ([]byte, error) }); ok {
			return func() (any, error) { p, err := x.PNG(); return p, err }, true
		}
		if img, ok := v.(image.Image); ok {
			return func() (any, error) { return encode(img) }, true
		}
		return nil, false
	}},
	{"image/svg+xml", "SVG", func(v any) (func() (any, error), bool) {
		x, ok := v.(interface{ SVG() (string, error) })
		return func() (any, error) { return x.SVG() }, ok
	}},
	{"text/html", "HTML", func(v any) (func() (any, error), bool) {
		x, ok := v.(interface{ HTML() (string, error) })
		return func() (any, error) { return x.HTML() }, ok
	}},
	{"text/markdown", "Markdown", func(v any) (func() (any, error), bool) {
		x, ok := v.(interface{ Markdown() (string, error) })
		return func() (any, error) { return x.Markdown() }, ok
	}},
	{"text/latex", "Latex", func(v any) (func() (any, error), bool) {
		x, ok := v.(interface{ Latex() (string, error) })
		return func() (any, error) { return x.Latex() }, ok
	}},
	{"application/json", "JSON", func(v any) (func() (any, error), bool) {
		x, ok := v.(interface{ JSON() ([]byte, error) })
		return func() (any, error) { return rawJSON(x.JSON()) }, ok
	}},
	{"application/vnd.jupyter.widget-view+json", "WidgetView", func(v any) (func() (any, error), bool) {
		x, ok := v.(interface{ WidgetView() ([]byte, error) })
		return func() (any, error) { return rawJSON(x.WidgetView()) }, ok
	}},
}

// BundleOf asks a value for all its forms and reports whether it has one beside text. A method that fails, panics or
// needs more than half a minute is reported on standard error, and the other forms still show. A form that comes back
// empty without an error is left out.
func BundleOf(v any) (b Bundle, rich bool) {
	if b, ok := v.(Bundle); ok {
		return checked(b)
	}
	data := map[string]any{"text/plain": text(v)}
	if isNil(v) {
		return Bundle{Data: data}, false
	}
	for _, f := range forms {
		make, ok := f.of(v)
		if !ok {
			continue
		}
		content, err := call(make)
		if err != nil {
			report(fmt.Errorf("%T.%s: %w", v, f.method, err))
			continue
		}
		if reflect.ValueOf(content).Len() > 0 {
			data[f.mime] = content
		}
	}
	b = Bundle{Data: data}
	if size := cssSize(b.PNG()); size != nil {
		b.Metadata = map[string]any{"image/png": size}
	}
	return b, len(data) > 1
}

// cssSize is the width and height in CSS pixels, 1/96 inch, of a PNG file that says its resolution in a pHYs chunk
// before the picture (PNG specification, 11.3.4.3), else nil. Without it front ends show pixel for pixel.
func cssSize(file []byte) map[string]int {
	const signature, header = 8, 8 + 12 + 13
	if len(file) < header || string(file[12:16]) != "IHDR" {
		return nil
	}
	width, height := binary.BigEndian.Uint32(file[16:]), binary.BigEndian.Uint32(file[20:])
	for rest := file[signature:]; len(rest) >= 12; {
		length := binary.BigEndian.Uint32(rest)
		if kind := string(rest[4:8]); kind == "IDAT" || uint64(len(rest)) < 12+uint64(length) {
			return nil
		} else if kind == "pHYs" && length == 9 && rest[16] == 1 {
			css := func(pixels, perMetre uint32) int {
				return int(math.Round(float64(pixels) * 96 / (float64(perMetre) * 0.0254)))
			}
			x, y := binary.BigEndian.Uint32(rest[8:]), binary.BigEndian.Uint32(rest[12:])
			if x == 0 || y == 0 {
				return nil
			}
			return map[string]int{"width": css(width, x), "height": css(height, y)}
		}
		rest = rest[12+length:]
	}
	return nil
}

// checked gives a bundle that somebody made by hand its text, and leaves out, with a report, what no front end could read: keys that
// are no MIME types, values that have no JSON.
func checked(b Bundle) (Bundle, bool) {
	data := map[string]any{"text/plain": ""}
	for mime, content := range b.Data {
		err := error(nil)
		if kind, form, ok := strings.Cut(mime, "/"); !ok || kind == "" || form == "" {
			err = fmt.Errorf("%q is no MIME type", mime)
		} else if _, e := json.Marshal(content); e != nil {
			err = fmt.Errorf("%s: %w", mime, e)
		}
		if err != nil {
			report(err)
			continue
		}
		data[mime] = content
	}
	about := b.Metadata
	if _, err := json.Marshal(about); err != nil {
		report(fmt.Errorf("metadata: %w", err))
		about = nil
	}
	return Bundle{Data: data, Metadata: about}, len(data) > 1
}

// text is what fmt prints, but for images, whose pixels nobody wants to read.
func text(v any) string {
	if _, ok := v.(fmt.Stringer); !ok {
		if img, ok := v.(image.Image); ok && !isNil(v) {
			return fmt.Sprintf("image %d×%d", img.Bounds().Dx(), img.Bounds().Dy())
		}
	}
	return fmt.Sprint(v)
}

// call runs a display method, recovers its panic and gives up on it after formLimit.
func call(make func() (any, error)) (any, error) {
	type result struct {
		content any
		err     error
	}
	done := newResult(result{err: fmt.Errorf("ended its goroutine")})
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done.value = result{err: fmt.Errorf("panic: %v", p)}
			}
			close(done.ready)
		}()
		content, err := make()
		done.value = result{content, err}
	}()
	limit := time.NewTimer(formLimit)
	defer limit.Stop()
	select {
	case <-done.ready:
		return done.value.content, done.value.err
	case <-limit.C:
		return nil, fmt.Errorf("not done after %v", formLimit)
	}
}

// pending is a value that another goroutine writes before it closes ready.
type pending[T any] struct {
	value T
	ready chan struct{}
}

func newResult[T any](unless T) *pending[T] { return &pending[T]{unless, make(chan struct{})} }

func isNil(v any) bool {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Map, reflect.Func, reflect.Interface, reflect.Chan, reflect.Slice:
		return r.IsNil()
	}
	return false
}

func rawJSON(text []byte, err error) (any, error) {
	if err == nil && len(text) > 0 && !json.Valid(text) {
		err = fmt.Errorf("not valid JSON")
	}
	return json.RawMessage(text), err
}

// encode favours speed: a live view encodes every frame.
func encode(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &encoders}
	err := enc.Encode(&b, img)
	return b.Bytes(), err
}

// encoders keeps what an encoder works with for the next picture; it is half a megabyte and more.
var encoders encoderPool

type encoderPool struct{ pool sync.Pool }

func (p *encoderPool) Get() *png.EncoderBuffer {
	b, _ := p.pool.Get().(*png.EncoderBuffer)
	return b
}

func (p *encoderPool) Put(b *png.EncoderBuffer) { p.pool.Put(b) }

// report says on standard error what a caller without an error result would not learn.
func report(err error) { fmt.Fprintln(os.Stderr, "display:", err) }
