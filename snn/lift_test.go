package snn

import (
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestLiftIsALoop: a lifted module is the module called once per step, the state handed on.
func TestLiftIsALoop(t *testing.T) {
	tensor.Seed(2)
	x := tensor.Rand(7, 1, 6, 6).Mul(4)
	for _, m := range []Module{
		LIFCell(), LICell(Delayed()), Conv2d(1, 2, 3), Sequential(LIFRefracCell(), Conv2d(1, 2, 3), LICell()), counter{},
	} {
		got, last := Lift(m).Forward(x, nil)
		var s *State
		for k := range x.Shape()[0] {
			var y *tensor.Tensor
			y, s = m.Forward(x.Index(k), s)
			sameBits(t, "step", got.Index(k), y)
		}
		if last.String() != s.String() {
			t.Errorf("Lift(%v) ends in %v, the loop in %v", m, last, s)
		}
	}
}

// TestDefect3LiftedCellIsTheLayer: Lift(LIFCell()) in a Sequential works and equals LIF(). In Norse it raises (defect 3 of the
// list in the documentation: the state leaks into the next module).
func TestDefect3LiftedCellIsTheLayer(t *testing.T) {
	tensor.Seed(4)
	x := tensor.Rand(20, 2, 5).Mul(2)
	w := Linear(5, 3)
	got, s := Sequential(Lift(LIFCell()), w).Forward(x, nil)
	want, q := Sequential(LIF(), w).Forward(x, nil)
	sameBits(t, "output", got, want)
	sameBits(t, "v", s.At(0).V(), q.At(0).V())
}

func TestLiftMisuse(t *testing.T) {
	for want, f := range map[string]func(){
		"snn.Lift: the module is nil": func() { Lift(nil) },
		"Lift: input has shape [0 3]; a sequence has (T, …) with at least one step": func() {
			Lift(LIFCell()).Forward(tensor.Zeros(0, 3), nil)
		},
		"Lift Linear(3, 2): input has 4 features": func() { Lift(Linear(3, 2)).Forward(tensor.Zeros(2, 4), nil) },
	} {
		wantPanic(t, want, f)
	}
}
