package nir

import (
	"fmt"
	"math"
	"slices"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// The nodes of NIR that package snn has no module for.

// threshold is 1 where the input is above θ, else 0, with the super-spike gradient.
type threshold struct{ theta *tensor.Tensor }

func (m *threshold) Forward(x *tensor.Tensor, s *snn.State) (*tensor.Tensor, *snn.State) {
	return surrogate.SuperSpike(100).Spikes(x.Sub(m.theta)), s
}

func (m *threshold) OutputShape(in ...int) []int { return in }

func (m *threshold) Parts() []snn.Part {
	return []snn.Part{{Name: "threshold", Tensor: m.theta, Fixed: true}}
}

func (m *threshold) String() string { return fmt.Sprintf("Threshold(%v)", m.theta) }

// integrator is dv/dt = r·x with a jump of r·x, as that of IF.
type integrator struct{ r *tensor.Tensor }

func (m *integrator) Forward(x *tensor.Tensor, s *snn.State) (*tensor.Tensor, *snn.State) {
	v := x.Mul(m.r)
	if s != nil {
		v = s.Get("v").Add(v)
	}
	return v, snn.NewState("IState").With("v", v)
}

func (m *integrator) OutputShape(in ...int) []int { return in }

func (m *integrator) Parts() []snn.Part {
	return []snn.Part{{Name: "r", Tensor: m.r, Fixed: true}}
}

func (m *integrator) String() string { return fmt.Sprintf("I(r=%v)", m.r) }

// maxDelay is how many steps a Delay may hold.
const maxDelay = 1 << 16

// delay is the input of some steps ago, zero before the first; the number of steps may differ by element.
type delay struct {
	seconds *tensor.Tensor
	dt      float64
	steps   []int            // the different delays
	masks   []*tensor.Tensor // 1 where each of them applies; none if there is one delay
}

func newDelay(seconds *tensor.Tensor, dt float64) (*delay, error) {
	m := &delay{seconds: seconds, dt: dt}
	by := make([]int, seconds.Numel())
	for k, d := range seconds.Data() {
		n := math.Round(float64(d) / dt)
		if !(n >= 0 && n <= maxDelay) {
			return nil, fmt.Errorf("a delay of %v s is not between 0 and %d steps of %v s", d, maxDelay, dt)
		}
		by[k] = int(n)
	}
	m.steps = slices.Compact(slices.Sorted(slices.Values(by)))
	if len(m.steps) < 2 {
		return m, nil
	}
	for _, n := range m.steps {
		mask := tensor.ZerosLike(seconds)
		for k := range by {
			if by[k] == n {
				mask.Data()[k] = 1
			}
		}
		m.masks = append(m.masks, mask)
	}
	return m, nil
}

func (m *delay) Forward(x *tensor.Tensor, s *snn.State) (*tensor.Tensor, *snn.State) {
	longest := m.steps[len(m.steps)-1]
	past := []*tensor.Tensor{x} // that of this step, of the step before, …
	if longest > 0 {
		before := tensor.Zeros(append([]int{longest}, x.Shape()...)...)
		if s != nil {
			before = s.Get("past")
		}
		for k := range longest {
			past = append(past, before.Index(k))
		}
		s = snn.NewState("DelayState").With("past", tensor.Stack(past[:longest]...))
	}
	if m.masks == nil {
		return past[m.steps[0]], s
	}
	var y *tensor.Tensor
	for k, n := range m.steps {
		part := past[n].Mul(m.masks[k])
		if y == nil {
			y = part
		} else {
			y = y.Add(part)
		}
	}
	return y, s
}

func (m *delay) OutputShape(in ...int) []int { return in }

func (m *delay) String() string { return fmt.Sprintf("Delay(%v)", m.seconds) }

// conv1d is a convolution along the last axis of (…, channels, length): a Conv2d over images of one row.
type conv1d struct{ c *snn.Conv }

func (m *conv1d) Forward(x *tensor.Tensor, s *snn.State) (*tensor.Tensor, *snn.State) {
	if x.Dim() < 2 {
		panic(fmt.Sprintf("Conv1d: input has shape %v, want (…, channels, length)", x.Shape()))
	}
	y, _ := m.c.Forward(x.Reshape(withRow(x.Shape())...), nil)
	return y.Reshape(withoutRow(y.Shape())...), s
}

func (m *conv1d) OutputShape(in ...int) []int {
	if len(in) < 2 {
		panic(fmt.Sprintf("Conv1d: input has shape %v, want (…, channels, length)", in))
	}
	return withoutRow(m.c.OutputShape(withRow(in)...))
}

func withRow(shape []int) []int { return slices.Insert(slices.Clone(shape), len(shape)-1, 1) }

func withoutRow(shape []int) []int {
	return slices.Delete(slices.Clone(shape), len(shape)-2, len(shape)-1)
}

func (m *conv1d) Parts() []snn.Part { return m.c.Parts() }

func (m *conv1d) String() string { return fmt.Sprintf("Conv1d of %v", m.c) }
