package term

import (
	"image"
	"image/color"
	"testing"
)

// Boxes of 4 by 4 pixels against what was worked out by hand: averages without a majority, lines that count four times
// as much with one, but never more than four fifths.
func TestReduce(t *testing.T) {
	white, black := color.RGBA{255, 255, 255, 255}, color.RGBA{A: 255}
	for _, test := range []struct {
		name  string
		black int // of 16 pixels
		want  uint8
	}{
		{"paper", 0, 255},
		{"a dot", 1, 191},   // 4/16 black
		{"a hair", 3, 64},   // 12/16
		{"a line", 4, 51},   // at most 4/5
		{"a bar", 7, 51},    // still
		{"half", 8, 128},    // no majority: the average
		{"mostly", 12, 204}, // the paper is black, the rest at most 4/5
		{"all", 16, 0},
	} {
		img := image.NewRGBA(image.Rect(0, 0, 4, 4))
		for i := range 16 {
			img.SetRGBA(i%4, i/4, white)
			if i < test.black {
				img.SetRGBA(i%4, i/4, black)
			}
		}
		if got := reduce(img, 1, 1).RGBAAt(0, 0); got.R != test.want || got.A != 255 {
			t.Errorf("%s: %v, want %d", test.name, got, test.want)
		}
	}
}

// Every pixel of the source belongs to one of the result, for sizes that do not divide.
func TestReduceCovers(t *testing.T) {
	for _, size := range []image.Point{{7, 5}, {100, 3}, {3, 100}, {13, 13}} {
		for x := range size.X {
			img := image.NewRGBA(image.Rectangle{Max: size})
			for i := range img.Pix {
				img.Pix[i] = 255
			}
			for y := range size.Y {
				img.SetRGBA(x, y, color.RGBA{A: 255})
			}
			found := false
			small := reduce(img, min(size.X, 4), min(size.Y, 4))
			for i := 0; i < len(small.Pix); i += 4 {
				found = found || small.Pix[i] < 255
			}
			if !found {
				t.Errorf("%v: column %d is lost", size, x)
			}
		}
	}
}
