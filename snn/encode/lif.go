package encode

import (
	"fmt"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// membrane is the neuron of the current encoders: a membrane without a synapse. Its numbers are laid over one step.
type membrane struct {
	tauMemInv, vLeak, vTh, vReset option.Number
	deltaT, tauAdaInv             option.Number
	current, jump                 option.Number
	dt, alpha                     option.Number
	tauSynInv                     option.Number // Norse's neurons have one, and their encoders do not use it
	surrogate                     surrogate.Function
}

func newMembrane() *membrane {
	return &membrane{
		tauMemInv: option.Standard(100), vLeak: option.Standard(0), vTh: option.Standard(1), vReset: option.Standard(0),
		deltaT: option.Standard(0.5), tauAdaInv: option.Standard(2), current: option.Standard(4), jump: option.Standard(0.02),
		dt: option.Standard(0.001), alpha: option.Standard(100),
	}
}

// read applies the options that a plain LIF has, and those of the exponential and the adaptive one when asked to.
func (m *membrane) read(who string, opts []snn.Option, exponential, adaptive bool) *membrane {
	var method any = surrogate.SuperSpike(100)
	set := option.Set{Who: "encode." + who, Numbers: map[string]*option.Number{
		"tau_mem_inv": &m.tauMemInv, "v_leak": &m.vLeak, "v_th": &m.vTh, "v_reset": &m.vReset, "dt": &m.dt,
		"tau_syn_inv": &m.tauSynInv, "alpha": &m.alpha,
	}, Any: map[string]*any{"method": &method}}
	if exponential {
		set.Numbers["delta_T"] = &m.deltaT
	}
	if adaptive {
		set.Numbers["tau_ada_inv"], set.Numbers["adaptation_current"], set.Numbers["adaptation_spike"] = &m.tauAdaInv, &m.current, &m.jump
	}
	set.Apply(opts)
	m.tauMemInv.Positive(set.Who, "tau_mem_inv")
	m.dt.Positive(set.Who, "dt")
	m.deltaT.Positive(set.Who, "delta_T")
	m.surrogate = chosen(set.Who, method)
	for _, o := range opts {
		if o.Name() == "alpha" {
			m.alpha.Positive(set.Who, "alpha")
			m.surrogate = m.surrogate.WithAlpha(float32(m.alpha.Value))
		}
	}
	return m
}

// chosen is the surrogate gradient that Method or Surrogate names.
func chosen(who string, method any) surrogate.Function {
	switch v := method.(type) {
	case surrogate.Function:
		if v.Name() != "" {
			return v
		}
	case string:
		if surrogate.Known(v) {
			return surrogate.ByName(v)
		}
	}
	panic(fmt.Sprintf("%s: unknown method %v; there are %v", who, method, surrogate.Methods()))
}

// laid is a membrane's numbers over the elements of one step.
type laid struct {
	c, vLeak, vTh, vReset option.Values
	hold                  [4][1]float32
}

func (m *membrane) over(shape []int) *laid {
	l := &laid{}
	l.c = m.tauMemInv.Rate(m.dt.Value, &l.hold[0], "encode: tau_mem_inv", shape)
	l.vLeak = m.vLeak.Over(&l.hold[1], "encode: v_leak", shape)
	l.vTh = m.vTh.Over(&l.hold[2], "encode: v_th", shape)
	l.vReset = m.vReset.Over(&l.hold[3], "encode: v_reset", shape)
	return l
}

// lif is one step of element i: the spike and the membrane.
//
//	u = v + dt·τ_m⁻¹·((v_leak − v) + x);  z = H(u − v_th);  v' = u − z·(u − v_reset)
func (l *laid) lif(i int, x, v float32) (z, after float32) {
	return l.fire(i, v+float32(l.c.At(i)*((l.vLeak.At(i)-v)+x)))
}

// fire compares a membrane with its threshold and resets it.
func (l *laid) fire(i int, u float32) (z, after float32) {
	if u-l.vTh.At(i) > 0 {
		z = 1
	}
	return z, u - float32(z*(u-l.vReset.At(i)))
}

// LIFCurrentEncoder is one step of a LIF neuron without a synapse, driven by the current x from the membrane v of the
// same shape: it returns the spikes and the membrane after the reset. Options: tau_mem_inv 100, v_leak 0, v_th 1,
// v_reset 0, dt 0.001; method and alpha for the gradient; tau_syn_inv is accepted and without effect. Gradients reach
// the current, the membrane and options that are tensors.
//
// Source: Norse, functional/lif.py, lif_current_encoder at 065a3b45.
func LIFCurrentEncoder(x, v *tensor.Tensor, opts ...snn.Option) (*tensor.Tensor, *tensor.Tensor) {
	m := newMembrane().read("LIFCurrentEncoder", opts, false, false)
	return m.step(x, v, false)
}

// step is one step of all elements.
func (m *membrane) step(x, v *tensor.Tensor, exponential bool) (*tensor.Tensor, *tensor.Tensor) {
	same("current", x, "voltage", v)
	l := m.over(x.Shape())
	if m.recording(x, v) {
		return m.recorded(x, v, nil, exponential)
	}
	z, after := tensor.Zeros(x.Shape()...), tensor.Zeros(x.Shape()...)
	e := m.exponential(l, x.Shape())
	for i, in := range x.Data() {
		u := v.Data()[i]
		if exponential {
			z.Data()[i], after.Data()[i] = l.fire(i, u+float32(l.c.At(i)*(((l.vLeak.At(i)-u)+e(i, u))+in)))
		} else {
			z.Data()[i], after.Data()[i] = l.lif(i, in, u)
		}
	}
	return z, after
}
