package plot

import (
	"fmt"
	"math"
	"slices"

	"github.com/livespike/livespike/snn/tensor"
)

// ISI draws a histogram of the times between two spikes of the same neuron, in milliseconds. Spikes have shape (T) or
// (T, N), in steps of dt seconds; what is neither zero nor NaN is a spike. Beside it stand the mean and the coefficient
// of variation (CV), the standard deviation divided by the mean: 0 of a clock, 1 of a Poisson process. Bins are whole
// steps wide, as intervals are. Where the longest half percent would take more than half of the axis they are not drawn,
// but counted beside it. It panics for other shapes and unless dt is above zero.
func ISI(spikes *tensor.Tensor, dt float64) *Figure {
	given("plot.ISI", "the tensor", spikes)
	needStep("plot.ISI", dt)
	var all []float64
	var steps []float64
	for _, one := range intervals("plot.ISI", spikes) {
		steps = append(steps, one...)
	}
	slices.Sort(steps)
	shortest, longest, drawn := 1.0, 1.0, len(steps)
	if len(steps) > 0 {
		shortest, longest = steps[0], steps[len(steps)-1]
		if usual := steps[(len(steps)-1)*995/1000]; longest > 2*usual {
			longest = usual
			drawn, _ = slices.BinarySearch(steps, usual+1)
		}
	}
	for _, n := range steps {
		all = append(all, n*dt*1e3)
	}
	width := max(1, math.Ceil((longest-shortest+1)/50)) // in steps
	bins := int((longest-shortest)/width) + 1
	one := binned(all[:drawn], (shortest-0.5)*dt*1e3, width*dt*1e3, bins) // an interval is in the middle of its steps
	text := "no intervals"
	if len(all) > 0 {
		mean, cv := variation(steps)
		mean *= dt * 1e3
		one.remarks = []string{fmt.Sprintf("%d intervals", len(all)), fmt.Sprintf("mean %s ms", number(mean)), fmt.Sprintf("CV %s", number(cv))}
		text = fmt.Sprintf("%d intervals, mean %s ms, CV %s", len(all), number(mean), number(cv))
		if drawn < len(all) {
			one.remarks = append(one.remarks, fmt.Sprintf("%d up to %s ms", len(all)-drawn, number(all[len(all)-1])), "not drawn")
		}
	} else {
		one.remarks = []string{text}
	}
	f := histogram(one, "inter-spike interval (ms)", "intervals", fmt.Sprintf("ISI%s: %s", shapeText(spikes.Shape()), text))
	f.X.Min = 0
	f.X.Max += width * dt * 1e3
	return f
}

// CV draws a histogram of how regularly the neurons fire: of the coefficient of variation of the intervals between each
// neuron's spikes, 0 of a clock and 1 of a Poisson process, marked by a dashed line. Spikes have shape (T) or (T, N).
// Neurons with fewer than three spikes are left out; the figure says how many. It panics for other shapes.
func CV(spikes *tensor.Tensor) *Figure {
	given("plot.CV", "the tensor", spikes)
	var all []float64
	silent := 0
	for _, one := range intervals("plot.CV", spikes) {
		if len(one) < 2 {
			silent++
			continue
		}
		_, cv := variation(one)
		all = append(all, cv)
	}
	largest := 1.0
	for _, v := range all {
		largest = max(largest, v)
	}
	one := binned(all, 0, 0.05, int(largest/0.05)+2)
	one.remarks = []string{fmt.Sprintf("%d neurons", len(all))}
	text := fmt.Sprintf("%d neurons", len(all))
	if len(all) > 0 {
		mean := 0.0
		for _, v := range all {
			mean += v / float64(len(all))
		}
		one.remarks = append(one.remarks, "mean "+number(mean))
		text += ", mean " + number(mean)
	}
	if silent > 0 {
		left := fmt.Sprintf("%d below 3 spikes", silent)
		one.remarks = append(one.remarks, left)
		text += ", " + left
	}
	f := histogram(one, "CV of the inter-spike intervals", "neurons", fmt.Sprintf("CV%s: %s", shapeText(spikes.Shape()), text))
	poisson := &curve{entry: entry{"Poisson", lineColors[1]}, x: []float64{1, 1}, y: []float64{0, f.Y.Max}, dashed: true}
	f.curves = append(f.curves, poisson)
	f.Add(curves{poisson})
	f.panels[0].side = f.curves.key()
	return f
}

// intervals are the steps between the spikes of each neuron.
func intervals(caller string, spikes *tensor.Tensor) [][]float64 {
	_, neurons := overTime(caller, spikes)
	out := make([][]float64, neurons)
	last := make([]int, neurons)
	for i, v := range spikes.Data() {
		if v != v || v == 0 {
			continue
		}
		step, k := i/neurons+1, i%neurons // from 1, so that 0 is none
		if last[k] > 0 {
			out[k] = append(out[k], float64(step-last[k]))
		}
		last[k] = step
	}
	return out
}

// variation is the mean and the coefficient of variation, with the standard deviation of the values themselves (divided
// by n, as Elephant's cv does).
func variation(values []float64) (mean, cv float64) {
	for _, v := range values {
		mean += v
	}
	mean /= float64(len(values))
	sum := 0.0
	for _, v := range values {
		sum += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(sum/float64(len(values))) / mean
}
