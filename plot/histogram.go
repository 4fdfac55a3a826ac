package plot

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// Histogram draws how many of a tensor's values lie in each of so many bins of equal width, from the lowest to the
// highest. The last bin holds the highest value, too. What is not finite is left out; the figure says how many there
// are. It panics unless there is at least one bin and at most 10,000.
func Histogram(t *tensor.Tensor, bins int) *Figure {
	given("plot.Histogram", "the tensor", t)
	if bins < 1 || bins > 10000 {
		panic(fmt.Sprintf("plot.Histogram: %d bins, expected 1 to 10000", bins))
	}
	values := make([]float64, t.Numel())
	for i, v := range t.Data() {
		values[i] = float64(v)
	}
	c := count(t.Data())
	lo, hi := extent{c.lo, c.hi}.wider(0)
	one := binned(values, lo, (hi-lo)/float64(bins), bins)
	if note := c.note(); note != "" {
		one.remarks = []string{note}
	}
	return histogram(one, "value", "values", fmt.Sprintf("Histogram%s: %v", shapeText(t.Shape()), c))
}

// binned counts finite values in bins of a width from lo on. What is at the upper end or beyond is in the last.
func binned(values []float64, lo, width float64, bins int) *curve {
	one := &curve{x: make([]float64, bins+1), y: make([]float64, bins), steps: true, filled: true}
	for i := range one.x {
		one.x[i] = lo + width*float64(i)
	}
	for _, v := range values {
		if v-v == 0 {
			one.y[max(0, min(int(math.Floor((v-lo)/width+1e-9)), bins-1))]++
		}
	}
	return one
}

// histogram draws counts on axes.
func histogram(one *curve, x, y, text string) *Figure {
	p := axes(curveWidth, curveHeight, x, y)
	cs := curves{one}
	cs.color()
	f := cs.figure(p, text)
	p.X.Min, p.X.Max = one.x[0], one.x[len(one.x)-1]
	top := 0.0
	for _, v := range one.y {
		top = max(top, v)
	}
	p.Y.Min, p.Y.Max = 0, max(1.05*top, 1)
	p.Y.Tick.Marker = ticks{n: marksFor(p.target.h, 28), whole: true}
	return f
}
