package snn

import (
	"fmt"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// counter is a module of a user's: it adds the number of calls so far.
type counter struct{}

func (counter) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	n := float32(0)
	if s != nil {
		n = s.Get("n").At1(0)
	}
	return x.Add(n), NewState("CounterState").With("n", tensor.Of(n+1))
}

// talkModel is the talk's network, smaller.
func talkModel() *Chain {
	tensor.Seed(11)
	return Sequential(Lift(Conv2d(1, 3, 5, Padding(2))), LIF(), Flatten(1), Linear(3*10*8, 10), Sigmoid())
}

// TestSequentialByHand: the modules called one by one give the same outputs and states, over two calls.
func TestSequentialByHand(t *testing.T) {
	m := talkModel()
	x := tensor.Rand(6, 1, 1, 10, 8).Mul(20)
	var s, lif *State
	for range 2 {
		var got, want *tensor.Tensor
		got, s = m.Forward(x, s)
		want, _ = m.At(0).Forward(x, nil)
		want, lif = m.At(1).Forward(want, lif)
		for k := 2; k < m.Len(); k++ {
			want, _ = m.At(k).Forward(want, nil)
		}
		sameBits(t, "output", got, want)
		sameBits(t, "v", s.At(1).V(), lif.V())
		sameBits(t, "i", s.Get("1.i"), lif.I())
		for _, k := range []int{0, 2, 3, 4} {
			if s.At(k) != nil {
				t.Errorf("module %d has no state, yet %v", k, s.At(k))
			}
		}
	}
}

// TestSequentialOfUsers: a module of a user's among ours keeps its state, also nested and lifted.
func TestSequentialOfUsers(t *testing.T) {
	m := Sequential(Sequential(counter{}, Relu()), Lift(counter{}))
	x := tensor.Zeros(2, 1)
	_, s := m.Forward(x, nil)
	y, s2 := m.Forward(x, s)
	// the first counter adds 1 at the second call; the lifted one has counted two steps before
	sameBits(t, "output", y, tensor.FromSlice([]float32{1 + 2, 1 + 3}, 2, 1))
	if s.At(1).Get("n").At1(0) != 2 || s2.At(1).Get("n").At1(0) != 4 {
		t.Errorf("states %v then %v", s, s2)
	}
}

// TestForwardKeepsState: Forward leaves the state it is given as it was; ForwardInto advances it to what Forward gives.
func TestForwardKeepsState(t *testing.T) {
	for _, m := range []Module{LICell(), LIFCell(), LIFRefracCell(), LIFCell(Delayed()), Sequential(LIFCell(), LICell(Delayed()))} {
		x := tensor.Rand(3, 4).Mul(3)
		_, s := m.Forward(x, nil)
		before := s.String()
		out, next := m.Forward(x, s)
		if s.String() != before {
			t.Errorf("%v changed the state it was given", m)
		}
		dst := tensor.Zeros(3, 4)
		in := s.Clone()
		got := m.(interface {
			ForwardInto(dst, x *tensor.Tensor, s *State) *State
		}).ForwardInto(dst, x, in)
		sameBits(t, "ForwardInto", dst, out)
		if got != in || got.String() != next.String() {
			t.Errorf("%v: ForwardInto leaves %v, Forward %v", m, got, next)
		}
		copy(dst.Data(), x.Data())
		m.(interface {
			ForwardInto(dst, x *tensor.Tensor, s *State) *State
		}).ForwardInto(dst, dst, s) // in place
		sameBits(t, "in place", dst, out)
	}
}

