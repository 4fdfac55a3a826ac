package snn

import "github.com/livespike/livespike/internal/simd"

// lsnnParams are shared with AdaLIF.
var lsnnParams = join(
	[]param{
		rate("tau_syn_inv", 200.0), rate("tau_mem_inv", 100.0), rate("tau_adapt_inv", 0.00125),
		level("v_leak", 0.0), level("v_th", 1.0), level("v_reset", 0.0), level("beta", 1.8),
	}, spikingPlain(),
)

var lsnn = register(&model{
	name:   "LSNN",
	cuda:   "lsnn",
	keeps:  2,
	params: lsnnParams,
	state:  []field{{"v", "v_leak"}, {"i", ""}, {"b", "v_th"}},
	coefs: []string{
		"dt*tau_mem_inv", "-dt*tau_syn_inv", "v_leak", "v_th", "v_reset", "dt*tau_adapt_inv", "beta",
	},
	jump:     "i",
	late:     true,
	numbers:  true,
	step:     lsnnStep,
	fast:     simd.LSNN,
	back:     lsnnBack,
	fastBack: simd.LSNNBack,
	holds:    true,
	adjoint:  lsnnAdjoint,
	bio:      bioLIF.and(preset{"tau_adapt_inv": 0.01, "beta": 0.5}),
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

func lsnnBack(g *sweep) {
	cm, cs, leak, th, reset, cb, beta := g.c[0], g.c[1], g.c[2], g.c[3], g.c[4], g.c[5], g.c[6]
	n := len(g.dz)
	x, v, i, b := g.x[:n], g.s[:n], g.s[g.stride:][:n], g.s[2*g.stride:][:n]
	dx, dv, di, db := g.dx[:n], g.ds[:n], g.ds[g.stride:][:n], g.ds[2*g.stride:][:n]
	for k, up := range g.dz {
		j := i[k] + x[k]
		in := (leak - v[k]) + j
		u := v[k] + float32(cm*in)
		t := b[k] + float32(cb*(th-b[k]))
		f := above(u, t)
		if !g.held {
			up = (up + float32(dv[k]*(reset-u))) + float32(db[k]*beta)
		}
		spike := g.spike(u-t, up)
		du, dt := float32((1-f)*dv[k])+spike, db[k]-spike
		w, y := float32(cm*du), float32(cb*dt)
		if g.dc != nil {
			g.count(du*in, di[k]*j, w, y, f*dv[k], dt*(th-b[k]), f*db[k])
		}
		dj := w + (di[k] + float32(cs*di[k]))
		dv[k], di[k], db[k], dx[k] = du-w, dj, dt-y, dj
	}
}

// lsnnAdjoint is lifAdjoint with an adapting threshold. Source: Norse, functional/adjoint/lsnn_adjoint.py.
func lsnnAdjoint(g *sweep) {
	cm, cs, leak, th, reset, cb, beta := g.c[0], g.c[1], g.c[2], g.c[3], g.c[4], g.c[5], g.c[6]
	n := len(g.dz)
	x, v, i, b := g.x[:n], g.s[:n], g.s[g.stride:][:n], g.s[2*g.stride:][:n]
	dx, dv, di, db := g.dx[:n], g.ds[:n], g.ds[g.stride:][:n], g.ds[2*g.stride:][:n]
	for k, up := range g.dz {
		u := v[k] + float32(cm*((leak-v[k])+(i[k]+x[k])))
		t := b[k] + float32(cb*(th-b[k]))
		f := above(u, t)
		u = float32((1-f)*u) + float32(f*reset)
		t += float32(f * beta)
		before, after := cm/g.dt*((leak-v[k])+i[k]), cm/g.dt*((leak-u)+i[k])
		li := di[k] - float32(cs*(dv[k]-di[k]))
		dv[k] = adjointJump(f, dv[k]-float32(cm*dv[k]), before, after, up)
		db[k] = adjointJump(f, db[k]-float32(cb*db[k]), cb/g.dt*(th-b[k]), cb/g.dt*(th-t), up)
		di[k], dx[k] = li, li
	}
}

// adjointJump is what a spike f makes of the adjoint l of a variable whose slope was before and is after.
func adjointJump(f, l, before, after, up float32) float32 {
	kept := float32((1 - f) * l)
	if before == 0 {
		return kept
	}
	return (kept + float32(float32(f*(after/before))*l)) + float32(float32(f*(1/before))*up)
}
