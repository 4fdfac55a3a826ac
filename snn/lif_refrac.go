package snn

var lifRefrac = register(&model{
	name:   "LIFRefrac",
	params: join(under("lif", lifParams), []param{level("rho_reset", 5.0).in(notNegative)}),
	state:  []field{{"lif.v", "lif.v_leak"}, {"lif.i", ""}, {"rho", ""}},
	nested: map[string]string{"lif": "LIF"},
	coefs: []string{
		"dt*lif.tau_mem_inv", "-dt*lif.tau_syn_inv", "lif.v_leak", "lif.v_th", "lif.v_reset", "rho_reset",
	},
	jump:    "lif.i",
	numbers: true,
	step:    lifRefracStep,
	bio:     bioLIF,
})

// LIFRefracCell is a leaky integrate-and-fire neuron with an absolute refractory period, one step at a time: after a
// spike it is silent for rho_reset steps, during which its membrane is frozen and its current goes on.
//
//	z₀, v₀, i' = one step of LIFCell on v, i
//	m  = 1 if rho > 0, else 0
//	v' = (1 − m)·v₀ + m·v
//	z  = (1 − m)·z₀
//	rho' = (1 − z)·max(rho − m, 0) + z·rho_reset
//
// Input and output have the shape of one step. State: lif.v, lif.i, rho of that shape, starting at v_leak, 0 and 0.
//
//	tau_syn_inv  200 1/s    tau_mem_inv  100 1/s    v_leak 0    v_th 1    v_reset 0
//	method super    alpha 100    rho_reset 5    dt 0.001 s
//
// rho_reset counts steps, not seconds. On a constant input of 1 the defaults spike every 8 steps: 5 refractory ones and
// 3 of integration.
//
// Source: Norse, functional/lif_refrac.py at 065a3b45.
func LIFRefracCell(opts ...Option) *Cell { return lifRefrac.cell(opts) }

// LIFRefrac is LIFRefracCell over a sequence: axis 0 of the input is time. Norse has no such layer.
func LIFRefrac(opts ...Option) *Layer { return lifRefrac.layer(opts) }

// LIFRefracRecurrentCell is LIFRefracCell for a population with input and recurrent weights, one step at a time: x is
// (…, in), the output (…, hidden). The state has lif.z, the spikes of the step before, in front. Options: InputWeights,
// RecurrentWeights, Autapses, and those of LIFRefracCell.
func LIFRefracRecurrentCell(in, hidden int, opts ...Option) *RecurrentCell {
	return lifRefrac.recurrentCell("LIFRefracRecurrentCell", in, hidden, norseWeights(hidden), opts)
}

// LIFRefracRecurrent is LIFRefracRecurrentCell over a sequence: x is (T, …, in), the output (T, …, hidden).
func LIFRefracRecurrent(in, hidden int, opts ...Option) *Recurrent {
	return lifRefrac.recurrentLayer("LIFRefracRecurrent", in, hidden, norseWeights(hidden), opts)
}

func lifRefracStep(z, x, s, c []float32, stride int) {
	cm, cs, leak, th, reset, rest := c[0], c[1], c[2], c[3], c[4], c[5]
	n := len(z)
	x, v, i, rho := x[:n], s[:n], s[stride:][:n], s[2*stride:][:n]
	for k := range z {
		j := i[k] + x[k]
		u := v[k] + float32(cm*((leak-v[k])+j))
		i[k] = j + float32(cs*j)
		f := above(u, th)
		u = float32((1-f)*u) + float32(f*reset)
		m := above(rho[k], 0)
		v[k] = float32((1-m)*u) + float32(m*v[k])
		f = float32((1 - m) * f)
		rho[k] = float32((1-f)*relu(rho[k]-m)) + float32(f*rest)
		z[k] = f
	}
}

func relu(x float32) float32 { return max(x, 0) }
