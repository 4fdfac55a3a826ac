package snn

import "github.com/livespike/livespike/internal/simd"

var lifBox = register(&model{
	name:  "LIFBox",
	cuda:  "lif_box",
	keeps: 1,
	params: join(
		[]param{rate("tau_mem_inv", 100.0), level("v_leak", 0.0), level("v_th", 1.0), level("v_reset", 0.0)}, spiking(),
	),
	state:        []field{{"v", "v_leak"}},
	coefs:        []string{"dt*tau_mem_inv", "v_leak", "v_th", "v_reset"},
	step:         lifBoxStep,
	fast:         simd.LIFBox,
	fastSubtract: simd.LIFBoxSubtract,
	subtract:     lifBoxSubtractStep,
	back:         lifBoxBack,
	fastBack:     simd.LIFBoxBack,
})

// LIFBoxCell is a leaky integrate-and-fire neuron without a synapse, one step at a time: the input is the current of
// this step alone.
//
//	v  = v + dt·τm⁻¹·((x + v_leak) − v)
//	z  = 1 if v > v_th, else 0
//	v' = (1 − z)·v + z·v_reset
//
// Input and output have the shape of one step. State: v of that shape, starting at v_leak.
//
//	tau_mem_inv  100 1/s    v_leak 0    v_th 1    v_reset 0    reset_method reset_value
//	method super    alpha 100    dt 0.001 s
//
// On a constant input of 1 the defaults never spike: v comes as near to v_th as it likes, and a membrane at the
// threshold does not spike.
//
// Source: Norse, functional/lif_box.py at 065a3b45.
func LIFBoxCell(opts ...Option) *Cell { return lifBox.cell(opts) }

// LIFBox is LIFBoxCell over a sequence: axis 0 of the input is time.
func LIFBox(opts ...Option) *Layer { return lifBox.layer(opts) }

func lifBoxStep(z, x, s, c []float32, stride int) {
	cm, leak, th, reset := c[0], c[1], c[2], c[3]
	n := len(z)
	x, v := x[:n], s[:n]
	for k := range z {
		u := v[k] + float32(cm*((x[k]+leak)-v[k]))
		f := above(u, th)
		v[k] = float32((1-f)*u) + float32(f*reset)
		z[k] = f
	}
}

func lifBoxSubtractStep(z, x, s, c []float32, stride int) {
	cm, leak, th := c[0], c[1], c[2]
	n := len(z)
	x, v := x[:n], s[:n]
	for k := range z {
		u := v[k] + float32(cm*((x[k]+leak)-v[k]))
		f := above(u, th)
		v[k] = float32((1-f)*u) + float32(f*(u-th))
		z[k] = f
	}
}

func lifBoxBack(g *sweep) {
	cm, leak, th, reset := g.c[0], g.c[1], g.c[2], g.c[3]
	n := len(g.dz)
	x, v, dx, dv := g.x[:n], g.s[:n], g.dx[:n], g.ds[:n]
	for k, up := range g.dz {
		in := (x[k] + leak) - v[k]
		u := v[k] + float32(cm*in)
		f := above(u, th)
		after, kept, to := dv[k], 1-f, reset
		if g.subtract {
			kept, to = 1, u-th
		}
		spike := g.spike(u-th, up+float32(after*(to-u)))
		du := float32(kept*after) + spike
		w := float32(cm * du)
		if g.dc != nil {
			g.count(du*in, w, -spike)
			g.countReset(2, 3, f*after)
		}
		dv[k], dx[k] = du-w, w
	}
}
