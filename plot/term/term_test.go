package term

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// random is an image of a few colours, with so many of them.
func random(w, h, colors int) *image.RGBA {
	r := rand.New(rand.NewPCG(1, uint64(colors)))
	palette := make([]color.RGBA, colors)
	for i := range palette {
		palette[i] = color.RGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255}
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, palette[r.IntN(colors)])
		}
	}
	return img
}

func write(t *testing.T, img image.Image, p Protocol, cols int) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, img, p, cols); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// same compares two images with a tolerance for each channel.
func same(t *testing.T, got, want image.Image, tolerance int) {
	t.Helper()
	if got.Bounds().Size() != want.Bounds().Size() {
		t.Fatalf("size %v, want %v", got.Bounds().Size(), want.Bounds().Size())
	}
	for y := range want.Bounds().Dy() {
		for x := range want.Bounds().Dx() {
			g := color.RGBAModel.Convert(got.At(got.Bounds().Min.X+x, got.Bounds().Min.Y+y)).(color.RGBA)
			w := color.RGBAModel.Convert(want.At(want.Bounds().Min.X+x, want.Bounds().Min.Y+y)).(color.RGBA)
			if abs(int(g.R)-int(w.R)) > tolerance || abs(int(g.G)-int(w.G)) > tolerance || abs(int(g.B)-int(w.B)) > tolerance {
				t.Fatalf("pixel %d,%d is %v, want %v", x, y, g, w)
			}
		}
	}
}

// decodeSixel is a second implementation of the format, byte by byte, from the VT330 manual.
func decodeSixel(t *testing.T, s string) *image.RGBA {
	t.Helper()
	s, ok := strings.CutPrefix(s, "\x1bP0;1q")
	s, end, ok2 := strings.Cut(s, "\x1b\\")
	if !ok || !ok2 || end != "\n" {
		t.Fatalf("not one sixel string: ends in %q", end)
	}
	number := regexp.MustCompile(`^[0-9;]*`)
	var img *image.RGBA
	palette := map[int]color.RGBA{}
	x, top, repeat, current := 0, 0, 1, 0
	for i := 0; i < len(s); i++ {
		args := func() (out []int) {
			text := number.FindString(s[i+1:])
			i += len(text)
			for _, f := range strings.Split(text, ";") {
				n, _ := strconv.Atoi(f)
				out = append(out, n)
			}
			return out
		}
		switch c := s[i]; {
		case c == '"':
			a := args()
			img = image.NewRGBA(image.Rect(0, 0, a[2], a[3]))
		case c == '#':
			a := args()
			current = a[0]
			if len(a) == 5 {
				v := func(n int) uint8 { return uint8((n*255 + 50) / 100) }
				palette[a[0]] = color.RGBA{v(a[2]), v(a[3]), v(a[4]), 255}
			}
		case c == '!':
			repeat = args()[0]
		case c == '$':
			x = 0
		case c == '-':
			x, top = 0, top+6
		case c >= '?' && c <= '~':
			for range repeat {
				for row := range 6 {
					if (c-'?')>>row&1 == 1 {
						if !image.Pt(x, top+row).In(img.Rect) {
							t.Fatalf("pixel %d,%d lies outside of %v", x, top+row, img.Rect)
						}
						img.SetRGBA(x, top+row, palette[current])
					}
				}
				x++
			}
			repeat = 1
		default:
			t.Fatalf("byte %q at %d", c, i)
		}
	}
	for i := 3; i < len(img.Pix); i += 4 {
		if img.Pix[i] == 0 {
			t.Fatalf("pixel %d was not drawn", i/4)
		}
	}
	return img
}

// Up to 256 colours come back as they were, but for sixel's steps of one percent.
func TestSixel(t *testing.T) {
	for _, img := range []*image.RGBA{
		random(1, 1, 1), random(7, 5, 2), random(30, 6, 3), random(31, 13, 256), random(200, 60, 17),
	} {
		same(t, decodeSixel(t, write(t, img, Sixel, 100)), img, 2)
	}
	flat := image.NewRGBA(image.Rect(0, 0, 400, 12))
	for i := range flat.Pix {
		flat.Pix[i] = 255
	}
	if s := write(t, flat, Sixel, 100); len(s) > 100 {
		t.Errorf("%d bytes for one colour: runs are not counted", len(s))
	}
}

