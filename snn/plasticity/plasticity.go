// Package plasticity holds rules that change synapses from the activity on both sides of them: spike-timing-dependent
// plasticity, correlation sensors, short-term plasticity and the three-factor rule that gates learning by reward.
//
//	rule := plasticity.STDP(plasticity.EtaPlus(0.01))
//	var state *plasticity.STDPState
//	for i := range pre.Shape()[0] {
//		weights, state = rule.StepLinear(pre.Index(i), post.Index(i), weights, state)
//	}
//
// Rules are local: they take spikes, weights and traces as they are, and panic where a gradient would end in them, such
// as in the weights of a model that is being trained; snn.Eval or tensor.NoGrad says that none is wanted. Only the
// synapses of TsodyksMakram pass gradients on. Weights that a rule computes are no part of a gradient either.
//
// Steps return new weights and a new state; the forms ending in InPlace write into what they are given and do not
// allocate. Spikes are 0 and 1, dt is in seconds, time constants are inverses in 1/s, as in Norse.
package plasticity
