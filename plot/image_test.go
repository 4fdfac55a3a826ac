package plot

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"

	gonum "gonum.org/v1/plot"

	"github.com/livespike/livespike/snn/tensor"
)

var (
	white = color.RGBA{255, 255, 255, 255}
	nan   = float32(math.NaN())
	inf   = float32(math.Inf(1))
)

// Values of matplotlib 3.11: cm.viridis(0), (0.25), (0.5), (1) and the ends and the centre of ColorBrewer's RdBu.
func TestColormaps(t *testing.T) {
	for _, test := range []struct {
		m    colormap
		x    float64
		want color.RGBA
	}{
		{viridis, 0, color.RGBA{68, 1, 84, 255}},
		{viridis, 0.25, color.RGBA{59, 82, 139, 255}},
		{viridis, 0.5, color.RGBA{33, 145, 140, 255}},
		{viridis, 1, color.RGBA{253, 231, 37, 255}},
		{redBlue, 0, color.RGBA{5, 48, 97, 255}},
		{redBlue, 0.5, color.RGBA{247, 247, 247, 255}},
		{redBlue, 1, color.RGBA{103, 0, 31, 255}},
		{redBlue, -3, color.RGBA{5, 48, 97, 255}},
		{redBlue, 3, color.RGBA{103, 0, 31, 255}},
	} {
		if got := test.m.at(test.x); got != test.want {
			t.Errorf("at %v: %v, want %v", test.x, got, test.want)
		}
	}
	if len(viridis) != 256 || len(redBlue) != 257 {
		t.Error(len(viridis), len(redBlue))
	}
}

func TestScale(t *testing.T) {
	for _, test := range []struct {
		values []float32
		lo, hi float64
		colors colormap
	}{
		{[]float32{0, 3}, 0, 3, viridis},
		{[]float32{-4, -1}, -4, -1, viridis},
		{[]float32{-1, 4}, -4, 4, redBlue},
		{[]float32{-4, 0}, -4, 0, viridis},
		{[]float32{0, 0}, 0, 1, viridis},
		{[]float32{2}, 1, 3, viridis},
		{[]float32{-2}, -3, -1, viridis},
		{[]float32{nan, inf}, 0, 1, viridis},
		{[]float32{nan, inf, -1, 2}, -2, 2, redBlue},
	} {
		s := scaleOf(count(test.values))
		if s.lo != test.lo || s.hi != test.hi || &s.colors[0] != &test.colors[0] {
			t.Errorf("%v: from %v to %v with %d colours", test.values, s.lo, s.hi, len(s.colors))
		}
	}
}

// Four cells of known colours: each a square of one colour, row 0 on top, nothing in between.
func TestImagePixels(t *testing.T) {
	img := render(t, Image(tensor.FromSlice([]float32{-1, 0, 1, nan}, 2, 2)))
	colors := []color.RGBA{{5, 48, 97, 255}, {247, 247, 247, 255}, {103, 0, 31, 255}, missing}
	const cell = 96
	first := block(img, colors[0], 60)
	for i, c := range colors {
		want := image.Rect(0, 0, cell, cell).Add(first.Min).Add(image.Pt(i%2*cell, i/2*cell))
		if got := block(img, c, 60); got != want {
			t.Errorf("cell %d is %v, want %v", i, got, want)
		}
		for y := want.Min.Y; y < want.Max.Y; y++ {
			for x := want.Min.X; x < want.Max.X; x++ {
				// The axes lie on the left and lower edge.
				if x > first.Min.X && y < first.Min.Y+2*cell-1 && img.RGBAAt(x, y) != c {
					t.Fatalf("cell %d has %v at %d,%d", i, img.RGBAAt(x, y), x, y)
				}
			}
		}
	}
}

func TestImageInfinite(t *testing.T) {
	f := Image(tensor.FromSlice([]float32{1, 2, inf, -inf, nan, nan}, 1, 2, 3))
	if want := "Image(1, 2, 3): values 1 to 2, 2 NaN, 1 +Inf, 1 −Inf"; f.String() != want {
		t.Errorf("got %q, want %q", f, want)
	}
	texts, _ := parse(t, f)
	if !strings.Contains(strings.Join(texts, "|"), "2 NaN, 1 +Inf, 1 −Inf") {
		t.Errorf("the figure does not say what is not finite: %q", texts)
	}
	s := scale{lo: 1, hi: 2, colors: viridis}
	if s.color(math.Inf(1)) != viridis[255] || s.color(math.Inf(-1)) != viridis[0] || s.color(math.NaN()) != missing {
		t.Error("colours of infinities and NaN")
	}
}

