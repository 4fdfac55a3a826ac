package plasticity_test

import (
	"fmt"

	"github.com/livespike/livespike/snn/plasticity"
	"github.com/livespike/livespike/snn/tensor"
)

// The input fires first and the neuron two steps later: the weight grows.
func ExampleSTDP() {
	rule := plasticity.STDP(plasticity.EtaPlus(0.1), plasticity.EtaMinus(0.1))
	weight := tensor.Full(0.5, 1, 1)
	var traces *plasticity.STDPState
	for t := range 10 {
		pre, post := tensor.Zeros(1), tensor.Zeros(1)
		if t == 3 {
			pre.Set(1, 0)
		}
		if t == 5 {
			post.Set(1, 0)
		}
		weight, traces = rule.StepLinear(pre, post, weight, traces)
	}
	fmt.Println(weight.Item() > 0.5)
	// Output:
	// true
}

func ExampleWMin() {
	fmt.Println(plasticity.STDP(plasticity.WMin(-1), plasticity.TauPreInv(50), plasticity.TauPostInv(50)))
	// Output:
	// STDP(additive, eta_plus=0.001, eta_minus=0.001, tau_pre_inv=50, tau_post_inv=50, w=[-1, 1], trace=accumulate)
}

// The coincidence leaves a trace, and the reward later makes a change of the weight of it.
func ExampleThreeFactor() {
	rule := plasticity.ThreeFactor(plasticity.EtaPlus(1), plasticity.Eta(0.5), plasticity.TauEInv(5))
	weight := tensor.Full(0.2, 1, 1)
	var state *plasticity.ThreeFactorState
	for t := range 100 {
		pre, post, reward := tensor.Zeros(1), tensor.Zeros(1), 0.0
		switch t {
		case 3:
			pre.Set(1, 0)
		case 5:
			post.Set(1, 0)
		case 60:
			fmt.Println("before the reward:", weight.Item())
			reward = 1
		}
		weight, state = rule.Step(pre, post, reward, weight, state)
	}
	fmt.Println("after it:", weight.Item() > 0.2)
	// Output:
	// before the reward: 0.2
	// after it: true
}

// Each spike finds less of the synapse's resources.
func ExampleTsodyksMakram() {
	rule := plasticity.TsodyksMakram(plasticity.U(0.5), plasticity.TauFInv(100), plasticity.TauDInv(1))
	var state *plasticity.TsodyksMakramState
	var through *tensor.Tensor
	for range 3 {
		through, state = rule.Step(tensor.Ones(1), state)
		fmt.Printf("%.2f ", through.Item())
	}
	// Output:
	// 0.50 0.35 0.12
}

// Near its bound of 1 a weight grows less where the step is a part of what is left.
func ExampleAlgorithm() {
	grown := func(algorithm string) float32 {
		rule := plasticity.STDP(plasticity.Algorithm(algorithm), plasticity.Mu(1), plasticity.EtaPlus(0.1), plasticity.EtaMinus(0))
		weight, _ := rule.StepLinear(tensor.Ones(1), tensor.Ones(1), tensor.Full(0.9, 1, 1), nil)
		return weight.Item() - 0.9
	}
	fmt.Println(grown("multiplicative_pow") < grown("additive"))
	// Output:
	// true
}

func ExampleTsodyksMakramRule() {
	second := func(rule *plasticity.TsodyksMakramRule) float32 { // of two spikes, 10 ms apart
		out, state := rule.Step(tensor.Of(1), nil)
		for range 9 {
			out, state = rule.Step(tensor.Of(0), state)
		}
		out, _ = rule.Step(tensor.Of(1), state)
		return out.Item()
	}
	fmt.Println("tired:", second(plasticity.TsodyksMakram(plasticity.U(0.9))) < 0.2)
	// Output:
	// tired: true
}
