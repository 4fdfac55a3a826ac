package snn

import (
	"path/filepath"
	"testing"

	"github.com/livespike/livespike/internal/golden"
	"github.com/livespike/livespike/snn/tensor"
)

// TestExpFilter compares with the filter that Norse 065a3b45 ran, whole and in two pieces.
func TestExpFilter(t *testing.T) {
	file, err := golden.Load(filepath.Join("encode", "testdata", "encoders.json"))
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, c := range file.Cases {
		if c.Text("op") != "filter.exp" {
			continue
		}
		found = true
		x, err := goldenTensor(c, "input")
		if err != nil {
			t.Fatal(err)
		}
		w, err := goldenTensor(c, "weight")
		if err != nil {
			t.Fatal(err)
		}
		f := ExpFilter(w.Shape()[1], w.Shape()[0], Weight(w), Bias(false),
			TauFilterInv(c.Number("tau_filter_inv", 1000)), DT(c.Number("dt", 0.001)))
		y, _ := f.Forward(x, nil)
		if err := compare(c, "output", y); err != nil {
			t.Error(err)
		}
		n := x.Shape()[0]
		a, s := f.Forward(x.Slice(0, 0, 5), nil)
		b, s2 := f.Forward(x.Slice(0, 5, n), s)
		sameBits(t, "in two pieces", tensor.Cat(0, a, b), y)
		sameBits(t, "state", s2.Get("s"), y.Index(n-1))
		sameBits(t, "the first state", s.Get("s"), y.Index(4))
		dst := tensor.ZerosLike(y)
		if n := testing.AllocsPerRun(10, func() { s = f.ForwardInto(dst, x, s) }); n != 0 {
			t.Errorf("%v allocations per call", n)
		}
	}
	if !found {
		t.Error("no case filter.exp")
	}
	for want, f := range map[string]func(){
		"ExpFilter Linear(3, 2): input has 4 features":                                         func() { ExpFilter(3, 2).Forward(tensor.Zeros(5, 4), nil) },
		"ExpFilter: input has shape [3], a sequence has (T, …, 3)":                             func() { ExpFilter(3, 2).Forward(tensor.Zeros(3), nil) },
		"snn.ExpFilter: unknown option v_th; ExpFilter knows bias, dt, tau_filter_inv, weight": func() { ExpFilter(3, 2, VTh(1)) },
	} {
		wantPanic(t, want, f)
	}
}
