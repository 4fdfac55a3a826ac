package plot

import (
	"fmt"
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/livespike/livespike/snn/tensor"
)

// Fields draws receptive fields: the weights of each neuron as the image of (height, width) that it looks at, the first
// on top left, all with one scale. The weights have shape (N, height·width) as those of a linear layer, or (N, height,
// width), or (N, 1, height, width) as the kernels of a convolution. It panics for other shapes.
func Fields(w *tensor.Tensor, height, width int) *Figure {
	given("plot.Fields", "the tensor", w)
	n := w.Len()
	rest := 1
	for _, d := range w.Shape()[min(1, w.Dim()):] {
		rest *= d
	}
	if n == 0 || height < 1 || width < 1 || w.Dim() < 2 || rest != height*width {
		panic(fmt.Sprintf("plot.Fields: tensor of shape %s for fields of %d×%d, expected (neuron, %d) or (neuron, %d, %d)",
			shapeText(w.Shape()), height, width, height*width, height, width))
	}
	c := count(w.Data())
	s := scaleOf(c)
	m := &mosaic{height: height, width: width, gap: max(1, int(math.Round(float64(max(width, height))/8)))}
	m.cols = max(1, min(n, int(math.Round(math.Sqrt(float64(n)*1.5*float64(height+m.gap)/float64(width+m.gap))))))
	m.rows = (n + m.cols - 1) / m.cols
	values := append([]float32(nil), w.Data()...)
	for i := range n {
		m.fields = append(m.fields, &bitmap{rows: height, cols: width, values: values[i*rest : (i+1)*rest], scale: s})
	}
	p := &panel{Plot: newPlot(), cell: 1, side: &colorBar{scale: s, note: c.note()}}
	p.cols, p.rows = m.cols*(width+m.gap)-m.gap, m.rows*(height+m.gap)-m.gap
	p.Add(m)
	p.HideAxes()
	p.shape(1.2*imageSide, largestSide)
	return single(p, fmt.Sprintf("Fields: %d of %d×%d, %v", n, height, width, c))
}

// mosaic draws fields in rows, one unit a cell, y down from 0.
type mosaic struct {
	fields                         []*bitmap
	cols, rows, height, width, gap int
}

// DataRange implements gonum's DataRanger.
func (m *mosaic) DataRange() (xmin, xmax, ymin, ymax float64) {
	return 0, float64(m.cols*(m.width+m.gap) - m.gap), -float64(m.rows*(m.height+m.gap) - m.gap), 0
}

// Plot implements gonum's Plotter.
func (m *mosaic) Plot(c draw.Canvas, p *gonum.Plot) {
	x, y := p.Transforms(&c)
	look := themeOf(c)
	for i, f := range m.fields {
		left, top := float64(i%m.cols*(m.width+m.gap)), -float64(i/m.cols*(m.height+m.gap))
		at := vg.Rectangle{
			Min: vg.Point{X: x(left), Y: y(top - float64(m.height))},
			Max: vg.Point{X: x(left + float64(m.width)), Y: y(top)},
		}
		blit(c, paint(f.values, f.rows, f.cols, f.scale.in(look)), at, nil)
	}
}
