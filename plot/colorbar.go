package plot

import (
	"image"
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// colorBar is the legend of a scale: a column of its colours with figures, and below it what has no place on it.
type colorBar struct {
	scale scale
	whole bool // only whole numbers
	label string
	note  string // such as "3 NaN"
}

const (
	barWidth  = 12 * cssPixel
	barTick   = 4 * cssPixel
	labelSize = 9 // points
)

// A bar is at least so high, that its two ends can be labelled.
const lowestBar = 28 * cssPixel

// marks are as many ticks as fit the height of the bar.
func (b *colorBar) marks(height vg.Length) []gonum.Tick {
	n := max(1, min(6, int(height/(22*cssPixel))))
	return ticks{n: n, whole: b.whole, ends: true}.Ticks(b.scale.lo, b.scale.hi)
}

// width implements side. The labels are those of a high bar, which are the longest.
func (b *colorBar) width() vg.Length {
	style := textStyle(labelSize, faint, draw.XLeft, draw.YCenter)
	var w vg.Length
	for _, height := range []vg.Length{0, 1000 * cssPixel} {
		for _, t := range b.marks(height) {
			w = max(w, style.Width(t.Label))
		}
	}
	w += barWidth + barTick + 2*cssPixel
	if b.label != "" {
		w += style.Height(b.label) + 4*cssPixel
	}
	if b.note != "" {
		w = max(w, style.Width(b.note))
	}
	return w
}

// draw implements side.
func (b *colorBar) draw(c draw.Canvas, bottom, top vg.Length) {
	style := textStyle(labelSize, faint, draw.XLeft, draw.YCenter)
	line := draw.LineStyle{Color: faint, Width: vg.Points(0.5)}
	left := snap(c.Min.X)
	bottom = min(bottom, top-lowestBar)
	bar := vg.Rectangle{Min: vg.Point{X: left, Y: snap(bottom)}, Max: vg.Point{X: left + barWidth, Y: snap(top)}}
	if b.note != "" {
		height := style.Height(b.note) + 7*cssPixel
		key := bar
		key.Max.Y = key.Min.Y + barWidth
		if key.Max.Y+height+barWidth < bar.Max.Y {
			c.FillText(style, vg.Point{X: bar.Min.X, Y: bar.Min.Y + style.Height(b.note)/2}, b.note)
			bar.Min.Y = snap(bar.Min.Y + height)
		}
	}
	lo, hi := b.scale.lo, b.scale.hi
	if b.scale.apart { // each whole number is in the middle of its colour
		lo, hi = lo-0.5, hi+0.5
	}
	own := c
	own.Rectangle = bar // snapped, it may begin a hair outside of c, which would cut its only column off
	blit(own, b.stripe(b.scale.in(themeOf(c)), lo, hi), bar, nil)
	right, descent := bar.Max.X, style.FontExtents().Descent // as gonum's axes centre their labels
	for _, t := range b.marks(bar.Size().Y) {
		y := bar.Min.Y + bar.Size().Y*vg.Length((t.Value-lo)/(hi-lo))
		c.StrokeLine2(line, right, y, right+barTick, y)
		c.FillText(style, vg.Point{X: right + barTick + 2*cssPixel, Y: y + descent}, t.Label)
	}
	if b.label != "" {
		turned := textStyle(labelSize, ink, draw.XCenter, draw.YBottom)
		turned.Rotation = math.Pi / 2
		c.FillText(turned, vg.Point{X: c.Max.X, Y: (bar.Min.Y + bar.Max.Y) / 2}, b.label)
	}
}

// stripe is a column of the scale's colours from hi to lo. Where zero has a colour of its own the numbers are whole and
// each has its field, that of zero never too thin to be seen.
func (b *colorBar) stripe(s scale, lo, hi float64) *image.RGBA {
	if !s.apart {
		n := len(s.colors)
		img := image.NewRGBA(image.Rect(0, 0, 1, n))
		for i, color := range s.colors {
			img.SetRGBA(0, n-1-i, color)
		}
		return img
	}
	const n = 600
	img := image.NewRGBA(image.Rect(0, 0, 1, n))
	for i := range n {
		v := math.Round(lo + (hi-lo)*(float64(i)+0.5)/n)
		if math.Abs(v) < 0.03*(hi-lo) {
			v = 0
		}
		img.SetRGBA(0, n-1-i, s.color(max(s.lo, min(v, s.hi))))
	}
	return img
}
