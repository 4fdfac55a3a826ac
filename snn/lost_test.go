package snn

import (
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestGradientsAreNotLost: a module passes the gradient on or says that it cannot; it never drops it in silence.
func TestGradientsAreNotLost(t *testing.T) {
	for _, m := range []Module{
		LIFCell(), LIF(), LIFRecurrentCell(4, 3), LIFRecurrent(4, 3), LIFCorrelation(4, 3), LILinear(4, 3), Linear(4, 3),
		Conv2d(1, 2, 2), MaxPool2d(2), AvgPool2d(2), AdaptiveAvgPool2d(2), Flatten(), Relu(), Sigmoid(), Tanh(), Softmax(-1),
		LogSoftmax(0), ExpFilter(4, 3), Lift(LIFCell()), Lift(Linear(4, 3)), Lift(Relu()), Sequential(Linear(4, 3), LIF()),
		RecurrentSequential(LIFCell(), Linear(4, 4)), RegularizationCell(LIFCell()),
	} {
		x := tensor.Rand(4, 4).SetRequiresGrad(true)
		func() {
			defer func() {
				if r := recover(); r != nil {
					t.Logf("%T: %v", m, r)
				}
			}()
			if y, _ := m.Forward(x, nil); !y.RequiresGrad() {
				t.Errorf("%v dropped the gradient", m)
			}
		}()
	}
}
