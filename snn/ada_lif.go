package snn

import "github.com/livespike/livespike/internal/simd"

var adaLIF = register(&model{
	name:   "AdaLIF",
	cuda:   "ada_lif",
	params: lsnnParams,
	state:  []field{{"v", "v_leak"}, {"i", ""}, {"b", ""}},
	coefs: []string{
		"dt*tau_mem_inv", "-dt*tau_syn_inv", "v_leak", "v_th", "v_reset", "-dt*tau_adapt_inv", "beta",
	},
	jump:     "i",
	late:     true,
	numbers:  true,
	step:     adaLIFStep,
	fast:     simd.AdaLIF,
	back:     adaLIFBack,
	fastBack: simd.AdaLIFBack,
})

// AdaLIFCell is a leaky integrate-and-fire neuron with an adaptation b that rises at each spike, decays, and works
// against the current, one step at a time.
//
//	v  = v + dt·τm⁻¹·(((v_leak − v) + i) − b)
//	b  = b − dt·τb⁻¹·b
//	z  = 1 if v > v_th, else 0
//	v' = v − z·(v_th − v_reset)
//	b' = b + z·beta
//	i' = i − dt·τs⁻¹·i + x
//
// It is delayed by default, as in Norse: the input jumps in after the integration. The option Immediate moves it before.
//
// Input and output have the shape of one step. State: v, i, b of that shape, starting at v_leak, 0 and 0.
//
//	tau_syn_inv  200 1/s    tau_mem_inv  100 1/s    tau_adapt_inv  0.00125 1/s    v_leak 0    v_th 1    v_reset 0
//	beta 1.8    method super    alpha 100    dt 0.001 s
//
// Source: Norse, functional/lsnn.py, ada_lif_step at 065a3b45, which has only the recurrent step.
func AdaLIFCell(opts ...Option) *Cell { return adaLIF.cell(opts) }

// AdaLIF is AdaLIFCell over a sequence: axis 0 of the input is time.
func AdaLIF(opts ...Option) *Layer { return adaLIF.layer(opts) }

// AdaLIFRecurrentCell is AdaLIFCell for a population with input and recurrent weights, one step at a time: x is (…,
// in), the output (…, hidden). The state has z, the spikes of the step before, in front. Options: InputWeights,
// RecurrentWeights, Autapses, and those of AdaLIFCell.
func AdaLIFRecurrentCell(in, hidden int, opts ...Option) *RecurrentCell {
	return adaLIF.recurrentCell("AdaLIFRecurrentCell", in, hidden, norseWeights(hidden), opts)
}

// AdaLIFRecurrent is AdaLIFRecurrentCell over a sequence: x is (T, …, in), the output (T, …, hidden).
func AdaLIFRecurrent(in, hidden int, opts ...Option) *Recurrent {
	return adaLIF.recurrentLayer("AdaLIFRecurrent", in, hidden, norseWeights(hidden), opts)
}

func adaLIFStep(z, x, s, c []float32, stride int) {
	cm, cs, leak, th, reset, cb, beta := c[0], c[1], c[2], c[3], c[4], c[5], c[6]
	n := len(z)
	x, v, i, b := x[:n], s[:n], s[stride:][:n], s[2*stride:][:n]
	for k := range z {
		j := i[k] + x[k]
		u := v[k] + float32(cm*(((leak-v[k])+j)-b[k]))
		i[k] = j + float32(cs*j)
		t := b[k] + float32(cb*b[k])
		f := above(u, th)
		v[k] = u - float32(f*(th-reset))
		b[k] = t + float32(f*beta)
		z[k] = f
	}
}

func adaLIFBack(g *sweep) {
	cm, cs, leak, th, reset, cb, beta := g.c[0], g.c[1], g.c[2], g.c[3], g.c[4], g.c[5], g.c[6]
	n := len(g.dz)
	x, v, i, b := g.x[:n], g.s[:n], g.s[g.stride:][:n], g.s[2*g.stride:][:n]
	dx, dv, di, db := g.dx[:n], g.ds[:n], g.ds[g.stride:][:n], g.ds[2*g.stride:][:n]
	for k, up := range g.dz {
		j := i[k] + x[k]
		in := ((leak - v[k]) + j) - b[k]
		u := v[k] + float32(cm*in)
		f := above(u, th)
		spike := g.spike(u-th, (up-float32(dv[k]*(th-reset)))+float32(db[k]*beta))
		du := dv[k] + spike
		w := float32(cm * du)
		if g.dc != nil {
			jump := float32(f * dv[k])
			g.count(du*in, di[k]*j, w, -spike-jump, jump, db[k]*b[k], f*db[k])
		}
		dj := w + (di[k] + float32(cs*di[k]))
		dv[k], di[k], dx[k] = du-w, dj, dj
		db[k] = (db[k] + float32(cb*db[k])) - w
	}
}