// All shapes and values that are allowed give a picture, the smallest included.
func TestImageShapes(t *testing.T) {
	for _, x := range []*tensor.Tensor{
		tensor.Zeros(1, 1), tensor.Full(7, 3, 3), tensor.Full(math.NaN(), 2, 2), tensor.Full(math.Inf(-1), 2, 2),
		tensor.Ones(1, 1, 4, 4), tensor.Rand(3, 5, 5), tensor.Rand(1, 1000), tensor.Rand(1000, 1), tensor.Rand(901, 2),
		tensor.Full(3e38, 2, 2), tensor.FromSlice([]float32{-3e38, 3e38}, 1, 2), tensor.Full(1e-45, 2, 2),
	} {
		img := render(t, Image(x))
		if img.Rect.Dx() < 100 || img.Rect.Dy() < 100 || img.Rect.Dx() > 2000 || img.Rect.Dy() > 2000 {
			t.Errorf("%v: %v pixels", x.Shape(), img.Rect.Max)
		}
		parse(t, Image(x))
	}
}

func TestImageRGB(t *testing.T) {
	planes := []float32{1, 0, 0, 0.2, 0, 1, 0, 0.2, 0, 0, 1, nan}
	img := render(t, Image(tensor.FromSlice(planes, 3, 2, 2)))
	for _, c := range []color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, missing} {
		if b := block(img, c, 60); b.Dx() != 96 || b.Dy() != 96 {
			t.Errorf("%v fills %v", c, b)
		}
	}
	bytes := render(t, Image(tensor.FromSlice([]float32{255, 51, 0}, 3, 1, 1)))
	if b := block(bytes, color.RGBA{255, 51, 0, 255}, 60); b.Dx() != 96 {
		t.Errorf("values up to 255: the colour fills %v", b)
	}
}

// The image inside of the SVG has one pixel for each value, of the same colours.
func TestImageSVG(t *testing.T) {
	f := Image(tensor.FromSlice([]float32{-1, 0, 1, 0.5, 0, 0}, 2, 3))
	_, images := parse(t, f)
	data, ok := strings.CutPrefix(images[0], "data:image/png;base64,")
	if !ok {
		t.Fatalf("%.40q", images[0])
	}
	file, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds() != image.Rect(0, 0, 3, 2) || color.RGBAModel.Convert(img.At(0, 0)) != redBlue[0] ||
		color.RGBAModel.Convert(img.At(2, 0)) != redBlue[256] || color.RGBAModel.Convert(img.At(1, 0)) != redBlue[128] {
		t.Errorf("%v, %v", img.Bounds(), img.At(0, 0))
	}
	if doc, _ := f.SVG(); !strings.Contains(doc, "image-rendering:pixelated") {
		t.Error("cells would be smoothed")
	}
	// A large image is made smaller, and then smoothing is right.
	if doc, _ := Images(tensor.Rand(1200, 1200), tensor.Rand(20, 20)).SVG(); strings.Count(doc, "pixelated") != 3 { // one image and two bars
		t.Errorf("%d images are pixelated", strings.Count(doc, "pixelated"))
	}
}

// A 640×480 image has one CSS pixel, two by two in the picture, for each value.
func TestImageOneToOne(t *testing.T) {
	x := tensor.Zeros(480, 640)
	x.Set(1, 0, 0)
	x.Set(1, 479, 639)
	img := render(t, Image(x))
	area := block(img, counts[0], 600)
	if area.Dx() != 1280 || area.Dy() != 960 {
		t.Fatalf("the data area is %v", area)
	}
	for _, corner := range []image.Point{area.Min.Add(image.Pt(1, 0)), {area.Max.X - 1, area.Max.Y - 2}} {
		if c := img.RGBAAt(corner.X, corner.Y); c != counts[256] {
			t.Errorf("corner %v is %v", corner, c)
		}
	}
}

// Zoomed axes cut the image off; it never leaves its data area, neither as pixels nor as SVG.
func TestImageZoom(t *testing.T) {
	f := Image(tensor.Rand(40, 40).Mul(0.5).Add(0.5))
	f.X.Min, f.X.Max, f.Y.Min, f.Y.Max = 9.5, 19.5, 9.5, 19.5
	img := render(t, f)
	for x := range img.Rect.Dx() {
		if c := img.RGBAAt(x, 4); c != white {
			t.Fatalf("pixel %d,4 is %v", x, c)
		}
	}
	_, images := parse(t, f)
	file, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(images[0], "data:image/png;base64,"))
	inside, err := png.Decode(bytes.NewReader(file))
	if err != nil || inside.Bounds().Size() != image.Pt(10, 10) {
		t.Errorf("the SVG shows %v of the image, %v", inside.Bounds(), err)
	}
}

