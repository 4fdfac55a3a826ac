package snn

import "github.com/livespike/livespike/internal/simd"

var lifParams = join(
	[]param{
		rate("tau_syn_inv", 200.0), rate("tau_mem_inv", 100.0),
		level("v_leak", 0.0), level("v_th", 1.0), level("v_reset", 0.0),
	}, spiking(),
)

// bioLIF is Norse's bio_default for the LIF neuron, in 1/ms and mV.
var bioLIF = preset{"tau_syn_inv": 0.5, "tau_mem_inv": 0.1, "v_leak": -70.0, "v_th": -55.0, "v_reset": -70.0}

var lif = register(&model{
	name:         "LIF",
	cuda:         "lif",
	keeps:        1,
	params:       lifParams,
	state:        []field{{"v", "v_leak"}, {"i", ""}},
	coefs:        []string{"dt*tau_mem_inv", "-dt*tau_syn_inv", "v_leak", "v_th", "v_reset"},
	jump:         "i",
	step:         lifStep,
	fast:         simd.LIF,
	fastSubtract: simd.LIFSubtract,
	subtract:     lifSubtractStep,
	back:         lifBack,
	fastBack:     simd.LIFBack,
	holds:        true,
	adjoint:      lifAdjoint,
	bio:          bioLIF,
})

// LIFCell is a leaky integrate-and-fire neuron with an exponential current synapse, one step at a time.
//
//	i  = i + x
//	v  = v + dt·τm⁻¹·((v_leak − v) + i)
//	i' = i − dt·τs⁻¹·i
//	z  = 1 if v > v_th, else 0
//	v' = (1 − z)·v + z·v_reset
//
// Input and output have the shape of one step. State: v, i of that shape, starting at v_leak and 0.
//
//	tau_syn_inv  200 1/s    tau_mem_inv  100 1/s    v_leak 0    v_th 1    v_reset 0
//	reset_method reset_value    method super    alpha 100    dt 0.001 s
//
// Source: Norse, functional/lif.py at 065a3b45.
func LIFCell(opts ...Option) *Cell { return lif.cell(opts) }

// LIF is LIFCell over a sequence: axis 0 of the input is time.
func LIF(opts ...Option) *Layer { return lif.layer(opts) }

// LIFRecurrentCell is LIFCell for a population with input and recurrent weights, one step at a time: x is (…, in), the
// output (…, hidden). The current of a step is (i + W_in·x) + W_rec·z, with the spikes z of the step before. State: z,
// v, i of shape (…, hidden). Both matrices start as N(0, 1)·√(2/hidden). Options: InputWeights, RecurrentWeights,
// Autapses, and those of LIFCell.
func LIFRecurrentCell(in, hidden int, opts ...Option) *RecurrentCell {
	return lif.recurrentCell("LIFRecurrentCell", in, hidden, norseWeights(hidden), opts)
}

// LIFRecurrent is LIFRecurrentCell over a sequence: x is (T, …, in), the output (T, …, hidden).
func LIFRecurrent(in, hidden int, opts ...Option) *Recurrent {
	return lif.recurrentLayer("LIFRecurrent", in, hidden, norseWeights(hidden), opts)
}

func lifStep(z, x, s, c []float32, stride int) {
	cm, cs, leak, th, reset := c[0], c[1], c[2], c[3], c[4]
	n := len(z)
	x, v, i := x[:n], s[:n], s[stride:][:n]
	for k := range z {
		j := i[k] + x[k]
		u := v[k] + float32(cm*((leak-v[k])+j))
		i[k] = j + float32(cs*j)
		f := above(u, th)
		v[k] = float32((1-f)*u) + float32(f*reset)
		z[k] = f
	}
}

