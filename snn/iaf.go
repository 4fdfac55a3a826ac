package snn

import "github.com/livespike/livespike/internal/simd"

var iaf = register(&model{
	name:         "IAF",
	cuda:         "iaf",
	keeps:        1,
	params:       join([]param{level("v_th", 1.0), level("v_reset", 0.0)}, spiking()),
	state:        []field{{"v", "v_reset"}},
	coefs:        []string{"v_th", "v_reset"},
	jump:         "v",
	step:         iafStep,
	fast:         simd.IAF,
	fastSubtract: simd.IAFSubtract,
	subtract:     iafSubtractStep,
	back:         iafBack,
	fastBack:     simd.IAFBack,
	bio:          preset{"v_th": -55.0, "v_reset": -70.0},
})

// IAFCell is an integrate-and-fire neuron without a leak, one step at a time.
//
//	v  = v + x
//	z  = 1 if v > v_th, else 0
//	v' = (1 − z)·v + z·v_reset
//
// Input and output have the shape of one step. State: v of that shape, starting at v_reset.
//
//	v_th 1    v_reset 0    reset_method reset_value    method super    alpha 100    dt 0.001 s
//
// dt is known but has no effect: an input of 1 is a jump of 1. In the delayed order the state holds the sum before it
// is compared with the threshold.
//
// Source: Norse, functional/iaf.py at 065a3b45.
func IAFCell(opts ...Option) *Cell { return iaf.cell(opts) }

// IAF is IAFCell over a sequence: axis 0 of the input is time.
func IAF(opts ...Option) *Layer { return iaf.layer(opts) }

// IAFRecurrentCell is IAFCell for a population with input and recurrent weights, one step at a time: x is (…, in), the
// output (…, hidden). v jumps by W_in·x and then by W_rec·z. The state has z, the spikes of the step before, in front.
// Options: InputWeights, RecurrentWeights, Autapses, and those of IAFCell.
func IAFRecurrentCell(in, hidden int, opts ...Option) *RecurrentCell {
	return iaf.recurrentCell("IAFRecurrentCell", in, hidden, norseWeights(hidden), opts)
}

// IAFRecurrent is IAFRecurrentCell over a sequence: x is (T, …, in), the output (T, …, hidden).
func IAFRecurrent(in, hidden int, opts ...Option) *Recurrent {
	return iaf.recurrentLayer("IAFRecurrent", in, hidden, norseWeights(hidden), opts)
}

func iafStep(z, x, s, c []float32, stride int) {
	th, reset := c[0], c[1]
	n := len(z)
	x, v := x[:n], s[:n]
	for k := range z {
		u := v[k] + x[k]
		f := above(u, th)
		v[k] = float32((1-f)*u) + float32(f*reset)
		z[k] = f
	}
}

func iafSubtractStep(z, x, s, c []float32, stride int) {
	th := c[0]
	n := len(z)
	x, v := x[:n], s[:n]
	for k := range z {
		u := v[k] + x[k]
		f := above(u, th)
		v[k] = float32((1-f)*u) + float32(f*(u-th))
		z[k] = f
	}
}

func iafBack(g *sweep) {
	th, reset := g.c[0], g.c[1]
	n := len(g.dz)
	x, v, dx, dv := g.x[:n], g.s[:n], g.dx[:n], g.ds[:n]
	for k, up := range g.dz {
		u := v[k] + x[k]
		f := above(u, th)
		after, kept, to := dv[k], 1-f, reset
		if g.subtract {
			kept, to = 1, u-th
		}
		spike := g.spike(u-th, up+float32(after*(to-u)))
		if g.dc != nil {
			g.count(-spike)
			g.countReset(0, 1, f*after)
		}
		du := float32(kept*after) + spike
		dv[k], dx[k] = du, du
	}
}
