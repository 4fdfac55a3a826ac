package plot

import (
	"fmt"
	"strings"

	gonum "gonum.org/v1/plot"

	"github.com/livespike/livespike/snn/tensor"
)

// Training draws training curves: each tensor of shape (E) holds a figure of every epoch, such as a loss. The smallest
// value of each curve is marked and named with its epoch, counted from 1. Where all values are above zero and the
// largest is more than thirty times the smallest, the axis is logarithmic; else it spans a tenth of the largest value at
// least, so that what hardly moves looks like it. A value that is not finite is a gap; the
// figure's text says how many there are.
//
//	plot.Training(history.Losses(), history.Validations()).Names("training", "validation")
//
// It panics without a tensor and for other shapes.
func Training(curvesOf ...*tensor.Tensor) *Figure {
	if len(curvesOf) == 0 {
		panic("plot.Training: no tensor")
	}
	var all curves
	var texts []string
	values := count(nil)
	for i, t := range curvesOf {
		given("plot.Training", fmt.Sprintf("tensor %d", i), t)
		if epochs, n := overTime("plot.Training", t); n != 1 || epochs == 0 {
			panic(fmt.Sprintf("plot.Training: tensor %d of shape %s, expected (epoch)", i, shapeText(t.Shape())))
		}
		one := &curve{y: column64(t, 0, 1), points: t.Len() <= 30}
		best := -1
		for e, v := range one.y {
			one.x = append(one.x, float64(e+1))
			if v-v == 0 && (best < 0 || v < one.y[best]) {
				best = e
			}
		}
		if len(curvesOf) > 1 {
			one.name = letter(i)
		}
		if best >= 0 {
			one.remarks = []string{fmt.Sprintf("%s at %d", number(one.y[best]), best+1)}
			texts = append(texts, "best "+one.remarks[0])
		}
		values = values.and(count(t.Data()))
		all = append(all, one)
	}
	all.color()
	p := axes(curveWidth, curveHeight, "epoch", "loss")
	p.X.Tick.Marker = ticks{n: marksFor(p.target.w, 64), whole: true}
	f := all.figure(p, fmt.Sprintf("Training: %v; %s", values, strings.Join(texts, "; ")))
	p.X.Min, p.X.Max = 1, max(p.X.Max, 2)
	p.Y.Min, p.Y.Max = room(values)
	if least, middle := 0.1*values.hi, (values.lo+values.hi)/2; values.finite > 0 && values.hi-values.lo < least {
		p.Y.Min, p.Y.Max = middle-least/2, middle+least/2
	}
	if values.finite > 0 && values.lo > 0 && values.hi > 30*values.lo {
		p.Y.Scale, p.Y.Tick.Marker = gonum.LogScale{}, logTicks{n: marksFor(p.target.h, 28)}
		p.Y.Min, p.Y.Max = values.lo/1.2, values.hi*1.2
	}
	return f
}
