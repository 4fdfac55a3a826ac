package snn

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// allRecurrent makes the cell and the layer of every model with weights of its own.
func allRecurrent(in, hidden int, opts ...Option) map[*RecurrentCell]*Recurrent {
	all := map[*RecurrentCell]*Recurrent{}
	for _, name := range sortedKeysOf(recurrentForms) {
		tensor.Seed(31)
		cell := recurrentForms[name].cell(in, hidden, opts...)
		all[cell] = recurrentForms[name].layer(in, hidden, append(opts, sameWeights(cell)...)...)
	}
	tensor.Seed(31)
	cell := LILinearCell(in, hidden, opts...)
	all[cell] = LILinear(in, hidden, append(opts, InputWeights(cell.InputWeights()))...)
	return all
}

func sameWeights(c *RecurrentCell) []Option {
	opts := []Option{InputWeights(c.InputWeights()), RecurrentWeights(c.RecurrentWeights())}
	if c.Coupling() != nil {
		opts = append(opts, Coupling(c.Coupling()))
	}
	return opts
}

func sortedKeysOf[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// TestRecurrentSequenceEqualsSteps: the layer gives the bits of the cell called step by step, and neither allocates in
// steady state.
func TestRecurrentSequenceEqualsSteps(t *testing.T) {
	for cell, layer := range allRecurrent(4, 6) {
		x := tensor.Randn(60, 2, 4).Mul(3)
		if cell.m.behaving {
			x = x.Mul(10).Add(10)
		}
		z, last := layer.Forward(x, nil)
		if !slices.Equal(z.Shape(), []int{60, 2, 6}) {
			t.Fatalf("%v: output has shape %v", layer, z.Shape())
		}
		var s *State
		for k := range 60 {
			var y *tensor.Tensor
			y, s = cell.Forward(x.Index(k), s)
			sameBits(t, cell.name, z.Index(k), y)
			if s.Has("z") {
				sameBits(t, cell.name+" z", s.Z(), y)
			}
		}
		for _, name := range s.Names() {
			sameBits(t, cell.name+" "+name, last.Get(name), s.Get(name))
		}
		if cell.wrec != nil && z.Sum().Item() == 0 {
			t.Errorf("%v never spikes; the drive tests nothing", cell)
		}
		dst, one := tensor.Zeros(60, 2, 6), tensor.Zeros(2, 6)
		q, r := layer.ForwardInto(dst, x, nil), cell.ForwardInto(one, x.Index(0), nil)
		sameBits(t, "ForwardInto", dst, z)
		step := x.Index(0)
		if n := testing.AllocsPerRun(10, func() { q = layer.ForwardInto(dst, x, q); r = cell.ForwardInto(one, step, r) }); n != 0 {
			t.Errorf("%v: %v allocations per call", layer, n)
		}
	}
}

// TestRecurrentByHand writes the recurrent LIF out with tensors, in both step orders: j = (i + W·x) + R·z.
func TestRecurrentByHand(t *testing.T) {
	tensor.Seed(13)
	x := tensor.Rand(80, 3, 4).Mul(3)
	for _, delayed := range []bool{false, true} {
		opts := []Option{{"delayed", delayed}}
		cell := LIFRecurrentCell(4, 5, opts...)
		w, back := cell.InputWeights(), cell.RecurrentWeights()
		z, v, i := tensor.Zeros(3, 5), tensor.Zeros(3, 5), tensor.Zeros(3, 5)
		var s *State
		for k := range 80 {
			var got *tensor.Tensor
			got, s = cell.Forward(x.Index(k), s)
			inp, rec := naiveLinear(x.Index(k), w, nil), naiveLinear(z, back, nil)
			j := i
			if !delayed {
				j = i.Add(inp).Add(rec)
			}
			u := v.Add(tensor.Zeros(3, 5).Sub(v).Add(j).Mul(tensor.Of(float32(0.001) * 100)))
			i = j.Add(j.Mul(tensor.Of(-float32(0.001) * 200)))
			if delayed {
				i = i.Add(inp).Add(rec)
			}
			z = u.Sub(1).Gt(0)
			v = tensor.Ones(3, 5).Sub(z).Mul(u)
			sameBits(t, "z", got, z)
			sameBits(t, "v", s.V(), v)
			sameBits(t, "i", s.I(), i)
		}
		if z.Sum().Item() == 0 {
			t.Error("no spikes at the end")
		}
	}
}

// TestDefect23Autapses: the diagonal is zeroed in our copy and not in the caller's matrix, as Norse does (defect 23).
func TestDefect23Autapses(t *testing.T) {
	w := tensor.Ones(3, 3)
	off, on := LIFRecurrentCell(2, 3, RecurrentWeights(w)), LIFRecurrentCell(2, 3, RecurrentWeights(w), Autapses(true))
	sameBits(t, "off", off.RecurrentWeights(), tensor.Ones(3, 3).Sub(tensor.Eye(3)))
	sameBits(t, "on", on.RecurrentWeights(), tensor.Ones(3, 3))
	sameBits(t, "the caller's", w, tensor.Ones(3, 3))
	if c := CobaLIFCell(2, 3); c.RecurrentWeights().At2(1, 1) == 0 {
		t.Error("CobaLIF has autapses unless switched off")
	}
}

// TestDefect1CobaLIFInput is defect 1: in Norse's CobaLIFCell the recurrent current overwrites the input, so the input has no
// effect. Ours: from rest below the threshold an excitatory input opens g_e by W·x, an inhibitory one g_i.
func TestDefect1CobaLIFInput(t *testing.T) {
	cell := CobaLIFCell(2, 2, DT(0.01), VThresh(1000),
		InputWeights(tensor.FromSlice([]float32{3, -5, -1, 2}, 2, 2)), RecurrentWeights(tensor.Zeros(2, 2)))
	_, s := cell.Forward(tensor.Of(1, 1), nil)
	decay := float32(1 - 0.01*0.2)
	for name, want := range map[string]*tensor.Tensor{"g_e": tensor.Of(3*decay, 2*decay), "g_i": tensor.Of(5*decay, 1*decay)} {
		if got := s.Get(name); !got.AllClose(want) {
			t.Errorf("%s is %v, want %v; Norse has 0", name, got, want)
		}
	}
	// the split sums are those of linear on the positive and negative parts
	tensor.Seed(6)
	x, w := tensor.Randn(3, 1500), tensor.Randn(4, 1500)
	exc, inh := tensor.Zeros(3, 4), tensor.Zeros(3, 4)
	linearSplit(exc.Data(), inh.Data(), x.Data(), w.Data(), 1500, 4)
	sameBits(t, "excitatory", exc, naiveLinear(x, w.Relu(), nil))
	sameBits(t, "inhibitory", inh, naiveLinear(x, w.Neg().Relu(), nil))
}

// TestDefect11LIFMCRefracIsMasked is defect 11: Norse lets a neuron spike in its refractory period and does not scale the
// coupling by dt. Ours is silent for rho_reset steps and its coupling is that of LIFMC.
func TestDefect11LIFMCRefracIsMasked(t *testing.T) {
	g := tensor.Full(400, 1, 1) // the membrane grows by 40 % a step from the coupling alone
	z, _ := LIFMCRefrac(1, Coupling(g), RhoReset(5)).Forward(tensor.Full(5, 100, 1), nil)
	times := spikeTimes(z)
	if len(times) < 3 {
		t.Fatalf("spikes at %v", times)
	}
	for k := 1; k < len(times); k++ {
		if d := times[k] - times[k-1]; d <= 5 {
			t.Errorf("%d steps between spikes, within the refractory period", d)
		}
	}
	// without the leak and the current, one step of coupling adds dt·g·v
	cell := LIFMCRefracCell(1, Coupling(g), TauMemInv(1e-30))
	_, s := cell.Forward(tensor.Zeros(1), cell.InitialState(1).With("lif.v", tensor.Of(0.5)))
	if got := s.V().At1(0); got != 0.5+float32(0.001)*200 {
		t.Errorf("v is %v, want 0.7; Norse has %v", got, 0.5+200)
	}
}

// TestRandomWeights: the standard deviations are Norse's.
func TestRandomWeights(t *testing.T) {
	tensor.Seed(17)
	for _, c := range []struct {
		what string
		w    *tensor.Tensor
		want float64
	}{
		{"LIF input", LIFRecurrentCell(300, 200).InputWeights(), math.Sqrt(2. / 200)},
		{"LIF recurrent", LIFRecurrentCell(300, 200, Autapses(true)).RecurrentWeights(), math.Sqrt(2. / 200)},
		{"CobaLIF input", CobaLIFCell(300, 200).InputWeights(), math.Sqrt(1. / 300)},
		{"CobaLIF recurrent", CobaLIFCell(300, 200).RecurrentWeights(), math.Sqrt(1. / 200)},
		{"LILinear", LILinearCell(300, 200).InputWeights(), math.Sqrt(1. / 300)},
		{"coupling", LIFMCCell(200).Coupling(), math.Sqrt(1. / 200)},
	} {
		sum := 0.0
		for _, v := range c.w.Data() {
			sum += float64(v) * float64(v)
		}
		got := math.Sqrt(sum / float64(len(c.w.Data())))
		if math.Abs(got/c.want-1) > 0.03 {
			t.Errorf("%s: standard deviation %v, want %v", c.what, got, c.want)
		}
	}
}

func TestRecurrentMisuse(t *testing.T) {
	_, lif := LIFCell().Forward(tensor.Zeros(3), nil)
	for want, f := range map[string]func(){
		"LIFRecurrentCell(2, 3): input has shape [4], want (…, 2)": func() { LIFRecurrentCell(2, 3).Forward(tensor.Zeros(4), nil) },
		"LIFRecurrent(2, 3): input has shape [2], a sequence has (T, …, 2)": func() {
			LIFRecurrent(2, 3).Forward(tensor.Zeros(2), nil)
		},
		"snn.LIFRecurrent: 2 inputs and 0 neurons; both must be at least 1": func() { LIFRecurrent(2, 0) },
		"snn.LIFRecurrentCell: input_weights has shape [2 3], want [3 2]": func() {
			LIFRecurrentCell(2, 3, InputWeights(tensor.Zeros(2, 3)))
		},
		"snn.LIFRecurrentCell: recurrent_weights is a *tensor.Tensor, not int": func() {
			LIFRecurrentCell(2, 3, Set("recurrent_weights", 1))
		},
		"LIFRecurrentCell: the state has [v i], not [z v i]":    func() { LIFRecurrentCell(2, 3).Forward(tensor.Zeros(2), lif) },
		"snn.LIFMCCell: g_coupling has shape [2 3], want [3 3]": func() { LIFMCCell(3, Coupling(tensor.Zeros(2, 3))) },
		"LIFMCCell: the state has shape [4]; its last axis must be the coupling matrix's 3": func() {
			LIFMCCell(3).Forward(tensor.Zeros(4), nil)
		},
		"snn.LIFCell: reset_method is \"reset_value\" or \"reset_subtract\", not x": func() { LIFCell(ResetMethod("x")) },
		"snn.IzhikevichRecurrentCell: unknown option delayed; IzhikevichRecurrentCell knows a, alpha, autapses, b, behaviour, " +
			"bias, c, d, dt, input_weights, learn, method, mn, recurrent_weights, sq, tau_inv, u_init, v_init, v_th": func() {
			IzhikevichRecurrentCell(1, 1, Delayed())
		},
	} {
		wantPanic(t, want, f)
	}
}

func ExampleLIFRecurrentCell() {
	cell := LIFRecurrentCell(2, 3,
		InputWeights(tensor.FromSlice([]float32{9, 0, 0, 9, 0, 0}, 3, 2)),
		RecurrentWeights(tensor.FromSlice([]float32{0, 0, 0, 0, 0, 0, 6, 6, 0}, 3, 3)))
	var z *tensor.Tensor
	var s *State
	for range 4 {
		z, s = cell.Forward(tensor.Of(1, 0.5), s)
		fmt.Println(z, s.V())
	}
	// Output:
	// tensor([0., 0., 0.]) tensor([0.9000, 0.4500, 0.0000])
	// tensor([1., 1., 0.]) tensor([0., 0., 0.])
	// tensor([1., 1., 1.]) tensor([0., 0., 0.])
	// tensor([1., 1., 1.]) tensor([0., 0., 0.])
}
