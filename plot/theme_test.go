package plot

import (
	"bytes"
	"image/color"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"github.com/livespike/livespike/snn/tensor"
)

// A dark figure has dark paper to its corners, light text, and nothing of the light paper is left.
func TestDark(t *testing.T) {
	for _, f := range []*Figure{
		Trace(tensor.Rand(50, 6)), Raster(tensor.Eye(9)), Image(tensor.Randn(9, 9)), Images(tensor.Rand(9, 9), tensor.Zeros(30, 30)),
	} {
		f.Title.Text = "title"
		img := render(t, f.Dark())
		if c := img.RGBAAt(0, 0); c != dark.paper {
			t.Errorf("%v: the corner is %v", f, c)
		}
		lightest := color.RGBA{}
		for y := range img.Rect.Dy() {
			for x := range img.Rect.Dx() {
				c := img.RGBAAt(x, y)
				if c == light.paper {
					t.Fatalf("%v: pixel %d,%d is white", f, x, y)
				}
				if c.G > lightest.G {
					lightest = c
				}
			}
		}
		if lightest.G < 200 {
			t.Errorf("%v: the lightest colour is %v", f, lightest)
		}
		doc, err := f.SVG()
		if err != nil || strings.Contains(doc, "fill:#FFFFFF") || !strings.Contains(strings.ToLower(doc), "fill:#171a1f") {
			t.Errorf("%v: SVG %.600q, %v", f, doc, err)
		}
	}
}

// Other formats are drawn by gonum's own canvases, in the same colours.
func TestDarkFormats(t *testing.T) {
	var files [2]bytes.Buffer
	for i := range files {
		f := Trace(tensor.Rand(50, 2))
		if i == 1 {
			f.Dark()
		}
		w, err := f.WriterTo(vg.Points(200), vg.Points(100), "eps")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.WriteTo(&files[i]); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := files[0].String(), files[1].String(); a == b || !strings.Contains(b, "0.090196 0.10196 0.12157 setrgbcolor") {
		t.Errorf("the dark file begins %.800q", b)
	}
}

// Lines and text stand out from dark paper, text from light, by the ratios that WCAG 2.2 asks of graphics and text.
func TestContrast(t *testing.T) {
	paper := luminance(dark.paper) + 0.05
	for _, c := range lineColors {
		if r := (luminance(dark.rgba(c)) + 0.05) / paper; r < 3 {
			t.Errorf("%v on dark paper: %.2f to 1", dark.rgba(c), r)
		}
	}
	for _, c := range []color.RGBA{ink, faint} {
		if r := 1.05 / (luminance(c) + 0.05); r < 4.5 {
			t.Errorf("text %v: %.2f to 1", c, r)
		}
		if r := (luminance(dark.rgba(c)) + 0.05) / paper; r < 4.5 {
			t.Errorf("text %v: %.2f to 1", dark.rgba(c), r)
		}
	}
}

// luminance is that of sRGB (IEC 61966-2-1).
func luminance(c color.RGBA) float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// TestDarkAnimation: where there is no event, a dark animation of images has the dark map's colour for zero, and a film
// its dark paper.
func TestDarkAnimation(t *testing.T) {
	x := tensor.Zeros(2, 8, 8)
	x.Set(1, 0, 3, 3)
	x.Set(-1, 1, 3, 3)
	if got := Animate(x).Dark().picture(0).At(0, 0); got != darkRedBlue[128] {
		t.Errorf("zero is %v, want %v", got, darkRedBlue[128])
	}
	if got := Film(Raster(tensor.Eye(4))).Dark().picture(0).At(0, 0); got != dark.paper {
		t.Errorf("the paper is %v, want %v", got, dark.paper)
	}
}
