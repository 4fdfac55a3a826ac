package plot

import (
	"fmt"
	"image"
	"image/color"
	stddraw "image/draw"
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/livespike/livespike/io/event"
)

// Cloud draws events as points in space and time: time runs to the right, columns go back, and row 0 is on top. Events of
// brighter pixels are orange, of darker ones blue. What moves draws surfaces, whose steepness is its speed.
//
//	for events := range camera.Slices(100 * time.Millisecond) {
//		display.Show(plot.Cloud(events))
//		break
//	}
//
// The box reaches from the first event to the last and from pixel (0, 0) to the largest coordinates. It panics without
// an event.
func Cloud(events []event.Event) *Figure {
	first, last := span("plot.Cloud", events)
	m := &cloud{events: append([]event.Event(nil), events...), first: first, last: max(last, first+1)}
	on := 0
	for _, e := range events {
		m.cols, m.rows = max(m.cols, int(e.X)+1), max(m.rows, int(e.Y)+1)
		on += int(e.On & 1)
	}
	p := &panel{Plot: newPlot(), target: size{560, 340}}
	p.Add(m)
	p.HideAxes()
	p.side = legend{{"brighter", lineColors[1]}, {"darker", lineColors[0]}}
	return single(p, fmt.Sprintf("Cloud: %d events in %d µs, %d brighter, %d×%d pixels", len(events), last-first, on, m.rows, m.cols))
}

// cloud draws events in a box.
type cloud struct {
	events      []event.Event
	first, last int64
	rows, cols  int
}

// DataRange implements gonum's DataRanger; the plotter has axes of its own.
func (*cloud) DataRange() (xmin, xmax, ymin, ymax float64) { return 0, 1, 0, 1 }

// Plot implements gonum's Plotter.
func (m *cloud) Plot(c draw.Canvas, _ *gonum.Plot) {
	at := m.projection(c)
	m.box(c, at)
	size := c.Size()
	dots := func(v vg.Length) int { return int(math.Round(float64(v / devicePixel))) }
	img := image.NewRGBA(image.Rect(0, 0, dots(size.X), dots(size.Y)))
	look := themeOf(c)
	colors := [2]color.RGBA{look.rgba(lineColors[0]), look.rgba(lineColors[1])}
	wide, alpha := 3, uint32(0xd0)
	if len(m.events) > 20000 {
		wide, alpha = 2, 0x90
	}
	for _, e := range m.events {
		p := at(float64(e.T-m.first)/float64(m.last-m.first), (float64(e.X)+0.5)/float64(m.cols), (float64(e.Y)+0.5)/float64(m.rows))
		x, y := dots(p.X-c.Min.X)-wide/2, dots(c.Max.Y-p.Y)-wide/2
		for v := y; v < y+wide; v++ {
			for u := x; u < x+wide; u++ {
				if image.Pt(u, v).In(img.Rect) {
					blend(img.Pix[img.PixOffset(u, v):][:4], colors[e.On&1], alpha)
				}
			}
		}
	}
	if px := pixelsOf(c); px != nil {
		stddraw.Draw(px.image(), px.rect(c.Rectangle), img, image.Point{}, stddraw.Over)
		return
	}
	c.DrawImage(c.Rectangle, smoothed{img})
}

// blend puts a colour over a pixel, which like all of package image is premultiplied.
func blend(pix []uint8, c color.RGBA, alpha uint32) {
	for i, v := range [4]uint8{c.R, c.G, c.B, 0xff} {
		pix[i] = uint8((uint32(v)*alpha + uint32(pix[i])*(0xff-alpha)) / 0xff)
	}
}

// Room around the box for its labels.
const (
	cloudLeft  = 34 * cssPixel
	cloudBelow = 36 * cssPixel
	cloudRight = 40 * cssPixel
	cloudAbove = 8 * cssPixel
)

