package snn

import "github.com/livespike/livespike/internal/simd"

var liBox = register(&model{
	name:     "LIBox",
	cuda:     "li_box",
	params:   []param{rate("tau_mem_inv", 100.0), level("v_leak", 0.0)},
	state:    []field{{"v", "v_leak"}},
	coefs:    []string{"dt*tau_mem_inv", "v_leak"},
	numbers:  true,
	step:     liBoxStep,
	fast:     simd.LIBox,
	back:     liBoxBack,
	fastBack: simd.LIBoxBack,
})

// LIBoxCell is a leaky integrator without a synapse, one step at a time: the input is the current of this step alone.
// It does not spike: its output is the membrane potential.
//
//	v' = v + dt·τm⁻¹·((v_leak − v) + x)
//
// Input and output have the shape of one step. State: v of that shape, starting at v_leak.
//
//	tau_mem_inv  100 1/s    v_leak 0    dt 0.001 s
//
// For a constant input v settles at v_leak + x.
//
// Source: Norse, functional/leaky_integrator_box.py at 065a3b45.
func LIBoxCell(opts ...Option) *Cell { return liBox.cell(opts) }

// LIBox is LIBoxCell over a sequence: axis 0 of the input is time.
func LIBox(opts ...Option) *Layer { return liBox.layer(opts) }

func liBoxStep(z, x, s, c []float32, stride int) {
	cm, leak := c[0], c[1]
	n := len(z)
	x, v := x[:n], s[:n]
	for k := range z {
		v[k] += float32(cm * ((leak - v[k]) + x[k]))
		z[k] = v[k]
	}
}

func liBoxBack(g *sweep) {
	cm, leak := g.c[0], g.c[1]
	n := len(g.dz)
	x, v, dx, dv := g.x[:n], g.s[:n], g.dx[:n], g.ds[:n]
	for k, up := range g.dz {
		du := dv[k] + up
		w := float32(cm * du)
		if g.dc != nil {
			g.count(du*((leak-v[k])+x[k]), w)
		}
		dv[k], dx[k] = du-w, w
	}
}
