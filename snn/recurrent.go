package snn

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// Autapses lets the neurons of a recurrent model act on themselves: the diagonal of the recurrent weights is kept.
// Without it the diagonal is zero, whatever the weights given; it is a copy of them that is changed.
func Autapses(on bool) Option { return Option{"autapses", on} }

// InputWeights sets the matrix from the inputs to the neurons, (hidden, in), which is copied.
func InputWeights(t *tensor.Tensor) Option { return Option{"input_weights", t} }

// RecurrentWeights sets the matrix from the neurons to the neurons, (hidden, hidden), which is copied.
func RecurrentWeights(t *tensor.Tensor) Option { return Option{"recurrent_weights", t} }

// recurrence is what the forms with weights of their own have in common: a neuron model, a matrix that the input comes
// through, and a matrix that the spikes of the step before come back through.
type recurrence struct {
	neuron
	in, hidden int
	win        *tensor.Tensor // (hidden, in)
	wrec       *tensor.Tensor // (hidden, hidden), nil if the model has no way back
	autapses   bool
	memo       shapeMemo
}

// weighting is how the weights of a model start when the user gives none: their standard deviations.
type weighting struct {
	input, recurrent float64
	autapses         bool
}

// norseWeights are √(2/hidden) for both matrices.
func norseWeights(hidden int) weighting {
	d := math.Sqrt(2 / float64(hidden))
	return weighting{d, d, false}
}

func (m *model) recurrence(name string, in, hidden int, w weighting, back bool, opts []Option, more ...string) (*recurrence, optionSet) {
	if m.again != nil {
		m = m.again
	}
	who := "snn." + name
	if in < 1 || hidden < 1 {
		panicf("%s: %d inputs and %d neurons; both must be at least 1", who, in, hidden)
	}
	if m.coupled != uncoupled {
		opts = withCoupling(who, hidden, opts)
	}
	known := append(append(m.options(), "input_weights"), more...)
	if back {
		known = append(known, "recurrent_weights", "autapses")
	}
	set := options(who, name, opts, known)
	if set.given["method"] == "adjoint" {
		panicf("%s: method \"adjoint\" is known for the forms without weights only", who)
	}
	r := &recurrence{neuron: *newNeuron(m, name, set, back), in: in, hidden: hidden, autapses: w.autapses}
	r.win = ownMatrix(set, "input_weights", w.input, hidden, in)
	if !back {
		return r, set
	}
	if v, ok := set.given["autapses"]; ok {
		r.autapses = v.(bool)
	}
	r.wrec = ownMatrix(set, "recurrent_weights", w.recurrent, hidden, hidden)
	r.cutAutapses()
	return r, set
}

// cutAutapses makes the diagonal of the recurrent weights zero, unless it is wanted.
func (r *recurrence) cutAutapses() {
	if r.autapses || r.wrec == nil {
		return
	}
	w := r.wrec.Detach().CPU() // shared where it is on the CPU
	for k := range r.hidden {
		w.Data()[k*r.hidden+k] = 0
	}
	if deviceOf(r.wrec) != nil {
		tensor.NoGrad(func() { r.wrec.CopyFrom(w) })
	}
}

// ownMatrix is a copy of the user's matrix or a random one.
func ownMatrix(set optionSet, name string, deviation float64, rows, cols int) *tensor.Tensor {
	v, ok := set.given[name]
	if !ok {
		return normal(deviation, rows, cols)
	}
	return ownTensor(set.who, name, v, rows, cols)
}

// ownTensor is a copy of the user's tensor, which must have that shape.
func ownTensor(who, name string, v any, shape ...int) *tensor.Tensor {
	t, ok := v.(*tensor.Tensor)
	switch {
	case !ok:
		panicf("%s: %s is a *tensor.Tensor, not %s", who, name, kindOf(v))
	case t == nil:
		panicf("%s: %s is nil, want a tensor of shape %v", who, name, shape)
	case !sameShape(t.Shape(), shape):
		panicf("%s: %s has shape %v, want %v", who, name, t.Shape(), shape)
	}
	return copyOf(t)
}

