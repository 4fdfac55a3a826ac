package snn

import "github.com/livespike/livespike/internal/simd"

var lifAdExParams = join(
	[]param{
		level("adaptation_current", 4), level("adaptation_spike", 0.02), level("delta_T", 0.5).in(notNegative),
		rate("tau_ada_inv", 2.0), rate("tau_syn_inv", 200.0), rate("tau_mem_inv", 100.0),
		level("v_leak", 0.0), level("v_th", 1.0), level("v_reset", 0.0),
	}, spikingPlain(),
)

var lifAdEx = register(&model{
	name:   "LIFAdEx",
	cuda:   "lif_adex",
	keeps:  2,
	params: lifAdExParams,
	state:  []field{{"v", "v_leak"}, {"i", ""}, {"a", ""}},
	coefs: []string{
		"dt*tau_mem_inv", "-dt*tau_syn_inv", "v_leak", "v_th", "v_reset", "delta_T",
		"dt*tau_ada_inv", "adaptation_current", "adaptation_spike",
	},
	jump:     "i",
	numbers:  true,
	step:     lifAdExStep,
	fast:     simd.LIFAdEx,
	back:     lifAdExBack,
	fastBack: simd.LIFAdExBack,
	bio: bioLIF.and(preset{
		"adaptation_current": 0.0, "adaptation_spike": 0.01, "delta_T": 2.0, "tau_ada_inv": 0.01,
	}),
})

// LIFAdExCell is an adaptive exponential integrate-and-fire neuron, one step at a time.
//
//	i  = i + x
//	e  = delta_T·exp((v − v_th)/delta_T)
//	u  = v + dt·τm⁻¹·((((v_leak − v) + e) + i) − a)
//	i' = i − dt·τs⁻¹·i
//	z  = 1 if u > v_th, else 0
//	a' = a + dt·τa⁻¹·(adaptation_current·(v − v_leak) − a) + z·adaptation_spike
//	v' = (1 − z)·u + z·v_reset
//
// Input and output have the shape of one step. State: v, i, a of that shape, starting at v_leak, 0 and 0.
//
//	adaptation_current 4    adaptation_spike 0.02    delta_T 0.5    tau_ada_inv  2 1/s
//	tau_syn_inv  200 1/s    tau_mem_inv  100 1/s    v_leak 0    v_th 1    v_reset 0
//	method super    alpha 100    dt 0.001 s
//
// Source: Brette and Gerstner, Journal of Neurophysiology 2005; Norse, functional/lif_adex.py at 065a3b45.
func LIFAdExCell(opts ...Option) *Cell { return lifAdEx.cell(opts) }

// LIFAdEx is LIFAdExCell over a sequence: axis 0 of the input is time.
func LIFAdEx(opts ...Option) *Layer { return lifAdEx.layer(opts) }

// LIFAdExRecurrentCell is LIFAdExCell for a population with input and recurrent weights, one step at a time: x is (…,
// in), the output (…, hidden). The state has z, the spikes of the step before, in front. Options: InputWeights,
// RecurrentWeights, Autapses, and those of LIFAdExCell.
func LIFAdExRecurrentCell(in, hidden int, opts ...Option) *RecurrentCell {
	return lifAdEx.recurrentCell("LIFAdExRecurrentCell", in, hidden, norseWeights(hidden), opts)
}

// LIFAdExRecurrent is LIFAdExRecurrentCell over a sequence: x is (T, …, in), the output (T, …, hidden).
func LIFAdExRecurrent(in, hidden int, opts ...Option) *Recurrent {
	return lifAdEx.recurrentLayer("LIFAdExRecurrent", in, hidden, norseWeights(hidden), opts)
}

// AdaptationCurrent is how strongly the adaptation follows the membrane potential.
func AdaptationCurrent(v any) Option { return Option{"adaptation_current", v} }

// AdaptationSpike is what a spike adds to the adaptation.
func AdaptationSpike(v any) Option { return Option{"adaptation_spike", v} }

// TauAdaInv is the inverse time constant of LIFAdEx's adaptation in 1/s.
func TauAdaInv(v any) Option { return Option{"tau_ada_inv", v} }

func lifAdExStep(z, x, s, c []float32, stride int) {
	cm, cs, leak, th, reset, delta := c[0], c[1], c[2], c[3], c[4], c[5]
	ca, perV, perSpike := c[6], c[7], c[8]
	n := len(z)
	x, v, i, a := x[:n], s[:n], s[stride:][:n], s[2*stride:][:n]
	for k := range z {
		j := i[k] + x[k]
		u := v[k] + float32(cm*((((leak-v[k])+runAway(v[k], th, delta))+j)-a[k]))
		i[k] = j + float32(cs*j)
		ad := a[k] + float32(ca*(float32(perV*(v[k]-leak))-a[k]))
		f := above(u, th)
		v[k] = float32((1-f)*u) + float32(f*reset)
		a[k] = ad + float32(f*perSpike)
		z[k] = f
	}
}

func lifAdExBack(g *sweep) {
	cm, cs, leak, th, reset, delta := g.c[0], g.c[1], g.c[2], g.c[3], g.c[4], g.c[5]
	ca, perV, perSpike := g.c[6], g.c[7], g.c[8]
	n := len(g.dz)
	x, v, i, a := g.x[:n], g.s[:n], g.s[g.stride:][:n], g.s[2*g.stride:][:n]
	dx, dv, di, da := g.dx[:n], g.ds[:n], g.ds[g.stride:][:n], g.ds[2*g.stride:][:n]
	for k, up := range g.dz {
		j := i[k] + x[k]
		away, byV, byDelta := runAwaySlope(v[k], th, delta)
		in := (((leak - v[k]) + away) + j) - a[k]
		u := v[k] + float32(cm*in)
		f := above(u, th)
		after, slow := dv[k], float32(ca*da[k])
		spike := g.spike(u-th, (up+float32(after*(reset-u)))+float32(da[k]*perSpike))
		du := float32((1-f)*after) + spike
		w := float32(cm * du)
		if g.dc != nil {
			g.count(du*in, di[k]*j, w-float32(slow*perV), -spike-float32(w*byV), f*after, w*byDelta,
				da[k]*(float32(perV*(v[k]-leak))-a[k]), slow*(v[k]-leak), f*da[k])
		}
		dj := w + (di[k] + float32(cs*di[k]))
		dv[k], di[k], dx[k] = (du+float32(w*(byV-1)))+float32(slow*perV), dj, dj
		da[k] = (da[k] - slow) - w
	}
}
