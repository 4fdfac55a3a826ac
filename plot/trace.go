package plot

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	gonum "gonum.org/v1/plot"

	"github.com/livespike/livespike/snn/tensor"
)

// Trace draws values over time, one line for each tensor of shape (T) and for each neuron of one of shape (T, N). Axes
// of length one behind the first are passed over. Up to seven lines have colours of their own and a legend, which Names
// fills; more are coloured by their index. A line has a gap where a value is not finite, and the figure's text says how
// many there are. It panics without a tensor and for other shapes.
func Trace(ts ...*tensor.Tensor) *Figure {
	if len(ts) == 0 {
		panic("plot.Trace: no tensor")
	}
	var all lines
	var shapes []string
	values := count(nil)
	for i, t := range ts {
		given("plot.Trace", fmt.Sprintf("tensor %d", i), t)
		steps, neurons := overTime("plot.Trace", t)
		for n := range neurons {
			all = append(all, line{values: t.Data(), first: n, stride: neurons, steps: steps, name: lineName(i, n, len(ts), neurons)})
		}
		values = values.and(count(t.Data()))
		shapes = append(shapes, shapeText(t.Shape()))
	}
	p := &panel{Plot: newPlot(), target: size{traceWidth, traceHeight}}
	p.Add(plain(plotter.NewGrid()), all)
	p.X.Label.Text = "time step"
	p.X.Tick.Marker = ticks{n: marksFor(p.target.w, 64), whole: true}
	p.Y.Tick.Marker = ticks{n: marksFor(p.target.h, 28)}
	p.Y.Min, p.Y.Max = room(values)
	all.color()
	p.side = all.key()
	f := single(p, fmt.Sprintf("Trace%s: %v", strings.Join(shapes, ", "), values))
	f.lines = all
	return f
}

const traceWidth, traceHeight = 600, 240

// room is the range of the values and a little more, so that no line runs along the edge.
func room(c census) (lo, hi float64) {
	switch {
	case c.finite == 0:
		return 0, 1
	case c.lo == c.hi:
		half := math.Max(math.Abs(c.lo)/2, 0.5)
		return c.lo - half, c.hi + half
	}
	more := 0.04 * (c.hi - c.lo)
	return c.lo - more, c.hi + more
}

// plain is gonum's grid in light grey.
func plain(g *plotter.Grid) *plotter.Grid {
	g.Horizontal = draw.LineStyle{Color: hint, Width: vg.Points(0.5)}
	g.Vertical = g.Horizontal
	return g
}

// line is one column of a (steps, stride) array.
type line struct {
	values               []float32
	first, stride, steps int
	name                 string
	color                color.Color
}

func (l line) at(step int) float64 { return float64(l.values[step*l.stride+l.first]) }

// lineName tells the lines apart by the letter of the tensor, the number of the neuron, or both.
func lineName(tensor, neuron, tensors, neurons int) string {
	switch {
	case tensors == 1 && neurons == 1:
		return ""
	case tensors == 1:
		return fmt.Sprint(neuron)
	case neurons == 1:
		return letter(tensor)
	}
	return fmt.Sprint(letter(tensor), neuron)
}

// lines is a plotter of several lines.
type lines []line

// color gives each line its colour.
func (ls lines) color() {
	for i := range ls {
		if len(ls) <= len(lineColors) {
			ls[i].color = lineColors[i]
		} else {
			ls[i].color = viridis.at(float64(i) / float64(len(ls)))
		}
	}
}

// key is a legend for a few lines, a colour bar for many, and nothing for one without a name.
func (ls lines) key() side {
	if len(ls) == 1 && ls[0].name == "" {
		return nil
	}
	if len(ls) <= len(lineColors) {
		var l legend
		for _, one := range ls {
			l = append(l, entry{one.name, one.color})
		}
		return l
	}
	return &colorBar{scale: scale{hi: float64(len(ls) - 1), colors: viridis}, whole: true, label: "line"}
}

