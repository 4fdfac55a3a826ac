package plot

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The data area of figures with two axes in CSS pixels.
const curveWidth, curveHeight = 420, 260

// axes is an empty panel with a grid and labels.
func axes(w, h float64, x, y string) *panel {
	p := &panel{Plot: newPlot(), target: size{w, h}}
	p.Add(plain(plotter.NewGrid()))
	p.X.Label.Text, p.Y.Label.Text = x, y
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks{n: marksFor(w, 64)}, ticks{n: marksFor(h, 28)}
	return p
}

// entry is a line of a legend: without a colour a remark.
type entry struct {
	name  string
	color color.Color
}

// curve is points joined by a line. It has a gap where one is not finite.
type curve struct {
	entry
	x, y    []float64
	dashed  bool
	points  bool // mark each
	steps   bool // y[i] from x[i] to x[i+1], so x has one more
	filled  bool // down to the lower end of the axis
	remarks []string
}

// curves is a plotter of several.
type curves []*curve

// color gives each curve its colour.
func (cs curves) color() {
	for i, c := range cs {
		c.entry.color = nth(i, len(cs))
	}
}

// nth is the colour of the i-th of n lines.
func nth(i, n int) color.RGBA {
	if n <= len(lineColors) {
		return lineColors[i]
	}
	return viridis.at(float64(i) / float64(n))
}

// key is the legend of the curves that have names or remarks, or nil.
func (cs curves) key() side {
	var l legend
	for _, c := range cs {
		if c.name != "" {
			l = append(l, c.entry)
		}
		for _, text := range c.remarks {
			l = append(l, entry{name: text})
		}
	}
	if len(l) == 0 {
		return nil
	}
	return l
}

// figure draws curves on a panel's axes.
func (cs curves) figure(p *panel, text string) *Figure {
	p.Add(cs)
	p.side = cs.key()
	f := single(p, text)
	f.curves = cs
	return f
}

// DataRange implements gonum's DataRanger.
func (cs curves) DataRange() (xmin, xmax, ymin, ymax float64) {
	x, y := newExtent(), newExtent()
	for _, c := range cs {
		for _, v := range c.x {
			x.add(v)
		}
		for _, v := range c.y {
			y.add(v)
		}
	}
	return x.lo, x.hi, y.lo, y.hi
}

// Plot implements gonum's Plotter.
func (cs curves) Plot(c draw.Canvas, p *gonum.Plot) {
	x, y := p.Transforms(&c)
	for _, one := range cs {
		style := draw.LineStyle{Color: one.entry.color, Width: vg.Points(1.3)}
		if one.dashed {
			style.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
		}
		for _, run := range one.runs(x, y) {
			if one.filled {
				area := append(append([]vg.Point{{X: run[0].X, Y: c.Min.Y}}, run...), vg.Point{X: run[len(run)-1].X, Y: c.Min.Y})
				c.FillPolygon(faded(one.entry.color, 0x50), c.ClipPolygonXY(area))
				run = area
			}
			c.StrokeLines(style, c.ClipLinesXY(run)...)
			if !one.points && len(run) > 1 {
				continue
			}
			for _, at := range run {
				if c.Contains(at) {
					dot(c, one.entry.color, at, vg.Points(2))
				}
			}
		}
	}
}

// runs are the stretches without a gap, as points of the canvas.
func (one *curve) runs(x, y func(float64) vg.Length) [][]vg.Point {
	var runs [][]vg.Point
	open := false
	for i, v := range one.y {
		if v-v != 0 || one.x[i]-one.x[i] != 0 {
			open = false
			continue
		}
		if !open {
			runs, open = append(runs, nil), true
		}
		last := &runs[len(runs)-1]
		*last = append(*last, vg.Point{X: x(one.x[i]), Y: y(v)})
		if one.steps {
			*last = append(*last, vg.Point{X: x(one.x[i+1]), Y: y(v)})
		}
	}
	return runs
}

// dot is a filled circle.
func dot(c draw.Canvas, fill color.Color, at vg.Point, radius vg.Length) {
	c.DrawGlyphNoClip(draw.GlyphStyle{Color: fill, Radius: radius, Shape: draw.CircleGlyph{}}, at)
}

// faded is a colour of the package with less than full opacity.
func faded(c color.Color, alpha uint8) color.NRGBA {
	full := color.NRGBAModel.Convert(c).(color.NRGBA)
	full.A = alpha
	return full
}

// extent is the range of the finite values that were added.
type extent struct{ lo, hi float64 }

func newExtent() extent { return extent{math.Inf(1), math.Inf(-1)} }

func (e *extent) add(v float64) {
	if v-v == 0 {
		e.lo, e.hi = min(e.lo, v), max(e.hi, v)
	}
}

// wider is the range and a share of it more on both sides; of a single value a range around it, of none 0 to 1.
func (e extent) wider(share float64) (lo, hi float64) {
	switch {
	case e.lo > e.hi:
		return 0, 1
	case e.lo == e.hi:
		half := math.Max(math.Abs(e.lo)/2, 0.5)
		return e.lo - half, e.hi + half
	}
	return e.lo - share*(e.hi-e.lo), e.hi + share*(e.hi-e.lo)
}

// logTicks marks powers of ten, and where there are fewer than three, 2 and 5 times them.
type logTicks struct {
	n     int
	label func(v float64) string
}

// Ticks implements gonum's Ticker.
func (t logTicks) Ticks(lo, hi float64) []gonum.Tick {
	if !(hi > lo && lo > 0) {
		return nil
	}
	first, last := int(math.Ceil(math.Log10(lo)-1e-9)), int(math.Floor(math.Log10(hi)+1e-9))
	factors := []float64{1}
	if last-first < 2 {
		factors = []float64{1, 2, 5}
	}
	every := 1 + (last-first)/max(t.n, 1)
	var out []gonum.Tick
	for e := first - 1; e <= last; e++ {
		for _, f := range factors {
			v := f * math.Pow(10, float64(e))
			if v < lo*(1-1e-9) || v > hi*(1+1e-9) || (e-first)%every != 0 {
				continue
			}
			out = append(out, gonum.Tick{Value: v, Label: t.text(v)})
		}
	}
	if len(out) < 2 {
		return []gonum.Tick{{Value: lo, Label: t.text(lo)}, {Value: hi, Label: t.text(hi)}}
	}
	return out
}

func (t logTicks) text(v float64) string {
	if t.label != nil {
		return t.label(v)
	}
	if v >= 1e-3 && v < 1e5 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return tickText(v, v)
}

// named gives names to curves in their order.
func (cs curves) named(names []string) {
	if len(names) > len(cs) {
		panic(fmt.Sprintf("plot: %d names for %d lines", len(names), len(cs)))
	}
	for i, name := range names {
		cs[i].name = name
	}
}
