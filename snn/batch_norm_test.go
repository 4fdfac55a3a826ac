package snn

import (
	"math"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestBatchNorm checks the formula by hand on one channel, in training and after Eval.
func TestBatchNorm(t *testing.T) {
	n := BatchNorm1d(1, Momentum(0.5), Eps(0.25))
	n.weight.Data()[0], n.bias.Data()[0] = 2, 1
	y, _ := n.Forward(tensor.Of(1, 2, 6).Reshape(3, 1), nil) // mean 3, variance 14/3, unbiased 7
	scale := 2 / math.Sqrt(14.0/3+0.25)
	if !y.AllClose(tensor.Of(float32(1-2*scale), float32(1-scale), float32(1+3*scale)).Reshape(3, 1)) {
		t.Error(y)
	}
	if n.mean.Item() != 1.5 || n.variance.Item() != 4 {
		t.Errorf("running mean %v, variance %v; want 1.5, 4", n.mean.Item(), n.variance.Item())
	}
	Eval(n)
	y, _ = n.Forward(tensor.Of(3.5).Reshape(1, 1), nil)
	if want := float32(1 + 2*2/math.Sqrt(4.25)); y.Item() != want || n.mean.Item() != 1.5 {
		t.Errorf("%v, want %v", y.Item(), want)
	}
	panicsWith(t, "no variance", func() { BatchNorm1d(2).Forward(tensor.Ones(1, 2), nil) })
	panicsWith(t, "want (…, 2, H, W)", func() { BatchNorm2d(2).Forward(tensor.Ones(1, 3, 2, 2), nil) })
	panicsWith(t, "want (…, 2)", func() { BatchNorm1d(2).Forward(tensor.Ones(3), nil) })
}

// TestGradientsOfBatchNorm compares with central differences, in training, where the statistics depend on the input, and
// after Eval.
func TestGradientsOfBatchNorm(t *testing.T) {
	tensor.Seed(2)
	for _, evaluate := range []bool{false, true} {
		n := BatchNorm2d(2)
		n.weight.Data()[1], n.bias.Data()[0], n.mean.Data()[0] = -1.5, 0.3, 0.4
		x, dy := tensor.Randn(3, 2, 2, 2), tensor.Randn(3, 2, 2, 2)
		if Train(n); evaluate {
			Eval(n)
			n.weight.SetRequiresGrad(true)
			n.bias.SetRequiresGrad(true)
		}
		x.SetRequiresGrad(true)
		y, _ := n.Forward(x, nil)
		y.BackwardFrom(dy)
		loss := func() float64 {
			total := 0.0
			out := make([]float32, x.Numel())
			n.normalise(out, x.Data(), x.Shape())
			for k, v := range out {
				total += float64(v) * float64(dy.Data()[k])
			}
			return total
		}
		for _, p := range append(Parameters(n), Parameter{"input", x}) {
			for k, g := range p.Value.Grad().Data() {
				if w := difference(p.Value.Data(), k, 0.01, loss); math.Abs(float64(g)-w) > 2e-3 {
					t.Errorf("evaluate %v: gradient of %s[%d] is %v, by differences %v", evaluate, p.Name, k, g, w)
				}
			}
		}
	}
}

// TestDropout: what is left is scaled so that the mean stays, gradients pass where values do, and Eval passes all.
func TestDropout(t *testing.T) {
	tensor.Seed(1)
	d, x := Dropout(0.25), tensor.Ones(100, 100).SetRequiresGrad(true)
	y, _ := d.Forward(x, nil)
	y.Sum().Backward()
	sameBits(t, "gradient", x.Grad(), y)
	zeros := 0
	for _, v := range y.Data() {
		if v == 0 {
			zeros++
		} else if v != float32(1/0.75) {
			t.Fatal(v)
		}
	}
	if zeros < 2370 || zeros > 2630 { // three standard deviations
		t.Errorf("%d of 10000 dropped, want 2500", zeros)
	}
	dst := tensor.Zeros(100, 100)
	d.ForwardInto(dst, x.Detach(), nil)
	if dst.Equal(y.Detach()) || dst.Equal(x.Detach()) {
		t.Error("ForwardInto drops nothing new")
	}
	Eval(d)
	if z, _ := d.Forward(x, nil); z != x {
		t.Error("Eval drops")
	}
	d.ForwardInto(dst, x.Detach(), nil)
	sameBits(t, "ForwardInto", dst, x.Detach())
	panicsWith(t, "probability", func() { Dropout(1) })
}

// TestBranches: Residual adds the input, Parallel adds or joins outputs; states and gradients go through.
func TestBranches(t *testing.T) {
	a, b := Linear(3, 3), LIFCell()
	x := tensor.Randn(2, 3).SetRequiresGrad(true)
	ya, _ := a.Forward(x.Detach(), nil)
	yb, sb := b.Forward(ya, nil)
	y, s := Residual(a, b).Forward(x, nil)
	sameBits(t, "residual", y.Detach(), yb.Add(x.Detach()))
	sameBits(t, "state", s.At(0).At(1).V().Detach(), sb.V())
	y, s = Parallel(a, b).Forward(x, nil)
	zb, _ := b.Forward(x.Detach(), nil)
	sameBits(t, "sum", y.Detach(), ya.Add(zb))
	y, s = Parallel(a, b).Join(-1).Forward(x, s)
	if got := y.Shape(); !sameShape(got, []int{2, 6}) {
		t.Error(got)
	}
	y.Sum().Backward()
	if x.Grad() == nil || s.Len() != 2 {
		t.Error("no gradient, or no state")
	}
	panicsWith(t, "Residual: shapes", func() { Residual(Linear(3, 2)).Forward(x, nil) })
	panicsWith(t, "Parallel[1] Linear(4, 1)", func() { Parallel(a, Linear(4, 1)).Forward(x, nil) })
	panicsWith(t, "it takes a list of 2", func() { Parallel(a, b).Forward(x, listState(3)) })
}
