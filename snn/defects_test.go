package snn

import (
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// Tests of the defects of Norse that are about parameters, each named by what is right here. The others stand beside
// what they are about: 1, 11 and 23 in recurrent_test.go, 3 in lift_test.go, 16 in model_test.go.

// TestParametersAreCopied is defect 5: in Norse IAF's state is v_reset itself, and the defaults are shared by the whole
// process.
func TestParametersAreCopied(t *testing.T) {
	reset := tensor.Of(0.25, 0.5)
	cell := IAFCell(VReset(reset))
	reset.Data()[0] = 9
	if v := cell.Param("v_reset").At1(0); v != 0.25 {
		t.Errorf("the caller's tensor is the parameter: %v", v)
	}
	s := cell.InitialState(2)
	s.V().Data()[1] = 7
	cell.Param("v_reset").Data()[1] = 8
	if v := cell.Param("v_reset").At1(1); v != 0.5 {
		t.Errorf("the state or a copy is the parameter: %v", v)
	}
	if v := cell.InitialState(2).V().At1(1); v != 0.5 {
		t.Errorf("a fresh state starts at %v", v)
	}
}

// TestNumbersEverywhere is defect 6: in Norse LIParameters(v_leak=0.1) raises, since a float has no detach. Every
// parameter of every model takes an int, a float32, a float64 and a tensor, and they mean the same.
func TestNumbersEverywhere(t *testing.T) {
	for _, name := range Models() {
		m := models[name]
		for _, p := range m.params {
			if short(p.name) == "method" || short(p.name) == "alpha" {
				continue
			}
			base := orders(m)[0]
			x := drive(m)
			with := func(v any) *tensor.Tensor {
				z, _ := m.layer(append(append([]Option{}, base...), Set(short(p.name), v))).Forward(x, nil)
				return z
			}
			want := with(tensor.Of(3))
			for _, v := range []any{3, float32(3), 3.0, int64(3), uint8(3)} {
				if got := with(v); !got.AllClose(want) {
					t.Errorf("%s: %s %v (%T) is not the tensor 3", name, p.name, v, v)
				}
			}
		}
	}
}

// TestLSNNOrder is defect 15: LSNN is delayed where the other models are not. So it is here, and Immediate moves the
// input before the integration: the first step feels it.
func TestLSNNOrder(t *testing.T) {
	x := tensor.Ones(1)
	_, late := LSNNCell().Forward(x, nil)
	_, now := LSNNCell(Immediate()).Forward(x, nil)
	if v := late.V().At1(0); v != 0 {
		t.Errorf("LSNN feels the input at once: v is %v", v)
	}
	if v := now.V().At1(0); v != 0.1 {
		t.Errorf("an immediate LSNN has v %v, want 0.1", v)
	}
}

// TestBioDefaultWarns is defect 18: in Norse bio_default with the default step of 0.001 does nothing visible. Here the
// step is a millisecond by default, and one that looks like seconds warns, once.
func TestBioDefaultWarns(t *testing.T) {
	warnedBio = sync.Once{}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr := os.Stderr
	os.Stderr = w
	LIFCell(BioDefault())
	LIFCell(BioDefault(), DT(0.001))
	LIFCell(BioDefault(), DT(0.001))
	os.Stderr = stderr
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n != 1 || !strings.Contains(string(text), "snn.LIFCell: the time unit of BioDefault is the millisecond") {
		t.Errorf("warned %d times: %s", n, text)
	}
}
