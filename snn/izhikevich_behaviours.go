package snn

import (
	"sort"
	"strings"
)

// behaviours are the parameter sets of Izhikevich's figure of neuronal behaviours, under Norse's names: a, b, c, d, the
// membrane potential that the state starts from, and what differs from the defaults. The recovery starts at v·b, the
// product rounded in float32, unless the set names it. Source: Norse, functional/izhikevich.py at 065a3b45.
var behaviours = map[string]preset{
	"tonic_spiking":               {"a": 0.02, "b": 0.2, "c": -65, "d": 6, "v_init": -70},
	"tonic_bursting":              {"a": 0.02, "b": 0.2, "c": -50, "d": 2, "v_init": -70},
	"phasic_spiking":              {"a": 0.02, "b": 0.25, "c": -65, "d": 6, "v_init": -64},
	"phasic_bursting":             {"a": 0.02, "b": 0.25, "c": -55, "d": 0.05, "v_init": -64, "tau_inv": 200},
	"mixed_mode":                  {"a": 0.02, "b": 0.2, "c": -55, "d": 4, "v_init": -70},
	"spike_frequency_adaptation":  {"a": 0.01, "b": 0.2, "c": -65, "d": 8, "v_init": -70},
	"class_1_exc":                 {"a": 0.02, "b": -0.1, "c": -55, "d": 6, "v_init": -60, "mn": 4.1, "bias": 108},
	"class_2_exc":                 {"a": 0.2, "b": 0.26, "c": -65, "d": 0, "v_init": -64},
	"spike_latency":               {"a": 0.02, "b": 0.2, "c": -65, "d": 6, "v_init": -70},
	"subthreshold_oscillation":    {"a": 0.05, "b": 0.26, "c": -60, "d": 0, "v_init": -62},
	"resonator":                   {"a": 0.1, "b": 0.26, "c": -60, "d": -1, "v_init": -62},
	"integrator":                  {"a": 0.02, "b": -0.1, "c": -55, "d": 6, "v_init": -60, "mn": 4.1, "bias": 108},
	"rebound_spike":               {"a": 0.03, "b": 0.25, "c": -60, "d": 4, "v_init": -64, "tau_inv": 200},
	"rebound_burst":               {"a": 0.03, "b": 0.25, "c": -52, "d": 0, "v_init": -64, "tau_inv": 200},
	"threshold_variability":       {"a": 0.03, "b": 0.25, "c": -60, "d": 4, "v_init": -64},
	"bistability":                 {"a": 0.1, "b": 0.26, "c": -60, "d": 0, "v_init": -61},
	"dap":                         {"a": 1.0, "b": 0.2, "c": -60, "d": -21, "v_init": -70, "tau_inv": 100},
	"accomodation":                {"a": 0.02, "b": 1.0, "c": -55, "d": 4, "v_init": -65, "tau_inv": 500, "u_init": -16},
	"inhibition_induced_spiking":  {"a": -0.02, "b": -1.0, "c": -60, "d": 8, "v_init": -63.8},
	"inhibition_induced_bursting": {"a": -0.026, "b": -1.0, "c": -45, "d": -2, "v_init": -63.8},
}

// Behaviour is the parameter set of an Izhikevich neuron by Norse's name, such as "tonic_spiking": a, b, c, d, the
// constants that differ, and the initial state. Options given beside it win. It panics on a name that it does not know
// and lists those it does.
func Behaviour(name string) Option {
	p, ok := behaviours[name]
	if !ok {
		panicf("snn.Behaviour: no behaviour %q; there are %s", name, strings.Join(Behaviours(), ", "))
	}
	return Option{"behaviour", p.withRecovery()}
}

