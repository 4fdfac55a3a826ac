package plasticity

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
)

// StepLinear is one step of the rule on fully connected weights (out, in). The spikes pre (batch, in) and post
// (batch, out) may leave out the batch axis; a nil state is one at rest. Weights and state are new values. It panics
// with both shapes when they do not fit.
func (r *STDPRule) StepLinear(pre, post, w *tensor.Tensor, s *STDPState) (*tensor.Tensor, *STDPState) {
	if s == nil {
		s = r.InitialState(pre, post)
	} else {
		s = s.Clone()
	}
	local(w)
	w = copyOf(w)
	r.StepLinearInPlace(pre, post, w, s)
	return w, s
}

// StepLinearInPlace is StepLinear that changes the weights and the state it is given and allocates nothing.
func (r *STDPRule) StepLinearInPlace(pre, post, w *tensor.Tensor, s *STDPState) {
	local(w)
	fitLinear(pre, post, w) // before anything changes
	r.decay(pre, post, s)
	plus, minus := s.sums(len(w.Data()))
	pairLinear(pre, post, w, s, plus, minus)
	r.update(w, plus, minus)
}

// STDPStepLinear is one step of a rule on fully connected weights under Norse's name; a nil rule has the defaults.
func STDPStepLinear(zPre, zPost, w *tensor.Tensor, s *STDPState, rule *STDPRule) (*tensor.Tensor, *STDPState) {
	if rule == nil {
		rule = STDP()
	}
	return rule.StepLinear(zPre, zPost, w, s)
}

// fitLinear panics with the shapes unless they are those of a fully connected layer.
func fitLinear(pre, post, w *tensor.Tensor) {
	ws, ps, qs := w.Shape(), pre.Shape(), post.Shape()
	if len(ws) != 2 || len(ps) == 0 || len(ps) > 2 || len(qs) != len(ps) ||
		ps[len(ps)-1] != ws[1] || qs[len(qs)-1] != ws[0] || len(ps) == 2 && ps[0] != qs[0] {
		panic(fmt.Sprintf("plasticity: weights %v (out, in) do not fit pre %v and post %v", ws, ps, qs))
	}
}

// pairLinear adds S(z_post, t_pre) and S(t_post, z_pre) over the batch: plus[i,j] = Σ_b z_post[b,i]·t_pre[b,j]. Rows
// and columns without spikes add nothing and are passed over, so the cost follows the spikes.
func pairLinear(pre, post, w *tensor.Tensor, s *STDPState, plus, minus []float32) {
	out, in := w.Shape()[0], w.Shape()[1]
	zPre, zPost, tPre, tPost := pre.Data(), post.Data(), s.TPre.Data(), s.TPost.Data()
	for b := range len(zPre) / max(in, 1) {
		for i := range out {
			if z := zPost[b*out+i]; z != 0 {
				axpy(plus[i*in:(i+1)*in], z, tPre[b*in:(b+1)*in])
			}
		}
		for j := range in {
			z := zPre[b*in+j]
			if z == 0 {
				continue
			}
			for i := range out {
				minus[i*in+j] += float32(tPost[b*out+i] * z)
			}
		}
	}
}

// axpy adds a·x to y.
func axpy(y []float32, a float32, x []float32) {
	for i, v := range x {
		y[i] += float32(a * v)
	}
}
