package snn

import (
	"path/filepath"
	"testing"

	"github.com/livespike/livespike/internal/golden"
	"github.com/livespike/livespike/snn/tensor"
)

// TestBehaviours compares every behaviour's parameters and initial state with those that Norse 065a3b45 wrote into
// izhikevich.json, and its spikes and states with the run.
func TestBehaviours(t *testing.T) {
	file, err := golden.Load(filepath.Join("testdata", "norse", "izhikevich.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != len(Behaviours()) {
		t.Errorf("%d behaviours, Norse has %d", len(Behaviours()), len(file.Cases))
	}
	for _, c := range file.Cases {
		name := c.Text("name")
		cell := IzhikevichCell(Behaviour(name), DT(c.Number("dt", 0)))
		params := c.Sub("params")
		for _, p := range params.Keys() {
			if p == "method" {
				continue
			}
			if got, want := cell.Param(p).Item(), float32(params.Number(p, 0)); got != want {
				t.Errorf("%s: %s is %v, want %v", name, p, got, want)
			}
		}
		x, err := goldenTensor(c, "input")
		if err != nil {
			t.Fatal(err)
		}
		s := cell.InitialState(x.Shape()[1:]...)
		for _, v := range []string{"v", "u"} {
			if got, want := s.Get(v).Data()[0], float32(c.Sub("init").Number(v, 0)); got != want {
				t.Errorf("%s: %s starts at %v, want %v", name, v, got, want)
			}
		}
		if err := conformRun(c, Izhikevich(Behaviour(name), DT(c.Number("dt", 0)), RecordStates()), x, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOwnBehaviour: a behaviour made of tonic spiking's numbers is tonic spiking, and options beside it win.
func TestOwnBehaviour(t *testing.T) {
	own := Izhikevich(IzhikevichBehaviour(0.02, 0.2, -65, 6, -70, -70, 250))
	x := tensor.Full(14, 200, 2)
	want, ws := Izhikevich(TonicSpiking()).Forward(x, nil)
	got, gs := own.Forward(x, nil)
	sameBits(t, "spikes", got, want)
	sameBits(t, "u", gs.Get("u"), ws.Get("u"))
	if d := IzhikevichCell(Set("d", 8), TonicSpiking()).Param("d").Item(); d != 8 {
		t.Errorf("d is %v, want 8", d)
	}
	if want.Sum().Item() == 0 {
		t.Error("tonic spiking does not spike")
	}
	wantPanic(t, "snn.IzhikevichCell: unknown option delayed; Izhikevich knows a, alpha, b, behaviour, bias, c, d, dt, "+
		"learn, method, mn, sq, tau_inv, u_init, v_init, v_th", func() { IzhikevichCell(Delayed()) })
}
