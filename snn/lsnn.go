package snn

// lsnnParams are shared with AdaLIF.
var lsnnParams = join(
	[]param{
		rate("tau_syn_inv", 200.0), rate("tau_mem_inv", 100.0), rate("tau_adapt_inv", 0.00125),
		level("v_leak", 0.0), level("v_th", 1.0), level("v_reset", 0.0), level("beta", 1.8),
	}, spikingPlain(),
)

var lsnn = register(&model{
	name:   "LSNN",
	params: lsnnParams,
	state:  []field{{"v", "v_leak"}, {"i", ""}, {"b", "v_th"}},
	coefs: []string{
		"dt*tau_mem_inv", "-dt*tau_syn_inv", "v_leak", "v_th", "v_reset", "dt*tau_adapt_inv", "beta",
	},
	jump:    "i",
	late:    true,
	numbers: true,
	step:    lsnnStep,
	bio:     bioLIF.and(preset{"tau_adapt_inv": 0.01, "beta": 0.5}),
})

// LSNNCell is a leaky integrate-and-fire neuron with a threshold b that rises at each spike and falls back to v_th, one
// step at a time.
//
//	v  = v + dt·τm⁻¹·((v_leak − v) + i)
//	b  = b + dt·τb⁻¹·(v_th − b)
//	z  = 1 if v > b, else 0
//	v' = (1 − z)·v + z·v_reset
//	b' = b + z·beta
//	i' = i − dt·τs⁻¹·i + x
//
// Unlike the other models it is delayed by default, as in Norse: the input jumps in after the integration. The option
// Immediate moves it before.
//
// Input and output have the shape of one step. State: v, i, b of that shape, starting at v_leak, 0 and v_th.
//
//	tau_syn_inv  200 1/s    tau_mem_inv  100 1/s    tau_adapt_inv  0.00125 1/s    v_leak 0    v_th 1    v_reset 0
//	beta 1.8    method super    alpha 100    dt 0.001 s
//
// The default of tau_adapt_inv is Norse's; it is a time constant of 800 s, where 800 ms (1.25 1/s) was surely meant.
//
// Source: Bellec et al., NeurIPS 2018; Norse, functional/lsnn.py at 065a3b45.
func LSNNCell(opts ...Option) *Cell { return lsnn.cell(opts) }

// LSNN is LSNNCell over a sequence: axis 0 of the input is time.
func LSNN(opts ...Option) *Layer { return lsnn.layer(opts) }

// LSNNRecurrentCell is LSNNCell for a population with input and recurrent weights, one step at a time: x is (…, in),
// the output (…, hidden). The state has z, the spikes of the step before, in front. Options: InputWeights,
// RecurrentWeights, Autapses, and those of LSNNCell.
func LSNNRecurrentCell(in, hidden int, opts ...Option) *RecurrentCell {
	return lsnn.recurrentCell("LSNNRecurrentCell", in, hidden, norseWeights(hidden), opts)
}

// LSNNRecurrent is LSNNRecurrentCell over a sequence: x is (T, …, in), the output (T, …, hidden).
func LSNNRecurrent(in, hidden int, opts ...Option) *Recurrent {
	return lsnn.recurrentLayer("LSNNRecurrent", in, hidden, norseWeights(hidden), opts)
}

// TauAdaptInv is the inverse time constant of the threshold's adaptation in 1/s.
func TauAdaptInv(v any) Option { return Option{"tau_adapt_inv", v} }

// Beta is what a spike adds to the adaptation.
func Beta(v any) Option { return Option{"beta", v} }

func lsnnStep(z, x, s, c []float32, stride int) {
	cm, cs, leak, th, reset, cb, beta := c[0], c[1], c[2], c[3], c[4], c[5], c[6]
	n := len(z)
	x, v, i, b := x[:n], s[:n], s[stride:][:n], s[2*stride:][:n]
	for k := range z {
		j := i[k] + x[k]
		u := v[k] + float32(cm*((leak-v[k])+j))
		i[k] = j + float32(cs*j)
		t := b[k] + float32(cb*(th-b[k]))
		f := above(u, t)
		v[k] = float32((1-f)*u) + float32(f*reset)
		b[k] = t + float32(f*beta)
		z[k] = f
	}
}