// InputWeights is the matrix from the inputs to the neurons, (hidden, in). Changing its elements changes the module.
func (r *recurrence) InputWeights() *tensor.Tensor { return r.win }

// RecurrentWeights is the matrix from the neurons to the neurons, (hidden, hidden), or nil if there is none. Changing
// its elements changes the module.
func (r *recurrence) RecurrentWeights() *tensor.Tensor { return r.wrec }

// OutputShape is the shape of the output, that of the input with hidden in the place of the last axis.
func (r *recurrence) OutputShape(in ...int) []int { return append([]int(nil), r.outputShape(in)...) }

func (r *recurrence) outputShape(in []int) []int {
	if out := r.memo.find(in); out != nil {
		return out
	}
	if n := len(in); n == 0 || in[n-1] != r.in {
		panicf("%s: input has shape %v, want (…, %d)", r.label(), in, r.in)
	}
	out := append([]int(nil), in...)
	out[len(out)-1] = r.hidden
	return r.memo.keep(in, out)
}

// advance takes s through one step on x, rows of in inputs, and writes the output into z, rows of hidden.
func (r *recurrence) advance(z, x []float32, s *State) {
	n := len(z)
	if r.wrec == nil {
		current := s.scratch(n)
		linear(current, x, r.win.Data(), r.in, r.hidden)
		r.neuron.advance(z, current, s)
		return
	}
	r.advanceBack(z, x, s)
	copy(s.field(0), z)
}

// advanceBack is advance for a model with a way back. The sum is (i + input) + recurrent, as in Norse, so the input is
// added to the variable that it jumps into, and the kernel adds the recurrent current.
func (r *recurrence) advanceBack(z, x []float32, s *State) {
	n := len(z)
	if r.m.split {
		r.jumpSplit(x, s)
		r.integrate(z, nil, s)
		return
	}
	work := s.scratch(4 * n)
	inp, back, product := work[:n], work[n:2*n], work[2*n:3*n]
	linear(inp, x, r.win.Data(), r.in, r.hidden)
	linear(back, s.field(0), r.wrec.Data(), r.hidden, r.hidden)
	if r.m.both != nil {
		r.integrateBoth(z, inp, back, s)
		return
	}
	i := s.field(r.jump)
	if !r.delayed {
		add(i, inp)
	}
	switch {
	case r.m.coupled == coupledStep:
		if !r.delayed {
			add(i, back)
		}
		linear(product, s.field(r.skip), r.coupling.Data(), r.hidden, r.hidden)
		r.integrate(z, product, s)
	case r.delayed:
		r.integrate(z, nil, s)
	default:
		r.integrate(z, back, s)
	}
	if r.delayed {
		add(i, inp)
		add(i, back)
	}
	if r.m.coupled == coupledAfter {
		r.coupleAfter(product, s)
	}
}

// integrateBoth is integrate for a kernel that takes the input and the recurrent current apart.
func (r *recurrence) integrateBoth(z, x, back []float32, s *State) {
	stride := s.stride()
	vars := s.buf[r.skip*stride:]
	if s.trace != nil {
		s.trace.keep(x, back, vars)
	}
	k := r.coefficients()
	if k.block != nil {
		r.m.both(z, x, back, vars, k.block, stride)
		return
	}
	each := k.over(r.name, s.shape)
	at := 0
	for _, block := range each.blocks {
		end := at + each.run
		r.m.both(z[at:end], x[at:end], back[at:end], vars[at:], block, stride)
		at = end
	}
}

func (r *recurrence) label() string { return fmt.Sprintf("%s(%d, %d)", r.name, r.in, r.hidden) }

// String is Norse's text: LIFRecurrentCell(input_size=3, hidden_size=2, p=LIFParameters(…), autapses=False, dt=0.001).
func (r *recurrence) String() string {
	text := fmt.Sprintf("%s(input_size=%d, hidden_size=%d, %s", r.name, r.in, r.hidden, r.text())
	switch {
	case r.wrec == nil:
	case r.autapses:
		text += ", autapses=True"
	default:
		text += ", autapses=False"
	}
	return text + ", dt=" + r.dt.String() + r.extraText() + ")"
}
