package snn

import "github.com/livespike/livespike/internal/simd"

var lifMCRefrac = register(&model{
	name:   "LIFMCRefrac",
	cuda:   "lif_mc_refrac",
	like:   "LIFRefrac",
	params: lifRefrac.params,
	state:  lifRefrac.state,
	nested: lifRefrac.nested,
	coefs: []string{
		"dt*lif.tau_mem_inv", "-dt*lif.tau_syn_inv", "lif.v_leak", "lif.v_th", "lif.v_reset", "rho_reset", "dt",
	},
	jump:     "lif.i",
	late:     true,
	coupled:  coupledStep,
	step:     lifMCRefracStep,
	fast:     simd.LIFMCRefrac,
	back:     lifMCRefracBack,
	fastBack: simd.LIFMCRefracBack,
	bio:      bioLIF,
})

// LIFMCRefracCell is a leaky integrate-and-fire neuron of n compartments with an absolute refractory period, one step
// at a time.
//
//	m  = 1 if rho > 0, else 0
//	v  = v + ((1 − m)·dt·τm⁻¹·((v_leak − v) + i) + dt·(v·gᵀ))
//	z  = 1 − m if v > v_th, else 0
//	v' = (1 − z)·v + z·v_reset
//	i' = i − dt·τs⁻¹·i + x
//	rho' = (1 − z)·max(rho − m, 0) + z·rho_reset
//
// It is delayed by default, as in Norse: the input jumps in after the integration. The option Immediate moves it before.
// Two things are not as in Norse, where the coupling is not multiplied by dt and spikes of the refractory period count.
//
// Input and output have the shape (…, n). State: lif.v, lif.i, rho of that shape, starting at v_leak, 0 and 0. Options:
// Coupling, the matrix g, (n, n), which starts as N(0, 1)/√n, and those of LIFRefracCell.
//
//	tau_syn_inv  200 1/s    tau_mem_inv  100 1/s    v_leak 0    v_th 1    v_reset 0
//	method super    alpha 100    rho_reset 5    dt 0.001 s
//
// Source: Norse, functional/lif_mc_refrac.py at 065a3b45.
func LIFMCRefracCell(n int, opts ...Option) *Cell {
	return lifMCRefrac.cell(withCoupling("snn.LIFMCRefracCell", n, opts))
}

// LIFMCRefrac is LIFMCRefracCell over a sequence: axis 0 of the input is time. Norse has no such layer.
func LIFMCRefrac(n int, opts ...Option) *Layer {
	return lifMCRefrac.layer(withCoupling("snn.LIFMCRefrac", n, opts))
}

// LIFMCRefracRecurrentCell is LIFMCRefracCell for a population with input and recurrent weights, one step at a time: x
// is (…, in), the output (…, hidden). The state has lif.z, the spikes of the step before, in front. Options: Coupling,
// InputWeights, RecurrentWeights, Autapses, and those of LIFRefracCell.
func LIFMCRefracRecurrentCell(in, hidden int, opts ...Option) *RecurrentCell {
	return lifMCRefrac.recurrentCell("LIFMCRefracRecurrentCell", in, hidden, norseWeights(hidden), opts)
}

// LIFMCRefracRecurrent is LIFMCRefracRecurrentCell over a sequence: x is (T, …, in), the output (T, …, hidden). Norse
// has no such layer.
func LIFMCRefracRecurrent(in, hidden int, opts ...Option) *Recurrent {
	return lifMCRefrac.recurrentLayer("LIFMCRefracRecurrent", in, hidden, norseWeights(hidden), opts)
}

// lifMCRefracStep takes the coupling product as x; the input is in the current already where it should be.
func lifMCRefracStep(z, x, s, c []float32, stride int) {
	cm, cs, leak, th, reset, rest, dt := c[0], c[1], c[2], c[3], c[4], c[5], c[6]
	n := len(z)
	x, v, i, rho := x[:n], s[:n], s[stride:][:n], s[2*stride:][:n]
	for k := range z {
		m := above(rho[k], 0)
		in := float32(float32((1-m)*cm)*((leak-v[k])+i[k])) + float32(dt*x[k])
		u := v[k] + in
		i[k] += float32(cs * i[k])
		f := float32((1 - m) * above(u, th))
		v[k] = float32((1-f)*u) + float32(f*reset)
		rho[k] = float32((1-f)*relu(rho[k]-m)) + float32(f*rest)
		z[k] = f
	}
}

func lifMCRefracBack(g *sweep) {
	cm, cs, leak, th, reset, rest, dt := g.c[0], g.c[1], g.c[2], g.c[3], g.c[4], g.c[5], g.c[6]
	n := len(g.dz)
	x, v, i, rho := g.x[:n], g.s[:n], g.s[g.stride:][:n], g.s[2*g.stride:][:n]
	dx, dv, di, dr := g.dx[:n], g.ds[:n], g.ds[g.stride:][:n], g.ds[2*g.stride:][:n]
	for k, up := range g.dz {
		m := above(rho[k], 0)
		in := (leak - v[k]) + i[k]
		u := v[k] + (float32(float32((1-m)*cm)*in) + float32(dt*x[k]))
		f := above(u, th)
		z := float32((1 - m) * f)
		left, dLeft := rho[k]-m, float32((1-z)*dr[k])
		if left <= 0 {
			left, dLeft = 0, 0
		}
		up = (up + float32(dv[k]*(reset-u))) + float32(dr[k]*(rest-left))
		spike := g.spike(u-th, float32((1-m)*up))
		du := float32((1-z)*dv[k]) + spike
		w := float32(float32((1-m)*cm) * du)
		dm := (-float32(up*f) - float32(cm*float32(du*in))) - dLeft
		if g.dc != nil {
			g.count((1-m)*(du*in), di[k]*i[k], w, -spike, z*dv[k], z*dr[k])
		}
		dr[k] = dLeft + g.spike(rho[k], dm)
		dx[k] = dt * du
		dv[k] = du - w
		di[k] = w + (di[k] + float32(cs*di[k]))
	}
}
