package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/livespike/livespike/snn/tensor"
)

// Connectivity draws which neurons drive which: a line for each weight that is neither zero nor NaN, the stronger the
// more opaque, orange where it excites and blue where it inhibits. A (neuron, input) matrix has its inputs on the left and
// its neurons on the right. A square one is taken as recurrent: its neurons stand on a circle, the first on top and the
// others clockwise, and a line bends towards the centre and ends in a dot at the neuron it drives. Of more than 2000
// weights the strongest are drawn; the figure says so. It panics for other shapes.
func Connectivity(w *tensor.Tensor) *Figure {
	given("plot.Connectivity", "the tensor", w)
	if w.Dim() != 2 || w.Numel() == 0 {
		panic(fmt.Sprintf("plot.Connectivity: tensor of shape %s, expected (neuron, input)", shapeText(w.Shape())))
	}
	post, pre := w.Shape()[0], w.Shape()[1]
	m := &links{post: post, pre: pre}
	for i, v := range w.Data() {
		if v == v && v != 0 {
			m.all = append(m.all, link{i % pre, i / pre, float64(v)})
		}
	}
	slices.SortStableFunc(m.all, func(a, b link) int { return cmp.Compare(math.Abs(a.weight), math.Abs(b.weight)) })
	total := len(m.all)
	m.all = m.all[max(0, total-mostLinks):]
	side := legend{{"excites", lineColors[1]}, {"inhibits", lineColors[0]}}
	text := fmt.Sprintf("Connectivity%s: %d of %d weights are not zero", shapeText(w.Shape()), total, post*pre)
	if total > mostLinks {
		side = append(side, entry{name: fmt.Sprintf("strongest %d", mostLinks)}, entry{name: fmt.Sprintf("of %d", total)})
		text += fmt.Sprintf(", the strongest %d are drawn", mostLinks)
	}
	p := &panel{Plot: newPlot(), target: size{320, 320}, side: side}
	p.Add(m)
	p.HideAxes()
	return single(p, text)
}

const (
	mostLinks = 2000
	numberGap = 12 * cssPixel // from a neuron to its number
)

type link struct {
	from, to int
	weight   float64
}

// links draws connections, the strongest last.
type links struct {
	all       []link
	post, pre int
}

// DataRange implements gonum's DataRanger; the plotter has coordinates of its own.
func (*links) DataRange() (xmin, xmax, ymin, ymax float64) { return 0, 1, 0, 1 }

// Plot implements gonum's Plotter.
func (m *links) Plot(c draw.Canvas, _ *gonum.Plot) {
	size := c.Size()
	center := vg.Point{X: c.Min.X + size.X/2, Y: c.Min.Y + size.Y/2}
	room := min(size.X, size.Y)/2 - 28*cssPixel
	ring := m.pre == m.post
	place := func(i, n int, left bool) vg.Point {
		if ring {
			angle := math.Pi/2 - 2*math.Pi*float64(i)/float64(n)
			return center.Add(vg.Point{X: room * vg.Length(math.Cos(angle)), Y: room * vg.Length(math.Sin(angle))})
		}
		x := center.X + room
		if left {
			x = center.X - room
		}
		return vg.Point{X: x, Y: center.Y + room*vg.Length(1-2*(float64(i)+0.5)/float64(n))}
	}
	radius := max(1.2*cssPixel, min(5*cssPixel, 0.3*2*math.Pi*room/vg.Length(max(m.pre, m.post))))
	m.lines(c, place, center, radius, ring)
	for _, column := range []struct {
		n    int
		left bool
	}{{m.pre, true}, {m.post, false}} {
		if ring && column.left {
			continue
		}
		for i := range column.n {
			dot(c, ink, place(i, column.n, column.left), radius)
		}
		if !ring {
			name, align, at := "neurons", draw.XRight, place(0, column.n, column.left).X+numberGap
			if column.left {
				name, align, at = "inputs", draw.XLeft, at-2*numberGap
			}
			c.FillText(textStyle(10, ink, align, draw.YBottom), vg.Point{X: at, Y: center.Y + room + 8*cssPixel}, name)
		}
		m.numbers(c, column.n, column.left, ring, func(i int) vg.Point { return place(i, column.n, column.left) }, center)
	}
}

