package snn

import (
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestRecurrentSequentialByHand: the output of a module comes back to the input of the next step, the last one's unless
// another is named.
func TestRecurrentSequentialByHand(t *testing.T) {
	tensor.Seed(8)
	w, r := Linear(3, 3), Relu()
	lif := LIFCell()
	for output := range 3 {
		m := RecurrentSequential(w, lif, r).OutputModule(output)
		var s, q *State
		var back *tensor.Tensor
		for range 30 {
			x := tensor.Rand(2, 3).Mul(4)
			var got *tensor.Tensor
			got, s = m.Forward(x, s)
			if back != nil {
				x = x.Add(back)
			}
			a, _ := w.Forward(x, nil)
			var z *tensor.Tensor
			z, q = lif.Forward(a, q)
			b, _ := r.Forward(z, nil)
			back = []*tensor.Tensor{a, z, b}[output]
			sameBits(t, "output", got, back)
			sameBits(t, "cache", s.Get("cache"), back)
			sameBits(t, "v", s.Child("state").At(1).V(), q.V())
		}
	}
}

// TestRegularization: the totals are the sums over the run, of spikes and of membrane potentials.
func TestRegularization(t *testing.T) {
	tensor.Seed(10)
	x := tensor.Rand(50, 4).Mul(2)
	z, all := LIF(RecordStates()).Forward(x, nil)
	y, s := Lift(RegularizationCell(LIFCell())).Forward(x, nil)
	sameBits(t, "output", y, z)
	if got, want := s.Get("total").Item(), z.Sum().Item(); got != want || want == 0 {
		t.Errorf("%v spikes, want %v", got, want)
	}
	_, s = Lift(RegularizationCell(LIFCell(), Accumulate("voltage"))).Forward(x, nil)
	if got, want := s.Get("total"), all.V().Sum(0); !got.AllClose(want) {
		t.Errorf("voltages %v, want %v", got, want)
	}
	// the layer counts its whole sequence at once
	_, s = RegularizationCell(LIF()).Forward(x, nil)
	if got, want := s.Get("total").Item(), z.Sum().Item(); got != want {
		t.Errorf("%v spikes, want %v", got, want)
	}
}

func TestComposeMisuse(t *testing.T) {
	_, lif := LIFCell().Forward(tensor.Zeros(3), nil)
	for want, f := range map[string]func(){
		"snn.RecurrentSequential: no modules":            func() { RecurrentSequential() },
		"snn.RecurrentSequential: no module 2; it has 1": func() { RecurrentSequential(Relu()).OutputModule(2) },
		"RecurrentSequential: the state is LIFState, not a RecurrentSequentialState": func() {
			RecurrentSequential(Relu()).Forward(tensor.Zeros(3), lif)
		},
		"RecurrentSequential: input has shape [3], the output that comes back [2]": func() {
			m := RecurrentSequential(Linear(3, 2))
			_, s := m.Forward(tensor.Zeros(3), nil)
			m.Forward(tensor.Zeros(3), s)
		},
		"RegularizationCell: ReLU has no membrane potential v": func() {
			RegularizationCell(Relu(), Accumulate("voltage")).Forward(tensor.Zeros(3), nil)
		},
		"snn.RegularizationCell: accumulate is \"spikes\" or \"voltage\", not x": func() {
			RegularizationCell(LIFCell(), Accumulate("x"))
		},
		"LConv2d(1, 2, 3): input has shape [1 5 5], want (T, batch, 1, H, W)": func() {
			LConv2d(1, 2, 3).Forward(tensor.Zeros(1, 5, 5), nil)
		},
		"snn.LConv2d: unknown option bias; LConv2d knows dilation, groups, padding, stride, weight": func() {
			LConv2d(1, 2, 3, Bias(true))
		},
	} {
		wantPanic(t, want, f)
	}
}
