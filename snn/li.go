package snn

import "github.com/livespike/livespike/internal/simd"

var li = register(&model{
	name:     "LI",
	cuda:     "li",
	params:   []param{rate("tau_syn_inv", 200.0), rate("tau_mem_inv", 100.0), level("v_leak", 0.0)},
	state:    []field{{"v", "v_leak"}, {"i", ""}},
	coefs:    []string{"dt*tau_mem_inv", "-dt*tau_syn_inv", "v_leak"},
	jump:     "i",
	numbers:  true,
	step:     liStep,
	fast:     simd.LI,
	back:     liBack,
	fastBack: simd.LIBack,
	bio:      preset{"tau_syn_inv": 0.5, "tau_mem_inv": 0.1, "v_leak": -70.0},
})

// LICell is a leaky integrator with an exponential current synapse, one step at a time. It does not spike: its output
// is the membrane potential.
//
//	i  = i + x
//	v' = v + dt·τm⁻¹·((v_leak − v) + i)
//	i' = i − dt·τs⁻¹·i
//
// Input and output have the shape of one step. State: v, i of that shape, starting at v_leak and 0.
//
//	tau_syn_inv  200 1/s    tau_mem_inv  100 1/s    v_leak 0    dt 0.001 s
//
// The stored current is the decayed one. For a constant input v settles at x/(dt·τs⁻¹), 5x by default.
//
// Source: Norse, functional/leaky_integrator.py at 065a3b45.
func LICell(opts ...Option) *Cell { return li.cell(opts) }

// LI is LICell over a sequence: axis 0 of the input is time.
func LI(opts ...Option) *Layer { return li.layer(opts) }

func liStep(z, x, s, c []float32, stride int) {
	cm, cs, leak := c[0], c[1], c[2]
	n := len(z)
	x, v, i := x[:n], s[:n], s[stride:][:n]
	for k := range z {
		j := i[k] + x[k]
		v[k] += float32(cm * ((leak - v[k]) + j))
		i[k] = j + float32(cs*j)
		z[k] = v[k]
	}
}

func liBack(g *sweep) {
	cm, cs, leak := g.c[0], g.c[1], g.c[2]
	n := len(g.dz)
	x, v, i := g.x[:n], g.s[:n], g.s[g.stride:][:n]
	dx, dv, di := g.dx[:n], g.ds[:n], g.ds[g.stride:][:n]
	for k, up := range g.dz {
		du := dv[k] + up
		w := float32(cm * du)
		if g.dc != nil {
			j := i[k] + x[k]
			g.count(du*((leak-v[k])+j), di[k]*j, w)
		}
		dj := w + (di[k] + float32(cs*di[k]))
		dv[k], di[k], dx[k] = du-w, dj, dj
	}
}
