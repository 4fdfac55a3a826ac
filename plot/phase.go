package plot

import (
	"fmt"
	"image/color"
	"math"
	"strings"
	"unicode/utf8"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/livespike/livespike/snn/tensor"
)

// Phase draws two variables of a model against each other: the phase plane. Both tensors have shape (T), or (T, N) for N
// trajectories; a dot marks where each begins and an arrowhead where it ends. Nullclines adds where the variables stand
// still. Where a value is not finite there is a gap; the figure's text says how many there are. It panics for other
// shapes and where the two differ.
//
//	figure := plot.Phase(v, w).Nullclines(dv, dw)
//	figure.X.Label.Text, figure.Y.Label.Text = "voltage v", "recovery w"
func Phase(x, y *tensor.Tensor) *Figure {
	given("plot.Phase", "x", x)
	given("plot.Phase", "y", y)
	steps, n := overTime("plot.Phase", x)
	if s, m := overTime("plot.Phase", y); s != steps || m != n {
		panic(fmt.Sprintf("plot.Phase: x has shape %s, y %s", shapeText(x.Shape()), shapeText(y.Shape())))
	}
	all := make(curves, n)
	for k := range all {
		all[k] = &curve{x: column64(x, k, n), y: column64(y, k, n)}
	}
	all.color()
	p := axes(curveHeight*1.25, curveHeight, "x", "y")
	f := all.figure(p, fmt.Sprintf("Phase%s: x %v; y %v", shapeText(x.Shape()), count(x.Data()), count(y.Data())))
	p.Add(ends(all))
	p.X.Min, p.X.Max = extentOf(x.Data()).wider(0.1)
	p.Y.Min, p.Y.Max = extentOf(y.Data()).wider(0.1)
	return f
}

// column64 is neuron k of a (steps, n) tensor.
func column64(t *tensor.Tensor, k, n int) []float64 {
	values := t.Data()
	out := make([]float64, 0, len(values)/n)
	for i := k; i < len(values); i += n {
		out = append(out, float64(values[i]))
	}
	return out
}

func extentOf(values []float32) extent {
	e := newExtent()
	for _, v := range values {
		e.add(float64(v))
	}
	return e
}

// ends marks the beginning and the end of curves.
type ends curves

// Plot implements gonum's Plotter.
func (e ends) Plot(c draw.Canvas, p *gonum.Plot) {
	x, y := p.Transforms(&c)
	for _, one := range e {
		runs := one.runs(x, y)
		if len(runs) == 0 {
			continue
		}
		if at := runs[0][0]; c.Contains(at) {
			dot(c, one.entry.color, at, vg.Points(3))
		}
		last := runs[len(runs)-1]
		to := last[len(last)-1]
		for i := len(last) - 2; i >= 0; i-- { // from a point far enough to have a direction
			if d := to.Sub(last[i]); math.Hypot(float64(d.X), float64(d.Y)) > 3 {
				arrowhead(c, one.entry.color, to, d, vg.Points(7))
				break
			}
		}
	}
}

const (
	nullclineCells = 160 // along each axis, for the lines
	flowColumns    = 18  // arrows of the flow
	flowRows       = 14
)

// still names the line where a variable stands still, by the letter at the end of its axis's label.
func still(label, variable string) string {
	name, _, _ := strings.Cut(label, " (")
	if words := strings.Fields(name); len(words) > 0 && utf8.RuneCountInString(words[len(words)-1]) == 1 {
		variable = words[len(words)-1]
	}
	return "d" + variable + "/dt = 0"
}

// Nullclines adds to a phase plane where dx and dy are zero, the derivatives of x and y by time at a point, and arrows
// that show which way they point; it returns the figure. They are computed for the axes as they are now, so set
// figure.X.Max and the like before; their labels, too: "voltage v (mV)" makes dv/dt of the legend's dx/dt. Where a derivative jumps from one sign to the other there is a line, too.
//
// The functions are called 26,000 times each, which takes a script a tenth of a second. It panics for nil and for other
// figures.
func (f *Figure) Nullclines(dx, dy func(x, y float64) float64) *Figure {
	if !strings.HasPrefix(f.text, "Phase") {
		panic("plot: Nullclines is for figures of plot.Phase")
	}
	if dx == nil || dy == nil {
		panic("plot: Nullclines: a derivative is nil")
	}
	p := f.Plot
	lines := &nullclines{}
	lines.add(p, dx, still(p.X.Label.Text, "x"), 1)
	lines.add(p, dy, still(p.Y.Label.Text, "y"), 2)
	flow := &flow{}
	for row := range flowRows {
		for col := range flowColumns {
			x := p.X.Min + (p.X.Max-p.X.Min)*(float64(col)+0.5)/flowColumns
			y := p.Y.Min + (p.Y.Max-p.Y.Min)*(float64(row)+0.5)/flowRows
			*flow = append(*flow, [4]float64{x, y, dx(x, y), dy(x, y)})
		}
	}
	f.Add(flow, lines)
	keys := legend(lines.entries)
	if named, ok := f.panels[0].side.(legend); ok {
		keys = append(named, keys...)
	}
	f.panels[0].side = keys
	return f
}