// lines draws the connections.
func (m *links) lines(c draw.Canvas, place func(i, n int, left bool) vg.Point, center vg.Point, radius vg.Length, ring bool) {
	if len(m.all) == 0 {
		return
	}
	strongest := math.Abs(m.all[len(m.all)-1].weight)
	opaque := max(0.25, min(1, 250/float64(len(m.all)))) // less for many, or nothing is seen
	for _, l := range m.all {
		share := 1.0
		if !math.IsInf(strongest, 0) {
			share = math.Abs(l.weight) / strongest
		}
		shade := lineColors[1]
		if l.weight < 0 {
			shade = lineColors[0]
		}
		color := faded(shade, uint8(opaque*(40+190*share)))
		style := draw.LineStyle{Color: color, Width: vg.Points(0.5 + 0.9*share)}
		from, to := place(l.from, m.pre, true), place(l.to, m.post, false)
		if !ring {
			c.StrokeLine2(style, from.X, from.Y, to.X, to.Y)
			continue
		}
		points := bend(from, to, center, l.from == l.to)
		c.StrokeLines(style, points)
		before := points[len(points)-2]
		if d := to.Sub(before); l.from != l.to && (d.X != 0 || d.Y != 0) {
			d = d.Scale((radius + 2.5*cssPixel) / vg.Length(math.Hypot(float64(d.X), float64(d.Y))))
			dot(c, color, to.Sub(d), 1.6*cssPixel)
		}
	}
}

// bend is a curve from one point to another, the nearer to the centre the farther they are apart, and a little to one
// side, so that the two between a pair are two; of a neuron to itself it is a loop on the outside.
func bend(from, to, center vg.Point, loop bool) []vg.Point {
	const n = 24
	points := make([]vg.Point, n+1)
	out, along := from.Sub(center), to.Sub(from)
	inward := 0.8 * math.Hypot(float64(along.X), float64(along.Y)) / (2 * math.Hypot(float64(out.X), float64(out.Y)))
	pull := from.Add(to).Scale(vg.Length(0.5 * (1 - inward))).Add(center.Scale(vg.Length(inward)))
	pull = pull.Add(vg.Point{X: -along.Y, Y: along.X}.Scale(0.06))
	out = out.Scale(0.036)
	for i := range points {
		t := vg.Length(i) / n
		if loop {
			sin, cos := math.Sincos(2 * math.Pi * float64(t))
			across := vg.Point{X: -out.Y, Y: out.X}
			points[i] = from.Add(out.Scale(vg.Length(1 - cos))).Add(across.Scale(vg.Length(sin)))
			continue
		}
		points[i] = from.Scale((1 - t) * (1 - t)).Add(pull.Scale(2 * t * (1 - t))).Add(to.Scale(t * t))
	}
	return points
}

// numbers writes the first, the last and some neurons between.
func (m *links) numbers(c draw.Canvas, n int, left, ring bool, place func(i int) vg.Point, center vg.Point) {
	every := int(ticks{n: 24, whole: true}.step(float64(n)))
	style := textStyle(labelSize-1, faint, draw.XCenter, draw.YCenter)
	for i := 0; i < n; i += every {
		at := place(i)
		away := vg.Point{X: numberGap}
		switch {
		case ring:
			away = at.Sub(center)
			away = away.Scale(21 * cssPixel / vg.Length(math.Hypot(float64(away.X), float64(away.Y))))
		case left:
			away.X = -away.X
		}
		at = at.Add(away)
		c.FillText(style, vg.Point{X: at.X, Y: at.Y + style.FontExtents().Descent}, fmt.Sprint(i))
	}
}
