package canvas

import (
	"image/color"
	"testing"
)

// TestBeyondTheEdge: of shapes that reach over the edges of a picture, what is on it is drawn, and no other pixel.
func TestBeyondTheEdge(t *testing.T) {
	black := color.NRGBA{0, 0, 0, 255}
	p := NewPNG(10, 10, 1)
	p.Fill(black, At(-5, -5), At(3, -5), At(3, 20), At(-5, 20))
	p.Disc(black, At(100, 100), 5)
	p.Stroke(black, 2, At(8, -30), At(8, 30))
	for y := range 10 {
		for x := range 10 {
			want := uint8(255)
			if x < 3 || x == 7 || x == 8 {
				want = 0
			}
			if got := p.Image.RGBAAt(x, y).R; got != want {
				t.Errorf("pixel %d, %d is %d, want %d", x, y, got, want)
			}
		}
	}
}