func lifSubtractStep(z, x, s, c []float32, stride int) {
	cm, cs, leak, th := c[0], c[1], c[2], c[3]
	n := len(z)
	x, v, i := x[:n], s[:n], s[stride:][:n]
	for k := range z {
		j := i[k] + x[k]
		u := v[k] + float32(cm*((leak-v[k])+j))
		i[k] = j + float32(cs*j)
		f := above(u, th)
		v[k] = float32((1-f)*u) + float32(f*(u-th))
		z[k] = f
	}
}

func lifBack(g *sweep) {
	if g.plain() && !g.held {
		lifBackSuper(g)
		return
	}
	cm, cs, leak, th, reset := g.c[0], g.c[1], g.c[2], g.c[3], g.c[4]
	n := len(g.dz)
	x, v, i := g.x[:n], g.s[:n], g.s[g.stride:][:n]
	dx, dv, di := g.dx[:n], g.ds[:n], g.ds[g.stride:][:n]
	for k, up := range g.dz {
		j := i[k] + x[k]
		in := (leak - v[k]) + j
		u := v[k] + float32(cm*in)
		f := above(u, th)
		after, kept, to := dv[k], 1-f, reset
		if g.subtract {
			kept, to = 1, u-th
		}
		if !g.held {
			up += float32(after * (to - u))
		}
		spike := g.spike(u-th, up)
		du := float32(kept*after) + spike
		w := float32(cm * du)
		if g.dc != nil {
			g.count(du*in, di[k]*j, w, -spike)
			g.countReset(3, 4, f*after)
		}
		dj := w + (di[k] + float32(cs*di[k]))
		dv[k], di[k], dx[k] = du-w, dj, dj
	}
}

// lifBackSuper is lifBack for what most networks are trained with, without a call or a branch in the loop.
func lifBackSuper(g *sweep) {
	cm, cs, leak, th, reset, alpha := g.c[0], g.c[1], g.c[2], g.c[3], g.c[4], g.alpha
	n := len(g.dz)
	dz, x, v, i := g.dz[:n], g.x[:n], g.s[:n], g.s[g.stride:][:n]
	dx, dv, di := g.dx[:n], g.ds[:n], g.ds[g.stride:][:n]
	for k := range n {
		u := v[k] + float32(cm*((leak-v[k])+(i[k]+x[k])))
		f, after := above(u, th), dv[k]
		up := dz[k] + float32(after*(reset-u))
		t := float32(alpha*magnitude(u-th)) + 1
		du := float32((1-f)*after) + up/float32(t*t)
		w := float32(cm * du)
		dj := w + (di[k] + float32(cs*di[k]))
		dv[k], di[k], dx[k] = du-w, dj, dj
	}
}

// lifAdjoint is the backward pass of method "adjoint": the gradient jumps where the neuron spiked, by the exact
// derivative of the spike's time, and no surrogate is needed (Wunderlich and Pehle, EventProp, 2021; Norse,
// functional/adjoint/lif_adjoint.py). Both slopes of the membrane take the current before the input.
func lifAdjoint(g *sweep) {
	cm, cs, leak, th, reset := g.c[0], g.c[1], g.c[2], g.c[3], g.c[4]
	n := len(g.dz)
	x, v, i := g.x[:n], g.s[:n], g.s[g.stride:][:n]
	dx, dv, di := g.dx[:n], g.ds[:n], g.ds[g.stride:][:n]
	for k, up := range g.dz {
		u := v[k] + float32(cm*((leak-v[k])+(i[k]+x[k])))
		f := above(u, th)
		u = float32((1-f)*u) + float32(f*reset)
		before, after := cm/g.dt*((leak-v[k])+i[k]), cm/g.dt*((leak-u)+i[k])
		slow := dv[k] - float32(cm*dv[k])
		li := di[k] - float32(cs*(dv[k]-di[k]))
		dv[k] = (float32((1-f)*slow) + float32(orZero(f*(after/before))*slow)) + orZero(float32(f*(1/before))*up)
		di[k], dx[k] = li, li
	}
}

// orZero is x, and 0 for NaN.
func orZero(x float32) float32 {
	if x != x {
		return 0
	}
	return x
}
