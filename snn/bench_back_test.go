package snn

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// benchmarkNeurons is a layer of every model with its input, over 100 steps.
func benchmarkNeurons(b *testing.B, f func(b *testing.B, layer *Layer, x *tensor.Tensor)) {
	for _, name := range Models() {
		m, n, steps := models[name], 1000, 100
		var opts []Option
		if m.coupled != uncoupled {
			n = 64 // the product with the coupling matrix takes n multiplications a neuron and step
			opts = append(opts, Coupling(normal(0.03, n, n)))
		}
		b.Run(fmt.Sprintf("model=%s/n=%d/T=%d", name, n, steps), func(b *testing.B) {
			tensor.Seed(1)
			x := tensor.Rand(steps, n)
			if m.behaving {
				x = x.Mul(20)
			}
			f(b, m.layer(opts), x)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n*steps), "ns/neuron-step")
		})
	}
}

// BenchmarkBackward is the backward pass alone: the model's kernel over what a forward pass has kept.
func BenchmarkBackward(b *testing.B) {
	benchmarkNeurons(b, func(b *testing.B, l *Layer, x *tensor.Tensor) {
		n, steps := x.Shape()[1], x.Len()
		s := l.initial([]int{n})
		s.trace = newTrace(steps, n, len(l.fields), true)
		l.run(make([]float32, n*steps), x.Data(), steps, s)
		r := l.reverse(s.trace, l.coefs, []int{n})
		dz, dx := tensor.Randn(steps, n).Data(), make([]float32, n*steps)
		b.ReportAllocs()
		for b.Loop() {
			clear(r.ds)
			for t := steps - 1; t >= 0; t-- {
				r.step(t, dz[t*n:(t+1)*n], dx[t*n:(t+1)*n])
			}
		}
	})
}

// BenchmarkForwardBackward is both passes as training runs them, with a fresh output and fresh gradients each time.
func BenchmarkForwardBackward(b *testing.B) {
	benchmarkNeurons(b, func(b *testing.B, l *Layer, x *tensor.Tensor) {
		dy := tensor.Randn(x.Shape()...)
		x.SetRequiresGrad(true)
		b.ReportAllocs()
		for b.Loop() {
			x.ZeroGrad()
			y, _ := l.Forward(x, nil)
			y.BackwardFrom(dy)
		}
	})
}

// BenchmarkTrainStep is case e without its optimiser: 784-256-LIF-10-LI, 32 steps, 128 samples, a tenth of the inputs
// spiking, cross-entropy of the maximum over time.
func BenchmarkTrainStep(b *testing.B) {
	tensor.Seed(0)
	x, y := tensor.Bernoulli(0.1, 32, 128, 784), tensor.Zeros(128)
	for k := range y.Data() {
		y.Data()[k] = float32(k % 10)
	}
	m := Train(Sequential(Linear(784, 256), LIF(), Linear(256, 10), LI()))
	params := Parameters(m)
	step := func() {
		for _, p := range params {
			p.Value.ZeroGrad()
		}
		out, _ := m.Forward(x, nil)
		tensor.CrossEntropy(out.Max(0), y).Backward()
	}
	step()
	b.ReportAllocs()
	for b.Loop() {
		step()
	}
}

// BenchmarkRecurrent is a population with weights of its own in every model that has the form, 64 inputs and 64 neurons over
// 100 steps, a fifth of the inputs spiking: forward in place, and both passes with what they make anew.
func BenchmarkRecurrent(b *testing.B) {
	const n, steps = 64, 100
	per := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(n*steps), "ns/neuron-step")
	}
	for _, name := range slices.Sorted(maps.Keys(recurrentForms)) {
		tensor.Seed(1)
		layer := recurrentForms[name].layer(n, n)
		x, dy, z := tensor.Bernoulli(0.2, steps, n), tensor.Randn(steps, n), tensor.Zeros(steps, n)
		b.Run("model="+name+"/forward", func(b *testing.B) {
			s := layer.ForwardInto(z, x, nil)
			b.ReportAllocs()
			for b.Loop() {
				layer.ForwardInto(z, x, s)
			}
			per(b)
		})
		b.Run("model="+name+"/both", func(b *testing.B) {
			Train(layer)
			defer Eval(layer)
			b.ReportAllocs()
			for b.Loop() {
				y, _ := layer.Forward(x, nil)
				y.BackwardFrom(dy)
			}
			per(b)
		})
	}
}

// BenchmarkConvBackward is the gradients of convolutions: of some channels, and of as many groups as channels of which hardly
// any input is active.
func BenchmarkConvBackward(b *testing.B) {
	for name, c := range map[string]struct {
		groups int
		share  float64
	}{"channels=32": {1, 1}, "groups=128": {128, 0.01}} {
		tensor.Seed(1)
		in := max(32, c.groups)
		m := Conv2d(in, in, 3, Padding(1), Groups(c.groups))
		Train(m)
		x := activeShare(c.share, 8, in, 32, 32).SetRequiresGrad(true)
		dy := tensor.Randn(x.Shape()...)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.backward(x, dy)
			}
		})
	}
}
