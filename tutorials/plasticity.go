// %% [markdown]
// # Plasticity: synapses that change by themselves
// Training by gradients needs a teacher and a pass backwards. The rules here need neither: each synapse looks at the spikes on its two sides, and at most at a signal for all.

// %%
import "github.com/livespike/livespike/snn/plasticity"

rule := plasticity.STDP(plasticity.EtaPlus(0.01), plasticity.EtaMinus(0.01), plasticity.WMin(-1))
rule

// %% [markdown]
// ## Before or after
// Spike-timing-dependent plasticity, measured as in the laboratory: one spike on each side, so many milliseconds apart. The input first: stronger. The neuron first: weaker.

// %%
pair := func(dt int) float32 {
	w := tensor.Zeros(1, 1)
	var s *plasticity.STDPState
	for t := range 201 {
		pre, post := tensor.Zeros(1), tensor.Zeros(1)
		if t == 100 {
			pre.Set(1, 0)
		}
		if t == 100+dt {
			post.Set(1, 0)
		}
		w, s = rule.StepLinear(pre, post, w, s)
	}
	return w.At2(0, 0)
}
var window []float32
for dt := -80; dt <= 80; dt += 2 {
	window = append(window, pair(dt))
}
change := plot.Trace(tensor.FromSlice(window))
change.Title.Text = "Change of the weight; the spikes coincide in the middle"
change.X.Label.Text = "neuron after input, from −80 ms to 80 ms in steps of 2 ms"
change

// %% [markdown]
// ## What fires together
// Forty inputs fire at random at the same rate, but the first ten fire together. One neuron listens, and STDP with weights from 0 to 1 chooses for it.

// %%
tensor.Seed(7)
const inputs, together, steps = 40, 10, 4000
weights := tensor.Full(0.5, 1, inputs)
learning := plasticity.STDP(plasticity.EtaPlus(0.2), plasticity.EtaMinus(0.22), plasticity.TauPreInv(50), plasticity.TauPostInv(50))
neuron := snn.LIFCell(snn.VTh(0.6))
var state *snn.State
var traces *plasticity.STDPState
var path []*tensor.Tensor
for range steps {
	pre := tensor.Bernoulli(0.02, inputs)
	volley := tensor.Bernoulli(0.02, 1).At1(0)
	for k := range together {
		pre.Set(volley, k)
	}
	var z *tensor.Tensor
	z, state = neuron.Forward(weights.MatMul(pre.Unsqueeze(1)).Squeeze(1).Mul(0.5), state)
	weights, traces = learning.StepLinear(pre, z, weights, traces)
	path = append(path, weights.Squeeze(0))
}
all := tensor.Stack(path...)
course := plot.Trace(all.Slice(1, 0, together).Mean(1), all.Slice(1, together, inputs).Mean(1)).Names("the ten that fire together", "the other thirty")
course.X.Label.Text, course.Y.Label.Text = "time (ms)", "mean weight"
course

// %%
plot.Weights(weights)

// %% [markdown]
// ## Tired and eager synapses
// Short-term plasticity lasts for a moment: each spike uses up a share of what a synapse has, and what is used comes back in time. With the defaults a regular train is let through less and less; a small `U` that grows makes the synapse eager first.

// %%
train := tensor.Zeros(500, 1)
for t := 20; t < 400; t += 20 {
	train.Set(1, t, 0)
}
train.Set(1, 480, 0) // and one late, when the synapse has rested
strength := func(r *plasticity.TsodyksMakramRule) *tensor.Tensor {
	var s *plasticity.TsodyksMakramState
	var out []*tensor.Tensor
	for t := range train.Len() {
		var y *tensor.Tensor
		y, s = r.Step(train.Index(t), s)
		out = append(out, y)
	}
	return tensor.Stack(out...).Squeeze(1)
}
tired := strength(plasticity.TsodyksMakram())
eager := strength(plasticity.TsodyksMakram(plasticity.U(0.05), plasticity.TauFInv(2), plasticity.TauDInv(20)))
short := plot.Trace(tired, eager).Names("depressing", "facilitating")
short.X.Label.Text = "time (ms)"
short

// %% [markdown]
// ## Reward
// The third factor. Two neurons; at each turn chance makes one of them fire after the input. A reward comes 300 ms later, when the first neuron was the one. Coincidence leaves a trace at the synapse, and the reward makes a weight of it.

// %%
reward := plasticity.ThreeFactor(plasticity.EtaPlus(1), plasticity.EtaMinus(0.0), plasticity.Eta(0.1), plasticity.TauEInv(5))
w := tensor.Full(0.2, 2, 1)
var three *plasticity.ThreeFactorState
var turns []*tensor.Tensor
for range 60 {
	chosen := int(tensor.Bernoulli(0.5, 1).At1(0))
	for t := range 800 {
		pre, post, dopamine := tensor.Zeros(1), tensor.Zeros(2), 0.0
		if t == 0 {
			pre.Set(1, 0)
		}
		if t == 5 {
			post.Set(1, chosen)
		}
		if t >= 300 && t < 350 && chosen == 0 {
			dopamine = 1
		}
		w, three = reward.Step(pre, post, dopamine, w, three)
	}
	turns = append(turns, w.Squeeze(1))
}
lesson := plot.Trace(tensor.Stack(turns...)).Names("rewarded", "not rewarded")
lesson.X.Label.Text, lesson.Y.Label.Text = "turn", "weight"
lesson

// %% [markdown]
// Try: a reward that comes after two seconds (the trace of 200 ms is gone: `plasticity.TauEInv(0.5)`); `plasticity.Algorithm("multiplicative_relu")`, which keeps weights from the bounds; ten inputs that fire together at another rate.
