package snn

import "github.com/livespike/livespike/internal/simd"

var lifMC = register(&model{
	name:     "LIFMC",
	cuda:     "lif_mc",
	like:     "LIF",
	params:   lifParams,
	state:    []field{{"v", "v_leak"}, {"i", ""}},
	coefs:    []string{"dt*tau_mem_inv", "-dt*tau_syn_inv", "v_leak", "v_th", "v_reset", "dt"},
	jump:     "i",
	coupled:  coupledStep,
	step:     lifMCStep,
	fast:     simd.LIFMC,
	back:     lifMCBack,
	fastBack: simd.LIFMCBack,
	bio:      bioLIF,
	again: &model{
		name: "LIFMC", like: "LIF", params: lifParams, state: lif.state, coefs: lif.coefs, jump: "i",
		coupled: coupledAfter, step: lifStep, fast: simd.LIF, back: lifBack, holds: true, bio: bioLIF,
	},
})

// LIFMCCell is a leaky integrate-and-fire neuron of n compartments that pull at each other's membrane through a matrix
// g, one step at a time. The coupling comes before a step of LIFCell:
//
//	v  = v + dt·(v·gᵀ)
//	z, v', i' = one step of LIFCell on v, i
//
// Input and output have the shape (…, n). State: v, i of that shape, starting at v_leak and 0. Options: Coupling, the
// matrix g, (n, n), which starts as N(0, 1)/√n, and those of LIFCell.
//
//	tau_syn_inv  200 1/s    tau_mem_inv  100 1/s    v_leak 0    v_th 1    v_reset 0
//	method super    alpha 100    dt 0.001 s
//
// Source: Norse, functional/lif_mc.py, lif_mc_feed_forward_step at 065a3b45.
func LIFMCCell(n int, opts ...Option) *Cell {
	return lifMC.cell(withCoupling("snn.LIFMCCell", n, opts))
}

// LIFMC is LIFMCCell over a sequence: axis 0 of the input is time. Norse has no such layer.
func LIFMC(n int, opts ...Option) *Layer { return lifMC.layer(withCoupling("snn.LIFMC", n, opts)) }

// LIFMCRecurrentCell is a population of LIF neurons with input and recurrent weights whose membranes are coupled, one
// step at a time: x is (…, in), the output (…, hidden). Unlike in LIFMCCell the coupling follows the step:
//
//	z, v, i' = one step of LIFRecurrentCell on z, v, i
//	v' = v + dt·(v·gᵀ)
//
// State: z, v, i. Options: Coupling, the matrix g, (hidden, hidden), and those of LIFRecurrentCell.
//
// Source: Norse, functional/lif_mc.py, lif_mc_step at 065a3b45.
func LIFMCRecurrentCell(in, hidden int, opts ...Option) *RecurrentCell {
	return lifMC.recurrentCell("LIFMCRecurrentCell", in, hidden, norseWeights(hidden), opts)
}

// LIFMCRecurrent is LIFMCRecurrentCell over a sequence: x is (T, …, in), the output (T, …, hidden). Norse has no such
// layer.
func LIFMCRecurrent(in, hidden int, opts ...Option) *Recurrent {
	return lifMC.recurrentLayer("LIFMCRecurrent", in, hidden, norseWeights(hidden), opts)
}

// lifMCStep takes the coupling product as x; the input is in the current already.
func lifMCStep(z, x, s, c []float32, stride int) {
	cm, cs, leak, th, reset, dt := c[0], c[1], c[2], c[3], c[4], c[5]
	n := len(z)
	x, v, i := x[:n], s[:n], s[stride:][:n]
	for k := range z {
		j, w := i[k], v[k]+float32(dt*x[k])
		u := w + float32(cm*((leak-w)+j))
		i[k] = j + float32(cs*j)
		f := above(u, th)
		v[k] = float32((1-f)*u) + float32(f*reset)
		z[k] = f
	}
}

func lifMCBack(g *sweep) {
	cm, cs, leak, th, reset, dt := g.c[0], g.c[1], g.c[2], g.c[3], g.c[4], g.c[5]
	n := len(g.dz)
	x, v, i := g.x[:n], g.s[:n], g.s[g.stride:][:n]
	dx, dv, di := g.dx[:n], g.ds[:n], g.ds[g.stride:][:n]
	for k, up := range g.dz {
		j, v0 := i[k], v[k]+float32(dt*x[k])
		in := (leak - v0) + j
		u := v0 + float32(cm*in)
		f := above(u, th)
		after := dv[k]
		spike := g.spike(u-th, up+float32(after*(reset-u)))
		du := float32((1-f)*after) + spike
		w := float32(cm * du)
		if g.dc != nil {
			g.count(du*in, di[k]*j, w, -spike, f*after)
		}
		dv[k] = du - w
		dx[k] = dt * dv[k]
		di[k] = w + (di[k] + float32(cs*di[k]))
	}
}
