package snn

import (
	"math"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestReuse: what Reuse gives is what the module gives, in the same memory at every call; states from elsewhere stay as they
// are.
func TestReuse(t *testing.T) {
	tensor.Seed(13)
	for _, m := range []Module{
		LIFCell(), Conv2d(1, 2, 3), Sequential(LIFRefracCell(), Conv2d(1, 2, 3)), Lift(Sequential(Conv2d(1, 2, 3), LIFCell())),
		Parallel(Conv2d(1, 2, 3), Conv2d(1, 2, 3)),
	} {
		r := Reuse(m)
		shape := []int{3, 1, 1, 12, 16}
		if _, isLift := m.(*Lifted); !isLift {
			shape = shape[1:]
		}
		var s, want *State
		var first *tensor.Tensor
		for call := range 5 {
			x := tensor.Rand(shape...).Mul(30)
			if call == 3 { // from elsewhere
				s = s.Clone()
			}
			before, text := s, s.String()
			y, next := r.Forward(x, s)
			wantY, wantNext := m.Forward(x, want)
			sameBits(t, label(m), y, wantY)
			if next.String() != wantNext.String() {
				t.Fatalf("%v: call %d: state %v, want %v", m, call, next, wantNext)
			}
			if call == 3 && before.String() != text {
				t.Fatalf("%v: a state from elsewhere was changed", m)
			}
			if canApply(m) && call > 0 && y != first {
				t.Errorf("%v: call %d has an output of its own", m, call)
			}
			first, s, want = y, next, wantNext
		}
		if r.String() != WithParts(m).String() || len(Parameters(r)) != len(Parameters(m)) {
			t.Errorf("Reuse of %v is %v", m, r)
		}
	}
}

// TestReuseModes: what is told the wrapper reaches the module.
func TestReuseModes(t *testing.T) {
	if y, _ := Eval(Reuse(Dropout(0.5))).Forward(tensor.Ones(8), nil); y.Sum().Item() != 8 {
		t.Errorf("Dropout in Eval: %v", y)
	}
	cell := Reuse(LIFCell())
	CheckFinite(cell, true)
	if got := message(func() { cell.Forward(tensor.Full(math.NaN(), 3), nil) }); !strings.Contains(got, "NaN") {
		t.Errorf("CheckFinite: %q", got)
	}
	frozen := Linear(2, 2)
	Freeze(frozen)
	if n := len(Parameters(Reuse(frozen))); n != 0 {
		t.Errorf("%d parameters of a frozen layer", n)
	}
	y, s := Reuse(LIF(RecordStates())).Forward(tensor.Ones(5, 2), nil)
	if y.Shape()[0] != 5 || s == nil {
		t.Errorf("recorded states: %v, %v", y, s)
	}
}

// TestReuseTakesLists as the module does, into the same memory.
func TestReuseTakesLists(t *testing.T) {
	tensor.Seed(14)
	m := Sequential(LIFRefracCell(), Conv2d(1, 2, 3))
	r := Reuse(m)
	var s, want *State
	var first *tensor.Tensor
	for call := range 4 {
		x := tensor.Bernoulli(0.05, 1, 1, 12, 16).Mul(30)
		y, next := ForwardSparse(r, x.ToSparse(), s)
		wantY, wantNext := m.Forward(x, want)
		sameBits(t, "a list", y, wantY)
		if call > 0 && y != first {
			t.Errorf("call %d has an output of its own", call)
		}
		first, s, want = y, next, wantNext
	}
}

// TestReuseAllocatesNothing in a loop.
func TestReuseAllocatesNothing(t *testing.T) {
	m := Reuse(Sequential(LIFRefracCell(), Conv2d(1, 2, 9)))
	x := tensor.Bernoulli(0.02, 1, 1, 120, 160)
	_, s := m.Forward(x, nil)
	if got := testing.AllocsPerRun(20, func() { _, s = m.Forward(x, s) }); got >= 1 {
		t.Errorf("%v allocations", got)
	}
}

// TestReuseGradients flow as without.
func TestReuseGradients(t *testing.T) {
	m := Linear(6, 3)
	Train(m)
	y, _ := Reuse(m).Forward(tensor.Rand(4, 6), nil)
	y.Sum().Backward()
	if m.Weight().Grad() == nil {
		t.Error("the weight has no gradient")
	}
}
