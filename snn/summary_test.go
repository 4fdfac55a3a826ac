package snn

import (
	"math"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestSummary counts by hand: the convolution has 2·(1·3·3) weights and 2 biases, and 9 synapses for each of the 4
// samples' 2·4·4 outputs.
func TestSummary(t *testing.T) {
	m := Sequential(Lift(Conv2d(1, 2, 3)), BatchNorm2d(2), LIF(), Flatten(2), Linear(32, 3), LIFRecurrent(3, 5), Residual(Linear(5, 5)))
	got := Summary(m, 10, 4, 1, 6, 6)
	want := `path             module              output        parameters  SynOps/step
──────────────────────────────────────────────────────────────────────────
0.lifted_module  Conv2d(1, 2, 3)     [10 4 2 4 4]          20        1 152
1                BatchNorm2d(2)      [10 4 2 4 4]           4
2                LIF                 [10 4 2 4 4]
3                Flatten(2, -1)      [10 4 32]
4                Linear(32, 3)       [10 4 3]              99          384
5                LIFRecurrent(3, 5)  [10 4 5]              40          160
6.0              Linear(5, 5)        [10 4 5]              30          100
──────────────────────────────────────────────────────────────────────────
                 total                                    193        1 796
and 4 numbers that are not trained`
	if got.String() != want {
		t.Errorf("got\n%v\nwant\n%s", got, want)
	}
	if h, err := got.HTML(); err != nil || strings.Count(h, "<tr>") != 9 {
		t.Error(h, err)
	}
	if n := Summary(Linear(4, 3), 4).SynOps; n != 12 { // no module over time: a step has no time axis
		t.Errorf("%d operations, want 12", n)
	}
	if got := Summary(Sequential(&own{tensor.Of(1), Linear(4, 3)}, Relu()), 2, 4); got.Parameters != 16 {
		t.Errorf("%v", got)
	}
	panicsWith(t, "Sequential[1] Linear(5, 2)", func() { Summary(Sequential(Linear(4, 4), Linear(5, 2)), 4) })
}

// TestCheckFinite: the first place where a number stops being one is named, with the step.
func TestCheckFinite(t *testing.T) {
	nan := float32(math.NaN())
	m := Sequential(Linear(2, 2), Relu(), LIF(), Lift(LICell()))
	CheckFinite(m, true)
	x := tensor.Ones(4, 3, 2)
	if _, s := m.Forward(x, nil); s == nil {
		t.Error("no state")
	}
	y := x.Clone()
	y.Set(nan, 2, 1, 0)
	panicsWith(t, "snn: 0 Linear(2, 2): NaN in the input at step 2, element [1 0]", func() { m.Forward(y, nil) })
	w := m.modules[0].(*Dense).weight
	w.Set(float32(math.Inf(-1)), 1, 0)
	panicsWith(t, "snn: 0 Linear(2, 2): -Inf in weight, element [1 0]", func() { m.Forward(x, nil) })
	w.Set(3e38, 1, 0)
	w.Set(3e38, 1, 1)
	panicsWith(t, "snn: 0 Linear(2, 2): +Inf in the output at step 0, element [0 1]", func() { m.Forward(x, nil) })
	w.FillInPlace(1)
	_, s := LIF().Forward(x, nil)
	state := listState(4)
	state.sub[2].s = s.With("i", tensor.Full(math.Inf(1), 3, 2))
	panicsWith(t, "snn: 2 LIF: NaN in the state's v", func() { m.Forward(x, state) })

	z, _ := m.Forward(x.Clone().SetRequiresGrad(true), nil)
	d := tensor.Zeros(4, 3, 2)
	d.Set(nan, 1, 0, 0)
	panicsWith(t, "snn: 3.lifted_module LICell: NaN in the gradient of the output at step 1, element [0 0]", func() { z.BackwardFrom(d) })
	CheckFinite(m, false)
	m.Forward(y, nil)
}

// TestCheckFiniteInPlace: ForwardInto checks too, says the step within a Lift, and allocates nothing while nothing is wrong
// and nobody asked.
func TestCheckFiniteInPlace(t *testing.T) {
	nan := float32(math.NaN())
	m := Sequential(Linear(2, 2), LIF(), Lift(Sequential(Relu(), LICell())))
	x, dst := tensor.Ones(4, 3, 2), tensor.Zeros(4, 3, 2)
	s := m.ForwardInto(dst, x, nil)
	if n := testing.AllocsPerRun(20, func() { m.ForwardInto(dst, x, s) }); n != 0 {
		t.Errorf("%v allocations without a check", n)
	}
	CheckFinite(m, true)
	s = m.ForwardInto(dst, x, s)
	y := x.Clone()
	y.Set(nan, 2, 1, 0)
	panicsWith(t, "snn: 0 Linear(2, 2): NaN in the input at step 2, element [1 0]", func() { m.ForwardInto(dst, y, s) })
	s.At(1).I().FillInPlace(math.Inf(-1))
	panicsWith(t, "snn: 1 LIF: NaN in the state's v", func() { m.ForwardInto(dst, x, s) })
	inner := Sequential(Lift(Sequential(Relu(), LICell(), Scale(1))))
	CheckFinite(inner, true)
	panicsWith(t, "snn: 0.lifted_module.0 ReLU: NaN in the input at step 2, element [1 0]", func() { inner.ForwardInto(dst, y, nil) })
	panicsWith(t, "snn: 0.lifted_module.0 ReLU: NaN in the input at step 2, element [1 0]", func() { inner.Forward(y, nil) })
	linear := Linear(8, 2)
	packed := Sequential(LIF(), linear)
	out, in := tensor.Zeros(4, 2), tensor.Ones(4, 8)
	s = packed.ForwardInto(out, in, nil)
	linear.Weight().Set(nan, 0, 3)
	packed.ForwardInto(out, in, s)
	CheckFinite(packed, true)
	panicsWith(t, "snn: 1 Linear(8, 2): NaN in weight, element [0 3]", func() { packed.ForwardInto(out, in, s) })
	cell := LIFCell()
	CheckFinite(cell, true)
	panicsWith(t, "snn: LIFCell: NaN in the input, element [0]", func() { cell.ForwardInto(tensor.Ones(1), tensor.Of(nan), nil) })
}
