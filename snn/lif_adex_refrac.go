package snn

import "github.com/livespike/livespike/internal/simd"

var lifAdExRefrac = register(&model{
	name:   "LIFAdExRefrac",
	cuda:   "lif_adex_refrac",
	params: join(under("lif_adex", lifAdExParams), []param{level("rho_reset", 5.0).in(notNegative)}),
	state:  []field{{"lif_adex.v", "lif_adex.v_leak"}, {"lif_adex.i", ""}, {"lif_adex.a", ""}, {"rho", ""}},
	nested: map[string]string{"lif_adex": "LIFAdEx"},
	coefs: []string{
		"dt*lif_adex.tau_mem_inv", "-dt*lif_adex.tau_syn_inv", "lif_adex.v_leak", "lif_adex.v_th", "lif_adex.v_reset",
		"lif_adex.delta_T", "dt*lif_adex.tau_ada_inv", "lif_adex.adaptation_current", "lif_adex.adaptation_spike",
		"rho_reset",
	},
	jump:     "lif_adex.i",
	numbers:  true,
	step:     lifAdExRefracStep,
	fast:     simd.LIFAdExRefrac,
	back:     lifAdExRefracBack,
	fastBack: simd.LIFAdExRefracBack,
})

// LIFAdExRefracCell is LIFAdExCell with an absolute refractory period, one step at a time: after a spike it is silent
// for rho_reset steps, during which its membrane is frozen and its current and adaptation go on.
//
//	z₀, v₀, i', a' = one step of LIFAdExCell on v, i, a
//	m  = 1 if rho > 0, else 0
//	v' = (1 − m)·v₀ + m·v
//	z  = (1 − m)·z₀
//	rho' = (1 − z)·max(rho − m, 0) + z·rho_reset
//
// A spike that the refractory period suppresses still adds adaptation_spike to a, as in Norse.
//
// Input and output have the shape of one step. State: lif_adex.v, lif_adex.i, lif_adex.a, rho of that shape, starting
// at v_leak, 0, 0 and 0.
//
//	adaptation_current 4    adaptation_spike 0.02    delta_T 0.5    tau_ada_inv  2 1/s
//	tau_syn_inv  200 1/s    tau_mem_inv  100 1/s    v_leak 0    v_th 1    v_reset 0
//	method super    alpha 100    rho_reset 5    dt 0.001 s
//
// rho_reset counts steps, not seconds.
//
// Source: Norse, functional/lif_adex_refrac.py at 065a3b45.
func LIFAdExRefracCell(opts ...Option) *Cell { return lifAdExRefrac.cell(opts) }

// LIFAdExRefrac is LIFAdExRefracCell over a sequence: axis 0 of the input is time. Norse has no such layer.
func LIFAdExRefrac(opts ...Option) *Layer { return lifAdExRefrac.layer(opts) }

// LIFAdExRefracRecurrentCell is LIFAdExRefracCell for a population with input and recurrent weights, one step at a
// time: x is (…, in), the output (…, hidden). The state has lif_adex.z, the spikes of the step before, in front.
// Options: InputWeights, RecurrentWeights, Autapses, and those of LIFAdExRefracCell.
func LIFAdExRefracRecurrentCell(in, hidden int, opts ...Option) *RecurrentCell {
	return lifAdExRefrac.recurrentCell("LIFAdExRefracRecurrentCell", in, hidden, norseWeights(hidden), opts)
}

// LIFAdExRefracRecurrent is LIFAdExRefracRecurrentCell over a sequence: x is (T, …, in), the output (T, …, hidden).
func LIFAdExRefracRecurrent(in, hidden int, opts ...Option) *Recurrent {
	return lifAdExRefrac.recurrentLayer("LIFAdExRefracRecurrent", in, hidden, norseWeights(hidden), opts)
}

func lifAdExRefracStep(z, x, s, c []float32, stride int) {
	cm, cs, leak, th, reset, delta := c[0], c[1], c[2], c[3], c[4], c[5]
	ca, perV, perSpike, rest := c[6], c[7], c[8], c[9]
	n := len(z)
	x, v, i, a, rho := x[:n], s[:n], s[stride:][:n], s[2*stride:][:n], s[3*stride:][:n]
	for k := range z {
		j := i[k] + x[k]
		u := v[k] + float32(cm*((((leak-v[k])+runAway(v[k], th, delta))+j)-a[k]))
		i[k] = j + float32(cs*j)
		ad := a[k] + float32(ca*(float32(perV*(v[k]-leak))-a[k]))
		f := above(u, th)
		u = float32((1-f)*u) + float32(f*reset)
		a[k] = ad + float32(f*perSpike)
		m := above(rho[k], 0)
		v[k] = float32((1-m)*u) + float32(m*v[k])
		f = float32((1 - m) * f)
		rho[k] = float32((1-f)*relu(rho[k]-m)) + float32(f*rest)
		z[k] = f
	}
}

func lifAdExRefracBack(g *sweep) {
	cm, cs, leak, th, reset, delta := g.c[0], g.c[1], g.c[2], g.c[3], g.c[4], g.c[5]
	ca, perV, perSpike, rest := g.c[6], g.c[7], g.c[8], g.c[9]
	n, t := len(g.dz), g.stride
	x, v, i, a, rho := g.x[:n], g.s[:n], g.s[t:][:n], g.s[2*t:][:n], g.s[3*t:][:n]
	dx, dv, di, da, dr := g.dx[:n], g.ds[:n], g.ds[t:][:n], g.ds[2*t:][:n], g.ds[3*t:][:n]
	for k, up := range g.dz {
		j := i[k] + x[k]
		away, byV, byDelta := runAwaySlope(v[k], th, delta)
		in := (((leak - v[k]) + away) + j) - a[k]
		u := v[k] + float32(cm*in)
		f := above(u, th)
		to := float32((1-f)*u) + float32(f*reset)
		m := above(rho[k], 0)
		z := float32((1 - m) * f)

		// the refractory period
		left, dLeft := rho[k]-m, float32((1-z)*dr[k])
		if left <= 0 {
			left, dLeft = 0, 0
		}
		up += float32(dr[k] * (rest - left))
		dm := (float32(dv[k]*(v[k]-to)) - float32(up*f)) - dLeft
		if g.dc != nil {
			g.dc[9] += float64(z * dr[k])
		}
		dr[k] = dLeft + g.spike(rho[k], dm)

		// the neuron
		after, frozen, slow := float32((1-m)*dv[k]), float32(m*dv[k]), float32(ca*da[k])
		up = (float32((1-m)*up) + float32(after*(reset-u))) + float32(da[k]*perSpike)
		spike := g.spike(u-th, up)
		du := float32((1-f)*after) + spike
		w := float32(cm * du)
		if g.dc != nil {
			g.count(du*in, di[k]*j, w-float32(slow*perV), -spike-float32(w*byV), f*after, w*byDelta,
				da[k]*(float32(perV*(v[k]-leak))-a[k]), slow*(v[k]-leak), f*da[k])
		}
		dj := w + (di[k] + float32(cs*di[k]))
		dv[k], di[k], dx[k] = (frozen+(du+float32(w*(byV-1))))+float32(slow*perV), dj, dj
		da[k] = (da[k] - slow) - w
	}
}