// TestForwardIntoSharedMemory: an output written over its input, or over a part of it, is either what Forward gives or
// refused.
func TestForwardIntoSharedMemory(t *testing.T) {
	for _, m := range []interface {
		Module
		ForwardInto(dst, x *tensor.Tensor, s *State) *State
	}{
		LICell(), LI(), LI(Delayed()), LIFMC(4), Relu(), Sequential(Softmax(-1)), Sequential(Scale(2)), Eval(BatchNorm1d(4)).(*Norm), Linear(4, 4), Conv2d(1, 1, 1),
		MaxPool2d(1), ExpFilter(4, 4), LIFRecurrent(4, 4), LILinearCell(4, 4), LIFCorrelation(4, 4), Lift(LICell()),
		Lift(Linear(4, 4)), Sequential(Linear(4, 4)), Sequential(Flatten(1), Linear(4, 4)), Sequential(Linear(4, 4), LI()),
		Sequential(LI(), Linear(4, 4)), Sequential(Lift(Linear(4, 4))), Sequential(), Sequential(Sequential(Flatten(1), Linear(4, 4))),
	} {
		for _, shift := range []int{0, 1} {
			memory := tensor.Rand(7, 4)
			x := memory.Slice(0, 0, 6)
			if _, ok := m.(*Conv); ok {
				x = x.Reshape(1, 6, 4)
			}
			dst := memory.Slice(0, shift, 6+shift).Reshape(x.Shape()...)
			want, _ := m.Forward(x.Clone(), nil)
			switch got := message(func() { m.ForwardInto(dst, x, nil) }); {
			case got == "":
				sameBits(t, fmt.Sprintf("%v shifted by %d", m, shift), dst, want)
			case !strings.Contains(got, "the destination overlaps the input"):
				t.Errorf("%v shifted by %d: %s", m, shift, got)
			}
		}
	}
	if got := message(func() { Sequential(LI(), Linear(4, 4), LI()).ForwardInto(tensor.Zeros(6, 4), tensor.Zeros(6, 4), nil) }); got != "" {
		t.Errorf("memory of its own: %s", got)
	}
}

// TestForwardIntoTheState: a destination that is a variable of the state is refused, of a neuron and of one in a network.
func TestForwardIntoTheState(t *testing.T) {
	x := tensor.Ones(3)
	for _, m := range []interface {
		Module
		ForwardInto(dst, x *tensor.Tensor, s *State) *State
	}{LIFCell(), Sequential(LIFCell(), LICell())} {
		_, s := m.Forward(x, nil)
		inner := s
		if s.Len() > 0 {
			inner = s.At(0)
		}
		if got := message(func() { m.ForwardInto(inner.V(), x, s) }); !strings.Contains(got, "the destination overlaps the state") {
			t.Errorf("%v: %q", m, got)
		}
		if got := message(func() { ForwardSparseInto(m, inner.V(), x.ToSparse(), s) }); !strings.Contains(got, "the destination overlaps the state") {
			t.Errorf("a list into %v: %q", m, got)
		}
	}
}

// TestForwardIntoWhatBackwardNeeds: a wrong gradient is refused, as by every other change in place.
func TestForwardIntoWhatBackwardNeeds(t *testing.T) {
	x, w := tensor.Ones(3, 4), tensor.Ones(3, 4).SetRequiresGrad(true)
	y := x.Mul(w).Sum()
	LI().ForwardInto(x, tensor.Rand(3, 4), nil)
	if got := message(y.Backward); !strings.Contains(got, "was changed in place") {
		t.Errorf("Backward of what was overwritten: %q", got)
	}
	if got := message(func() { LI().ForwardInto(w, x, nil) }); got != "LI: the destination records gradients; use Forward, or write into a copy" {
		t.Errorf("into a tensor that records: %q", got)
	}
	tensor.NoGrad(func() { LI().ForwardInto(w, x, nil) })
}

// TestStateOfAnotherChain: a state that fits serves another Sequential, which plans its own memory.
func TestStateOfAnotherChain(t *testing.T) {
	chain := func(hidden int) *Chain { return Sequential(Linear(3, hidden), Relu(), Linear(hidden, 2)) }
	x, dst := tensor.Ones(5, 3), tensor.Zeros(5, 2)
	s := chain(8).ForwardInto(dst, x, nil)
	for _, hidden := range []int{4, 40} {
		m := chain(hidden)
		want, _ := m.Forward(x, nil)
		m.ForwardInto(dst, x, s)
		sameBits(t, m.String(), dst, want)
	}
}

