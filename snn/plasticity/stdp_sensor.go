package plasticity

import (
	"fmt"

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
	etaP, etaM, tauCInv, tauAcInv, dt param
}

// STDPSensor is the sensor with Norse's defaults and the given options: eta_p 1, eta_m 1, tau_c_inv 10, tau_ac_inv
// 10 (unused), dt 0.001.
func STDPSensor(opts ...Option) *STDPSensorRule {
	r := &STDPSensorRule{etaP: standard(1), etaM: standard(1), tauCInv: standard(10), tauAcInv: standard(10), dt: standard(0.001)}
	settings{rule: "STDPSensor", numbers: map[string]*param{
		"eta_p": &r.etaP, "eta_m": &r.etaM, "tau_c_inv": &r.tauCInv, "tau_ac_inv": &r.tauAcInv, "dt": &r.dt,
	}}.apply(opts)
	positive("STDPSensor", "tau_c_inv", r.tauCInv)
	positive("STDPSensor", "dt", r.dt)
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
	fits("pre", pre.Shape(), "a_pre", s.APre.Shape())
	fits("post", post.Shape(), "a_post", s.APost.Shape())
	r.one(s.APre, pre, r.etaP, "eta_p")
	r.one(s.APost, post, r.etaM, "eta_m")
}

func (r *STDPSensorRule) one(trace, spikes *tensor.Tensor, eta param, name string) {
	var one, two [1]float32
	tau := r.tauCInv.over(&one, "tau_c_inv", trace.Shape())
	size := eta.over(&two, name, trace.Shape())
	a, z, dt := trace.Data(), spikes.Data(), float32(r.dt.value)
	for i := range a {
		a[i] = (a[i] + float32(dt*float32(tau.at(i)*(-a[i])))) + float32(z[i]*size.at(i))
	}
}

// STDPSensorStep is one step of a sensor under Norse's name; a nil rule has the defaults.
func STDPSensorStep(zPre, zPost *tensor.Tensor, s *STDPSensorState, rule *STDPSensorRule) *STDPSensorState {
	if rule == nil {
		rule = STDPSensor()
	}
	return rule.Step(zPre, zPost, s)
}
