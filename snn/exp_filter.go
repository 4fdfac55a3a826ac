package snn

import (
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// Filter is a linear layer followed by an exponential filter over time, made by ExpFilter.
type Filter struct {
	linear *Dense
	dt     value
	tau    value
	keep   float32
}

var filterLayout = &layout{kind: "ExpFilterState", fields: []string{"s"}}

// TauFilterInv is the inverse time constant of ExpFilter in 1/s.
func TauFilterInv(v any) Option { return Option{"tau_filter_inv", v} }

// ExpFilter smooths a sequence: a linear layer from in to out features, then a leaky sum over time.
//
//	y = x·Wᵀ + b        s' = exp(−dt·τ⁻¹)·s + y
//
// The input is (T, …, in), the output, which is s, (T, …, out). State: s of shape (…, out), starting at 0. Options:
// TauFilterInv 1000 1/s, DT 0.001 s, and those of Linear: Weight, Bias.
//
// Source: Norse, module/exp_filter.py and functional/filter.py at 065a3b45.
func ExpFilter(in, out int, opts ...Option) *Filter {
	const who = "snn.ExpFilter"
	set := options(who, "ExpFilter", opts, []string{"weight", "bias", "tau_filter_inv", "dt"})
	var dense []Option
	for _, o := range opts {
		if o.name == "weight" || o.name == "bias" {
			dense = append(dense, o)
		}
	}
	f := &Filter{linear: Linear(in, out, dense...)}
	f.tau = valueOf(who, "tau_filter_inv", set.or("tau_filter_inv", 1000), positive)
	f.dt = valueOf(who, "dt", set.or("dt", 0.001), positive)
	if f.tau.t != nil || f.dt.t != nil {
		panicf("%s: tau_filter_inv and dt are plain numbers, not tensors", who)
	}
	f.keep = float32(math.Exp(-f.dt.num * f.tau.num))
	return f
}

// Weight is the matrix of the linear layer, (out, in). Changing its elements changes the filter.
func (f *Filter) Weight() *tensor.Tensor { return f.linear.weight }

// Bias is the bias of the linear layer, (out), or nil.
func (f *Filter) Bias() *tensor.Tensor { return f.linear.bias }

// Forward filters as many steps as axis 0 of x is long. A nil state is a fresh one.
func (f *Filter) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(f, x)
	out := f.outputShape(x.Shape())
	if recordable(f, x, s) {
		return f.recorded(x, s)
	}
	y := make([]float32, size(out))
	next := f.apply(y, x.Data(), x.Shape(), s.Clone())
	return wrap(y, out), next
}

// recorded is Forward for gradients: the linear layer, then the filter as one operation. s' = keep·s + y, so the gradient
// of a step's y is that of its output plus keep times that of the next step's.
func (f *Filter) recorded(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	y, _ := f.linear.Forward(x, nil)
	shape := y.Shape()[1:]
	next := newState(filterLayout, shape)
	var first *tensor.Tensor
	if s != nil {
		f.check(s, shape)
		copy(next.buf, s.buf)
		if s.out != nil {
			first = s.out[0]
		}
	}
	out := append([]float32(nil), y.Data()...)
	f.run(out, next.buf)
	next.share()
	z := share(out, y.Shape())
	tensor.Record(tensor.Node{
		Name: "ExpFilter", Inputs: []*tensor.Tensor{y, first}, Outputs: []*tensor.Tensor{z, next.out[0]},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			carry, dx := make([]float32, len(next.buf)), make([]float32, len(out))
			if dy[1] != nil {
				copy(carry, dy[1].Data())
			}
			for at := len(dx) - len(carry); at >= 0 && len(carry) > 0; at -= len(carry) {
				if dy[0] != nil {
					add(carry, dy[0].Data()[at:][:len(carry)])
				}
				copy(dx[at:], carry)
				for k := range carry {
					carry[k] *= f.keep
				}
			}
			return []*tensor.Tensor{share(dx, y.Shape()), share(carry, shape)}
		},
	})
	return z, next
}

// run filters the rows of dst in place; before is the state.
func (f *Filter) run(dst, before []float32) {
	for n := len(before); len(dst) > 0 && n > 0; dst = dst[n:] {
		for k, y := range dst[:n] {
			before[k] = float32(f.keep*before[k]) + y
		}
		copy(dst, before)
	}
}

func (f *Filter) check(s *State, shape []int) {
	switch {
	case s.lay != filterLayout:
		panicf("%s: the state is %s, not an ExpFilterState", f.label(), s.title())
	case !sameShape(s.shape, shape):
		panicf("%s: a step of the output has shape %v, the state %v", f.label(), shape, s.shape)
	}
}

// ForwardInto is Forward that writes the output into dst, which must not be x, and advances s in place. It returns s,
// or a fresh state if s is nil. It allocates nothing in steady state.
func (f *Filter) ForwardInto(dst, x *tensor.Tensor, s *State) *State {
	return forwardInto(f, dst, x, s)
}

// OutputShape is the shape of the output for an input of that shape.
func (f *Filter) OutputShape(in ...int) []int { return append([]int(nil), f.outputShape(in)...) }

func (f *Filter) outputShape(in []int) []int {
	if len(in) < 2 {
		panicf("%s: input has shape %v, a sequence has (T, …, %d)", f.label(), in, f.linear.in)
	}
	defer atPlace("ExpFilter", -1, f.linear)
	return f.linear.outputShape(in)
}

func (f *Filter) apply(dst, x []float32, in []int, s *State) *State {
	shape := f.outputShape(in)[1:]
	if s == nil {
		s = newState(filterLayout, shape)
	}
	f.check(s, shape)
	s.change(f)
	f.linear.apply(dst, x, in, nil)
	f.run(dst, s.buf)
	return s
}

func (f *Filter) label() string { return "ExpFilter" }

// String shows the layer and the constants.
func (f *Filter) String() string {
	return nestedText("ExpFilter", []string{
		"(linear): " + f.linear.String(), "tau_filter_inv=" + f.tau.String() + ", dt=" + f.dt.String(),
	})
}
