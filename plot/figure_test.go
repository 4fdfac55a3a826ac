package plot

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/livespike/livespike/plot/display"
	"github.com/livespike/livespike/snn/tensor"
)

// render decodes a figure's PNG with the standard library.
func render(t *testing.T, f *Figure) *image.RGBA {
	t.Helper()
	file, err := f.PNG()
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewRGBA(decoded.Bounds())
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			img.Set(x, y, decoded.At(x, y))
		}
	}
	return img
}

// block is the bounding box of the horizontal runs of exactly one colour that are at least so long.
func block(img *image.RGBA, c color.RGBA, length int) image.Rectangle {
	var box image.Rectangle
	for y := range img.Rect.Dy() {
		for x := 0; x < img.Rect.Dx(); {
			from := x
			for x < img.Rect.Dx() && img.RGBAAt(x, y) == c {
				x++
			}
			if x-from >= length {
				box = box.Union(image.Rect(from, y, x, y+1))
			}
			x = max(x, from+1)
		}
	}
	return box
}

// parse reads an SVG document to its end and returns its texts and the references of its images.
func parse(t *testing.T, f *Figure) (texts, images []string) {
	t.Helper()
	doc, err := f.SVG()
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(strings.NewReader(doc))
	root, inText := "", false
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("the SVG is not XML: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if root == "" {
				root = e.Name.Local
			}
			inText = e.Name.Local == "text"
			for _, a := range e.Attr {
				if e.Name.Local == "image" && a.Name.Local == "href" {
					images = append(images, a.Value)
				}
			}
		case xml.CharData:
			if inText {
				texts = append(texts, string(e))
			}
			inText = false
		}
	}
	if root != "svg" {
		t.Fatalf("the root element is %q", root)
	}
	return texts, images
}

func TestSize(t *testing.T) {
	for _, f := range []*Figure{
		Image(tensor.Ones(5, 5)).Size(300, 200),
		Images(tensor.Ones(5, 5), tensor.Ones(5, 5)).Size(300, 200),
		Raster(tensor.Ones(5, 5)).Size(300, 200),
		Trace(tensor.Ones(5, 5)).Size(300, 200),
	} {
		if got := render(t, f).Rect.Max; got != image.Pt(600, 400) {
			t.Errorf("%v: %v pixels, want two for each of 300 by 200", f, got)
		}
		doc, _ := f.SVG()
		if !strings.Contains(doc, `width="225pt" height="150pt"`) { // 72/96 of 300 and 200
			t.Errorf("%v: SVG begins %.300q", f, doc)
		}
	}
}

// The resolution is where the PNG specification has it, and no other byte is changed.
func TestResolution(t *testing.T) {
	file, err := Trace(tensor.Ones(3)).PNG()
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(file, []byte("pHYs"))
	if at != 8+12+13+4 {
		t.Fatalf("pHYs at %d", at)
	}
	x, y, unit := binary.BigEndian.Uint32(file[at+4:]), binary.BigEndian.Uint32(file[at+8:]), file[at+12]
	if x != 7559 || y != 7559 || unit != 1 { // 192/0.0254
		t.Errorf("%d by %d pixels per unit %d", x, y, unit)
	}
}

func TestTitles(t *testing.T) {
	f := Images(tensor.Ones(2, 2), tensor.Ones(2, 3)).Titles("a < b & c", "second")
	f.Title.Text = "whole"
	f.Panel(1).X.Label.Text = "x label"
	texts, _ := parse(t, f)
	all := strings.Join(texts, "|")
	for _, want := range []string{"whole", "a < b & c", "second", "x label"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in the picture, which has %q", want, texts)
		}
	}
	one := Image(tensor.Ones(2, 2))
	one.Title.Text, one.Y.Label.Text = "the title", "the label"
	if texts, _ := parse(t, one); !strings.Contains(strings.Join(texts, "|"), "the title") || !strings.Contains(strings.Join(texts, "|"), "the label") {
		t.Errorf("texts are %q", texts)
	}
}

