package snn

import (
	"math"

	"github.com/livespike/livespike/internal/simd"
)

var cobaLIF = register(&model{
	name: "CobaLIF",
	cuda: "coba_lif",
	form: "CobaLIFFeedForward", // Norse's CobaLIFCell is recurrent
	params: join([]param{
		rate("tau_syn_exc_inv", 0.2), rate("tau_syn_inh_inv", 0.2), level("c_m_inv", 5.0).in(positive),
		level("g_l", 0.25), level("e_rev_I", -100.0), level("e_rev_E", 60.0), level("v_rest", -20.0),
		level("v_reset", -70.0), level("v_thresh", -10.0),
	}, spikingPlain()),
	state: []field{{"v", ""}, {"g_e", ""}, {"g_i", ""}},
	coefs: []string{
		"-dt*tau_syn_exc_inv", "-dt*tau_syn_inh_inv", "dt*c_m_inv", "g_l", "v_rest", "e_rev_E", "e_rev_I", "v_thresh",
		"v_reset",
	},
	numbers:  true,
	step:     cobaLIFStep,
	fast:     simd.CobaLIF,
	back:     cobaLIFBack,
	fastBack: simd.CobaLIFBack,
	split:    true,
	bioPlain: true,
	bio: preset{
		"tau_syn_exc_inv": 1 / 0.3, "tau_syn_inh_inv": 1 / 0.5, "e_rev_E": 0.0, "e_rev_I": -70.0, "v_rest": -65.0,
		"v_reset": -65.0, "v_thresh": -50.0,
	},
})

// CobaLIFFeedForwardCell is a leaky integrate-and-fire neuron with conductance-based synapses, one step at a time:
// positive input opens the excitatory conductance g_e, negative input the inhibitory g_i.
//
//	g_e  = g_e + max(x, 0)          g_i  = g_i + max(−x, 0)
//	g_e' = g_e − dt·τe⁻¹·g_e        g_i' = g_i − dt·τi⁻¹·g_i
//	v  = v + dt·c_m⁻¹·((g_l·(v_rest − v) + g_e'·(e_rev_E − v)) + g_i'·(e_rev_I − v))
//	z  = 1 if v > v_thresh, else 0
//	v' = (1 − z)·v + z·v_reset
//
// Input and output have the shape of one step. State: v, g_e, g_i of that shape, starting at 0, which is not v_rest.
//
//	tau_syn_exc_inv 0.2 1/s    tau_syn_inh_inv 0.2 1/s    c_m_inv 5    g_l 0.25    e_rev_I -100    e_rev_E 60
//	v_rest -20    v_reset -70    v_thresh -10    method super    alpha 100    dt 0.001 s
//
// Source: Norse, functional/coba_lif.py, coba_lif_feed_forward_step at 065a3b45. CobaLIFCell is the recurrent form.
func CobaLIFFeedForwardCell(opts ...Option) *Cell { return cobaLIF.cell(opts) }

// CobaLIFFeedForward is CobaLIFFeedForwardCell over a sequence: axis 0 of the input is time.
func CobaLIFFeedForward(opts ...Option) *Layer { return cobaLIF.layer(opts) }

// CobaLIFCell is CobaLIFFeedForwardCell for a population with input and recurrent weights, one step at a time: x is
// (…, in), the output (…, hidden). Positive weights open g_e, negative ones g_i:
//
//	g_e = (g_e + max(W_in, 0)·x) + max(W_rec, 0)·z        g_i = (g_i + max(−W_in, 0)·x) + max(−W_rec, 0)·z
//
// The state has z, the spikes of the step before, in front. Options: InputWeights, RecurrentWeights, Autapses, which
// are on unless switched off, and those of CobaLIFFeedForwardCell. The matrices start as N(0, 1)/√in and N(0, 1)/√hidden.
//
// Norse's cell forgets the input: it overwrites the first of the two terms by the second.
//
// Source: Norse, functional/coba_lif.py, coba_lif_step at 065a3b45.
func CobaLIFCell(in, hidden int, opts ...Option) *RecurrentCell {
	return cobaLIF.recurrentCell("CobaLIFCell", in, hidden, cobaWeights(in, hidden), opts)
}

// CobaLIF is CobaLIFCell over a sequence: x is (T, …, in), the output (T, …, hidden). Norse has no such layer.
func CobaLIF(in, hidden int, opts ...Option) *Recurrent {
	return cobaLIF.recurrentLayer("CobaLIF", in, hidden, cobaWeights(in, hidden), opts)
}

