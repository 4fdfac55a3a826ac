package snn

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// Norm brings every channel to mean 0 and variance 1. It is made by BatchNorm1d and BatchNorm2d. In training mode
// Forward changes the running statistics, so one goroutine at a time may use it then.
type Norm struct {
	mode
	name            string
	channels, after int            // after axes follow that of the channels
	eps, momentum   float64        // momentum is the share of a new batch in the running statistics
	weight, bias    *tensor.Tensor // (channels), nil without Affine
	mean, variance  *tensor.Tensor // running, (channels)
}

// Eps is what is added to a variance before its root is taken.
func Eps(v float64) Option { return Option{"eps", v} }

// Momentum is the share of a new batch in the running statistics of a BatchNorm.
func Momentum(v float64) Option { return Option{"momentum", v} }

// Affine says whether a BatchNorm multiplies by a weight and adds a bias, which are learned.
func Affine(on bool) Option { return Option{"affine", on} }

// BatchNorm2d normalises images of shape (…, channels, H, W), each channel over everything else:
//
//	y = (x − mean)/√(variance + eps)·weight + bias
//
// In training mode mean and variance are those of the input, and the running ones move towards them by momentum; after
// Eval the running ones are used. A whole video (time, batch, channels, H, W) is one batch; Lift takes step by step.
//
// Options: Eps 1e-5, Momentum 0.1, Affine true. Weight starts at 1, bias at 0.
//
// Source: Ioffe and Szegedy, ICML 2015; PyTorch's BatchNorm2d.
func BatchNorm2d(channels int, opts ...Option) *Norm {
	return newNorm("BatchNorm2d", channels, 2, opts)
}

// BatchNorm1d is BatchNorm2d for features of shape (…, channels).
func BatchNorm1d(channels int, opts ...Option) *Norm {
	return newNorm("BatchNorm1d", channels, 0, opts)
}

func newNorm(name string, channels, after int, opts []Option) *Norm {
	who := "snn." + name
	set := options(who, name, opts, []string{"eps", "momentum", "affine"})
	if channels < 1 {
		panicf("%s: %d channels; there must be at least 1", who, channels)
	}
	n := &Norm{name: name, channels: channels, after: after}
	n.eps, n.momentum = set.or("eps", 1e-5).(float64), set.or("momentum", 0.1).(float64)
	if !(n.eps > 0) || !(n.momentum >= 0 && n.momentum <= 1) {
		panicf("%s: eps must be positive and momentum between 0 and 1, not %v and %v", who, n.eps, n.momentum)
	}
	if set.or("affine", true).(bool) {
		n.weight, n.bias = tensor.Ones(channels), tensor.Zeros(channels)
	}
	n.mean, n.variance = tensor.Zeros(channels), tensor.Ones(channels)
	return n
}

// Parts are the weight, the bias and the running statistics.
func (n *Norm) Parts() []Part {
	var parts []Part
	if n.weight != nil {
		parts = weightAndBias(n.weight, n.bias)
	}
	return append(parts, Part{Name: "running_mean", Tensor: n.mean, Fixed: true},
		Part{Name: "running_var", Tensor: n.variance, Fixed: true})
}

// Forward normalises x. It returns s as it came. It panics if x has other channels, and in training mode for one value
// a channel, which has no variance.
func (n *Norm) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(n, x)
	n.outputShape(x.Shape())
	y := make([]float32, len(x.Data()))
	mean, scale := n.normalise(y, x.Data(), x.Shape())
	out := share(y, x.Shape())
	if tensor.Recording(x, n.weight, n.bias) {
		evaluating := n.evaluating
		tensor.Record(tensor.Node{
			Name: n.name, Inputs: []*tensor.Tensor{x, n.weight, n.bias}, Outputs: []*tensor.Tensor{out},
			Saved: []*tensor.Tensor{x, n.weight},
			Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
				return n.backward(x, dy[0].Data(), mean, scale, evaluating)
			},
		})
	}
	return checked(n, x.Dim() > 2+n.after, x, out, nil), s
}

// each calls f for every channel with the runs of neighbours that belong to it: n elements from at on, and so every step
// elements. Several processors share the channels.
func (n *Norm) each(shape []int, f func(channel int, r runs)) {
	all, run := size(shape), size(shape[len(shape)-n.after:])
	parallel(n.name, n.channels, 4*all/n.channels, func(from, to int) {
		for c := from; c < to; c++ {
			f(c, runs{c * run, run, n.channels * run, all})
		}
	})
}

// runs are the elements of a channel.
type runs struct{ first, n, step, end int }

// of calls f for each run.
func (r runs) of(f func(from, to int)) {
	for at := r.first; at < r.end; at += r.step {
		f(at, at+r.n)
	}
}

