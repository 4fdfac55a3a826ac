package display

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"maps"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

type (
	asPNG     struct{}
	asSVG     struct{}
	asHTML    struct{}
	asAll     struct{}
	failing   struct{}
	panicking struct{}
	empty     struct{}
	badJSON   struct{}
	endless   struct{}
	pointer   struct{ s string }
)

func (asPNG) PNG() ([]byte, error)          { return []byte("png"), nil }
func (asSVG) SVG() (string, error)          { return "<svg/>", nil }
func (asHTML) HTML() (string, error)        { return "<b>x</b>", nil }
func (asHTML) String() string               { return "x" }
func (asAll) PNG() ([]byte, error)          { return []byte("png"), nil }
func (asAll) SVG() (string, error)          { return "<svg/>", nil }
func (asAll) HTML() (string, error)         { return "<b>x</b>", nil }
func (asAll) Markdown() (string, error)     { return "**x**", nil }
func (asAll) Latex() (string, error)        { return "$x$", nil }
func (asAll) JSON() ([]byte, error)         { return []byte(`{"x":1}`), nil }
func (failing) PNG() ([]byte, error)        { return nil, errors.New("no canvas") }
func (failing) HTML() (string, error)       { return "<i>y</i>", nil }
func (panicking) SVG() (string, error)      { panic("index out of range") }
func (panicking) Markdown() (string, error) { return "*y*", nil }
func (empty) PNG() ([]byte, error)          { return nil, nil }
func (empty) HTML() (string, error)         { return "", nil }
func (badJSON) JSON() ([]byte, error)       { return []byte("{"), nil }
func (endless) HTML() (string, error)       { select {} }
func (p *pointer) HTML() (string, error)    { return p.s, nil }

// The table is the contract of BundleOf: forms by method, text as fmt has it, failures said and not passed on.
func TestBundleOf(t *testing.T) {
	for _, test := range []struct {
		name   string
		v      any
		want   map[string]any
		stderr string
	}{
		{"nil", nil, map[string]any{"text/plain": "<nil>"}, ""},
		{"number", 42, map[string]any{"text/plain": "42"}, ""},
		{"slice", []int{1, 2}, map[string]any{"text/plain": "[1 2]"}, ""},
		{"png", asPNG{}, map[string]any{"text/plain": "{}", "image/png": []byte("png")}, ""},
		{"svg", asSVG{}, map[string]any{"text/plain": "{}", "image/svg+xml": "<svg/>"}, ""},
		{"html", asHTML{}, map[string]any{"text/plain": "x", "text/html": "<b>x</b>"}, ""},
		{"all", asAll{}, map[string]any{
			"text/plain": "{}", "image/png": []byte("png"), "image/svg+xml": "<svg/>", "text/html": "<b>x</b>",
			"text/markdown": "**x**", "text/latex": "$x$", "application/json": json.RawMessage(`{"x":1}`),
		}, ""},
		{"error", failing{}, map[string]any{"text/plain": "{}", "text/html": "<i>y</i>"}, "display: display.failing.PNG: no canvas\n"},
		{"panic", panicking{}, map[string]any{"text/plain": "{}", "text/markdown": "*y*"}, "display: display.panicking.SVG: panic: index out of range\n"},
		{"empty", empty{}, map[string]any{"text/plain": "{}"}, ""},
		{"bad JSON", badJSON{}, map[string]any{"text/plain": "{}"}, "display: display.badJSON.JSON: not valid JSON\n"},
		{"pointer", &pointer{"<p>"}, map[string]any{"text/plain": "&{<p>}", "text/html": "<p>"}, ""},
		{"nil pointer", (*pointer)(nil), map[string]any{"text/plain": "<nil>"}, ""},
		{"bundle", Bundle{Data: map[string]any{"text/html": "<u>"}}, map[string]any{"text/plain": "", "text/html": "<u>"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b Bundle
			var rich bool
			stderr := capture(t, &os.Stderr, func() { b, rich = BundleOf(test.v) })
			if got, want := fmt.Sprint(b.Data), fmt.Sprint(test.want); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if rich != (len(test.want) > 1) {
				t.Errorf("rich is %v with forms %v", rich, slices.Sorted(maps.Keys(b.Data)))
			}
			if stderr != test.stderr {
				t.Errorf("standard error has %q, want %q", stderr, test.stderr)
			}
		})
	}
}