// nullclines is segments of lines, as pairs of points, with their colours.
type nullclines struct {
	entries  []entry
	segments [][]float64 // x, y, x, y, …
}

// add finds where g changes its sign, by marching squares over cells of four corners.
func (n *nullclines) add(p *gonum.Plot, g func(x, y float64) float64, name string, color int) {
	const k = nullclineCells
	at := func(i, j int) (x, y float64) {
		return p.X.Min + (p.X.Max-p.X.Min)*float64(i)/k, p.Y.Min + (p.Y.Max-p.Y.Min)*float64(j)/k
	}
	values := make([]float64, (k+1)*(k+1))
	for j := range k + 1 {
		for i := range k + 1 {
			x, y := at(i, j)
			values[j*(k+1)+i] = g(x, y)
		}
	}
	var found []float64
	for j := range k {
		for i := range k {
			var hits []float64
			corners := [5][2]int{{i, j}, {i + 1, j}, {i + 1, j + 1}, {i, j + 1}, {i, j}}
			for e := range 4 {
				a, b := corners[e], corners[e+1]
				u, v := values[a[1]*(k+1)+a[0]], values[b[1]*(k+1)+b[0]]
				if u-u != 0 || v-v != 0 || (u < 0) == (v < 0) {
					continue
				}
				s := u / (u - v)
				ax, ay := at(a[0], a[1])
				bx, by := at(b[0], b[1])
				hits = append(hits, ax+s*(bx-ax), ay+s*(by-ay))
			}
			found = append(found, hits[:len(hits)/4*4]...) // in pairs
		}
	}
	n.entries = append(n.entries, entry{name, lineColors[color]})
	n.segments = append(n.segments, found)
}

// Plot implements gonum's Plotter.
func (n *nullclines) Plot(c draw.Canvas, p *gonum.Plot) {
	x, y := p.Transforms(&c)
	for i, s := range n.segments {
		style := draw.LineStyle{Color: n.entries[i].color, Width: vg.Points(1.5)}
		for k := 0; k+3 < len(s); k += 4 {
			c.StrokeLines(style, c.ClipLinesXY([]vg.Point{{X: x(s[k]), Y: y(s[k+1])}, {X: x(s[k+2]), Y: y(s[k+3])}})...)
		}
	}
}

// flow is points and the derivatives there.
type flow [][4]float64

// Plot implements gonum's Plotter: the arrows show the direction and, for slow motion, are shorter.
func (f *flow) Plot(c draw.Canvas, p *gonum.Plot) {
	x, y := p.Transforms(&c)
	longest := 0.62 * min(c.Size().X/flowColumns, c.Size().Y/flowRows)
	speed := func(a [4]float64) vg.Point { return vg.Point{X: x(a[0]+a[2]) - x(a[0]), Y: y(a[1]+a[3]) - y(a[1])} }
	fastest := 0.0
	for _, a := range *f {
		if d := speed(a); d.X-d.X == 0 && d.Y-d.Y == 0 {
			fastest = max(fastest, math.Hypot(float64(d.X), float64(d.Y)))
		}
	}
	for _, a := range *f {
		d := speed(a)
		length := math.Hypot(float64(d.X), float64(d.Y))
		at := vg.Point{X: x(a[0]), Y: y(a[1])}
		if !(length > 0) || math.IsInf(length, 0) || !c.Contains(at) {
			continue
		}
		half := d.Scale(longest / 2 * vg.Length((0.35+0.65*math.Pow(length/fastest, 0.3))/length))
		shade := faded(faint, 0x80)
		c.StrokeLine2(draw.LineStyle{Color: shade, Width: vg.Points(0.7)}, at.X-half.X, at.Y-half.Y, at.X+half.X, at.Y+half.Y)
		arrowhead(c, shade, at.Add(half), half, vg.Points(3))
	}
}

// arrowhead is a triangle with its tip at a point.
func arrowhead(c draw.Canvas, fill color.Color, tip, along vg.Point, length vg.Length) {
	along = along.Scale(length / vg.Length(math.Hypot(float64(along.X), float64(along.Y))))
	across := vg.Point{X: -along.Y, Y: along.X}.Scale(0.4)
	back := tip.Sub(along)
	if c.Contains(tip) && c.Contains(back) {
		c.FillPolygon(fill, []vg.Point{tip, back.Add(across), back.Sub(across)})
	}
}
