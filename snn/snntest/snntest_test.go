package snntest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// The cells of package snn pass. LIFMC and LIFMCRefrac couple the neurons by weights of a fixed size.
func TestModels(t *testing.T) {
	for name, fresh := range map[string]func() snn.Module{
		"LI":         func() snn.Module { return snn.LICell() },
		"LIF":        func() snn.Module { return snn.LIFCell() },
		"LIFDelayed": func() snn.Module { return snn.LIFCell(snn.Delayed()) },
		"LIFRefrac":  func() snn.Module { return snn.LIFRefracCell() },
		"LIFAdEx":    func() snn.Module { return snn.LIFAdExCell() },
		"LSNN":       func() snn.Module { return snn.LSNNCell() },
		"Learn":      func() snn.Module { return snn.LIFCell(snn.Learn("tau_mem_inv")) },
		"Conv":       func() snn.Module { tensor.Seed(1); return snn.Sequential(snn.Linear(4, 3), snn.LICell()) },
	} {
		if err := Check(fresh, 4); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// broken is a leaky integrator with one fault.
type broken struct{ fault string }

func (b *broken) Forward(x *tensor.Tensor, s *snn.State) (*tensor.Tensor, *snn.State) {
	if s == nil {
		s = snn.NewState("Broken").With("v", tensor.ZerosLike(x))
	}
	v := s.Get("v").Mul(0.9).Add(x)
	switch b.fault {
	case "changes its input":
		x.Data()[0]++
	case "couples the batch":
		v = v.Add(x.Mean())
	case "loses gradients":
		v = v.Detach()
	case "random":
		v = v.Add(tensor.Rand(1).Item())
	case "changes its state":
		s.Get("v").Data()[0]++
	case "not finite":
		v = v.Add(1).Div(x.Abs())
	}
	return v, snn.NewState("Broken").With("v", v)
}

// Each fault is found by the check that is there for it.
func TestFaults(t *testing.T) {
	for fault, found := range map[string]string{
		"":                  "",
		"changes its input": "repeat: ",
		"couples the batch": "batch: ",
		"loses gradients":   "gradient: ",
		"random":            "repeat: ",
		"changes its state": "state: ",
		"not finite":        "rest: ",
	} {
		err := Check(func() snn.Module { return &broken{fault} }, 4)
		if (err == nil) != (found == "") || !strings.Contains(fmt.Sprint(err), found) {
			t.Errorf("%q: %v, want %q in it", fault, err, found)
		}
	}
}

// TestRest: neurons at their leak rest; one that starts beside it, and one whose exponential current is never zero, do not.
func TestRest(t *testing.T) {
	for _, m := range []snn.Module{snn.LIFCell(), snn.LIFRefracCell(), snn.LSNNCell(), snn.LIBoxCell(snn.VLeak(0.3)), snn.CobaLIF(2, 2)} {
		_, resting := m.(*snn.Cell)
		if err := Rest(func() snn.Module { return m }, 2); (err == nil) != resting {
			t.Errorf("%v: %v", m, err)
		}
	}
	if err := Rest(func() snn.Module { return snn.LIFExCell() }, 2); err == nil || !strings.Contains(err.Error(), "without input: v, element 0") {
		t.Error(err)
	}
}

// TestRates: a neuron that integrates spikes when n·x > 1 for the first time, every ⌊1/x⌋ + 1 steps.
func TestRates(t *testing.T) {
	fresh := func() snn.Module { return snn.IAFCell() }
	rate := func(x float64) float64 { return 1 / (math.Floor(1/x) + 1) }
	if err := Rates(fresh, 1000, rate, 0.0078125, 0.03125, 0.375, 1.5); err != nil {
		t.Error(err)
	}
	if err := Rates(fresh, 1000, func(float64) float64 { return 0.5 }, 0.375); err == nil || !strings.Contains(err.Error(), "current 0.375: 333 spikes in 1000 steps, want 500.0") {
		t.Error(err)
	}
}

func TestOptions(t *testing.T) {
	if err := Options(func(opts ...snn.Option) snn.Module { return snn.LIFCell(opts...) }, "tau_mem_inv", "v_th", "dt"); err != nil {
		t.Error(err)
	}
	if err := Options(func(...snn.Option) snn.Module { return snn.LIFCell() }); err == nil || !strings.Contains(err.Error(), "was taken") {
		t.Error(err)
	}
	if err := Options(func(opts ...snn.Option) snn.Module { return snn.LIFCell(opts...) }, "rho_reset"); err == nil || !strings.Contains(err.Error(), "rho_reset is not in the message") {
		t.Error(err)
	}
}