// Reduction averages: a fine chessboard becomes grey.
func TestResampleAverages(t *testing.T) {
	board := image.NewRGBA(image.Rect(0, 0, 80, 80))
	for y := range 80 {
		for x := range 80 {
			v := uint8(255 * ((x + y) % 2))
			board.SetRGBA(x, y, color.RGBA{v, v, v, 255})
		}
	}
	small := image.NewRGBA(image.Rect(0, 0, 20, 20))
	resample(small, small.Rect, small.Rect, board, nil)
	for y := range 20 {
		for x := range 20 {
			if v := small.RGBAAt(x, y).R; v < 118 || v > 138 {
				t.Fatalf("%d,%d is %d, want about 128", x, y, v)
			}
		}
	}
}

// Single events of a frame that is shown at a third of its size are all in the picture, in a colour that differs from
// that of zero, positive and negative ones; the count is checked pixel by pixel.
func TestNoEventDisappears(t *testing.T) {
	x := tensor.Zeros(1440, 1920)
	const n = 100
	for i := range n {
		sign := float32(1 + 499*(i%2)) // the faint ones must be seen beside those with 500 events
		if i%3 == 0 {
			sign = -sign
		}
		x.Set(sign, 7+14*i, 3+19*i)
	}
	for _, f := range []*Figure{Image(x), Image(x.Abs()), Image(x).Dark()} {
		f.Size(700, 500)
		img := render(t, f)
		zero := f.panels[0].image.scale.in(f.look())
		area := block(img, zero.color(0), 300)
		seen := 0
		for y := area.Min.Y; y < area.Max.Y-2; y++ {
			for px := area.Min.X + 1; px < area.Max.X; px++ {
				c, z := img.RGBAAt(px, y), zero.color(0)
				if d := math.Abs(float64(c.R)-float64(z.R)) + math.Abs(float64(c.G)-float64(z.G)) + math.Abs(float64(c.B)-float64(z.B)); d > 90 {
					seen++
				}
			}
		}
		if area.Dx() < 1000 || seen != n {
			t.Errorf("%d of %d events are seen in %v", seen, n, area)
		}
	}
}

// The weight of NaN is above all others, and a part of an image has its own weights.
func TestHeaviest(t *testing.T) {
	src := image.NewRGBA(image.Rect(0, 0, 4, 2))
	for i := range 8 {
		src.SetRGBA(i%4, i/4, color.RGBA{uint8(i), 0, 0, 255})
	}
	dst := image.NewRGBA(image.Rect(0, 0, 2, 1))
	resample(dst, dst.Rect, dst.Rect, src, []float32{0, 1, 9, nan, 0, -2, inf, 0})
	if a, b := dst.RGBAAt(0, 0).R, dst.RGBAAt(1, 0).R; a != 5 || b != 3 {
		t.Errorf("cells %d and %d, want 5 and 3", a, b)
	}
	part := src.SubImage(image.Rect(2, 0, 4, 2)).(*image.RGBA)
	one := image.NewRGBA(image.Rect(0, 0, 1, 1))
	resample(one, one.Rect, one.Rect, part, []float32{99, 99, 9, 8, 99, 99, 7, 10})
	if got := one.RGBAAt(0, 0).R; got != 7 {
		t.Errorf("cell %d, want 7", got)
	}
}

// Cells are square up to a ratio of 32, alone and in rows, and every image has room for two labels on each side.
func TestSquareCells(t *testing.T) {
	for _, shape := range [][2]int{{5, 50}, {50, 5}, {2, 64}, {64, 2}, {10, 320}, {320, 10}, {1, 32}, {480, 640}, {3, 3}, {100, 3000}} {
		x := tensor.Rand(shape[0], shape[1])
		for _, f := range []*Figure{Image(x), Images(x, x), Images(x, x, x, x)} {
			p := f.panels[0]
			w, h := p.target.w/float64(p.cols), p.target.h/float64(p.rows)
			if math.Abs(w/h-1) > 1e-9 || p.cell != 1 {
				t.Errorf("%v in %d panels: cells of %v by %v", shape, len(f.panels), w, h)
			}
			if min(p.target.w, p.target.h) < 16 && min(p.rows, p.cols) > 1 {
				t.Errorf("%v in %d panels: %v", shape, len(f.panels), p.target)
			}
		}
	}
}