// projection maps time, column and row, each from 0 to 1, to the canvas: columns go back and up at a slant, pixels are as
// wide as high but for the slant's shortening to a half, unless the sensor is four times as wide as high or the reverse.
func (m *cloud) projection(c draw.Canvas) func(t, x, y float64) vg.Point {
	room := vg.Point{X: c.Size().X - cloudLeft - cloudRight, Y: c.Size().Y - cloudBelow - cloudAbove}
	const backX, backY = 0.42, 0.26 // of a column's width
	rows, cols := vg.Length(max(m.rows, m.cols/4)), vg.Length(max(m.cols, m.rows/4))
	pixel := min(room.Y/(rows+backY*cols), room.X/2/(backX*cols))
	back := vg.Point{X: backX * cols * pixel, Y: backY * cols * pixel}
	high := rows * pixel
	long := room.X - back.X
	origin := vg.Point{X: c.Min.X + cloudLeft, Y: c.Min.Y + cloudBelow + (room.Y-high-back.Y)/2}
	return func(t, x, y float64) vg.Point {
		return vg.Point{
			X: origin.X + long*vg.Length(t) + back.X*vg.Length(x),
			Y: origin.Y + high*vg.Length(1-y) + back.Y*vg.Length(x),
		}
	}
}

// box draws the edges of the box and its figures.
func (m *cloud) box(c draw.Canvas, at func(t, x, y float64) vg.Point) {
	line := func(style draw.LineStyle, a, b [3]float64) {
		p, q := at(a[0], a[1], a[2]), at(b[0], b[1], b[2])
		c.StrokeLine2(style, p.X, p.Y, q.X, q.Y)
	}
	grid := draw.LineStyle{Color: hint, Width: vg.Points(0.7)}
	for _, u := range []float64{0, 1} {
		for _, v := range []float64{0, 1} {
			line(grid, [3]float64{0, u, v}, [3]float64{1, u, v})
			line(grid, [3]float64{u, 0, v}, [3]float64{u, 1, v})
			line(grid, [3]float64{u, v, 0}, [3]float64{u, v, 1})
		}
	}
	axis := draw.LineStyle{Color: faint, Width: vg.Points(0.5)}
	line(axis, [3]float64{0, 0, 1}, [3]float64{1, 0, 1})
	line(axis, [3]float64{0, 0, 0}, [3]float64{0, 0, 1})
	line(axis, [3]float64{1, 0, 1}, [3]float64{1, 1, 1})

	unit, name := timeUnit(m.last - m.first)
	lo, hi := float64(m.first)/unit, float64(m.last)/unit
	figures := textStyle(labelSize, faint, draw.XCenter, draw.YTop)
	labels := textStyle(10, ink, draw.XCenter, draw.YTop)
	for _, tick := range (ticks{n: 5}).Ticks(lo, hi) {
		t := (tick.Value - lo) / (hi - lo)
		line(grid, [3]float64{t, 0, 1}, [3]float64{t, 1, 1})
		p := at(t, 0, 1)
		c.StrokeLine2(axis, p.X, p.Y, p.X, p.Y-vg.Points(3))
		c.FillText(figures, vg.Point{X: p.X, Y: p.Y - vg.Points(4)}, tick.Label)
	}
	middle := at(0.5, 0, 1)
	c.FillText(labels, vg.Point{X: middle.X, Y: middle.Y - vg.Points(16)}, "time ("+name+")")

	rows := textStyle(labelSize, faint, draw.XRight, draw.YCenter)
	for v, row := range []int{0, m.rows - 1} {
		p := at(0, 0, float64(v))
		c.FillText(rows, vg.Point{X: p.X - vg.Points(4), Y: p.Y + rows.FontExtents().Descent}, fmt.Sprint(row))
	}
	up := labels
	up.Rotation, up.YAlign = math.Pi/2, draw.YBottom
	side := at(0, 0, 0.5)
	c.FillText(up, vg.Point{X: side.X - vg.Points(8), Y: side.Y}, "row")

	columns := textStyle(labelSize, faint, draw.XLeft, draw.YTop)
	for v, col := range []int{0, m.cols - 1} {
		p := at(1, float64(v), 1)
		c.FillText(columns, vg.Point{X: p.X + vg.Points(4), Y: p.Y + vg.Points(2)}, fmt.Sprint(col))
	}
	back := labels
	back.XAlign = draw.XLeft
	p := at(1, 0.5, 1)
	c.FillText(back, vg.Point{X: p.X + vg.Points(6), Y: p.Y}, "column")
}
