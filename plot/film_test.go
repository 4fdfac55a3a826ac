package plot

import (
	"bytes"
	"image"
	"image/gif"
	"image/png"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

func film() *Animation {
	var steps []*Figure
	for n := 2; n <= 5; n++ {
		f := Trace(tensor.Linspace(0, 1, 5).Slice(0, 0, n))
		f.X.Max, f.Y.Min, f.Y.Max = 4, 0, 1
		steps = append(steps, f.Size(300, 200))
	}
	return Film(steps...).Rate(5)
}

// The first picture of the PNG file is the first figure, and its chunks say that four follow each other, at the
// resolution of figures.
func TestFilmPNG(t *testing.T) {
	a := film()
	file, err := a.PNG()
	if err != nil {
		t.Fatal(err)
	}
	first, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	want := a.figures[0].pixels()
	if first.Bounds() != image.Rect(0, 0, 600, 400) || want.Rect != first.Bounds() {
		t.Fatal(first.Bounds(), want.Rect)
	}
	for y := range 400 {
		for x := range 600 {
			if c, d := first.At(x, y), want.At(x, y); c != d {
				t.Fatalf("pixel %d,%d is %v, want %v", x, y, c, d)
			}
		}
	}
	if n := bytes.Count(file, []byte("fcTL")); n != 4 || !bytes.Contains(file, []byte("acTL\x00\x00\x00\x04")) || !bytes.Contains(file, []byte("pHYs")) {
		t.Errorf("%d control chunks", n)
	}
	if a.String() != "Film of 4 figures, the last Trace(5,): values 0 to 1" {
		t.Error(a)
	}
}

// A GIF has fewer colours: those of paper and line are kept, others are near.
func TestFilmGIF(t *testing.T) {
	a := film()
	file, err := a.GIF()
	if err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Image) != 4 || g.Delay[0] != 20 {
		t.Fatalf("%d pictures, delay %d", len(g.Image), g.Delay[0])
	}
	for i, img := range g.Image {
		want := a.figures[i].pixels()
		for y := range 400 {
			for x := range 600 {
				r, gr, b, _ := img.At(x, y).RGBA()
				c := want.RGBAAt(x, y)
				far := func(u uint32, v uint8) bool { return max(u>>8, uint32(v))-min(u>>8, uint32(v)) > 60 }
				if far(r, c.R) || far(gr, c.G) || far(b, c.B) || c == white && r != 0xffff {
					t.Fatalf("picture %d: pixel %d,%d is %v, want %v", i, x, y, img.At(x, y), c)
				}
			}
		}
	}
}

func TestFilmPanics(t *testing.T) {
	for want, f := range map[string]func(){
		"plot.Film: no figure":       func() { Film() },
		"plot.Film: figure 1 is nil": func() { Film(Trace(tensor.Ones(2)), nil) },
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.HasPrefix(got, want) {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}
