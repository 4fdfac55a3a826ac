package term

import (
	"bufio"
	"fmt"
	"image"
	"image/color"
)

// writeBlocks draws two rows of pixels with each line of characters: the upper half block has the upper pixel's colour,
// its background the lower's. Colours are set only where they change.
func writeBlocks(w *bufio.Writer, img *image.RGBA, anyColor bool) {
	size := img.Rect.Size()
	set := func(layer int, c color.RGBA) {
		if anyColor {
			fmt.Fprintf(w, "\x1b[%d8;2;%d;%d;%dm", layer, c.R, c.G, c.B)
		} else {
			fmt.Fprintf(w, "\x1b[%d8;5;%dm", layer, xterm256(c))
		}
	}
	for y := 0; y < size.Y; y += 2 {
		var fore, back color.RGBA // none has alpha 0
		for x := range size.X {
			if c := img.RGBAAt(x, y); c != fore {
				set(3, c)
				fore = c
			}
			if y+1 < size.Y {
				if c := img.RGBAAt(x, y+1); c != back {
					set(4, c)
					back = c
				}
			}
			w.WriteString("▀")
		}
		w.WriteString("\x1b[0m\n")
	}
}

// levels are the steps of each channel in xterm's colour cube.
var levels = [6]int{0, 95, 135, 175, 215, 255}

// xterm256 is the nearest of xterm's colours 16 to 255: a cube of 6×6×6, and 24 greys 8, 18, … 238.
func xterm256(c color.RGBA) int {
	cube, nearest := 16, color.RGBA{A: 255}
	for i, v := range []uint8{c.R, c.G, c.B} {
		best := 0
		for k, level := range levels {
			if abs(int(v)-level) < abs(int(v)-levels[best]) {
				best = k
			}
		}
		cube += best * []int{36, 6, 1}[i]
		*[]*uint8{&nearest.R, &nearest.G, &nearest.B}[i] = uint8(levels[best])
	}
	grey := max(0, min(((int(c.R)+int(c.G)+int(c.B))/3-3)/10, 23))
	g := uint8(8 + 10*grey)
	if distance(c, color.RGBA{g, g, g, 255}) < distance(c, nearest) {
		return 232 + grey
	}
	return cube
}

func distance(a, b color.RGBA) int {
	r, g, bl := int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B)
	return r*r + g*g + bl*bl
}

func abs(n int) int { return max(n, -n) }

// shades are characters from white to black, as on paper.
const shades = " .:-=+*#%@"

// writeASCII draws each pixel as a character by its luminance (ITU-R BT.601).
func writeASCII(w *bufio.Writer, img *image.RGBA) {
	size := img.Rect.Size()
	for y := range size.Y {
		for x := range size.X {
			c := img.RGBAAt(x, y)
			light := (299*int(c.R) + 587*int(c.G) + 114*int(c.B)) / 1000
			w.WriteByte(shades[((255-light)*(len(shades)-1)+127)/255])
		}
		w.WriteByte('\n')
	}
}
