package plasticity

import (
	"fmt"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// TsodyksMakramRule is short-term plasticity: a spike uses a share u of the synapse's resources x; u facilitates, x
// recovers. It is made by TsodyksMakram.
//
//	u' = (u + dt·((−τ_f⁻¹)·u)) + (U·(1 − u))·z
//	x' = (x + dt·(τ_d⁻¹·(1 − x))) − (u'·x)·z
//	output (u'·x)·z, with the old x
//
// Source: Norse, functional/tsodyks_makram.py at 065a3b45, after Tsodyks, Pawelzik and Markram, Neural Computation
// 10:821 (1998).
type TsodyksMakramRule struct {
	tauFInv, tauSInv, tauDInv, use, dt option.Number
}

// TsodyksMakram is the rule with Norse's defaults and the given options: tau_f_inv 20, tau_s_inv 50 (unused),
// tau_d_inv 1/0.75, U 0.45, dt 0.001.
func TsodyksMakram(opts ...snn.Option) *TsodyksMakramRule {
	r := &TsodyksMakramRule{tauFInv: option.Standard(20), tauSInv: option.Standard(50), tauDInv: option.Standard(1 / 0.75), use: option.Standard(0.45), dt: option.Standard(0.001)}
	option.Set{Who: "plasticity.TsodyksMakram", Numbers: map[string]*option.Number{
		"tau_f_inv": &r.tauFInv, "tau_s_inv": &r.tauSInv, "tau_d_inv": &r.tauDInv, "U": &r.use, "dt": &r.dt,
	}}.Apply(opts)
	r.tauFInv.Positive("plasticity.TsodyksMakram", "tau_f_inv")
	r.tauDInv.Positive("plasticity.TsodyksMakram", "tau_d_inv")
	r.dt.Positive("plasticity.TsodyksMakram", "dt")
	return r
}

// String names the rule and its parameters.
func (r *TsodyksMakramRule) String() string {
	return fmt.Sprintf("TsodyksMakram(tau_f_inv=%v, tau_d_inv=%v, U=%v)", r.tauFInv, r.tauDInv, r.use)
}

// TsodyksMakramState is the two variables of the synapses, each of the shape of their spikes.
type TsodyksMakramState struct {
	U *tensor.Tensor // share of the resources that the next spike uses, 0 at rest
	X *tensor.Tensor // resources at hand, 1 at rest
}

// String prints both variables.
func (s *TsodyksMakramState) String() string {
	return fmt.Sprintf("TsodyksMakramState(u=%v, x=%v)", s.U, s.X)
}

// InitialState is synapses at rest, u = 0 and x = 1, for spikes z.
func (r *TsodyksMakramRule) InitialState(z *tensor.Tensor) *TsodyksMakramState {
	s := &TsodyksMakramState{U: tensor.Zeros(z.Shape()...), X: tensor.Zeros(z.Shape()...)}
	for i := range s.X.Data() {
		s.X.Data()[i] = 1
	}
	return s
}

// Step is one step: the strength that each spike of z gets through with, and the new state. A nil state is one at
// rest. Gradients reach the spikes, the state and options that are tensors.
func (r *TsodyksMakramRule) Step(z *tensor.Tensor, s *TsodyksMakramState) (*tensor.Tensor, *TsodyksMakramState) {
	if s == nil {
		s = r.InitialState(z)
	}
	if tensor.Recording(z, s.U, s.X, r.tauFInv.Tensor, r.tauDInv.Tensor, r.use.Tensor) {
		return r.recorded(z, s)
	}
	s = &TsodyksMakramState{U: copyOf(s.U), X: copyOf(s.X)}
	out := tensor.Zeros(z.Shape()...)
	r.StepInto(out, z, s)
	return out, s
}

// StepInto is Step that writes its output into dst, changes the state it is given and allocates nothing.
func (r *TsodyksMakramRule) StepInto(dst, z *tensor.Tensor, s *TsodyksMakramState) {
	fits("input", z.Shape(), "u", s.U.Shape())
	fits("input", z.Shape(), "x", s.X.Shape())
	fits("input", z.Shape(), "output", dst.Shape())
	for _, t := range [...]*tensor.Tensor{z, s.U, s.X} {
		local(t)
	}
	s.U.MarkChanged()
	s.X.MarkChanged()
	dst.MarkChanged()
	var hold [3][1]float32
	f := r.tauFInv.Over(&hold[0], "plasticity: tau_f_inv", z.Shape())
	d := r.tauDInv.Over(&hold[1], "plasticity: tau_d_inv", z.Shape())
	use := r.use.Over(&hold[2], "plasticity: U", z.Shape())
	u, x, out, dt := s.U.Data(), s.X.Data(), dst.Data(), float32(r.dt.Value)
	for i, spike := range z.Data() {
		u[i] = (u[i] + float32(dt*float32((-f.At(i))*u[i]))) + float32(float32(use.At(i)*(1-u[i]))*spike)
		through := float32(float32(u[i]*x[i]) * spike)
		x[i] = (x[i] + float32(dt*float32(d.At(i)*(1-x[i])))) - through
		out[i] = through
	}
}

// STPStep is one step of a rule under Norse's name; a nil rule has the defaults.
func STPStep(z *tensor.Tensor, s *TsodyksMakramState, rule *TsodyksMakramRule) (*tensor.Tensor, *TsodyksMakramState) {
	if rule == nil {
		rule = TsodyksMakram()
	}
	return rule.Step(z, s)
}
