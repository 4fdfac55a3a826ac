package plasticity

import (
	"fmt"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// STDPSensorRule records recent spikes on both sides of a synapse in decaying traces. It is made by STDPSensor.
//
//	a_pre'  = (a_pre  + dt·(τ_c⁻¹·(−a_pre)))  + z_pre·η_p
//	a_post' = (a_post + dt·(τ_c⁻¹·(−a_post))) + z_post·η_m
//
// Norse decays both with tau_c_inv and leaves tau_ac_inv unused; so does this. Source: Norse,
// functional/stdp_sensor.py at 065a3b45.
type STDPSensorRule struct {
	etaP, etaM, tauCInv, tauAcInv, dt option.Number
}

// STDPSensor is the sensor with Norse's defaults and the given options: eta_p 1, eta_m 1, tau_c_inv 10, tau_ac_inv
// 10 (unused), dt 0.001.
func STDPSensor(opts ...snn.Option) *STDPSensorRule {
	r := &STDPSensorRule{etaP: option.Standard(1), etaM: option.Standard(1), tauCInv: option.Standard(10), tauAcInv: option.Standard(10), dt: option.Standard(0.001)}
	option.Set{Who: "plasticity.STDPSensor", Numbers: map[string]*option.Number{
		"eta_p": &r.etaP, "eta_m": &r.etaM, "tau_c_inv": &r.tauCInv, "tau_ac_inv": &r.tauAcInv, "dt": &r.dt,
	}}.Apply(opts)
	r.tauCInv.Positive("plasticity.STDPSensor", "tau_c_inv")
	r.dt.Positive("plasticity.STDPSensor", "dt")
	return r
}

// String names the sensor and its parameters.
func (r *STDPSensorRule) String() string {
	return fmt.Sprintf("STDPSensor(eta_p=%v, eta_m=%v, tau_c_inv=%v)", r.etaP, r.etaM, r.tauCInv)
}

// STDPSensorState is the two traces of the sensor.
type STDPSensorState struct {
	APre  *tensor.Tensor // shape of the presynaptic spikes
	APost *tensor.Tensor // shape of the postsynaptic spikes
}

// String prints both traces.
func (s *STDPSensorState) String() string {
	return fmt.Sprintf("STDPSensorState(a_pre=%v, a_post=%v)", s.APre, s.APost)
}

// Step is one step of the sensor; a nil state is one at rest. The state is a new value.
func (r *STDPSensorRule) Step(pre, post *tensor.Tensor, s *STDPSensorState) *STDPSensorState {
	if s == nil {
		s = &STDPSensorState{APre: tensor.Zeros(pre.Shape()...), APost: tensor.Zeros(post.Shape()...)}
	} else {
		s = &STDPSensorState{APre: copyOf(s.APre), APost: copyOf(s.APost)}
	}
	r.StepInPlace(pre, post, s)
	return s
}

// StepInPlace is Step that changes the state it is given and allocates nothing.
func (r *STDPSensorRule) StepInPlace(pre, post *tensor.Tensor, s *STDPSensorState) {
	local(pre)
	local(post)
	fits("pre", pre.Shape(), "a_pre", s.APre.Shape())
	fits("post", post.Shape(), "a_post", s.APost.Shape())
	r.one(s.APre, pre, r.etaP, "plasticity: eta_p")
	r.one(s.APost, post, r.etaM, "plasticity: eta_m")
}

func (r *STDPSensorRule) one(trace, spikes *tensor.Tensor, eta option.Number, name string) {
	var one, two [1]float32
	tau := r.tauCInv.Over(&one, "plasticity: tau_c_inv", trace.Shape())
	size := eta.Over(&two, name, trace.Shape())
	a, z, dt := trace.Data(), spikes.Data(), float32(r.dt.Value)
	for i := range a {
		a[i] = (a[i] + float32(dt*float32(tau.At(i)*(-a[i])))) + float32(z[i]*size.At(i))
	}
}

// STDPSensorStep is one step of a sensor under Norse's name; a nil rule has the defaults.
func STDPSensorStep(zPre, zPost *tensor.Tensor, s *STDPSensorState, rule *STDPSensorRule) *STDPSensorState {
	if rule == nil {
		rule = STDPSensor()
	}
	return rule.Step(zPre, zPost, s)
}
