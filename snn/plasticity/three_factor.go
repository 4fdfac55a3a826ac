package plasticity

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// ThreeFactorRule is reward-modulated plasticity: coincident spikes leave an eligibility trace at the synapse, and
// the weight moves only when a third factor, such as reward, novelty or an error broadcast by a neuromodulator,
// arrives while the trace lasts. It is made by ThreeFactor.
//
//	t_pre', t_post'  as in STDP
//	e' = e + (dt·τ_e⁻¹)·(−e) + (A₊(w)·S(z_post, t_pre') − A₋(w)·S(t_post', z_pre))
//	w' = clamp(w + (η·reward)·e', w_min, w_max)
//
// With a reward of 1, eta 1 and tau_e_inv = 1/dt, which forgets everything after one step, it is STDP.
//
// Source: Izhikevich, "Solving the distal reward problem through linkage of STDP and dopamine signaling", Cerebral
// Cortex 17:2443 (2007), equations 1 and 2 with the dopamine level as reward; Gerstner, Lehmann, Liakoni, Corneil and
// Brea, "Eligibility traces and plasticity on behavioral time scales: experimental support of neoHebbian three-factor
// learning rules", Frontiers in Neural Circuits 12:53 (2018).
type ThreeFactorRule struct {
	stdp         *STDPRule
	tauEInv, eta option.Number
}

// ThreeFactor is the rule with the options of STDP and two more: tau_e_inv 1 (an eligibility that lasts a second, as
// in the first source) and eta 1. A negative reward reverses the sign of the change.
func ThreeFactor(opts ...snn.Option) *ThreeFactorRule {
	r := &ThreeFactorRule{stdp: newSTDP(), tauEInv: option.Standard(1), eta: option.Standard(1)}
	s := r.stdp.settings("ThreeFactor")
	s.Numbers["tau_e_inv"], s.Numbers["eta"] = &r.tauEInv, &r.eta
	s.Apply(opts)
	r.stdp.check("ThreeFactor")
	r.tauEInv.Positive("plasticity.ThreeFactor", "tau_e_inv")
	return r
}

// String names the rule and its parameters.
func (r *ThreeFactorRule) String() string {
	return fmt.Sprintf("ThreeFactor(eta=%v, tau_e_inv=%v, %v)", r.eta, r.tauEInv, r.stdp)
}

// ThreeFactorState is the traces of the neurons and the eligibility of their synapses.
type ThreeFactorState struct {
	Traces      *STDPState
	Eligibility *tensor.Tensor // shape of the weights
}

// String prints the eligibility and the traces.
func (s *ThreeFactorState) String() string {
	return fmt.Sprintf("ThreeFactorState(eligibility=%v, traces=%v)", s.Eligibility, s.Traces)
}

// Clone is a copy that shares nothing.
func (s *ThreeFactorState) Clone() *ThreeFactorState {
	return &ThreeFactorState{Traces: s.Traces.Clone(), Eligibility: copyOf(s.Eligibility)}
}

// InitialState is synapses w at rest between spikes of the given shapes.
func (r *ThreeFactorRule) InitialState(pre, post, w *tensor.Tensor) *ThreeFactorState {
	return &ThreeFactorState{Traces: r.stdp.InitialState(pre, post), Eligibility: tensor.Zeros(w.Shape()...)}
}

// Step is one step on fully connected weights (out, in) or on a convolution's weights (out, in, height, width), with
// the spikes on both sides and the reward of this step. A nil state is one at rest; weights and state are new values.
func (r *ThreeFactorRule) Step(pre, post *tensor.Tensor, reward float64, w *tensor.Tensor, s *ThreeFactorState) (*tensor.Tensor, *ThreeFactorState) {
	if s == nil {
		s = r.InitialState(pre, post, w)
	} else {
		s = s.Clone()
	}
	local(w)
	w = copyOf(w)
	r.StepInPlace(pre, post, reward, w, s)
	return w, s
}

// StepInPlace is Step that changes the weights and the state it is given and allocates nothing. It panics, before
// anything changes, if the shapes do not fit or the reward is not finite.
func (r *ThreeFactorRule) StepInPlace(pre, post *tensor.Tensor, reward float64, w *tensor.Tensor, s *ThreeFactorState) {
	local(w)
	fits("weights", w.Shape(), "eligibility", s.Eligibility.Shape())
	if math.IsNaN(reward) || math.IsInf(reward, 0) {
		panic(fmt.Sprintf("plasticity: the reward is %v", reward))
	}
	var g window
	convolution := len(w.Shape()) == 4
	if convolution { // what does not fit panics before anything changes
		g = r.stdp.window(pre, post, w)
	} else {
		fitLinear(pre, post, w)
	}
	r.stdp.decay(pre, post, s.Traces)
	plus, minus := s.Traces.sums(len(w.Data()))
	if convolution {
		g.pair(pre, post, s.Traces, plus, minus)
	} else {
		pairLinear(pre, post, w, s.Traces, plus, minus)
	}
	var hold [4][1]float32
	var one, two [1]float32
	f := r.stdp.weighted(&hold, w.Shape())
	forget := r.tauEInv.Rate(r.stdp.dt.Value, &one, "plasticity: tau_e_inv", w.Shape())
	eta := r.eta.Over(&two, "plasticity: eta", w.Shape())
	w.MarkChanged()
	weights, e := w.Data(), s.Eligibility.Data()
	f.inRange(weights)
	for k, v := range weights {
		e[k] = (e[k] + float32(forget.At(k)*(-e[k]))) + f.change(k, v, plus[k], minus[k])
		v += float32(float32(eta.At(k)*float32(reward)) * e[k])
		if r.stdp.hardBound {
			v = min(max(v, f.wMin.At(k)), f.wMax.At(k))
		}
		weights[k] = v
	}
}
