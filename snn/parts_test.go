package snn

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

func names(list []Parameter) string {
	var all []string
	for _, p := range list {
		all = append(all, fmt.Sprint(p.Name, p.Value.Shape()))
	}
	return strings.Join(all, " ")
}

// TestParameterNames: the names are PyTorch's for the modules that it has, and Norse's for the others.
func TestParameterNames(t *testing.T) {
	shared := Linear(4, 4)
	for _, c := range []struct {
		m    Module
		want string
	}{
		{
			Sequential(Lift(Conv2d(1, 2, 3)), LIF(), Flatten(2), Linear(60, 3), LI()),
			"0.lifted_module.weight[2 1 3 3] 0.lifted_module.bias[2] 3.weight[3 60] 3.bias[3]",
		},
		{LIFRecurrent(4, 3), "input_weights[3 4] recurrent_weights[3 3]"},
		{Sequential(LILinear(2, 5)), "0.input_weights[5 2]"},
		{LIF(Learn("tau_mem_inv", "v_th"), VTh(tensor.Ones(3))), "tau_mem_inv[] v_th[3]"},
		{LIFRefracCell(Learn("v_th")), "lif.v_th[]"},
		{Sequential(BatchNorm2d(2), Dropout(), BatchNorm1d(3, Affine(false))), "0.weight[2] 0.bias[2]"},
		{Residual(Linear(3, 3), LIFCell()), "0.0.weight[3 3] 0.0.bias[3]"},
		{Parallel(shared, Sequential(shared, Relu())), "0.weight[4 4] 0.bias[4]"},
		{RecurrentSequential(LIFCell(), Linear(4, 4, Bias(false))), "1.weight[4 4]"},
		{RegularizationCell(ExpFilter(2, 3)), "module.linear.weight[3 2] module.linear.bias[3]"},
		{LIFMC(2), "g_coupling[2 2]"},
		{Sequential(Freeze(Linear(2, 2)), Linear(2, 1, Bias(false))), "1.weight[1 2]"},
		{Sigmoid(), ""},
	} {
		if got := names(Parameters(c.m)); got != c.want {
			t.Errorf("%v:\n%s, want\n%s", c.m, got, c.want)
		}
	}
	if got := names(tensors(BatchNorm1d(2), true)); got != "weight[2] bias[2] running_mean[2] running_var[2]" {
		t.Error(got)
	}
	_, s := Sequential(LIFRefracCell(), Linear(2, 3), LICell()).Forward(tensor.Ones(2), nil)
	if got := names(States(s)); got != "0.lif.v[2] 0.lif.i[2] 0.rho[2] 2.v[3] 2.i[3]" {
		t.Error(got)
	}
}

// own is a module with parts, as a user writes one.
type own struct {
	gain  *tensor.Tensor
	inner Module
}

func (o *own) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	return o.inner.Forward(x.Mul(o.gain), s)
}

func (o *own) Parts() []Part {
	return []Part{{Name: "gain", Tensor: o.gain}, {Name: "net", Module: o.inner}}
}

// TestOwnModules: what a module of the user's says about its parts is trained like the rest, also inside Lift.
func TestOwnModules(t *testing.T) {
	hidden := &own{tensor.Of(2), Linear(3, 1)}
	if got := names(Parameters(WithParts(struct{ Module }{hidden}, hidden.Parts()...))); got != "gain[1] net.weight[1 3] net.bias[1]" {
		t.Error(got)
	}
	m := Sequential(Lift(hidden), LI())
	if got := names(Parameters(m)); got != "0.lifted_module.gain[1] 0.lifted_module.net.weight[1 3] 0.lifted_module.net.bias[1]" {
		t.Error(got)
	}
	Train(m)
	y, _ := m.Forward(tensor.Ones(4, 3), nil)
	y.Sum().Backward()
	for _, p := range Parameters(m) {
		if p.Value.Grad() == nil {
			t.Errorf("%s has no gradient", p.Name)
		}
	}
	Eval(m)
	if y, _ := m.Forward(tensor.Ones(4, 3), nil); y.RequiresGrad() {
		t.Error("Forward records after Eval")
	}
}