// normalise writes y and returns the mean and 1/√(variance + eps) that it used.
func (n *Norm) normalise(y, x []float32, shape []int) (mean, scale []float64) {
	mean, scale = make([]float64, n.channels), make([]float64, n.channels)
	variance := make([]float64, n.channels)
	if n.evaluating {
		for c := range mean {
			mean[c], variance[c] = float64(n.mean.Data()[c]), float64(n.variance.Data()[c])
		}
	} else {
		n.measure(mean, variance, x, shape)
	}
	for c, v := range variance {
		scale[c] = 1 / math.Sqrt(v+n.eps)
	}
	n.each(shape, func(c int, r runs) {
		w, b := n.affine(c)
		m, s := mean[c], scale[c]
		r.of(func(from, to int) {
			y := y[from:to]
			for k, v := range x[from:to] {
				y[k] = float32(float64(float64((float64(v)-m)*s)*w) + b)
			}
		})
	})
	return mean, scale
}

func (n *Norm) affine(c int) (weight, bias float64) {
	if n.weight == nil {
		return 1, 0
	}
	return float64(n.weight.Data()[c]), float64(n.bias.Data()[c])
}

// measure takes the statistics of a batch and moves the running ones, whose variance is the unbiased one.
func (n *Norm) measure(mean, variance []float64, x []float32, shape []int) {
	count := len(x) / n.channels
	if count < 2 {
		panicf("%s: input has shape %v: one value a channel has no variance; Eval uses the running one", n.label(), shape)
	}
	n.each(shape, func(c int, r runs) {
		sum := 0.0
		r.of(func(from, to int) {
			for _, v := range x[from:to] {
				sum += float64(v)
			}
		})
		m, squares := sum/float64(count), 0.0
		r.of(func(from, to int) {
			for _, v := range x[from:to] {
				d := float64(v) - m
				squares += float64(d * d)
			}
		})
		mean[c], variance[c] = m, squares/float64(count)
	})
	move := func(t *tensor.Tensor, c int, to float64) {
		d := t.Data()
		d[c] = float32(float64((1-n.momentum)*float64(d[c])) + float64(n.momentum*to))
	}
	for c := range mean {
		move(n.mean, c, mean[c])
		move(n.variance, c, variance[c]*float64(count)/float64(count-1))
	}
}

// backward: the mean and the variance depend on every element of a batch, but not on those seen in evaluation.
func (n *Norm) backward(x *tensor.Tensor, dy []float32, mean, scale []float64, evaluating bool) []*tensor.Tensor {
	data, shape := x.Data(), x.Shape()
	dw, db := make([]float64, n.channels), make([]float64, n.channels)
	n.each(shape, func(c int, r runs) {
		m, s, sum, products := mean[c], scale[c], 0.0, 0.0
		r.of(func(from, to int) {
			dy := dy[from:to]
			for k, v := range data[from:to] {
				g := float64(dy[k])
				sum += g
				products += float64(g * float64((float64(v)-m)*s))
			}
		})
		db[c], dw[c] = sum, products
	})
	grads := make([]*tensor.Tensor, 3)
	if x.RequiresGrad() {
		dx, count := make([]float32, len(data)), float64(len(data)/n.channels)
		n.each(shape, func(c int, r runs) {
			w, _ := n.affine(c)
			m, s, sum, products := mean[c], scale[c], db[c]/count, dw[c]/count
			if evaluating {
				sum, products = 0, 0
			}
			w *= s
			r.of(func(from, to int) {
				dx, dy := dx[from:to], dy[from:to]
				for k, v := range data[from:to] {
					dx[k] = float32((float64(dy[k]) - sum - float64(float64((float64(v)-m)*s)*products)) * w)
				}
			})
		})
		grads[0] = share(dx, shape)
	}
	if n.weight != nil {
		grads[1], grads[2] = singles(dw), singles(db)
	}
	return grads
}

func singles(x []float64) *tensor.Tensor {
	y := make([]float32, len(x))
	for k, v := range x {
		y[k] = float32(v)
	}
	return share(y, []int{len(y)})
}

// ForwardInto is Forward that writes into dst, which may be x.
func (n *Norm) ForwardInto(dst, x *tensor.Tensor, s *State) *State { return forwardInto(n, dst, x, s) }

// OutputShape is the shape of the output, that of the input.
func (n *Norm) OutputShape(in ...int) []int { return n.outputShape(in) }

func (n *Norm) outputShape(in []int) []int {
	if at := len(in) - 1 - n.after; at < 0 || in[at] != n.channels {
		panicf("%s: input has shape %v, want (…, %d%s)", n.label(), in, n.channels, map[int]string{2: ", H, W"}[n.after])
	}
	return in
}

func (n *Norm) apply(dst, x []float32, in []int, s *State) *State {
	n.normalise(dst, x, in)
	return s
}

func (n *Norm) label() string { return fmt.Sprintf("%s(%d)", n.name, n.channels) }

// String is PyTorch's text: BatchNorm2d(8, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True).
func (n *Norm) String() string {
	affine := "True"
	if n.weight == nil {
		affine = "False"
	}
	return fmt.Sprintf("%s(%d, eps=%s, momentum=%s, affine=%s, track_running_stats=True)",
		n.name, n.channels, pyFloat(n.eps), pyFloat(n.momentum), affine)
}