// Enlargement is checked against the definition for all small sizes: pixel (x, y) shows cell (x·cols/w, y·rows/h).
func TestResampleEnlarges(t *testing.T) {
	for cols := 1; cols <= 4; cols++ {
		for w := cols; w <= 9; w++ {
			src := image.NewRGBA(image.Rect(0, 0, cols, 2))
			for i := range cols * 2 {
				src.SetRGBA(i%cols, i/cols, color.RGBA{uint8(i + 1), 0, 0, 255})
			}
			dst := image.NewRGBA(image.Rect(0, 0, 20, 20))
			to := image.Rect(-2, 3, w-2, 8)
			visible := image.Rect(0, 0, 20, 7)
			resample(dst, to, visible, src, nil)
			for y := range 20 {
				for x := range 20 {
					want := uint8(0)
					if p := image.Pt(x, y); p.In(to) && p.In(visible) {
						want = uint8((x+2)*cols/w+(y-3)*2/5*cols) + 1
					}
					if got := dst.RGBAAt(x, y).R; got != want {
						t.Fatalf("%d columns on %d pixels: %d,%d shows cell %d, want %d", cols, w, x, y, got, want)
					}
				}
			}
		}
	}
}

func TestImages(t *testing.T) {
	f := Images(tensor.Full(-1, 2, 2), tensor.Ones(2, 4, 4), tensor.Ones(1, 3, 3))
	if len(f.panels) != 4 || f.cols != 4 {
		t.Fatalf("%d panels in rows of %d: a panel for each channel", len(f.panels), f.cols)
	}
	if want := "Images: 1: 2×2 all values −1; 2: 4×4 all values 1; 3: 4×4 all values 1; 4: 3×3 all values 1"; strings.ReplaceAll(f.String(), "-1", "−1") != want {
		t.Errorf("got %q", f)
	}
	texts, _ := parse(t, f)
	for _, title := range []string{"1: 2×2", "2: 4×4", "3: 4×4", "4: 3×3"} {
		if !strings.Contains("|"+strings.Join(texts, "|")+"|", "|"+title+"|") {
			t.Errorf("no title %s in %q", title, texts)
		}
	}
	few, many := tensor.Zeros(20, 20), tensor.Ones(20, 20)
	few.Set(1, 3, 3)
	many.Set(0, 3, 3)
	if f := Images(few, many, many.Mul(0.5)); !f.panels[1].image.scale.apart || f.panels[2].image.scale.apart {
		t.Error("counts of events and others beside them have not the same colours, or what is no count has")
	}
	for n, want := range map[int]int{1: 1, 2: 2, 4: 4, 5: 3, 8: 4, 9: 3, 10: 4} {
		if got := columns(n, 1); got != want {
			t.Errorf("%d panels are in rows of %d, want %d", n, got, want)
		}
	}
}

// The panels of a row are where a reader expects them: left to right, at the same height, of the same size.
func TestImagesPlaces(t *testing.T) {
	colors := []float32{0, 255}
	var planes []*tensor.Tensor
	for _, r := range colors {
		for _, g := range colors {
			x := tensor.Zeros(3, 2, 2)
			for i := range 4 {
				x.Data()[i], x.Data()[4+i], x.Data()[8] = r, g, 255
			}
			planes = append(planes, x)
		}
	}
	img := render(t, Images(planes...))
	var before image.Rectangle
	for i := range 4 {
		c := color.RGBA{uint8(255 * (i / 2)), uint8(255 * (i % 2)), 0, 255}
		b := block(img, c, 60)
		if b.Empty() || i > 0 && (b.Min.X <= before.Max.X || b.Min.Y != before.Min.Y || b.Dx() != before.Dx()) {
			t.Errorf("panel %d is at %v, the one before at %v", i, b, before)
		}
		before = b
	}
}

var (
	_ gonum.Plotter    = &bitmap{}
	_ gonum.DataRanger = &bitmap{}
	_ gonum.Ticker     = ticks{}
)

func BenchmarkImage(b *testing.B) {
	frame := tensor.Rand(480, 640)
	for b.Loop() {
		if _, err := Image(frame).PNG(); err != nil {
			b.Fatal(err)
		}
	}
}
