package snn

import (
	"fmt"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// BenchmarkModels is the cost of a neuron's step in every model: 1000 neurons over 100 steps, in place.
func BenchmarkModels(b *testing.B) {
	const n, steps = 1000, 100
	for _, name := range Models() {
		m := models[name]
		var opts []Option
		if m.coupled != uncoupled {
			opts = append(opts, Coupling(normal(0.03, n, n)))
		}
		b.Run(fmt.Sprintf("model=%s/n=%d/T=%d", name, n, steps), func(b *testing.B) {
			tensor.Seed(1)
			x := tensor.Rand(steps, n)
			if m.behaving {
				x = x.Mul(20)
			}
			z := tensor.Zeros(steps, n)
			layer := m.layer(opts)
			s := layer.ForwardInto(z, x, nil)
			b.ReportAllocs()
			for b.Loop() {
				layer.ForwardInto(z, x, s)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(n*steps), "ns/neuron-step")
		})
	}
}

// BenchmarkCell is one step of a single neuron.
func BenchmarkCell(b *testing.B) {
	for _, name := range []string{"LI", "LIF", "LIFRefrac"} {
		b.Run("model="+name+"/n=1", func(b *testing.B) {
			cell, x := CellByName(name), tensor.Ones(1)
			_, s := cell.Forward(x, nil)
			b.ReportAllocs()
			for b.Loop() {
				_, s = cell.Forward(x, s)
			}
		})
		b.Run("model="+name+"/n=1/into", func(b *testing.B) {
			cell, x, z := CellByName(name), tensor.Ones(1), tensor.Zeros(1)
			s := cell.ForwardInto(z, x, nil)
			b.ReportAllocs()
			for b.Loop() {
				cell.ForwardInto(z, x, s)
			}
		})
	}
}

// BenchmarkEdges is a frame of the talk's edge detector, 640 × 480, by share of active pixels.
func BenchmarkEdges(b *testing.B) {
	for _, share := range []float64{0.02, 0.5} {
		b.Run(fmt.Sprintf("active=%v", share), func(b *testing.B) {
			k := edgeKernel()
			m := Sequential(LIFRefracCell(), Conv2d(1, 2, 9, Weight(tensor.Stack(k, k.T())), Bias(false), Dilation(3), Padding(12)))
			x := tensor.Bernoulli(share, 640, 480).Mul(20)
			y := tensor.Zeros(2, 640, 480)
			s := m.ForwardInto(y, x, nil)
			b.ReportAllocs()
			for b.Loop() {
				m.ForwardInto(y, x, s)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
		})
	}
}
