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
	needNoGradient(f, x, f.linear.weight, f.linear.bias)
	out := f.outputShape(x.Shape())
	y := make([]float32, size(out))
	next := f.apply(y, x.Data(), x.Shape(), s.Clone())
	return wrap(y, out), next
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
	switch {
	case s == nil:
		s = newState(filterLayout, shape)
	case s.lay != filterLayout:
		panicf("%s: the state is %s, not an ExpFilterState", f.label(), s.title())
	case !sameShape(s.shape, shape):
		panicf("%s: a step of the output has shape %v, the state %v", f.label(), shape, s.shape)
	}
	f.linear.apply(dst, x, in, nil)
	before := s.buf
	for n := len(before); len(dst) > 0 && n > 0; dst = dst[n:] {
		for k, y := range dst[:n] {
			before[k] = float32(f.keep*before[k]) + y
		}
		copy(dst, before)
	}
	return s
}

func (f *Filter) label() string { return "ExpFilter" }

// String shows the layer and the constants.
func (f *Filter) String() string {
	return nestedText("ExpFilter", []string{
		"(linear): " + f.linear.String(), "tau_filter_inv=" + f.tau.String() + ", dt=" + f.dt.String(),
	})
}