// Behaviours lists the names that Behaviour knows.
func Behaviours() []string {
	names := make([]string, 0, len(behaviours))
	for n := range behaviours {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// IzhikevichBehaviour is a behaviour of your own. The state starts at v = vRest and u = uRest·b; tauInv is in 1/s, 250
// in Norse. Norse calls it create_izhikevich_spiking_behavior.
func IzhikevichBehaviour(a, b, c, d, vRest, uRest, tauInv float64) Option {
	return Option{"behaviour", preset{
		"a": a, "b": b, "c": c, "d": d, "v_init": vRest, "tau_inv": tauInv,
		"u_init": float64(float32(uRest) * float32(b)),
	}}
}

// withRecovery adds the initial recovery variable where the set does not name it.
func (p preset) withRecovery() preset {
	q := preset{}
	for k, v := range p {
		q[k] = v
	}
	if _, ok := q["u_init"]; !ok {
		v, b := valueOf("", "", q["v_init"], anyNumber), valueOf("", "", q["b"], anyNumber)
		q["u_init"] = float64(float32(v.num) * float32(b.num))
	}
	return q
}

// TonicSpiking is an Izhikevich neuron that fires regularly while the input lasts.
func TonicSpiking() Option { return Behaviour("tonic_spiking") }

// TonicBursting is an Izhikevich neuron that fires regular bursts while the input lasts.
func TonicBursting() Option { return Behaviour("tonic_bursting") }

// PhasicSpiking is an Izhikevich neuron that fires once when the input starts.
func PhasicSpiking() Option { return Behaviour("phasic_spiking") }

// PhasicBursting is an Izhikevich neuron that fires one burst when the input starts.
func PhasicBursting() Option { return Behaviour("phasic_bursting") }

// MixedMode is an Izhikevich neuron that fires a burst when the input starts and single spikes afterwards.
func MixedMode() Option { return Behaviour("mixed_mode") }

// SpikeFrequencyAdaptation is an Izhikevich neuron that fires ever more slowly while the input lasts.
func SpikeFrequencyAdaptation() Option { return Behaviour("spike_frequency_adaptation") }

// Class1Exc is an Izhikevich neuron that fires at any rate, however low, that the input asks for.
func Class1Exc() Option { return Behaviour("class_1_exc") }

// Class2Exc is an Izhikevich neuron that is silent or fires at a high rate, with nothing between.
func Class2Exc() Option { return Behaviour("class_2_exc") }

// SpikeLatency is an Izhikevich neuron that fires late after a short weak input.
func SpikeLatency() Option { return Behaviour("spike_latency") }

// SubthresholdOscillation is an Izhikevich neuron that oscillates below the threshold.
func SubthresholdOscillation() Option { return Behaviour("subthreshold_oscillation") }

// Resonator is an Izhikevich neuron that fires on inputs that come in its own rhythm.
func Resonator() Option { return Behaviour("resonator") }

// Integrator is an Izhikevich neuron that fires on inputs that come close together.
func Integrator() Option { return Behaviour("integrator") }

// ReboundSpike is an Izhikevich neuron that fires when an inhibition ends.
func ReboundSpike() Option { return Behaviour("rebound_spike") }

// ReboundBurst is an Izhikevich neuron that fires a burst when an inhibition ends.
func ReboundBurst() Option { return Behaviour("rebound_burst") }

// ThresholdVariability is an Izhikevich neuron that fires more easily after an inhibition.
func ThresholdVariability() Option { return Behaviour("threshold_variability") }

// Bistability is an Izhikevich neuron that is switched between rest and firing by short inputs.
func Bistability() Option { return Behaviour("bistability") }

// DAP is an Izhikevich neuron that stays depolarised after a spike.
func DAP() Option { return Behaviour("dap") }

// Accomodation is an Izhikevich neuron that ignores an input that rises slowly. The name is spelled as in Norse.
func Accomodation() Option { return Behaviour("accomodation") }

// InhibitionInducedSpiking is an Izhikevich neuron that fires while it is inhibited.
func InhibitionInducedSpiking() Option { return Behaviour("inhibition_induced_spiking") }

// InhibitionInducedBursting is an Izhikevich neuron that fires bursts while it is inhibited.
func InhibitionInducedBursting() Option { return Behaviour("inhibition_induced_bursting") }
