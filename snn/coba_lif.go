package snn

var cobaLIF = register(&model{
	name: "CobaLIF",
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
