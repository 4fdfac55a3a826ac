package plasticity

import (
	"fmt"
	"slices"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// CorrelationRule is an idealised correlation sensor of the BrainScaleS-2 chip: for every synapse it accumulates one
// trace of causal pairs and one of anti-causal pairs. It is made by CorrelationSensor.
//
//	c'  = (c  + (1 − pp)·((dt·τ_c⁻¹)·(−c))) + η_p·pre
//	ac' = (ac + pp·((dt·τ_ac⁻¹)·(−ac)))     + η_m·post
//	pp' = H((pp + post) − pre)
//
// pre is repeated over the postsynaptic neurons and post over the presynaptic ones. Norse's step fails for more than
// one sample; this one takes any batch. Source: Norse, functional/correlation_sensor.py at 065a3b45.
type CorrelationRule struct {
	etaP, etaM, tauCInv, tauAcInv, dt option.Number
}

// CorrelationSensor is the sensor with Norse's defaults and the given options: eta_p 1, eta_m 1, tau_c_inv 10,
// tau_ac_inv 10, dt 0.001.
func CorrelationSensor(opts ...snn.Option) *CorrelationRule {
	r := &CorrelationRule{etaP: option.Standard(1), etaM: option.Standard(1), tauCInv: option.Standard(10), tauAcInv: option.Standard(10), dt: option.Standard(0.001)}
	option.Set{Who: "plasticity.CorrelationSensor", Numbers: map[string]*option.Number{
		"eta_p": &r.etaP, "eta_m": &r.etaM, "tau_c_inv": &r.tauCInv, "tau_ac_inv": &r.tauAcInv, "dt": &r.dt,
	}}.Apply(opts)
	r.tauCInv.Positive("plasticity.CorrelationSensor", "tau_c_inv")
	r.tauAcInv.Positive("plasticity.CorrelationSensor", "tau_ac_inv")
	r.dt.Positive("plasticity.CorrelationSensor", "dt")
	return r
}

// String names the sensor and its parameters.
func (r *CorrelationRule) String() string {
	return fmt.Sprintf("CorrelationSensor(eta_p=%v, eta_m=%v, tau_c_inv=%v, tau_ac_inv=%v)", r.etaP, r.etaM, r.tauCInv, r.tauAcInv)
}

// CorrelationSensorState is what the sensor keeps for every synapse, each of shape (batch, in, hidden).
type CorrelationSensorState struct {
	PostPre              *tensor.Tensor // 1 after a postsynaptic spike until the next presynaptic one
	CorrelationTrace     *tensor.Tensor
	AntiCorrelationTrace *tensor.Tensor
}

// String prints the three arrays.
func (s *CorrelationSensorState) String() string {
	return fmt.Sprintf("CorrelationSensorState(post_pre=%v, correlation_trace=%v, anti_correlation_trace=%v)",
		s.PostPre, s.CorrelationTrace, s.AntiCorrelationTrace)
}

// Clone is a copy that shares nothing.
func (s *CorrelationSensorState) Clone() *CorrelationSensorState {
	return &CorrelationSensorState{copyOf(s.PostPre), copyOf(s.CorrelationTrace), copyOf(s.AntiCorrelationTrace)}
}

// InitialState is a sensor at rest for spikes pre (..., in) and post (..., hidden).
func (r *CorrelationRule) InitialState(pre, post *tensor.Tensor) *CorrelationSensorState {
	shape := synapses(pre, post)
	return &CorrelationSensorState{tensor.Zeros(shape...), tensor.Zeros(shape...), tensor.Zeros(shape...)}
}

// synapses is the shape (..., in, hidden) of the synapses between two layers.
func synapses(pre, post *tensor.Tensor) []int {
	ps, qs := pre.Shape(), post.Shape()
	if len(ps) == 0 || len(qs) != len(ps) || !slices.Equal(ps[:len(ps)-1], qs[:len(qs)-1]) {
		panic(fmt.Sprintf("plasticity: pre %v and post %v differ in more than the last axis", ps, qs))
	}
	return append(slices.Clone(ps), qs[len(qs)-1])
}

// Step is one step of the sensor on spikes pre (batch, in) and post (batch, hidden), which may leave out the batch
// axis or have more than one. A nil state is one at rest; the state returned is a new value.
func (r *CorrelationRule) Step(pre, post *tensor.Tensor, s *CorrelationSensorState) *CorrelationSensorState {
	if s == nil {
		s = r.InitialState(pre, post)
	} else {
		s = s.Clone()
	}
	r.StepInPlace(pre, post, s)
	return s
}

// StepInPlace is Step that changes the state it is given and allocates nothing.
func (r *CorrelationRule) StepInPlace(pre, post *tensor.Tensor, s *CorrelationSensorState) {
	local(pre)
	local(post)
	shape := s.PostPre.Shape()
	ps, qs := pre.Shape(), post.Shape()
	n := len(shape) - 1
	if len(ps) != n || len(qs) != n || !slices.Equal(ps, shape[:n]) || !slices.Equal(qs[:n-1], ps[:n-1]) || qs[n-1] != shape[n] {
		panic(fmt.Sprintf("plasticity: pre %v and post %v do not fit the sensor's state %v", ps, qs, shape))
	}
	var hold [4][1]float32
	cRate := r.tauCInv.Rate(r.dt.Value, &hold[0], "plasticity: tau_c_inv", shape)
	acRate := r.tauAcInv.Rate(r.dt.Value, &hold[1], "plasticity: tau_ac_inv", shape)
	up, down := r.etaP.Over(&hold[2], "plasticity: eta_p", shape), r.etaM.Over(&hold[3], "plasticity: eta_m", shape)
	pp, c, ac := s.PostPre.Data(), s.CorrelationTrace.Data(), s.AntiCorrelationTrace.Data()
	zPre, zPost := pre.Data(), post.Data()
	in, hidden := shape[n-1], shape[n]
	for k := range pp {
		zp, zq := zPre[k/hidden], zPost[k/(hidden*in)*hidden+k%hidden]
		c[k] = (c[k] + float32((1-pp[k])*float32(cRate.At(k)*(-c[k])))) + float32(up.At(k)*zp)
		ac[k] = (ac[k] + float32(pp[k]*float32(acRate.At(k)*(-ac[k])))) + float32(down.At(k)*zq)
		pp[k] = step((pp[k] + zq) - zp)
	}
}

// CorrelationSensorStep is one step of a sensor under Norse's name; a nil rule has the defaults.
func CorrelationSensorStep(zPre, zPost *tensor.Tensor, s *CorrelationSensorState, rule *CorrelationRule) *CorrelationSensorState {
	if rule == nil {
		rule = CorrelationSensor()
	}
	return rule.Step(zPre, zPost, s)
}