func cobaWeights(in, hidden int) weighting {
	return weighting{1 / math.Sqrt(float64(in)), 1 / math.Sqrt(float64(hidden)), true}
}

// VThresh is the threshold of CobaLIF, which Norse calls v_thresh there.
func VThresh(v any) Option { return Option{"v_thresh", v} }

// TauSynExcInv is the inverse time constant of the excitatory conductance in 1/s.
func TauSynExcInv(v any) Option { return Option{"tau_syn_exc_inv", v} }

// TauSynInhInv is the inverse time constant of the inhibitory conductance in 1/s.
func TauSynInhInv(v any) Option { return Option{"tau_syn_inh_inv", v} }

func cobaLIFStep(z, x, s, c []float32, stride int) {
	ce, ci, cm, gl, rest, toE, toI, th, reset := c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8]
	n := len(z)
	x, v, exc, inh := x[:n], s[:n], s[stride:][:n], s[2*stride:][:n]
	for k := range z {
		e, i := exc[k]+relu(x[k]), inh[k]+relu(-x[k])
		e += float32(ce * e)
		i += float32(ci * i)
		exc[k], inh[k] = e, i
		in := (float32(gl*(rest-v[k])) + float32(e*(toE-v[k]))) + float32(i*(toI-v[k]))
		u := v[k] + float32(cm*in)
		f := above(u, th)
		v[k] = float32((1-f)*u) + float32(f*reset)
		z[k] = f
	}
}

// jumpSplit adds the input and the recurrent current to the conductances, excitatory and inhibitory apart.
func (r *recurrence) jumpSplit(x []float32, s *State) {
	n := s.stride()
	work := s.scratch(2 * n)
	exc, inh := work[:n], work[n:]
	for _, from := range []struct {
		x, w  []float32
		width int
	}{{x, r.win.Data(), r.in}, {s.field(0), r.wrec.Data(), r.hidden}} {
		linearSplit(exc, inh, from.x, from.w, from.width, r.hidden)
		add(s.field(r.skip+1), exc)
		add(s.field(r.skip+2), inh)
	}
}

// linearSplit writes x·max(w, 0)ᵀ into exc and x·max(−w, 0)ᵀ into inh.
func linearSplit(exc, inh, x, w []float32, in, out int) {
	p := borrow(2 * len(w))
	defer giveBack(p)
	plus, minus := (*p)[:len(w)], (*p)[len(w):]
	splitWeights(plus, minus, w)
	linear(exc, x, plus, in, out)
	linear(inh, x, minus, in, out)
}

// splitWeights writes max(w, 0) into plus and max(−w, 0) into minus.
func splitWeights(plus, minus, w []float32) {
	for k, v := range w {
		plus[k], minus[k] = relu(v), relu(-v)
	}
}

func cobaLIFBack(g *sweep) {
	ce, ci, cm, gl, rest, toE, toI, th, reset := g.c[0], g.c[1], g.c[2], g.c[3], g.c[4], g.c[5], g.c[6], g.c[7], g.c[8]
	n := len(g.dz)
	x, v, exc, inh := g.x[:n], g.s[:n], g.s[g.stride:][:n], g.s[2*g.stride:][:n]
	dx, dv, dExc, dInh := g.dx[:n], g.ds[:n], g.ds[g.stride:][:n], g.ds[2*g.stride:][:n]
	for k, up := range g.dz {
		e0, i0 := exc[k]+relu(x[k]), inh[k]+relu(-x[k])
		e, i := e0+float32(ce*e0), i0+float32(ci*i0)
		in := (float32(gl*(rest-v[k])) + float32(e*(toE-v[k]))) + float32(i*(toI-v[k]))
		u := v[k] + float32(cm*in)
		f := above(u, th)
		after := dv[k]
		spike := g.spike(u-th, up+float32(after*(reset-u)))
		du := float32((1-f)*after) + spike
		w := float32(cm * du)
		de, di := dExc[k]+float32(w*(toE-v[k])), dInh[k]+float32(w*(toI-v[k]))
		if g.dc != nil {
			g.count(de*e0, di*i0, du*in, w*(rest-v[k]), w*gl, w*e, w*i, -spike, f*after)
		}
		de += float32(ce * de)
		di += float32(ci * di)
		dv[k] = du - float32(w*((gl+e)+i))
		dExc[k], dInh[k], dx[k] = de, di, 0
		switch {
		case x[k] > 0:
			dx[k] = de
		case x[k] < 0:
			dx[k] = -di
		}
	}
}
