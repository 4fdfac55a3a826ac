package main

import (
	"fmt"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// deviceCases are the cases that run on a GPU: input and weights are there, and a call ends when the device is done.
func deviceCases(d tensor.Device) []benchCase {
	on := func(name, unit string, work float64, model *snn.Chain, x *tensor.Tensor) benchCase {
		return benchCase{name: name + "-" + d.String(), unit: unit, work: work, wall: true, setup: func() func() {
			if _, err := model.To(d); err != nil {
				panic(err)
			}
			there, err := x.To(d)
			if err != nil {
				panic(err)
			}
			return func() {
				model.Forward(there, nil)
				if err := d.Sync(); err != nil {
					panic(err)
				}
			}
		}}
	}
	layer := func(name string, shape ...int) benchCase {
		return on(name, "update/s", float64(volume(shape)), snn.Sequential(snn.LIF()), tensor.Rand(shape...))
	}
	all := []benchCase{layer("b2", 1000, 1, 1000), layer("b3", 100, 64, 1024)}
	for _, n := range []int{1 << 10, 1 << 14, 1 << 18, 1 << 20} {
		all = append(all, layer(fmt.Sprintf("lif-%d", n), 100, n))
	}
	return append(all,
		on("c", "call/s", 1, snn.Sequential(
			snn.Lift(snn.Conv2d(1, 3, 5, snn.Padding(2))), snn.LIF(), snn.Flatten(1), snn.Linear(30000, 10), snn.Sigmoid(),
		), tensor.Ones(100, 1, 1, 100, 100)),
		on("d", "frame/s", 1, snn.Sequential(snn.LIFRefracCell(), snn.Conv2d(1, 2, 9)), tensor.Bernoulli(0.02, 1, 1, 480, 640)),
		benchCase{name: "e-" + d.String(), unit: "sample/s", work: 128, wall: true, setup: func() func() {
			step := trainStep(d, true, true)
			return func() {
				step()
				if err := d.Sync(); err != nil {
					panic(err)
				}
			}
		}},
		on("e2", "sample/s", 128, snn.Sequential(snn.Linear(784, 256), snn.LIF(), snn.Linear(256, 10), snn.LI()), tensor.Bernoulli(0.1, 32, 128, 784)),
	)
}
