package snn

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
)

// Regularized is a module that counts what another one does, made by RegularizationCell.
type Regularized struct {
	m       Module
	voltage bool
}

// Accumulate says what RegularizationCell adds up: "spikes", the sum of the output, or "voltage", the membrane
// potentials.
func Accumulate(what string) Option { return Option{"accumulate", what} }

// RegularizationCell runs a module and adds up, step after step, its spikes (the sum of its output, one number) or its
// membrane potentials (of the state's shape), for a penalty on activity. The total is in the state, which prints as
// RegularizationState(total=…, state=…): state.Get("total"). A nil state starts at 0.
//
// Options: Accumulate, "spikes" unless set. Norse keeps the total inside of the module and takes spikes and state
// instead of wrapping what makes them.
//
// Source: Norse, module/regularization.py and functional/regularization.py at 065a3b45.
func RegularizationCell(m Module, opts ...Option) *Regularized {
	const who = "snn.RegularizationCell"
	if m == nil {
		panicf("%s: the module is nil", who)
	}
	set := options(who, "RegularizationCell", opts, []string{"accumulate"})
	r := &Regularized{m: m}
	switch v := set.or("accumulate", "spikes"); v {
	case "spikes":
	case "voltage":
		r.voltage = true
	default:
		panicf("%s: accumulate is \"spikes\" or \"voltage\", not %v", who, v)
	}
	return r
}

// Module is the module that is counted.
func (r *Regularized) Module() Module { return r.m }

// Forward runs the module and adds to the total.
func (r *Regularized) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	total, inner := tensor.Zeros(), (*State)(nil)
	if s != nil {
		if s.lay != nil || len(s.sub) != 2 || s.sub[0].name != "total" || s.sub[0].t == nil {
			panicf("RegularizationCell: the state is %s, not a RegularizationState", s.title())
		}
		total, inner = s.sub[0].t, s.sub[1].s
	}
	z, next := r.forward(x, inner)
	if r.voltage {
		if !next.Has("v") {
			panicf("RegularizationCell: %s has no membrane potential v", label(r.m))
		}
		total = total.Add(next.V())
	} else {
		total = total.Add(z.Sum())
	}
	return z, &State{kind: "RegularizationState", sub: []child{{name: "total", t: total}, {name: "state", s: next}}}
}

func (r *Regularized) forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	defer atPlace("RegularizationCell", -1, r.m)
	return r.m.Forward(x, s)
}

func (r *Regularized) label() string { return "RegularizationCell" }

// String shows the module inside.
func (r *Regularized) String() string {
	return nestedText("RegularizationCell", []string{fmt.Sprintf("(module): %v", r.m)})
}