func TestBundleOfImage(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 3, 2))
	img.Set(2, 1, color.RGBA{10, 20, 30, 255})
	b, rich := BundleOf(img)
	if !rich || b.Text() != "image 3×2" {
		t.Errorf("rich %v, text %q", rich, b.Text())
	}
	got, err := png.Decode(bytes.NewReader(b.PNG()))
	if err != nil {
		t.Fatal(err)
	}
	if c := color.RGBAModel.Convert(got.At(2, 1)); got.Bounds() != img.Bounds() || c != img.At(2, 1) {
		t.Errorf("bounds %v, pixel %v", got.Bounds(), c)
	}
}

func TestBundleOfEndless(t *testing.T) {
	defer func(d time.Duration) { formLimit = d }(formLimit)
	formLimit = time.Millisecond
	var rich bool
	stderr := capture(t, &os.Stderr, func() { _, rich = BundleOf(endless{}) })
	if rich || stderr != "display: display.endless.HTML: not done after 1ms\n" {
		t.Errorf("rich %v, standard error %q", rich, stderr)
	}
}

// capture returns what f writes to a standard file.
func capture(t *testing.T, file **os.File, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := *file
	*file = w
	var text strings.Builder
	read := make(chan struct{})
	go func() {
		io.Copy(&text, r)
		close(read)
	}()
	defer r.Close()
	func() {
		defer func() {
			*file = before
			w.Close()
			<-read
		}()
		f()
	}()
	return text.String()
}

func square(n int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, n, n))
	for i := range n {
		img.Set(i, i, color.RGBA{200, uint8(40 * i), 0, 255})
	}
	return img
}

// The size in CSS pixels comes from the file's resolution; files without, or cut off anywhere, have none.
func TestCSSSize(t *testing.T) {
	plain, err := encode(square(20))
	if err != nil {
		t.Fatal(err)
	}
	if size := cssSize(plain); size != nil {
		t.Errorf("without a resolution: %v", size)
	}
	chunk := []byte("\x00\x00\x00\x09pHYs\x00\x00\x1d\x87\x00\x00\x0e\xc4\x01crc!") // 7559 and 3780 pixels per metre
	with := slices.Concat(plain[:33], chunk, plain[33:])
	if size := cssSize(with); size["width"] != 10 || size["height"] != 20 {
		t.Errorf("with a resolution: %v", size)
	}
	for n := range 33 + len(chunk) {
		if size := cssSize(with[:n]); size != nil {
			t.Errorf("the first %d bytes: %v", n, size)
		}
	}
}

func FuzzCSSSize(f *testing.F) {
	file, _ := encode(square(3))
	f.Add(file)
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x06\x00\x00\x00crc!\xff\xff\xff\xffpHYs"))
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, v := range cssSize(file) {
			if v < 0 {
				t.Errorf("size %d", v)
			}
		}
	})
}

// What no front end could read is left out of a bundle that was made by hand; the rest shows.
func TestBundleByHand(t *testing.T) {
	b, rich := BundleOf(Bundle{
		Data:     map[string]any{"text/html": "<b>x</b>", "html": "x", "/": "x", "application/json": math.NaN(), "application/geo+json": map[string]any{"a": 1}},
		Metadata: map[string]any{"text/html": func() {}},
	})
	want := map[string]any{"text/plain": "", "text/html": "<b>x</b>", "application/geo+json": map[string]any{"a": 1}}
	if !rich || !reflect.DeepEqual(b.Data, want) || b.Metadata != nil {
		t.Errorf("got %v with %v, want %v", b.Data, b.Metadata, want)
	}
}
