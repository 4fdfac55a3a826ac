package canvas

import (
	"image/color"
	"math"
)

// Colours of dark paper and of what is written on it, as in package plot's dark figures.
var (
	DarkPaper = color.NRGBA{0x17, 0x1a, 0x1f, 0xff}
	DarkInk   = color.NRGBA{0xe8, 0xe8, 0xe8, 0xff}
	DarkFaint = color.NRGBA{0x36, 0x3b, 0x43, 0xff}
)

// Tinted is a canvas on which some colours are drawn as others; those that are not in the table stay as they are.
func Tinted(c Canvas, colors map[color.NRGBA]color.NRGBA) Canvas {
	return tinted{c, colors}
}

type tinted struct {
	Canvas
	colors map[color.NRGBA]color.NRGBA
}

func (t tinted) of(c color.NRGBA) color.NRGBA {
	if own, ok := t.colors[c]; ok {
		return own
	}
	return c
}

func (t tinted) Fill(c color.NRGBA, corners ...Point) { t.Canvas.Fill(t.of(c), corners...) }

func (t tinted) Stroke(c color.NRGBA, width float64, along ...Point) {
	t.Canvas.Stroke(t.of(c), width, along...)
}

func (t tinted) Disc(c color.NRGBA, at Point, radius float64) { t.Canvas.Disc(t.of(c), at, radius) }

func (t tinted) Text(c color.NRGBA, at Point, size float64, line string) {
	t.Canvas.Text(t.of(c), at, size, line)
}

// Paper fills a canvas of a size, to the last pixel.
func Paper(c Canvas, paper color.NRGBA, width, height float64) {
	w, h := math.Ceil(width), math.Ceil(height)
	c.Fill(paper, At(0, 0), At(w, 0), At(w, h), At(0, h))
}
