package plasticity

import (
	"fmt"
	"slices"

	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// StepConv2d is one step of the rule on the weights (out, in, kernel height, kernel width) of a convolution with the
// rule's stride, padding and dilation. The spikes pre (batch, in, height, width) and post (batch, out, height',
// width') may leave out the batch axis; a nil state is one at rest. Weights and state are new values. It panics with
// the shapes when they do not fit.
func (r *STDPRule) StepConv2d(pre, post, w *tensor.Tensor, s *STDPState) (*tensor.Tensor, *STDPState) {
	if s == nil {
		s = r.InitialState(pre, post)
	} else {
		s = s.Clone()
	}
	local(w)
	w = copyOf(w)
	r.StepConv2dInPlace(pre, post, w, s)
	return w, s
}

// StepConv2dInPlace is StepConv2d that changes the weights and the state it is given and allocates nothing.
func (r *STDPRule) StepConv2dInPlace(pre, post, w *tensor.Tensor, s *STDPState) {
	local(w)
	g := r.window(pre, post, w) // before anything changes
	r.decay(pre, post, s)
	plus, minus := s.sums(len(w.Data()))
	g.pair(pre, post, s, plus, minus)
	r.update(w, plus, minus)
}

// STDPStepConv2d is one step of a rule on a convolution's weights under Norse's name; a nil rule has the defaults.
func STDPStepConv2d(zPre, zPost, w *tensor.Tensor, s *STDPState, rule *STDPRule) (*tensor.Tensor, *STDPState) {
	if rule == nil {
		rule = STDP()
	}
	return rule.StepConv2d(zPre, zPost, w, s)
}

// window is the geometry of a convolution.
type window struct {
	batch, in, height, width       int
	out, outHeight, outWidth       int
	kernelHeight, kernelWidth      int
	stride, pad, dilation, weights int
}

func (r *STDPRule) window(pre, post, w *tensor.Tensor) window {
	ps, qs, ws := pre.Shape(), post.Shape(), w.Shape()
	lead := len(ps) - 3 // 1 with a batch axis, 0 without
	if lead < 0 || lead > 1 || len(qs) != len(ps) || len(ws) != 4 || ws[1] != ps[lead] {
		panic(fmt.Sprintf("plasticity: weights %v, pre %v and post %v are not those of a 2-d convolution", ws, ps, qs))
	}
	g := window{
		batch: option.Size(ps[:lead]), in: ps[lead], height: ps[lead+1], width: ps[lead+2],
		out: ws[0], kernelHeight: ws[2], kernelWidth: ws[3],
		stride: r.stride, pad: r.pad, dilation: r.dilation, weights: option.Size(ws),
	}
	g.outHeight = (g.height+2*g.pad-g.dilation*(g.kernelHeight-1)-1)/g.stride + 1
	g.outWidth = (g.width+2*g.pad-g.dilation*(g.kernelWidth-1)-1)/g.stride + 1
	if option.Size(qs[:lead]) != g.batch || qs[lead] != g.out || qs[lead+1] != g.outHeight || qs[lead+2] != g.outWidth {
		panic(fmt.Sprintf("plasticity: weights %v on pre %v give %v, post has %v", ws, ps,
			append(slices.Clone(ps[:lead]), g.out, g.outHeight, g.outWidth), qs))
	}
	return g
}

// pair adds, for each weight, the products over all positions of the window and the batch.
func (g window) pair(pre, post *tensor.Tensor, s *STDPState, plus, minus []float32) {
	for b := range g.batch {
		zPre := pre.Data()[b*g.in*g.height*g.width:]
		tPre := s.TPre.Data()[b*g.in*g.height*g.width:]
		zPost := post.Data()[b*g.out*g.outHeight*g.outWidth:]
		tPost := s.TPost.Data()[b*g.out*g.outHeight*g.outWidth:]
		for k := range g.weights {
			kx := k % g.kernelWidth
			ky := k / g.kernelWidth % g.kernelHeight
			c := k / (g.kernelWidth * g.kernelHeight) % g.in
			o := k / (g.kernelWidth * g.kernelHeight * g.in)
			g.tap(o, c, ky, kx, zPre, zPost, tPre, tPost, &plus[k], &minus[k])
		}
	}
}

// tap adds the products of one weight in the order of the output's pixels.
func (g window) tap(o, c, ky, kx int, zPre, zPost, tPre, tPost []float32, plus, minus *float32) {
	for oy := range g.outHeight {
		y := oy*g.stride - g.pad + ky*g.dilation
		if y < 0 || y >= g.height {
			continue
		}
		in := (c*g.height + y) * g.width
		at := (o*g.outHeight + oy) * g.outWidth
		for ox := range g.outWidth {
			x := ox*g.stride - g.pad + kx*g.dilation
			if x < 0 || x >= g.width {
				continue
			}
			*plus += float32(zPost[at+ox] * tPre[in+x])
			*minus += float32(tPost[at+ox] * zPre[in+x])
		}
	}
}
