package snn

import "github.com/livespike/livespike/internal/simd"

var lifExParams = join(
	[]param{
		level("delta_T", 0.5).in(notNegative),
		rate("tau_syn_inv", 200.0), rate("tau_mem_inv", 100.0),
		level("v_leak", 0.0), level("v_th", 1.0), level("v_reset", 0.0),
	}, spikingPlain(),
)

var lifEx = register(&model{
	name:         "LIFEx",
	cuda:         "lif_ex",
	params:       lifExParams,
	state:        []field{{"v", "v_leak"}, {"i", ""}},
	coefs:        []string{"dt*tau_mem_inv", "-dt*tau_syn_inv", "v_leak", "v_th", "v_reset", "delta_T"},
	jump:         "i",
	numbers:      true,
	step:         lifExKernel(false),
	fast:         simd.LIFEx,
	fastSubtract: simd.LIFExSubtract,
	subtract:     lifExKernel(true),
	back:         lifExBack,
	fastBack:     simd.LIFExBack,
	bio:          bioLIF.and(preset{"delta_T": 0.0}),
})

// LIFExCell is a leaky integrate-and-fire neuron whose membrane runs away exponentially near the threshold, one step at
// a time.
//
//	i  = i + x
//	e  = delta_T·exp((v − v_th)/delta_T)
//	v  = v + dt·τm⁻¹·(((v_leak − v) + e) + i)
//	i' = i − dt·τs⁻¹·i
//	z  = 1 if v > v_th, else 0
//	v' = (1 − z)·v + z·v_reset
//
// Input and output have the shape of one step. State: v, i of that shape, starting at v_leak and 0.
//
//	delta_T 0.5    tau_syn_inv  200 1/s    tau_mem_inv  100 1/s    v_leak 0    v_th 1    v_reset 0
//	reset_method reset_value    method super    alpha 100    dt 0.001 s
//
// delta_T is the sharpness of the run-away in units of v; with delta_T 0 the neuron is a LIF.
//
// Source: Fourcaud-Trocmé et al., Journal of Neuroscience 2003; Norse, functional/lif_ex.py at 065a3b45.
func LIFExCell(opts ...Option) *Cell { return lifEx.cell(opts) }

// LIFEx is LIFExCell over a sequence: axis 0 of the input is time.
func LIFEx(opts ...Option) *Layer { return lifEx.layer(opts) }

// LIFExRecurrentCell is LIFExCell for a population with input and recurrent weights, one step at a time: x is (…, in),
// the output (…, hidden). The state has z, the spikes of the step before, in front. Options: InputWeights,
// RecurrentWeights, Autapses, and those of LIFExCell.
func LIFExRecurrentCell(in, hidden int, opts ...Option) *RecurrentCell {
	return lifEx.recurrentCell("LIFExRecurrentCell", in, hidden, norseWeights(hidden), opts)
}

// LIFExRecurrent is LIFExRecurrentCell over a sequence: x is (T, …, in), the output (T, …, hidden).
func LIFExRecurrent(in, hidden int, opts ...Option) *Recurrent {
	return lifEx.recurrentLayer("LIFExRecurrent", in, hidden, norseWeights(hidden), opts)
}

// DeltaT is the sharpness of the exponential spike, in units of the membrane potential.
func DeltaT(v any) Option { return Option{"delta_T", v} }

func lifExKernel(subtract bool) kernel {
	return func(z, x, s, c []float32, stride int) {
		cm, cs, leak, th, reset, delta := c[0], c[1], c[2], c[3], c[4], c[5]
		n := len(z)
		x, v, i := x[:n], s[:n], s[stride:][:n]
		for k := range z {
			j := i[k] + x[k]
			u := v[k] + float32(cm*(((leak-v[k])+runAway(v[k], th, delta))+j))
			i[k] = j + float32(cs*j)
			f := above(u, th)
			to := reset
			if subtract {
				to = u - th
			}
			v[k] = float32((1-f)*u) + float32(f*to)
			z[k] = f
		}
	}
}

// runAway is the exponential current; without sharpness there is none.
func runAway(v, th, delta float32) float32 {
	if delta == 0 {
		return 0
	}
	return float32(delta * exp((v-th)/delta))
}

// runAwaySlope is runAway with its derivatives by v and by delta.
func runAwaySlope(v, th, delta float32) (current, byV, byDelta float32) {
	if delta == 0 {
		return 0, 0, 0
	}
	x := (v - th) / delta
	e := exp(x)
	return float32(delta * e), e, e * (1 - x)
}

func lifExBack(g *sweep) {
	cm, cs, leak, th, reset, delta := g.c[0], g.c[1], g.c[2], g.c[3], g.c[4], g.c[5]
	n := len(g.dz)
	x, v, i := g.x[:n], g.s[:n], g.s[g.stride:][:n]
	dx, dv, di := g.dx[:n], g.ds[:n], g.ds[g.stride:][:n]
	for k, up := range g.dz {
		j := i[k] + x[k]
		away, byV, byDelta := runAwaySlope(v[k], th, delta)
		in := ((leak - v[k]) + away) + j
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
			g.count(du*in, di[k]*j, w, -spike-float32(w*byV), 0, w*byDelta)
			g.countReset(3, 4, f*after)
		}
		dj := w + (di[k] + float32(cs*di[k]))
		dv[k], di[k], dx[k] = du+float32(w*(byV-1)), dj, dj
	}
}
