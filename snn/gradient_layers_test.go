package snn

import (
	"math"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestGradientsOfLayers compares the gradients of modules without spikes, by input and by every parameter, with central
// differences. Steps are wide, since most of the modules are linear in each of their tensors; the others are given a
// step that suits float32.
func TestGradientsOfLayers(t *testing.T) {
	tensor.Seed(3)
	sparse := tensor.Bernoulli(0.03, 3, 2, 9, 8).Mul(tensor.Randn(3, 2, 9, 8))
	for _, c := range []struct {
		m    Module
		x    *tensor.Tensor
		step float64
	}{
		{Linear(5, 3), tensor.Randn(4, 2, 5), 0.5},
		{Linear(5, 3), tensor.Bernoulli(0.2, 7, 2, 5), 0.5},
		{Linear(9, 6, Bias(false)), tensor.Randn(9), 0.5},
		{Conv2d(1, 2, 3), tensor.Randn(6, 7), 0.5},
		{Conv2d(2, 4, []int{3, 2}, Padding([]int{2, 1}), Dilation([]int{2, 1}), Groups(2)), tensor.Randn(3, 2, 9, 8), 0.5},
		{Conv2d(2, 3, 3, Stride([]int{2, 3}), Padding(1)), tensor.Randn(2, 2, 2, 8, 9), 0.5},
		{Conv2d(2, 2, 3, Padding("same"), Stride(1)), sparse, 0.5},
		{Conv2d(2, 2, 3, Padding(1), Stride(2), Dilation(2)), sparse.Clone(), 0.5},
		{LConv2d(2, 3, 2), tensor.Randn(3, 2, 2, 5, 4), 0.5},
		{AvgPool2d(3, Stride(2), Padding(1)), tensor.Randn(2, 7, 6), 0.5},
		{SumPool2d(2), tensor.Randn(2, 3, 6, 6), 0.5},
		{AdaptiveAvgPool2d([]int{3, 2}), tensor.Randn(2, 7, 5), 0.5},
		{MaxPool2d(2, Stride(1), Padding(1), Dilation(2)), shuffled(48).Reshape(2, 4, 6), 0.25},
		{Flatten(1), tensor.Randn(2, 3, 4), 0.5},
		{Relu(), shuffled(20).Sub(9.5), 0.25},
		{Sigmoid(), tensor.Randn(20), 0.02},
		{Tanh(), tensor.Randn(20), 0.02},
		{Softmax(0), tensor.Randn(4, 5), 0.02},
		{LogSoftmax(-1), tensor.Randn(4, 5), 0.02},
		{ExpFilter(4, 3), tensor.Randn(6, 2, 4), 0.5},
		{LI(), tensor.Randn(6, 4), 0.5},
		{LILinear(4, 3), tensor.Randn(6, 2, 4), 0.5},
		{Lift(LILinearCell(4, 3)), tensor.Randn(6, 2, 4), 0.5},
		{Lift(LICell()), tensor.Randn(6, 4), 0.5},
		{Lift(Conv2d(1, 2, 2)), tensor.Randn(3, 4, 5), 0.5},
		{Lift(MaxPool2d(2)), shuffled(48).Reshape(3, 4, 4), 0.25},
		{Lift(Sequential(Linear(4, 3), LICell())), tensor.Randn(5, 2, 4), 0.5},
		{Lift(RecurrentSequential(Linear(3, 3), LICell())), tensor.Randn(5, 2, 3), 0.02},
		{Sequential(Linear(4, 4), LI(), Flatten(1), Linear(8, 2)), tensor.Randn(5, 2, 4), 0.25},
	} {
		for _, p := range Parameters(c.m) {
			p.Value.SetRequiresGrad(true)
		}
		c.x.SetRequiresGrad(true)
		y, _ := c.m.Forward(c.x, nil)
		dy := tensor.Randn(y.Shape()...)
		y.BackwardFrom(dy)
		loss := func() float64 {
			var out *tensor.Tensor
			tensor.NoGrad(func() { out, _ = c.m.Forward(c.x, nil) })
			total := 0.0
			for k, v := range out.Data() {
				total += float64(v) * float64(dy.Data()[k])
			}
			return total
		}
		for _, p := range append(Parameters(c.m), Parameter{"the input", c.x}) {
			g := p.Value.Grad()
			if g == nil {
				t.Errorf("%v: no gradient for %s", c.m, p.Name)
				continue
			}
			top := 0.0
			want := make([]float64, g.Numel())
			for k := range want {
				want[k] = difference(p.Value.Data(), k, float32(c.step), loss)
				top = math.Max(top, math.Abs(want[k]))
			}
			for k, w := range want {
				if v := float64(g.Data()[k]); math.Abs(v-w) > 1e-3*top {
					t.Errorf("%v: gradient of %s[%d] is %v, by differences %v", c.m, p.Name, k, v, w)
					break
				}
			}
		}
	}
}

// difference is the central difference of f by d[k].
func difference(d []float32, k int, step float32, f func() float64) float64 {
	was := d[k]
	d[k] = was + step
	high := f()
	up := float64(d[k])
	d[k] = was - step
	low := f()
	width := up - float64(d[k])
	d[k] = was
	return (high - low) / width
}

// TestMaxPoolGradientGoesToTheFirst: of equal elements the first is the largest, as in PyTorch.
func TestMaxPoolGradientGoesToTheFirst(t *testing.T) {
	x := tensor.Ones(2, 4).SetRequiresGrad(true)
	y, _ := MaxPool2d(2).Forward(x, nil)
	y.BackwardFrom(tensor.Of(3, 5).Reshape(1, 2))
	sameBits(t, "gradient", x.Grad(), tensor.Of(3, 0, 5, 0, 0, 0, 0, 0).Reshape(2, 4))
}

// TestLiftIsOneOperation: a lifted cell, the layer, and the cell called step by step have the same outputs and
// gradients, those of weights and of the first state included.
func TestLiftIsOneOperation(t *testing.T) {
	tensor.Seed(8)
	x0, dy := tensor.Randn(12, 2, 4).Mul(2), tensor.Randn(12, 2, 3)
	type result struct{ y, x, v, win, wrec *tensor.Tensor }
	var results []result
	cell := LIFRecurrentCell(4, 3)
	layer := LIFRecurrent(4, 3, sameWeights(cell)...)
	for k, m := range []Module{layer, Lift(cell), &stepByStep{cell}} {
		weights := []*tensor.Tensor{cell.win, cell.wrec}
		if k == 0 {
			weights = []*tensor.Tensor{layer.win, layer.wrec}
		}
		for _, w := range weights {
			w.SetRequiresGrad(true).ZeroGrad()
		}
		x, v := x0.Clone().SetRequiresGrad(true), tensor.Rand(2, 3).Mul(0).Add(0.25).SetRequiresGrad(true)
		y, _ := m.Forward(x, cell.InitialState(2, 3).With("v", v))
		y.BackwardFrom(dy)
		results = append(results, result{y, x.Grad(), v.Grad(), weights[0].Grad().Clone(), weights[1].Grad().Clone()})
	}
	for _, r := range results[1:] {
		want := results[0]
		sameBits(t, "output", r.y, want.y)
		for _, pair := range [][2]*tensor.Tensor{{r.x, want.x}, {r.v, want.v}, {r.win, want.win}, {r.wrec, want.wrec}} {
			if !pair[0].AllCloseTol(pair[1], 1e-5, 1e-6) {
				t.Errorf("gradient\n%v, want\n%v", pair[0], pair[1])
			}
		}
	}
}

// TestRecordStatesHasGradients: the states of all steps pass gradients on, as those of single steps do.
func TestRecordStatesHasGradients(t *testing.T) {
	tensor.Seed(4)
	x := tensor.Randn(9, 3).Add(1)
	dv := tensor.Randn(9, 3)
	a, b := x.Clone().SetRequiresGrad(true), x.Clone().SetRequiresGrad(true)
	_, all := LIFRefrac(RecordStates()).Forward(a, nil)
	all.V().Mul(dv).Sum().Backward()
	var s *State
	cell, loss := LIFRefracCell(), tensor.Scalar(0)
	for k := range 9 {
		_, s = cell.Forward(b.Index(k), s)
		loss = loss.Add(s.V().Mul(dv.Index(k)).Sum())
	}
	loss.Backward()
	if !a.Grad().AllCloseTol(b.Grad(), 1e-5, 1e-6) {
		t.Errorf("gradient\n%v, want\n%v", a.Grad(), b.Grad())
	}
}

// TestTruncatedBackward: Detach cuts the gradient between two pieces of a sequence, and keeps the values.
func TestTruncatedBackward(t *testing.T) {
	m, x := LIF(), tensor.Ones(8, 2).SetRequiresGrad(true)
	_, s := m.Forward(x.Slice(0, 0, 4), nil)
	y, _ := m.Forward(x.Slice(0, 4, 8), s.Detach())
	y.Sum().Backward()
	whole, _ := m.Forward(x.Detach(), nil)
	sameBits(t, "output", y, whole.Slice(0, 4, 8))
	for k, g := range x.Grad().Data() {
		if (k < 8) != (g == 0) {
			t.Errorf("gradient of input %d is %v", k, g)
		}
	}
}

// shuffled is the numbers from 0 to n−1 in a random order: no two are near each other.
func shuffled(n int) *tensor.Tensor {
	t := tensor.Zeros(n)
	for k, v := range tensor.Perm(n) {
		t.Data()[k] = float32(v)
	}
	return t
}

// TestBackwardStepsDoNotAllocate: going back over a step allocates nothing, in any model and step order, with one set of
// parameters or one for each neuron.
func TestBackwardStepsDoNotAllocate(t *testing.T) {
	for _, name := range Models() {
		m := models[name]
		for _, opts := range orders(m) {
			for _, v := range []*tensor.Tensor{tensor.Of(1.5), tensor.Of(1, 2, 1, 2, 1)} {
				last := short(m.params[len(m.params)-1].name)
				if m.spikes() && (last == "alpha" || m.behaving) {
					last = short(m.params[0].name)
				}
				l := m.layer(append(append([]Option{}, opts...), Set(last, v), Learn(last)))
				s := l.initial([]int{5})
				s.trace = newTrace(8, 5, len(l.fields), m.coupled == uncoupled)
				x := tensor.Ones(8, 5).Data()
				l.run(make([]float32, 40), x, 8, s)
				r := l.reverse(s.trace, l.coefficients(), []int{5})
				dx := make([]float32, 40)
				if n := testing.AllocsPerRun(10, func() {
					for k := 7; k >= 0; k-- {
						r.step(k, x[k*5:k*5+5], dx[k*5:k*5+5])
					}
				}); n != 0 {
					t.Errorf("%v: %v allocations", l, n)
				}
			}
		}
	}
}

// TestNoStepsPassTheStateOn: a sequence of no steps leaves the state, and its gradient, as they were.
func TestNoStepsPassTheStateOn(t *testing.T) {
	v := tensor.Of(0.5, 0.25).SetRequiresGrad(true)
	layer, recurrent := LIF(), LIFRecurrent(3, 2)
	for _, c := range []struct {
		m Module
		x *tensor.Tensor
		s *State
	}{
		{layer, tensor.Zeros(0, 2), layer.InitialState(2)},
		{recurrent, tensor.Zeros(0, 3), recurrent.InitialState(2)},
	} {
		v.ZeroGrad()
		_, s := c.m.Forward(c.x, c.s.With("v", v))
		s.V().BackwardFrom(tensor.Of(3, 4))
		sameBits(t, "gradient", v.Grad(), tensor.Of(3, 4))
	}
}

// TestFastBackwardIsTheSame: the backward pass of LIF without learned parameters, which has a loop of its own, gives the
// bits of the one that counts their gradients too.
func TestFastBackwardIsTheSame(t *testing.T) {
	tensor.Seed(21)
	x0, dy := tensor.Randn(40, 3, 7).Mul(2), tensor.Randn(40, 3, 7)
	for _, opts := range [][]Option{nil, {Alpha(7)}, {Delayed(), VReset(-0.5)}, {TauMemInv(tensor.Linspace(50, 150, 7))}} {
		var grads []*tensor.Tensor
		for _, m := range []Module{LIF(opts...), LIF(append([]Option{Learn("v_leak")}, opts...)...)} {
			x := x0.Clone().SetRequiresGrad(true)
			y, _ := m.Forward(x, nil)
			y.BackwardFrom(dy)
			grads = append(grads, x.Grad())
		}
		sameBits(t, "gradient", grads[0], grads[1])
	}
}
