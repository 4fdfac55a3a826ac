package snntest

import (
	"fmt"
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
		"not finite":        "rest: ",
	} {
		err := Check(func() snn.Module { return &broken{fault} }, 4)
		if (err == nil) != (found == "") || !strings.Contains(fmt.Sprint(err), found) {
			t.Errorf("%q: %v, want %q in it", fault, err, found)
		}
	}
}
