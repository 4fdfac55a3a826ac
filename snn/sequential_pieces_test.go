package snn

import (
	"fmt"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestSequentialPieces: a chain over a large input gives the bits, and the states, that its modules give one after the
// other, with a fresh state and with the one before.
func TestSequentialPieces(t *testing.T) {
	tensor.Seed(11)
	lifted := func() *Lifted { return Lift(Conv2d(1, 3, 5, Padding(2))) }
	for _, modules := range [][]Module{
		{lifted(), LIF(), Lift(Flatten(1)), Linear(7500, 4), Sigmoid()},
		{LIF(), lifted(), LI()},
		{Lift(Flatten(1)), LIF(), Lift(Linear(2500, 20)), LIF(), Lift(Flatten(0))},
		{Lift(Sequential(LIFRefracCell(), Conv2d(1, 2, 9))), Flatten(1)},
		{lifted(), LIF(), Lift(Flatten(1))},
	} {
		m := Sequential(modules...)
		var state, wantState *State
		for call := range 2 {
			x := tensor.Rand(21, 1, 1, 50, 50).Mul(3)
			if !m.canPass(x, state) {
				t.Fatalf("%v does not take the short way", m)
			}
			got, next := m.Forward(x, state)
			want, wantNext := x, listState(len(modules))
			for k, one := range modules {
				var old *State
				if wantState != nil {
					old = wantState.sub[k].s
				}
				want, wantNext.sub[k].s = one.Forward(want, old)
			}
			sameBits(t, fmt.Sprintf("%v, call %d", m, call), got, want)
			if next.String() != wantNext.String() {
				t.Fatalf("%v: state\n%v\nwant\n%v", m, next, wantNext)
			}
			state, wantState = next, wantNext
		}
	}
}
