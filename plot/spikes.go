package plot

import (
	"fmt"
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/livespike/livespike/snn/tensor"
)

// Spikes marks spikes above the lines of a Trace, in their colours, and returns the figure. The tensor has shape (T) or
// (T, N) with as many neurons as there are lines; what is neither zero nor NaN is a spike. It panics for other shapes
// and other figures.
func (f *Figure) Spikes(z *tensor.Tensor) *Figure {
	if len(f.lines) == 0 {
		panic("plot: Spikes is for figures of plot.Trace")
	}
	given("plot.Spikes", "the tensor", z)
	steps, neurons := overTime("plot.Spikes", z)
	if neurons != len(f.lines) {
		panic(fmt.Sprintf("plot.Spikes: tensor of shape %s for %d lines", shapeText(z.Shape()), len(f.lines)))
	}
	m := &spikeRows{lines: f.lines, values: z.Data(), steps: steps}
	n := 0
	for _, v := range m.values {
		if v == v && v != 0 {
			n++
		}
	}
	f.Add(m)
	// The rows get their share of the axis above what is drawn so far.
	share := min(0.6, float64(neurons+1)*float64(m.pitch()/cssPixel)/f.panels[0].target.h)
	f.Y.Max += (f.Y.Max - f.Y.Min) * share / (1 - share)
	f.text += fmt.Sprintf(", %d spikes", n)
	return f
}

// spikeRows draws a row of marks for each line, the first on top.
type spikeRows struct {
	lines  lines
	values []float32 // (steps, lines)
	steps  int
}

// pitch is the height of a row: less for many.
func (m *spikeRows) pitch() vg.Length { return cssPixel * vg.Length(max(3, min(10, 120/len(m.lines)))) }

// DataRange implements gonum's DataRanger: the marks hang from the upper edge, whatever the values.
func (m *spikeRows) DataRange() (xmin, xmax, ymin, ymax float64) {
	return 0, float64(max(m.steps, 1) - 1), math.Inf(1), math.Inf(-1)
}

// Plot implements gonum's Plotter.
func (m *spikeRows) Plot(c draw.Canvas, p *gonum.Plot) {
	x, _ := p.Transforms(&c)
	pitch := m.pitch()
	for n, l := range m.lines {
		style := draw.LineStyle{Color: l.color, Width: vg.Points(1.1)}
		top := c.Max.Y - pitch*vg.Length(n)
		for t := range m.steps {
			v := m.values[t*len(m.lines)+n]
			if v != v || v == 0 {
				continue
			}
			if at := x(float64(t)); c.ContainsX(at) {
				c.StrokeLine2(style, at, top-0.85*pitch, at, top)
			}
		}
	}
}
