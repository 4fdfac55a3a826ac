package plot

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strings"

	gonum "gonum.org/v1/plot"

	"github.com/livespike/livespike/snn/tensor"
)

// Image draws a tensor of shape (height, width) as colours, the first row on top, with a colour bar. Axes of length one
// in front, as in (1, H, W), are passed over. A (3, H, W) tensor is red, green and blue: from 0 to 1, or from 0 to 255
// if a value is above 1.
//
// Where all values have one sign the colours run from the lowest value to the highest; values of both signs have
// colours around zero, equally far both ways. NaN is grey, infinities have the colours of the ends; the bar says how
// many there are. Where at least three quarters of the values are zero, as in frames of events, an image that is made
// smaller shows of the values that share a pixel the one farthest from zero, so that no event disappears; and if they
// are whole numbers, zero has nearly the colour of the paper and every other value one that differs from it clearly.
//
// Cells are sharp, never interpolated when enlarged, and square; only images with more than 32 times as many columns as
// rows, or the reverse, have higher or wider ones.
//
// It panics for other shapes and for nil.
func Image(t *tensor.Tensor) *Figure {
	given("plot.Image", "the tensor", t)
	p, c := imagePanel("plot.Image", t, imageSide, largestSide)
	return single(p, fmt.Sprintf("Image%s: %v", shapeText(t.Shape()), c))
}

// The longest side of an image in CSS pixels: what small ones are enlarged to, and what large ones have at most.
const imageSide, largestSide = 360, 800

// imagePanel is the plot of one image whose longest side should be usual and may be largest.
func imagePanel(caller string, t *tensor.Tensor, usual, largest float64) (*panel, census) {
	shape := t.Shape()
	for len(shape) > 2 && shape[0] == 1 {
		shape = shape[1:]
	}
	rgb := len(shape) == 3 && shape[0] == 3
	if len(shape) != 2 && !rgb || t.Numel() == 0 {
		panic(fmt.Sprintf("%s: tensor of shape %s, expected (height, width), (1, height, width) or (3, height, width)",
			caller, shapeText(t.Shape())))
	}
	rows, cols := shape[len(shape)-2], shape[len(shape)-1]
	values := t.Data()
	c := count(values)
	p := &panel{Plot: newPlot(), cols: cols, rows: rows, cell: 1}
	p.image = &bitmap{rows: rows, cols: cols}
	if rgb {
		p.image.rgb = paintRGB(values, rows, cols, c)
	} else {
		p.image.values, p.image.scale = slices.Clone(values), scaleOf(c)
		p.image.mostlyZero = mostlyZero(values)
		whole := wholes(values)
		if countsOfEvents(values) {
			p.image.scale = p.image.scale.zeroApart()
		}
		p.side = &colorBar{scale: p.image.scale, note: c.note(), whole: whole}
	}
	p.Add(p.image)
	p.Y.Scale = gonum.InvertedScale{Normalizer: gonum.LinearScale{}}
	p.shape(usual, largest)
	p.X.Tick.Marker = ticks{n: marksFor(p.target.w, 44), whole: true, ends: true}
	p.Y.Tick.Marker = ticks{n: marksFor(p.target.h, 44), whole: true, ends: true}
	return p, c
}

// mostlyZero reports whether three quarters of the values of an image that is not tiny are zero.
func mostlyZero(values []float32) bool {
	zeros := 0
	for _, v := range values {
		if v == 0 {
			zeros++
		}
	}
	return len(values) >= 256 && 4*zeros >= 3*len(values)
}

// countsOfEvents reports whether values are whole numbers and mostly zero.
func countsOfEvents(values []float32) bool { return mostlyZero(values) && wholes(values) }

// shape chooses the size of the cells: the longest side is as usual, or longer where the short one would be too narrow
// for two labels. Beyond a ratio of 32 cells are no longer square, else one side would not be seen.
func (p *panel) shape(usual, largest float64) {
	const largestCell, ratio = 48, 32
	shortest := 16.0 // two labels side by side
	if p.rows < p.cols {
		shortest = 24 // one above the other
	}
	longest, short := float64(max(p.cols, p.rows)), float64(min(p.cols, p.rows))
	cell := min(math.Floor(usual*density/longest)/density, largestCell)
	if cell < 1 {
		cell = min(1, largest/longest)
	}
	if short > 1 && short*cell < shortest {
		cell = min(shortest/short, largest/longest)
	}
	p.target = size{float64(p.cols) * cell, float64(p.rows) * cell}
	if longest <= ratio*short {
		return
	}
	if p.rows < p.cols {
		p.target.h = max(p.target.w/ratio, shortest/2)
	} else {
		p.target.w = max(p.target.h/ratio, shortest/2)
	}
	p.cell = p.target.h / float64(p.rows) / (p.target.w / float64(p.cols))
}