// Names names the lines of a figure in their order, in a legend, and returns the figure. It panics if there are more
// names than lines.
func (f *Figure) Names(names ...string) *Figure {
	if f.curves != nil {
		f.curves.named(names)
		f.panels[0].side = f.curves.key()
		return f
	}
	ls := f.lines
	if len(names) > len(ls) {
		panic(fmt.Sprintf("plot: %d names for %d lines", len(names), len(ls)))
	}
	for i, name := range names {
		ls[i].name = name
	}
	f.panels[0].side = ls.key()
	return f
}

// DataRange implements gonum's DataRanger.
func (ls lines) DataRange() (xmin, xmax, ymin, ymax float64) {
	ymin, ymax = math.Inf(1), math.Inf(-1)
	steps := 1
	for _, l := range ls {
		steps = max(steps, l.steps)
		for i := range l.steps {
			if v := l.at(i); v-v == 0 {
				ymin, ymax = min(ymin, v), max(ymax, v)
			}
		}
	}
	return 0, float64(steps - 1), ymin, ymax
}

// Plot implements gonum's Plotter.
func (ls lines) Plot(c draw.Canvas, p *gonum.Plot) {
	x, y := p.Transforms(&c)
	for _, l := range ls {
		style := draw.LineStyle{Color: l.color, Width: vg.Points(1.1)}
		for _, run := range l.runs(x, y) {
			if len(run) == 1 && c.Contains(run[0]) {
				c.DrawGlyphNoClip(draw.GlyphStyle{Color: l.color, Radius: vg.Points(1.2), Shape: draw.CircleGlyph{}}, run[0])
				continue
			}
			c.StrokeLines(style, c.ClipLinesXY(run)...)
		}
	}
}

// runs are the stretches without a gap, as points of the canvas. Where many steps share a column of device pixels, the
// first, lowest, highest and last of them draw the same picture as all.
func (l line) runs(x, y func(float64) vg.Length) [][]vg.Point {
	var runs [][]vg.Point
	var run []vg.Point
	end := func() {
		if len(run) > 0 {
			runs = append(runs, run)
		}
		run = nil
	}
	dense := x(1)-x(0) < devicePixel/2
	for i := 0; i < l.steps; {
		v := l.at(i)
		if v-v != 0 {
			end()
			i++
			continue
		}
		if !dense {
			run = append(run, vg.Point{X: x(float64(i)), Y: y(v)})
			i++
			continue
		}
		column := math.Floor(float64(x(float64(i)) / devicePixel))
		low, high, last, from := i, i, i, i
		for i++; i < l.steps; i++ {
			v := l.at(i)
			if v-v != 0 || math.Floor(float64(x(float64(i))/devicePixel)) != column {
				break
			}
			if v < l.at(low) {
				low = i
			}
			if v > l.at(high) {
				high = i
			}
			last = i
		}
		for _, j := range []int{from, min(low, high), max(low, high), last} {
			run = append(run, vg.Point{X: x(float64(j)), Y: y(l.at(j))})
		}
	}
	end()
	return runs
}

// legend names lines in a column right of the plot.
type legend []entry

const (
	swatch    = 18 * cssPixel
	legendRow = 18 * cssPixel
)

// indent is the room for the lines, if there are any.
func (l legend) indent() vg.Length {
	for _, one := range l {
		if one.color != nil {
			return swatch + 5*cssPixel
		}
	}
	return 0
}

func (legend) style() draw.TextStyle {
	return textStyle(labelSize, ink, draw.XLeft, draw.YCenter)
}

// width implements side.
func (l legend) width() vg.Length {
	var w vg.Length
	for _, line := range l {
		w = max(w, l.style().Width(line.name))
	}
	return l.indent() + w + 2*cssPixel
}

// draw implements side.
func (l legend) draw(c draw.Canvas, _, top vg.Length) {
	descent := l.style().FontExtents().Descent
	for i, line := range l {
		y := top - legendRow*(vg.Length(i)+0.5)
		style := l.style()
		if line.color != nil {
			c.StrokeLine2(draw.LineStyle{Color: line.color, Width: vg.Points(1.6)}, c.Min.X, y, c.Min.X+swatch, y)
		} else {
			style.Color = faint
		}
		c.FillText(style, vg.Point{X: c.Min.X + l.indent(), Y: y + descent}, line.name)
	}
}
