package snn

import "github.com/livespike/livespike/internal/simd"

var lifRefrac = register(&model{
	name:   "LIFRefrac",
	cuda:   "lif_refrac",
	keeps:  3,
	params: join(under("lif", lifParams), []param{level("rho_reset", 5.0).in(notNegative)}),
	state:  []field{{"lif.v", "lif.v_leak"}, {"lif.i", ""}, {"rho", ""}},
	nested: map[string]string{"lif": "LIF"},
	coefs: []string{
		"dt*lif.tau_mem_inv", "-dt*lif.tau_syn_inv", "lif.v_leak", "lif.v_th", "lif.v_reset", "rho_reset",
	},
	jump:     "lif.i",
	numbers:  true,
	step:     lifRefracStep,
	fast:     simd.LIFRefrac,
	back:     lifRefracBack,
	fastBack: simd.LIFRefracBack,
	holds:    true,
	adjoint:  lifRefracAdjoint,
	bio:      bioLIF,
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

func lifRefracBack(g *sweep) {
	cm, cs, leak, th, reset, rest := g.c[0], g.c[1], g.c[2], g.c[3], g.c[4], g.c[5]
	n := len(g.dz)
	x, v, i, rho := g.x[:n], g.s[:n], g.s[g.stride:][:n], g.s[2*g.stride:][:n]
	dx, dv, di, dr := g.dx[:n], g.ds[:n], g.ds[g.stride:][:n], g.ds[2*g.stride:][:n]
	for k, up := range g.dz {
		j := i[k] + x[k]
		in := (leak - v[k]) + j
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
			g.dc[5] += float64(z * dr[k])
		}
		dr[k] = dLeft + g.spike(rho[k], dm)

		// the neuron
		after, frozen := float32((1-m)*dv[k]), float32(m*dv[k])
		up = float32((1 - m) * up)
		if !g.held {
			up += float32(after * (reset - u))
		}
		spike := g.spike(u-th, up)
		du := float32((1-f)*after) + spike
		w := float32(cm * du)
		if g.dc != nil {
			g.count(du*in, di[k]*j, w, -spike, f*after)
		}
		dj := w + (di[k] + float32(cs*di[k]))
		dv[k], di[k], dx[k] = frozen+(du-w), dj, dj
	}
}

// lifRefracAdjoint is lifAdjoint with the refractory period. Source: Norse, functional/adjoint/lif_refrac_adjoint.py.
func lifRefracAdjoint(g *sweep) {
	cm, cs, leak, th, reset, rest := g.c[0], g.c[1], g.c[2], g.c[3], g.c[4], g.c[5]
	n := len(g.dz)
	x, v, i, rho := g.x[:n], g.s[:n], g.s[g.stride:][:n], g.s[2*g.stride:][:n]
	dx, dv, di, dr := g.dx[:n], g.ds[:n], g.ds[g.stride:][:n], g.ds[2*g.stride:][:n]
	for k, up := range g.dz {
		u := v[k] + float32(cm*((leak-v[k])+(i[k]+x[k])))
		f := above(u, th)
		u = float32((1-f)*u) + float32(f*reset)
		m := above(rho[k], 0)
		u = float32((1-m)*u) + float32(m*v[k])
		z := float32((1 - m) * f)
		next := above(float32((1-z)*relu(rho[k]-m))+float32(z*rest), 0)

		before, after := cm/g.dt*((leak-v[k])+i[k]), cm/g.dt*((leak-u)+i[k])
		slow := dv[k] - float32(float32((1-next)*cm)*dv[k])
		li := di[k] - float32(cs*(float32((1-next)*dv[k])-di[k]))
		dv[k] = (float32((1-z)*slow) + orZero(z*(dr[k]/before))) + orZero(float32(z*(1/before))*up)
		if rho[k] == 1 {
			dr[k] = dv[k] * after
		}
		di[k], dx[k] = li, li
	}
}