// More colours are reduced, with a small error on a smooth image.
func TestSixelManyColors(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 256, 128))
	for y := range 128 {
		for x := range 256 {
			img.SetRGBA(x, y, color.RGBA{uint8(x), uint8(2 * y), 128, 255})
		}
	}
	same(t, decodeSixel(t, write(t, img, Sixel, 100)), img, 16)
	palette, _ := quantize(random(300, 300, 5000))
	if len(palette) != 256 {
		t.Errorf("%d colours", len(palette))
	}
}

// The pieces have at most 4096 bytes and m=1 but for the last, and together are a PNG of the same pixels.
func TestKitty(t *testing.T) {
	for _, img := range []*image.RGBA{random(3, 2, 2), random(200, 150, 3000)} {
		s := strings.TrimSuffix(write(t, img, Kitty, 100), "\n")
		pieces := strings.Split(strings.TrimSuffix(s, "\x1b\\"), "\x1b\\")
		var text string
		for i, piece := range pieces {
			keys, data, ok := strings.Cut(strings.TrimPrefix(piece, "\x1b_G"), ";")
			if !ok || !strings.HasPrefix(piece, "\x1b_G") || len(data) > 4096 || i < len(pieces)-1 && len(data)%4 != 0 {
				t.Fatalf("piece %d: %.40q with %d bytes", i, piece, len(data))
			}
			want := fmt.Sprintf("m=%d", min(1, len(pieces)-1-i))
			if i == 0 {
				want = "a=T,f=100,q=2," + want
			}
			if keys != want {
				t.Errorf("piece %d has %q, want %q", i, keys, want)
			}
			text += data
		}
		same(t, decodePNG(t, text), img, 0)
	}
}

func decodePNG(t *testing.T, text string) image.Image {
	t.Helper()
	file, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestITerm2(t *testing.T) {
	img := random(50, 40, 100)
	m := regexp.MustCompile(`^\x1b\]1337;File=inline=1;size=(\d+):([A-Za-z0-9+/=]+)\x07\n$`).FindStringSubmatch(write(t, img, ITerm2, 100))
	if m == nil {
		t.Fatal("not an inline image")
	}
	if file, _ := base64.StdEncoding.DecodeString(m[2]); strconv.Itoa(len(file)) != m[1] {
		t.Errorf("size=%s for %d bytes", m[1], len(file))
	}
	same(t, decodePNG(t, m[2]), img, 0)
}

// decodeBlocks replays half blocks into pixels.
func decodeBlocks(t *testing.T, s string, w, h int, colorOf func([]int) color.RGBA) *image.RGBA {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	sgr := regexp.MustCompile(`^\x1b\[([0-9;]+)m`)
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	if len(lines) != (h+1)/2 {
		t.Fatalf("%d lines for %d rows", len(lines), h)
	}
	for row, line := range lines {
		var fore, back color.RGBA
		x := 0
		for line != "" {
			if m := sgr.FindStringSubmatch(line); m != nil {
				line = line[len(m[0]):]
				var a []int
				for _, f := range strings.Split(m[1], ";") {
					n, _ := strconv.Atoi(f)
					a = append(a, n)
				}
				switch a[0] {
				case 38:
					fore = colorOf(a[1:])
				case 48:
					back = colorOf(a[1:])
				case 0:
					fore, back = color.RGBA{}, color.RGBA{}
				}
				continue
			}
			rest, ok := strings.CutPrefix(line, "▀")
			if !ok {
				t.Fatalf("line %d has %.20q", row, line)
			}
			line = rest
			img.SetRGBA(x, 2*row, fore)
			img.SetRGBA(x, 2*row+1, back)
			x++
		}
		if x != w || fore != (color.RGBA{}) {
			t.Fatalf("line %d has %d characters of %d, and ends in %v", row, x, w, fore)
		}
	}
	return img
}

func exact(a []int) color.RGBA { return color.RGBA{uint8(a[1]), uint8(a[2]), uint8(a[3]), 255} }

// xterm is the formula of xterm's 256colres.pl.
func xterm(a []int) color.RGBA {
	n := a[1]
	if n >= 232 {
		g := uint8(8 + 10*(n-232))
		return color.RGBA{g, g, g, 255}
	}
	level := func(k int) uint8 {
		if k == 0 {
			return 0
		}
		return uint8(55 + 40*k)
	}
	return color.RGBA{level((n - 16) / 36), level((n - 16) / 6 % 6), level((n - 16) % 6), 255}
}

// An image that fits is drawn pixel for pixel.
func TestBlocks(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {5, 4}, {20, 7}, {40, 30}} {
		img := random(size.X, size.Y, 9)
		same(t, decodeBlocks(t, write(t, img, Blocks, 40), size.X, size.Y, exact), img, 0)
	}
}