// TestPlaceOfErrors: a shape that does not fit deep in a model is one line with both sides and the place.
func TestPlaceOfErrors(t *testing.T) {
	m := Sequential(Lift(Conv2d(1, 3, 5)), LIF(), Flatten(1), Linear(30000, 10), Sigmoid())
	_, lif := Sequential(LIFCell()).Forward(tensor.Zeros(3), nil)
	for want, f := range map[string]func(){
		"Sequential[3] Linear(30000, 10): input has 2880 features": func() {
			m.Forward(tensor.Zeros(2, 1, 1, 28, 44), nil)
		},
		"Sequential[0] Sequential[1] Linear(3, 2): input has 4 features": func() {
			Sequential(Sequential(Relu(), Linear(3, 2))).Forward(tensor.Zeros(4), nil)
		},
		"Sequential[0] Lift Conv2d(2, 3, 5): input has shape [1 9 9], want (…, 2, H, W)": func() {
			Sequential(Lift(Conv2d(2, 3, 5))).Forward(tensor.Zeros(4, 1, 9, 9), nil)
		},
		"Sequential[0] LIFCell: input has shape [4], the state [3]": func() {
			Sequential(LIFCell()).Forward(tensor.Zeros(4), lif)
		},
		"Sequential[0] LICell: the state is LIFState, not a LIState": func() {
			Sequential(LICell()).Forward(tensor.Zeros(3), lif)
		},
		"Sequential: the state is a list of 1 states; it takes a list of 5": func() {
			m.Forward(tensor.Zeros(2, 1, 1, 28, 44), lif)
		},
		"Sequential[1] LIFCell: tau_mem_inv has shape [2], which does not broadcast to the state's [3]": func() {
			Sequential(Relu(), LIFCell(TauMemInv(tensor.Of(100, 200)))).Forward(tensor.Zeros(3), nil)
		},
		"snn.Sequential: module 1 is nil": func() { Sequential(LICell(), nil) },
	} {
		wantPanic(t, want, f)
	}
}

// TestNoAllocations: one step of each module, and of the talk's edge model, allocates nothing in steady state.
func TestNoAllocations(t *testing.T) {
	type into interface {
		Module
		ForwardInto(dst, x *tensor.Tensor, s *State) *State
		OutputShape(in ...int) []int
	}
	tensor.Seed(1)
	for _, c := range []struct {
		m  into
		in []int
	}{
		{Conv2d(1, 2, 9, Padding(12), Dilation(3)), []int{1, 32, 40}},
		{Linear(40, 5), []int{3, 40}},
		{Sigmoid(), []int{7}},
		{Flatten(0), []int{3, 4}},
		{Lift(LIFCell()), []int{3, 4}},
		{Lift(Conv2d(1, 1, 3)), []int{4, 1, 8, 8}},
		{Sequential(LIFRefracCell(), Conv2d(1, 2, 9, Padding(12), Dilation(3))), []int{1, 32, 40}},
		{Sequential(Lift(Conv2d(1, 3, 5, Padding(2))), LIF(), Flatten(1), Linear(240, 10), Sigmoid()), []int{5, 1, 1, 10, 8}},
		{Sequential(Sequential(LIFCell(Delayed()), Relu()), LICell()), []int{9}},
		{Conv2d(12, 32, 5), []int{3, 12, 15, 15}},
		{Conv2d(32, 48, 3, Padding(1)), []int{2, 32, 16, 16}},
		{Conv2d(2, 3, 3, Stride(2), Padding(1)), []int{2, 2, 40, 40}},
		{Conv2d(16, 32, 3, Stride(2)), []int{2, 16, 21, 21}},
		{Conv2d(24, 24, 3, Groups(24)), []int{2, 24, 16, 16}},
		{Conv2d(8, 4, 3, Groups(2)), []int{2, 8, 5, 5}},
		{MaxPool2d(2), []int{4, 3, 9, 9}},
		{AvgPool2d(3, Stride(2), Padding(1)), []int{4, 3, 9, 9}},
	} {
		for _, share := range []float64{0.02, 0.9} {
			x := activeShare(share, c.in...)
			dst := tensor.Zeros(c.m.OutputShape(c.in...)...)
			s := c.m.ForwardInto(dst, x, nil)
			if n := testing.AllocsPerRun(20, func() { s = c.m.ForwardInto(dst, x, s) }); n != 0 {
				t.Errorf("%v, %v active: %v allocations per call", c.m, share, n)
			}
		}
	}
}

// TestNoAllocationsModels does the same for every registered model, cell and layer, both step orders.
func TestNoAllocationsModels(t *testing.T) {
	x := tensor.Ones(8, 5)
	for _, name := range Models() {
		m := models[name]
		for _, opts := range orders(m) {
			cell, layer := m.cell(opts), m.layer(opts)
			dst := tensor.Zeros(8, 5)
			s, q := cell.ForwardInto(dst, x, nil), layer.ForwardInto(dst, x, nil)
			if n := testing.AllocsPerRun(20, func() { s = cell.ForwardInto(dst, x, s) }); n != 0 {
				t.Errorf("%v: %v allocations per call", cell, n)
			}
			if n := testing.AllocsPerRun(20, func() { q = layer.ForwardInto(x, x, q) }); n != 0 {
				t.Errorf("%v: %v allocations per call", layer, n)
			}
		}
	}
}