// Each text of the SVG has the width that was measured, so that it fits in whatever font it is shown.
func TestTextLength(t *testing.T) {
	f := Trace(tensor.Ones(5), tensor.Zeros(5)).Names("<text in a name", "b")
	f.Title.Text = "A title"
	doc, err := f.SVG()
	if err != nil {
		t.Fatal(err)
	}
	type text struct {
		Length float64 `xml:"textLength,attr"`
		Style  string  `xml:"style,attr"`
		Text   string  `xml:",chardata"`
	}
	d, found := xml.NewDecoder(strings.NewReader(doc)), map[string]float64{}
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "text" {
			var x text
			if err := d.DecodeElement(&x, &e); err != nil {
				t.Fatal(err)
			}
			found[x.Text] = x.Length
			if x.Length <= 0 {
				t.Errorf("%q has length %v", x.Text, x.Length)
			}
		}
	}
	if got, want := found["A title"], f.Title.TextStyle.Width("A title").Points(); math.Abs(got-want) > 0.01 {
		t.Errorf("the title is %v wide, want %v", got, want)
	}
	if found["<text in a name"] < 5*found["b"] {
		t.Errorf("widths %v", found)
	}
}

// No text touches the edge of the picture: the outermost pixels are background, also with long labels and titles.
func TestMargins(t *testing.T) {
	wide := Trace(tensor.Of(-123456, 123456), tensor.Of(1, 2)).Names("a rather long name of a line", "b")
	wide.Title.Text, wide.X.Label.Text, wide.Y.Label.Text = "Title", "x", "y"
	long := Image(tensor.Full(1e-20, 2, 2))
	long.Title.Text = "A title that is much wider than the small image below it"
	rows := Images(tensor.Randn(9, 9), tensor.Rand(3, 4), tensor.Rand(30, 7), tensor.Ones(2, 2), tensor.Ones(1, 100))
	rows.Title.Text = "Rows"
	nan := Image(tensor.Full(math.NaN(), 3, 3))
	for _, f := range []*Figure{wide, long, rows, nan, Raster(tensor.Ones(1000, 3)), Image(tensor.Rand(500, 3))} {
		img := render(t, f)
		for y := range img.Rect.Dy() {
			for x := range img.Rect.Dx() {
				edge := x < 4 || y < 4 || x >= img.Rect.Dx()-4 || y >= img.Rect.Dy()-4
				if edge && img.RGBAAt(x, y) != (color.RGBA{255, 255, 255, 255}) {
					t.Fatalf("%v: pixel %d,%d of %v is not background", f, x, y, img.Rect.Max)
				}
			}
		}
	}
}