// Range sets the values that the colours of images run from and to, for all panels, so that they can be compared, and
// returns the figure. With zero in between they are those around zero. Panels in a row share the colour bar at its right.
// What is beyond has the colour of the end; the bar says how many values that are, in all panels that share it. It panics
// unless lo is below hi, and for other figures.
func (f *Figure) Range(lo, hi float64) *Figure {
	if !(lo < hi) || math.IsInf(hi-lo, 0) {
		panic(fmt.Sprintf("plot: Range from %v to %v", lo, hi))
	}
	s := scale{lo: lo, hi: hi, colors: viridis}
	if lo < 0 && hi > 0 {
		s.colors = redBlue
	}
	found := false
	for _, p := range f.panels {
		if p.image == nil || p.image.values == nil {
			continue
		}
		found = true
		values, own := p.image.values, s
		if p.image.scale.apart && hi-lo >= 1 && (lo == 0 || lo == -hi) {
			own = s.zeroApart()
		}
		p.image.scale, p.image.painted = own, nil
		p.side = &colorBar{scale: own, note: beyond(values, lo, hi), whole: wholes(values) && hi-lo >= 1}
	}
	if !found {
		panic("plot: Range is for figures of plot.Image and plot.Images")
	}
	f.shareBar()
	return f
}

// shareBar leaves the colour bars in the last column of panels that have the same one, and makes it that of them all.
func (f *Figure) shareBar() {
	if f.cols == 1 {
		return
	}
	s := f.panels[0].image.scale
	var values []float32
	for _, p := range f.panels {
		if p.image.values == nil || p.image.scale.apart != s.apart {
			return
		}
		values = append(values, p.image.values...)
	}
	bar := &colorBar{scale: s, note: beyond(values, s.lo, s.hi), whole: wholes(values) && s.hi-s.lo >= 1}
	for i, p := range f.panels {
		p.side = nil
		if i%f.cols == f.cols-1 {
			p.side = bar
		}
	}
}

// around is the part of a map around zero that reaches from lo to hi.
func around(signed colormap, lo, hi float64) colormap {
	top := max(-lo, hi)
	m := make(colormap, len(signed))
	for i := range m {
		v := lo + (hi-lo)*float64(i)/float64(len(m)-1)
		m[i] = signed.at((v + top) / (2 * top))
	}
	return m
}

// beyond names the values that have no colour of their own.
func beyond(values []float32, lo, hi float64) string {
	c := count(values)
	below, above := 0, 0
	for _, f := range values {
		switch v := float64(f); {
		case v-v != 0:
		case v < lo:
			below++
		case v > hi:
			above++
		}
	}
	var parts []string
	for _, p := range []struct {
		n    int
		name string
	}{{below, "below"}, {above, "above"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.name))
		}
	}
	if note := c.note(); note != "" {
		parts = append(parts, note)
	}
	return strings.Join(parts, ", ")
}

// marksFor is the number of ticks on an axis of a length with that much room for each.
func marksFor(length, room float64) int { return max(1, min(8, int(length/room))) }

// wholes reports whether all finite values are whole numbers, as counts are.
func wholes(values []float32) bool {
	for _, v := range values {
		if v != float32(math.Trunc(float64(v))) && v-v == 0 {
			return false
		}
	}
	return true
}

// paintRGB takes three planes for red, green and blue. What is beyond the range has the colour of its end, NaN is grey.
func paintRGB(values []float32, rows, cols int, c census) *image.RGBA {
	top := 1.0
	if c.finite > 0 && c.hi > 1 {
		top = 255
	}
	img := image.NewRGBA(image.Rect(0, 0, cols, rows))
	plane := rows * cols
	for i := range plane {
		pix := img.Pix[4*i : 4*i+4]
		pix[3] = 0xff
		for channel := range 3 {
			v := float64(values[channel*plane+i])
			if math.IsNaN(v) {
				put(pix, missing)
				break
			}
			pix[channel] = uint8(math.Round(255 * max(0, min(v/top, 1))))
		}
	}
	return img
}
