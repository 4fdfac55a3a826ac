package plot

import (
	"fmt"
	"image"
	"image/color"
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/livespike/livespike/snn/tensor"
)

// Raster draws spikes of shape (T, N) or (T): time steps from left to right, neurons from the bottom up, and a mark
// wherever a value is not zero. Axes of length one behind the first are passed over. NaN is no spike; the figure's text
// says how many there are. It panics for other shapes; Flatten(1) makes neurons of channels and pixels.
func Raster(spikes *tensor.Tensor) *Figure {
	given("plot.Raster", "the tensor", spikes)
	steps, neurons := overTime("plot.Raster", spikes)
	m := &marks{steps: steps, neurons: neurons}
	nan := 0
	for i, v := range spikes.Data() {
		switch {
		case v != v:
			nan++
		case v != 0:
			m.at = append(m.at, mark{int32(i / neurons), int32(i % neurons)})
		}
	}
	p := &panel{Plot: newPlot(), target: size{rasterWidth, max(60, min(float64(neurons)*14, 320))}}
	p.Add(m)
	p.X.Label.Text, p.Y.Label.Text = "time step", "neuron"
	p.X.Tick.Marker = ticks{n: marksFor(p.target.w, 64), whole: true}
	p.Y.Tick.Marker = ticks{n: marksFor(p.target.h, 28), whole: true}
	text := fmt.Sprintf("Raster%s: %d spikes", shapeText(spikes.Shape()), len(m.at))
	if nan > 0 {
		text += fmt.Sprintf(", %d NaN", nan)
	}
	return single(p, text)
}

const rasterWidth = 600

// overTime is the meaning of a tensor's axes: time first, then one of neurons or none.
func overTime(caller string, t *tensor.Tensor) (steps, neurons int) {
	shape := t.Shape()
	neurons, wide := 1, 0
	for _, n := range shape[min(1, len(shape)):] {
		neurons *= n
		if n != 1 {
			wide++
		}
	}
	if len(shape) == 0 || wide > 1 || neurons == 0 {
		panic(fmt.Sprintf("%s: tensor of shape %s, expected (time) or (time, neuron)", caller, shapeText(shape)))
	}
	return shape[0], neurons
}

// marks draws spikes as upright bars.
type marks struct {
	steps, neurons int
	at             []mark
}

type mark struct{ step, neuron int32 }

// DataRange implements gonum's DataRanger.
func (m *marks) DataRange() (xmin, xmax, ymin, ymax float64) {
	return -0.5, math.Max(float64(m.steps), 1) - 0.5, -0.5, float64(m.neurons) - 0.5
}

// vectorMarks is the number of spikes up to which they are drawn as shapes; more are a bitmap.
const vectorMarks = 20000

// Plot implements gonum's Plotter.
func (m *marks) Plot(c draw.Canvas, p *gonum.Plot) {
	x, y := p.Transforms(&c)
	wide := min(max(0.7*(x(1)-x(0)), cssPixel), 2*cssPixel)
	high := max(0.8*(y(1)-y(0)), devicePixel)
	box := func(s mark) vg.Rectangle {
		at := vg.Point{X: x(float64(s.step)), Y: y(float64(s.neuron))}
		half := vg.Point{X: wide / 2, Y: high / 2}
		return vg.Rectangle{Min: at.Sub(half), Max: at.Add(half)}
	}
	px := pixelsOf(c)
	switch {
	case px != nil:
		m.fill(px.image(), px.rect(c.Rectangle), px.theme.rgba(ink), func(s mark) image.Rectangle { return px.rect(box(s)) })
	case len(m.at) <= vectorMarks:
		m.trace(c, box)
	default:
		m.bitmap(c, box)
	}
}

// fill writes the spikes' pixels; each has at least one.
func (m *marks) fill(img *image.RGBA, visible image.Rectangle, color color.RGBA, box func(mark) image.Rectangle) {
	visible = visible.Intersect(img.Rect)
	for _, s := range m.at {
		r := box(s)
		r.Max.X, r.Max.Y = max(r.Max.X, r.Min.X+1), max(r.Max.Y, r.Min.Y+1)
		r = r.Intersect(visible)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				put(img.Pix[img.PixOffset(x, y):], color)
			}
		}
	}
}

// trace draws the spikes as one path.
func (m *marks) trace(c draw.Canvas, box func(mark) vg.Rectangle) {
	var path vg.Path
	for _, s := range m.at {
		r := box(s)
		r.Min.X, r.Max.X = max(r.Min.X, c.Min.X), min(r.Max.X, c.Max.X)
		r.Min.Y, r.Max.Y = max(r.Min.Y, c.Min.Y), min(r.Max.Y, c.Max.Y)
		if r.Min.X < r.Max.X && r.Min.Y < r.Max.Y {
			path = append(path, r.Path()...)
		}
	}
	if len(path) > 0 {
		c.SetColor(ink)
		c.Fill(path)
	}
}

// bitmap draws the spikes as a transparent image in device pixels.
func (m *marks) bitmap(c draw.Canvas, box func(mark) vg.Rectangle) {
	size := c.Size()
	dots := func(v vg.Length) int { return int(math.Round(float64(v / devicePixel))) }
	img := image.NewRGBA(image.Rect(0, 0, dots(size.X), dots(size.Y)))
	m.fill(img, img.Rect, themeOf(c).rgba(ink), func(s mark) image.Rectangle {
		r := box(s)
		return image.Rect(dots(r.Min.X-c.Min.X), dots(c.Max.Y-r.Max.Y), dots(r.Max.X-c.Min.X), dots(c.Max.Y-r.Min.Y))
	})
	c.DrawImage(c.Rectangle, smoothed{img})
}