func TestPanics(t *testing.T) {
	for _, test := range []struct {
		draw func()
		want string
	}{
		{func() { Image(tensor.Ones(4)) }, "plot.Image: tensor of shape (4,), expected (height, width), (1, height, width) or (3, height, width)"},
		{func() { Image(tensor.Ones(2, 4, 4)) }, "plot.Image: tensor of shape (2, 4, 4), expected"},
		{func() { Image(tensor.Ones(0, 4)) }, "plot.Image: tensor of shape (0, 4), expected"},
		{func() { Image(tensor.Ones(4, 0)) }, "plot.Image: tensor of shape (4, 0), expected"},
		{func() { Images() }, "plot.Images: no image"},
		{func() { Image(nil) }, "plot.Image: the tensor is nil"},
		{func() { Images(tensor.Ones(2, 2), nil) }, "plot.Images: tensor 1 is nil"},
		{func() { Raster(nil) }, "plot.Raster: the tensor is nil"},
		{func() { Trace(nil) }, "plot.Trace: tensor 0 is nil"},
		{func() { Trace(tensor.Ones(3)).Spikes(nil) }, "plot.Spikes: the tensor is nil"},
		{func() { Animate(tensor.Ones(2, 2), nil) }, "plot.Animate: tensor 1 is nil"},
		{func() { view := Live(); defer view.Stop(); view.Show(nil) }, "plot: LiveView.Show: the tensor is nil"},
		{func() { Images(tensor.Ones(2, 2), tensor.Ones(2)) }, "plot.Images: tensor of shape (2,), expected"},
		{func() { Raster(tensor.Ones(3, 2, 2)) }, "plot.Raster: tensor of shape (3, 2, 2), expected (time) or (time, neuron)"},
		{func() { Raster(tensor.Ones(3, 0)) }, "plot.Raster: tensor of shape (3, 0), expected"},
		{func() { Trace() }, "plot.Trace: no tensor"},
		{func() { Trace(tensor.Scalar(1)) }, "plot.Trace: tensor of shape (), expected"},
		{func() { Trace(tensor.Ones(3)).Names("a", "b") }, "plot: 2 names for 1 lines"},
		{func() { Image(tensor.Ones(2, 2)).Titles("a", "b") }, "plot: 2 titles for 1 panels"},
		{func() { Image(tensor.Ones(2, 2)).Panel(1) }, "plot: panel 1 of a figure with 1"},
		{func() { Image(tensor.Ones(2, 2)).Size(0, 3) }, "plot: a figure of size 0 by 3"},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, test.want) {
					t.Errorf("panic %q, want %q", got, test.want)
				}
			}()
			test.draw()
		}()
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	f := Image(tensor.Rand(4, 4))
	for name, magic := range map[string]string{"a.png": "\x89PNG\r\n", "a.SVG": "<?xml", "a.pdf": "%PDF-", "a.jpg": "\xff\xd8\xff"} {
		if err := f.Save(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.HasPrefix(string(content), magic) {
			t.Errorf("%s begins %.10q, %v", name, content, err)
		}
	}
	if err := f.Save(filepath.Join(dir, "a.xyz")); err == nil || !strings.HasPrefix(err.Error(), "plot: ") {
		t.Errorf("unknown format: %v", err)
	}
	if err := f.Save(filepath.Join(dir, "none", "a.png")); !os.IsNotExist(unwrapped(err)) {
		t.Errorf("no such folder: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 4 {
		t.Errorf("files left behind: %v", left)
	}
}

func unwrapped(err error) error {
	if u, ok := err.(interface{ Unwrap() error }); ok {
		return u.Unwrap()
	}
	return err
}

// Ticks are compared with what a person would write.
func TestTicks(t *testing.T) {
	for _, test := range []struct {
		ticks
		lo, hi float64
		want   string
	}{
		{ticks{n: 5}, 0, 1, "0 0.2 0.4 0.6 0.8 1.0"},
		{ticks{n: 8, whole: true}, -0.5, 8.5, "0 2 4 6 8"},
		{ticks{n: 5, whole: true}, 0, 2, "0 1 2"},
		{ticks{n: 4}, 0.697055, 0.697135, "0.69706 0.69708 0.69710 0.69712"},
		{ticks{n: 4}, 0, 8e-5, "0 2e−5 4e−5 6e−5 8e−5"},
		{ticks{n: 5}, -0.35, 0.35, "−0.2 0 0.2"},
		{ticks{n: 1}, -0.36, 0.36, "−0.360 0.360"},
		{ticks{n: 2, ends: true}, -0.3647, 0.3647, "−0.365 0 0.365"},
		{ticks{n: 6, ends: true}, 0, 1.23, "0 0.5 1.0 1.23"},
		{ticks{n: 8, whole: true, ends: true}, -0.5, 639.5, "0 100 200 300 400 500 639"},
		{ticks{n: 1, whole: true, ends: true}, -0.5, 4.5, "0 4"},
		{ticks{n: 1, whole: true, ends: true}, -0.5, 0.5, "0"},
		{ticks{n: 4}, 0, 3e-6, "0 1e−6 2e−6 3e−6"},
		{ticks{n: 4}, 0, 4e6, "0 1e6 2e6 3e6 4e6"},
		{ticks{n: 3}, 100.01, 100.04, "100.01 100.02 100.03 100.04"},
		{ticks{n: 3}, 1, 1, ""},
		{ticks{n: 3}, math.NaN(), 1, ""},
	} {
		var got []string
		for _, tick := range test.Ticks(test.lo, test.hi) {
			got = append(got, tick.Label)
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%+v from %v to %v: %q, want %q", test.ticks, test.lo, test.hi, s, test.want)
		}
	}
}

// A figure's bundle has all its forms, and the size in CSS pixels.
func TestBundle(t *testing.T) {
	b, rich := display.BundleOf(Image(tensor.Ones(5, 5)).Size(300, 200))
	if !rich || b.Text() != "Image(5, 5): all values 1" || b.PNG() == nil || b.Data["image/svg+xml"] == nil {
		t.Errorf("rich %v, text %q, %d forms", rich, b.Text(), len(b.Data))
	}
	if got := fmt.Sprint(b.Metadata["image/png"]); got != "map[height:200 width:300]" {
		t.Errorf("size %s", got)
	}
}

// A drawing of any size has its colour bar, an image of its own beside that of the values.
func TestColorBarInSVG(t *testing.T) {
	for rows := 2; rows < 40; rows += 3 {
		for cols := 2; cols < 40; cols += 5 {
			doc, err := Image(tensor.Arange(0, float64(rows*cols), 1).Reshape(rows, cols)).SVG()
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(doc, "<image "); n != 2 {
				t.Errorf("%d×%d: %d images", rows, cols, n)
			}
		}
	}
}
