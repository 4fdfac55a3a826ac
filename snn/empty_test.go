package snn

import (
	"slices"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestNothing: an input without steps or without samples gives the output without them, and gradients of 0, as in PyTorch.
func TestNothing(t *testing.T) {
	for _, m := range []Module{
		LIF(), LIF(VTh(tensor.Of(1, 2, 3)), Learn("v_th", "tau_mem_inv")), LIFMC(3), Linear(3, 4), LIFRecurrent(3, 4), LILinear(3, 4),
		CobaLIF(3, 4), LIFCorrelation(3, 4), ExpFilter(3, 4), Lift(LIFCell()), Sequential(Linear(3, 4), LIF(), Linear(4, 2), LI()),
		Conv2d(1, 2, 1), MaxPool2d(1), Relu(), Softmax(-1),
	} {
		for _, shape := range [][]int{{0, 2, 3}, {5, 0, 3}} {
			if _, isLift := m.(*Lifted); isLift && shape[0] == 0 {
				continue // it says that it needs a step
			}
			switch m.(type) {
			case *Conv, *Pool:
				shape = []int{0, 1, 2, 3}
			}
			Train(m)
			full := append([]int(nil), shape...)
			for k := range full {
				full[k] = max(full[k], 1)
			}
			some, _ := m.Forward(tensor.Ones(full...), nil)
			want := append([]int(nil), some.Shape()...)
			for k, d := range shape {
				if d == 0 {
					want[k] = 0
				}
			}
			x := tensor.Ones(shape...).SetRequiresGrad(true)
			y, s := m.Forward(x, nil)
			if !slices.Equal(y.Shape(), want) {
				t.Errorf("%v of %v: shape %v, want %v", m, shape, y.Shape(), want)
			}
			m.Forward(x, s)
			y.Sum().Backward()
			for _, p := range Parameters(m) {
				if g := p.Value.Grad(); g != nil && g.Abs().Max().Item() != 0 {
					t.Errorf("%v of %v: the gradient of %s is %v", m, shape, p.Name, g)
				}
				p.Value.ZeroGrad()
			}
			tensor.NoGrad(func() { m.Forward(x, s) })
		}
	}
}

// TestConvOfPadding: an image without rows is nothing but padding, and gives the bias.
func TestConvOfPadding(t *testing.T) {
	c := Conv2d(2, 3, 3, Padding(2))
	y := tensor.Full(7, 2, 3, 2, 7)
	c.ForwardInto(y, tensor.Zeros(2, 2, 0, 5), nil)
	for k, v := range y.Data() {
		if want := c.Bias().Data()[k/(2*7)%3]; v != want {
			t.Fatalf("element %d is %v, want the bias %v", k, v, want)
		}
	}
}

// TestConvOfPaddingBackward: each of its outputs is the bias, which therefore gets the sum of their gradients.
func TestConvOfPaddingBackward(t *testing.T) {
	for _, shape := range [][]int{{2, 2, 0, 5}, {2, 2, 5, 0}, {2, 2, 0, 0}} {
		c := Conv2d(2, 3, 3, Padding(2))
		x := tensor.Zeros(shape...).SetRequiresGrad(true)
		c.Weight().SetRequiresGrad(true)
		c.Bias().SetRequiresGrad(true)
		y, _ := c.Forward(x, nil)
		y.Sum().Backward()
		for _, v := range c.Bias().Grad().Data() {
			if want := float32(y.Numel() / 3); v != want {
				t.Errorf("%v: the gradient of the bias is %v, want %v", shape, v, want)
			}
		}
		if g := c.Weight().Grad(); g.Abs().Max().Item() != 0 {
			t.Errorf("%v: the gradient of the weight is %v", shape, g)
		}
	}
}
