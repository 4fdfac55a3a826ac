package snn

import (
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestGradientsAreNotLost: a module passes on the gradient of its input, and of each of its parameters.
func TestGradientsAreNotLost(t *testing.T) {
	for _, m := range []Module{
		LIFCell(), LIF(), LIFRecurrentCell(4, 3), LIFRecurrent(4, 3), LIFCorrelation(4, 3), LILinear(4, 3), Linear(4, 3),
		Conv2d(1, 2, 2), MaxPool2d(2), AvgPool2d(2), AdaptiveAvgPool2d(2), Flatten(), Relu(), Sigmoid(), Tanh(), Softmax(-1),
		LogSoftmax(0), ExpFilter(4, 3), Lift(LIFCell()), Lift(Linear(4, 3)), Lift(Relu()), Sequential(Linear(4, 3), LIF()),
		RecurrentSequential(LIFCell(), Linear(4, 4)), RegularizationCell(LIFCell()),
	} {
		x := tensor.Rand(4, 4).SetRequiresGrad(true)
		if y, _ := m.Forward(x, nil); !y.RequiresGrad() {
			t.Errorf("%v dropped the gradient", m)
		}
		x.SetRequiresGrad(false)
		for _, p := range Parameters(m) {
			p.Value.SetRequiresGrad(true)
			if y, _ := m.Forward(x, nil); !y.RequiresGrad() {
				t.Errorf("%v dropped the gradient of %s", m, p.Name)
			}
			p.Value.SetRequiresGrad(false)
		}
	}
}

// TestForwardIntoKeepsGradients: what cannot be recorded is refused, not lost.
func TestForwardIntoKeepsGradients(t *testing.T) {
	x := tensor.Ones(3, 4)
	for _, m := range []interface {
		Module
		ForwardInto(dst, x *tensor.Tensor, s *State) *State
	}{LIF(), LIFRecurrent(4, 4), Sequential(LIF(), Relu()), Lift(LIFCell())} {
		_, s := m.Forward(x.Clone().SetRequiresGrad(true), nil)
		for _, c := range []struct {
			x *tensor.Tensor
			s *State
		}{{x.Clone().SetRequiresGrad(true), nil}, {x, s}} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%T: ForwardInto lost a gradient", m)
					}
				}()
				m.ForwardInto(tensor.Zeros(3, 4), c.x, c.s)
			}()
		}
		tensor.NoGrad(func() { m.ForwardInto(tensor.Zeros(3, 4), x, s) })
	}
}

// hidden is a module with a weight that it tells nobody of.
type hidden struct{ w *tensor.Tensor }

func (h hidden) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) { return x.Mul(h.w), s }

// TestContainersKeepGradientsTheyDoNotExpect: a container that cannot see the weights inside still records.
func TestContainersKeepGradientsTheyDoNotExpect(t *testing.T) {
	for _, wrap := range []func(m Module) Module{
		func(m Module) Module { return Lift(m) },
		func(m Module) Module { return Sequential(m, LIF()) },
		func(m Module) Module { return Lift(Sequential(m, LIFCell())) },
		func(m Module) Module { return RecurrentSequential(m) },
		func(m Module) Module { return Parallel(m, Relu()) },
	} {
		w := tensor.Ones(3).SetRequiresGrad(true)
		m := wrap(hidden{w})
		y, _ := m.Forward(tensor.Ones(4, 3), nil)
		y.Sum().Backward()
		if w.Grad() == nil {
			t.Errorf("%v lost the gradient", m)
		}
	}
}
