package plasticity

import (
	"fmt"
	"slices"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// STDPRule is spike-timing-dependent plasticity with a trace on each side of the synapse. It is made by STDP, holds
// parameters only, and may be shared by any number of synapses.
//
//	t_pre'  = t_pre  + dt·τ_pre⁻¹ ·(−t_pre  + a_pre ·z_pre)
//	t_post' = t_post + dt·τ_post⁻¹·(−t_post + a_post·z_post)
//	w' = clamp(w + A₊(w)·S(z_post, t_pre') − A₋(w)·S(t_post', z_pre), w_min, w_max)
//
// S sums over the batch, and over all positions of a convolution's window. The new traces are used.
//
//	algorithm            A₊(w)                A₋(w)
//	additive             η₊                   η₋
//	additive_step        η₊·H(w_max − w)      η₋·H(w − w_min)
//	multiplicative_pow   η₊·(w_max − w)^μ     η₋·(w − w_min)^μ
//	multiplicative_relu  η₊·relu(w_max − w)   η₋·relu(w − w_min)
//
// Source: Norse, functional/stdp.py at 065a3b45; trace forms after Morrison, Diesmann and Gerstner, Biological
// Cybernetics 98:459 (2008).
type STDPRule struct {
	aPre, aPost           option.Number
	tauPreInv, tauPostInv option.Number
	wMin, wMax            option.Number
	etaPlus, etaMinus     option.Number
	mu                    option.Number
	hardBound             bool
	algorithm, trace      string
	stride, pad, dilation int
	dt                    option.Number
}

// STDP is the rule with Norse's defaults and the given options: a_pre, a_post, tau_pre_inv, tau_post_inv, w_min,
// w_max, eta_plus, eta_minus, mu, hardbound, stdp_algorithm, trace, stride, padding, dilation, dt. It panics on an
// option or an algorithm it does not know, and when a bound, a rate or dt is out of its range.
func STDP(opts ...snn.Option) *STDPRule {
	r := newSTDP()
	r.settings("STDP").Apply(opts)
	r.check("STDP")
	return r
}

func newSTDP() *STDPRule {
	return &STDPRule{
		aPre: option.Standard(1), aPost: option.Standard(1),
		tauPreInv: option.Standard(20), tauPostInv: option.Standard(20),
		wMin: option.Standard(0), wMax: option.Standard(1),
		etaPlus: option.Standard(1e-3), etaMinus: option.Standard(1e-3),
		mu: option.Standard(0), hardBound: true, algorithm: "additive", trace: "accumulate",
		stride: 1, dilation: 1, dt: option.Standard(0.001),
	}
}

func (r *STDPRule) settings(name string) option.Set {
	return option.Set{
		Who: "plasticity." + name,
		Numbers: map[string]*option.Number{
			"a_pre": &r.aPre, "a_post": &r.aPost, "tau_pre_inv": &r.tauPreInv, "tau_post_inv": &r.tauPostInv,
			"w_min": &r.wMin, "w_max": &r.wMax, "eta_plus": &r.etaPlus, "eta_minus": &r.etaMinus, "mu": &r.mu, "dt": &r.dt,
		},
		Words:  map[string]*string{"stdp_algorithm": &r.algorithm, "trace": &r.trace},
		Flags:  map[string]*bool{"hardbound": &r.hardBound},
		Counts: map[string]*int{"stride": &r.stride, "padding": &r.pad, "dilation": &r.dilation},
	}
}

// algorithms are the valid values of the option stdp_algorithm.
func algorithms() []string {
	return []string{"additive", "additive_step", "multiplicative_pow", "multiplicative_relu"}
}

func (r *STDPRule) check(name string) {
	if !slices.Contains(algorithms(), r.algorithm) {
		panic(fmt.Sprintf("plasticity.%s: unknown stdp_algorithm %q; valid are %v", name, r.algorithm, algorithms()))
	}
	if r.trace != "accumulate" && r.trace != "nearest" {
		panic(fmt.Sprintf("plasticity.%s: unknown trace %q; valid are [accumulate nearest]", name, r.trace))
	}
	if r.stride < 1 || r.dilation < 1 || r.pad < 0 {
		panic(fmt.Sprintf("plasticity.%s: stride %d, dilation %d, padding %d: the first two start at 1, the last at 0", name, r.stride, r.dilation, r.pad))
	}
	if r.wMin.Tensor == nil && r.wMax.Tensor == nil && !(r.wMin.Value <= r.wMax.Value) {
		panic(fmt.Sprintf("plasticity.%s: w_min %v is above w_max %v", name, r.wMin, r.wMax))
	}
	r.tauPreInv.Positive("plasticity."+name, "tau_pre_inv")
	r.tauPostInv.Positive("plasticity."+name, "tau_post_inv")
	r.dt.Positive("plasticity."+name, "dt")
}

// String names the rule and the parameters that shape it.
func (r *STDPRule) String() string {
	return fmt.Sprintf("STDP(%s, eta_plus=%v, eta_minus=%v, tau_pre_inv=%v, tau_post_inv=%v, w=[%v, %v], trace=%s)",
		r.algorithm, r.etaPlus, r.etaMinus, r.tauPreInv, r.tauPostInv, r.wMin, r.wMax, r.trace)
}

// STDPState is the traces of one set of synapses. It is made by a rule's first step.
type STDPState struct {
	TPre  *tensor.Tensor // shape of the presynaptic spikes
	TPost *tensor.Tensor // shape of the postsynaptic spikes

	plus, minus []float32 // sums over the batch of one step, kept so that a step does not allocate
}

// String prints both traces.
func (s *STDPState) String() string {
	return fmt.Sprintf("STDPState(t_pre=%v, t_post=%v)", s.TPre, s.TPost)
}

// Clone is a copy that shares nothing.
func (s *STDPState) Clone() *STDPState {
	return &STDPState{TPre: copyOf(s.TPre), TPost: copyOf(s.TPost)}
}

func copyOf(t *tensor.Tensor) *tensor.Tensor {
	return tensor.FromSlice(slices.Clone(t.Data()), slices.Clone(t.Shape())...)
}

// InitialState is traces at rest for spikes of the given shapes.
func (r *STDPRule) InitialState(pre, post *tensor.Tensor) *STDPState {
	return &STDPState{TPre: tensor.Zeros(pre.Shape()...), TPost: tensor.Zeros(post.Shape()...)}
}

// decay moves both traces one step on, in place.
func (r *STDPRule) decay(pre, post *tensor.Tensor, s *STDPState) {
	local(pre)
	local(post)
	fits("pre", pre.Shape(), "t_pre", s.TPre.Shape())
	fits("post", post.Shape(), "t_post", s.TPost.Shape())
	r.decayOne(s.TPre, pre, r.tauPreInv, r.aPre, "plasticity: tau_pre_inv", "plasticity: a_pre")
	r.decayOne(s.TPost, post, r.tauPostInv, r.aPost, "plasticity: tau_post_inv", "plasticity: a_post")
}

func (r *STDPRule) decayOne(trace, spikes *tensor.Tensor, tauInv, a option.Number, tauName, aName string) {
	var one, two [1]float32
	c := tauInv.Rate(r.dt.Value, &one, tauName, trace.Shape())
	size := a.Over(&two, aName, trace.Shape())
	t, z := trace.Data(), spikes.Data()
	trace.MarkChanged()
	for i := range t {
		if r.trace == "nearest" && z[i] != 0 {
			t[i] = c.At(i) * float32(size.At(i)*z[i])
			continue
		}
		t[i] += float32(c.At(i) * (-t[i] + float32(size.At(i)*z[i])))
	}
}

// fits panics with both names and shapes unless the shapes are equal.
func fits(a string, as []int, b string, bs []int) {
	if !slices.Equal(as, bs) {
		panic(fmt.Sprintf("plasticity: %s has shape %v, %s has %v", a, as, b, bs))
	}
}
