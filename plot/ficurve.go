package plot

import (
	"fmt"
	"math"
	"strings"

	"github.com/livespike/livespike/snn/tensor"
)

// FI draws f–I curves: how often neurons fire, by the current into them. The currents have shape (N), and each tensor of
// spikes (T, N): neuron n got current n in all of T steps of dt seconds. The rate is the number of values that are
// neither zero nor NaN, divided by the time T·dt, in Hz. Names tells several curves apart.
//
//	currents := tensor.Linspace(0, 3, 61)
//	spikes, _ := snn.LIF().Forward(currents.Repeat(1000, 1), nil)
//	plot.FI(currents, 0.001, spikes)
//
// It panics for other shapes, without spikes and unless dt is above zero.
func FI(currents *tensor.Tensor, dt float64, spikes ...*tensor.Tensor) *Figure {
	given("plot.FI", "the tensor of currents", currents)
	n := currents.Numel()
	if n == 0 || n != currents.Len() {
		panic(fmt.Sprintf("plot.FI: currents of shape %s, expected (neuron)", shapeText(currents.Shape())))
	}
	if len(spikes) == 0 {
		panic("plot.FI: no spikes")
	}
	needStep("plot.FI", dt)
	var all curves
	var texts []string
	for i, z := range spikes {
		given("plot.FI", fmt.Sprintf("spikes %d", i), z)
		steps, neurons := overTime("plot.FI", z)
		if neurons != n || steps == 0 {
			panic(fmt.Sprintf("plot.FI: spikes %d of shape %s for %d currents, expected (time, %d)", i, shapeText(z.Shape()), n, n))
		}
		one := &curve{x: column64(currents, 0, 1), y: make([]float64, n), points: n <= 40}
		for k, v := range z.Data() {
			if v == v && v != 0 {
				one.y[k%n]++
			}
		}
		most := newExtent()
		for k := range one.y {
			one.y[k] /= float64(steps) * dt
			most.add(one.y[k])
		}
		if len(spikes) > 1 {
			one.name = letter(i)
		}
		all = append(all, one)
		texts = append(texts, fmt.Sprintf("%s to %s Hz", number(most.lo), number(most.hi)))
	}
	all.color()
	p := axes(curveWidth, curveHeight, "input current", "rate (Hz)")
	f := all.figure(p, fmt.Sprintf("FI: %d currents, rates %s", n, strings.Join(texts, ", ")))
	_, top := extentOfCurves(all).wider(0.04)
	p.Y.Min, p.Y.Max = 0, max(top, 1)
	return f
}

// needStep panics unless dt is a length of time.
func needStep(caller string, dt float64) {
	if !(dt > 0) || math.IsInf(dt, 0) {
		panic(fmt.Sprintf("%s: steps of %v seconds", caller, dt))
	}
}

// extentOfCurves is the range of their heights.
func extentOfCurves(cs curves) extent {
	e := newExtent()
	for _, c := range cs {
		for _, v := range c.y {
			e.add(v)
		}
	}
	return e
}