// TestLearnFollowsTheTensor: a learned parameter is what its tensor holds, in every form, and nothing is allocated to
// see that it has not changed.
func TestLearnFollowsTheTensor(t *testing.T) {
	x := tensor.Ones(20, 3)
	for _, each := range []bool{false, true} {
		v := tensor.Full(100)
		if each {
			v = tensor.Full(100, 3)
		}
		layer := LIF(TauMemInv(v), Learn("tau_mem_inv"))
		var got, want *tensor.Tensor
		tensor.NoGrad(func() {
			layer.Param("tau_mem_inv").FillInPlace(150)
			got, _ = layer.Forward(x, nil)
		})
		want, _ = LIF(TauMemInv(tensor.Full(150))).Forward(x, nil)
		sameBits(t, "output", got, want)
		dst := tensor.Zeros(20, 3)
		s := layer.ForwardInto(dst, x, nil)
		if n := testing.AllocsPerRun(10, func() { layer.ForwardInto(dst, x, s) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
		tensor.NoGrad(func() { layer.Param("tau_mem_inv").FillInPlace(-1) })
		panicsWith(t, "LIF: tau_mem_inv must be positive", func() { layer.Forward(x, nil) })
	}
}

// TestParametersThatAreComputed: a parameter may be the result of operations on a tensor that is trained, such as the
// exponential of its logarithm.
func TestParametersThatAreComputed(t *testing.T) {
	log := tensor.Of(4.6, 4.7).SetRequiresGrad(true)
	y, _ := LI(TauMemInv(log.Exp())).Forward(tensor.Ones(9, 2), nil)
	y.Sum().Backward()
	direct := LI(TauMemInv(log.Detach().Exp()), Learn("tau_mem_inv"))
	z, _ := direct.Forward(tensor.Ones(9, 2), nil)
	z.Sum().Backward()
	want := direct.Param("tau_mem_inv").Grad().Mul(log.Detach().Exp())
	if !log.Grad().AllClose(want) {
		t.Errorf("%v, want %v", log.Grad(), want)
	}

	cell := LICell(TauMemInv(log.Exp()))
	for _, m := range []Module{Lift(cell), Lift(Sequential(LICell(TauMemInv(log.Exp()))))} {
		if got := names(Parameters(m)); got != "" {
			t.Errorf("parameters %s", got)
		}
		log.ZeroGrad()
		y, _ := m.Forward(tensor.Ones(9, 2), nil)
		y.Sum().Backward()
		if !log.Grad().AllClose(want) {
			t.Errorf("%v, want %v", log.Grad(), want)
		}
	}
	Eval(cell) // leaves what it does not own
}

func TestLearnMisuse(t *testing.T) {
	panicsWith(t, "cannot learn gain; LIF has tau_syn_inv", func() { LIF(Learn("gain")) })
	panicsWith(t, "cannot learn alpha: it shapes the gradient and not the output", func() { LIF(Learn("alpha")) })
	panicsWith(t, "reset_subtract takes v_th from the membrane", func() { LIF(ResetMethod("reset_subtract"), VTh(-55)) })
	panicsWith(t, `method "adjoint" is known for`, func() { LIFEx(Method("adjoint")) })
	panicsWith(t, `method "adjoint" is known for`, func() { LIFRecurrent(2, 2, Method("adjoint")) })
	panicsWith(t, `method "adjoint" has no gradients for parameters`, func() { LIF(Method("adjoint"), Learn("v_th")) })
	panicsWith(t, "there are atan", func() { LIF(Method("nearest")) })
}

// TestDefect2AdjointWorks is defect 2 of Norse, where method adjoint raises at the first step: here it works, its forward pass
// is that of other methods, and cell and layer agree.
func TestDefect2AdjointWorks(t *testing.T) {
	tensor.Seed(6)
	x := tensor.Randn(40, 3).Add(0.6)
	for _, m := range []struct{ layer, cell, plain Module }{
		{LIF(Method("adjoint")), LIFCell(Method("adjoint")), LIF()},
		{LIFRefrac(Method("adjoint")), LIFRefracCell(Method("adjoint")), LIFRefrac()},
		{LSNN(Method("adjoint")), LSNNCell(Method("adjoint")), LSNN()},
		{LIF(Method("adjoint"), Delayed()), LIFCell(Method("adjoint"), Delayed()), LIF(Delayed())},
	} {
		a, b := x.Clone().SetRequiresGrad(true), x.Clone().SetRequiresGrad(true)
		y, _ := m.layer.Forward(a, nil)
		z, _ := (&stepByStep{m.cell}).Forward(b, nil)
		want, _ := m.plain.Forward(x, nil)
		sameBits(t, "output", y, want)
		sameBits(t, "output", z, want)
		y.Sum().Backward()
		z.Sum().Backward()
		if !a.Grad().AllClose(b.Grad()) || a.Grad().Abs().Sum().Item() == 0 {
			t.Errorf("%v: gradient\n%v, of the cell\n%v", m.layer, a.Grad(), b.Grad())
		}
		if !strings.Contains(fmt.Sprint(m.layer), "method='adjoint'") {
			t.Error(m.layer)
		}
	}
}

// TestFreeze: Train leaves a frozen module as it is, Unfreeze ends that.
func TestFreeze(t *testing.T) {
	a, b := Linear(2, 2), Linear(2, 2)
	m := Sequential(a, b)
	Freeze(a)
	Train(m)
	if a.Weight().RequiresGrad() || !b.Weight().RequiresGrad() {
		t.Error("Train asks for the wrong gradients")
	}
	Unfreeze(m)
	Train(m)
	if got := len(Parameters(m)); got != 4 || !a.Weight().RequiresGrad() {
		t.Errorf("%d parameters after Unfreeze", got)
	}
	if !slices.Equal(a.Weight().Shape(), []int{2, 2}) {
		t.Error(a.Weight().Shape())
	}
}

// panicsWith fails unless f panics with a line that has the text in it.
func panicsWith(t *testing.T, text string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := fmt.Sprint(recover()); !strings.Contains(got, text) {
			t.Errorf("panic %q, want one with %q", got, text)
		}
	}()
	f()
}
