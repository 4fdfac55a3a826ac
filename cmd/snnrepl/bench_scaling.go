package main

import (
	"fmt"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// sweep is a thing measured at several sizes. bench/scaling draws them.
type sweep struct {
	name, per string // per is what a case's rate counts
	sizes     []float64
	make      func(size float64) (applying, *tensor.Tensor)
	units     func(size float64) float64 // of per in a call
}

var sweeps = []sweep{
	{
		name: "neurons", per: "neuron and step",
		sizes: []float64{8, 64, 512, 4096, 32768, 262144},
		make: func(n float64) (applying, *tensor.Tensor) {
			return snn.LIF(), tensor.Rand(64, int(n))
		},
		units: func(n float64) float64 { return 64 * n },
	},
	{
		name: "time", per: "neuron and step",
		sizes: []float64{1, 10, 100, 1000, 10000},
		make: func(t float64) (applying, *tensor.Tensor) {
			return snn.LIF(), tensor.Rand(int(t), 1000)
		},
		units: func(t float64) float64 { return 1000 * t },
	},
	{
		name: "linear", per: "row",
		sizes: []float64{0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.29, 0.31, 0.6, 1},
		make: func(d float64) (applying, *tensor.Tensor) {
			return snn.Linear(784, 256), tensor.Bernoulli(d, 1024, 784)
		},
		units: func(float64) float64 { return 1024 },
	},
	{
		name: "conv", per: "frame",
		sizes: []float64{0.0003, 0.001, 0.003, 0.01, 0.02, 0.029, 0.031, 0.06, 0.2, 0.5},
		make: func(d float64) (applying, *tensor.Tensor) {
			return snn.Conv2d(1, 2, 9), tensor.Bernoulli(d, 1, 1, 480, 640)
		},
		units: func(float64) float64 { return 1 },
	},
	{
		name: "batch", per: "sample",
		sizes: []float64{1, 4, 16, 64, 256},
		make: func(b float64) (applying, *tensor.Tensor) {
			return snn.Sequential(snn.Linear(784, 256), snn.LIF(), snn.Linear(256, 10), snn.LI()), tensor.Bernoulli(0.1, 16, int(b), 784)
		},
		units: func(b float64) float64 { return b },
	},
}

// scalingCases are the sweeps, a case for each size: scaling.neurons.4096.
func scalingCases() (all []benchCase) {
	for _, w := range sweeps {
		for _, size := range w.sizes {
			c := benchCase{name: fmt.Sprintf("scaling.%s.%v", w.name, size), unit: w.per + "/s", work: w.units(size), slow: true}
			all = append(all, both(c, func() (applying, *tensor.Tensor) { return w.make(size) }, false)[1])
		}
	}
	return all
}