// A larger one is made smaller: here each four by four pixels have one colour, which they keep.
func TestBlocksReduce(t *testing.T) {
	small := random(20, 12, 50)
	large := image.NewRGBA(image.Rect(0, 0, 80, 48))
	for y := range 48 {
		for x := range 80 {
			large.SetRGBA(x, y, small.RGBAAt(x/4, y/4))
		}
	}
	got := decodeBlocks(t, write(t, large, Blocks, 20), 20, 12, exact)
	same(t, got, small, 0)
	if Rows(nil, large, Blocks, 20) != 6 || Rows(nil, large, ASCII, 20) != 6 || Rows(nil, large, Kitty, 20) != 0 {
		t.Error("rows of 20 by 12 pixels")
	}
}

// The 256 colours: no other of them is nearer, by trying all.
func TestXterm256(t *testing.T) {
	for r := 0; r < 256; r += 15 {
		for g := 0; g < 256; g += 15 {
			for b := 0; b < 256; b += 15 {
				c := color.RGBA{uint8(r), uint8(g), uint8(b), 255}
				got, best := xterm256(c), 16
				for n := 16; n < 256; n++ {
					if distance(c, xterm([]int{5, n})) < distance(c, xterm([]int{5, best})) {
						best = n
					}
				}
				if distance(c, xterm([]int{5, got})) != distance(c, xterm([]int{5, best})) {
					t.Fatalf("%v is drawn in %d, but %d is nearer", c, got, best)
				}
			}
		}
	}
	img := random(10, 10, 3)
	got := decodeBlocks(t, write(t, img, Blocks256, 40), 10, 10, xterm)
	if got.RGBAAt(3, 3) != xterm([]int{5, xterm256(img.RGBAAt(3, 3))}) {
		t.Error(got.RGBAAt(3, 3))
	}
}

func TestASCII(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 10, 2))
	for x := range 10 {
		v := uint8(255 - 255*x/9)
		img.SetGray(x, 0, color.Gray{v})
		img.SetGray(x, 1, color.Gray{v})
	}
	if got := write(t, img, ASCII, 80); got != " .:-=+*#%@\n" {
		t.Errorf("got %q", got)
	}
}

func TestWriteNothing(t *testing.T) {
	if err := Write(&bytes.Buffer{}, random(2, 2, 2), None, 80); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	for p := Sixel; p <= ASCII; p++ {
		if s := write(t, image.NewRGBA(image.Rectangle{}), p, 80); s != "" {
			t.Errorf("%v writes %q for an empty image", p, s)
		}
		if err := Write(broken{}, random(20, 20, 300), p, 80); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%v: %v", p, err)
		}
		// An image whose corner is not at the origin, and a transparent one, which is white.
		part := random(20, 20, 5).SubImage(image.Rect(5, 5, 15, 15))
		write(t, part, p, 80)
	}
	clear := image.NewRGBA(image.Rect(0, 0, 2, 2))
	if got := decodeBlocks(t, write(t, clear, Blocks, 80), 2, 2, exact).RGBAAt(1, 1); got != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("transparent is %v", got)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, os.ErrClosed }

func BenchmarkSixel(b *testing.B) {
	img := random(800, 600, 1000)
	for b.Loop() {
		if err := Write(&bytes.Buffer{}, img, Sixel, 100); err != nil {
			b.Fatal(err)
		}
	}
}
