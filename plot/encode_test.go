package plot

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
)

// Pictures with few and with many colours come back pixel for pixel from the standard decoder.
func TestEncode(t *testing.T) {
	for _, colors := range []int{1, 2, 256, 257, 1000} {
		img := image.NewRGBA(image.Rect(0, 0, 61, 37))
		for i := range len(img.Pix) / 4 {
			n := i * 7 % colors
			put(img.Pix[4*i:], color.RGBA{uint8(n), uint8(n >> 8), uint8(3 * n), 255})
		}
		if p := paletted(img); (p != nil) != (colors <= 256) {
			t.Errorf("%d colours: with a palette is %v", colors, p != nil)
		}
		file, err := encode(img, 192)
		if err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		for y := range 37 {
			for x := range 61 {
				if c := color.RGBAModel.Convert(got.At(x, y)); c != img.RGBAAt(x, y) {
					t.Fatalf("%d colours: pixel %d,%d is %v, want %v", colors, x, y, c, img.RGBAAt(x, y))
				}
			}
		}
	}
}
