package snn

import (
	"fmt"
	"strings"

	"github.com/livespike/livespike/internal/cuda/gpu"
	"github.com/livespike/livespike/internal/pool"
	"github.com/livespike/livespike/snn/tensor"
)

// State is what a module remembers between two calls: a tree of named tensors, in a fixed order. It belongs to the
// caller; modules return a new one and leave the old one as it was, except in ForwardInto.
//
// The state of a neuron holds one tensor for each of its variables, all of the same shape (that of one step, for a
// recurrent neuron with the hidden size last). The state of a container holds one child for each module, nil for a
// stateless one.
type State struct {
	lay   *layout     // the variables of a neuron; nil for other states
	shape []int       // of each variable; never changed once it is set
	buf   []float32   // the variables one after the other
	gpu   *gpu.Memory // where they are instead of in buf, nil on the CPU
	sub   []child     // what a container or a module of the user's keeps
	kind  string      // what it prints as when lay is nil; empty for a list
	work  *scratch    // buffers of ForwardInto; not part of the value
	trace *trace      // while a module records its steps

	denormal bool // the last step met denormals; see runFast

	// out is the variables as tensors that gradients flow through; nil where none do. They share buf.
	out []*tensor.Tensor
}

// child is one entry of a state that is not a neuron's: a tensor or a state, by name or, in a list, by position.
type child struct {
	name string
	t    *tensor.Tensor
	s    *State
}

// layout names the variables of a neuron's state. The name of a nested variable is its path, "lif.v".
type layout struct {
	kind   string            // LIFRefracState
	fields []string          // lif.v, lif.i, rho
	nested map[string]string // lif is a LIFState
}

func (l *layout) find(name string) int {
	for k, f := range l.fields {
		if f == name {
			return k
		}
	}
	for k, f := range l.fields { // v means lif.v where that is the only one
		if i := strings.LastIndexByte(f, '.'); i >= 0 && f[i+1:] == name {
			return k
		}
	}
	return -1
}

// newState is a neuron's state of zeros.
func newState(l *layout, shape []int) *State {
	n := size(shape)
	return &State{lay: l, shape: append([]int(nil), shape...), buf: make([]float32, n*len(l.fields))}
}

// NewState is an empty state that prints under the given name, for modules of your own; With adds to it.
func NewState(name string) *State { return &State{kind: name} }

// With is the state with a tensor added, or put in the place of the one of that name. The state itself stays as it is.
func (s *State) With(name string, t *tensor.Tensor) *State {
	if t == nil {
		panicf("snn.State: %s is nil, expected a tensor", name)
	}
	c := s.Clone()
	if c.lay != nil {
		k := c.lay.find(name)
		if k < 0 {
			panicf("snn.State: %s has no variable %q; it has %s", c.lay.kind, name, strings.Join(c.lay.fields, ", "))
		}
		if !sameShape(t.Shape(), c.shape) {
			panicf("snn.State: %s.%s has shape %v, not %v", c.lay.kind, name, c.shape, t.Shape())
		}
		copy(c.field(k), t.Data())
		c.link(k, t)
		return c
	}
	for k := range c.sub {
		if c.sub[k].name == name {
			c.sub[k] = child{name: name, t: t}
			return c
		}
	}
	c.sub = append(c.sub, child{name: name, t: t})
	return c
}

// WithState is the state with a child added, or put in the place of the one of that name.
func (s *State) WithState(name string, of *State) *State {
	c := s.Clone()
	if c.lay != nil {
		panicf("snn.State: %s has no children", c.lay.kind)
	}
	for k := range c.sub {
		if c.sub[k].name == name {
			c.sub[k] = child{name: name, s: of}
			return c
		}
	}
	c.sub = append(c.sub, child{name: name, s: of})
	return c
}

// listState is the state of a container of n modules, all nil.
func listState(n int) *State { return &State{sub: make([]child, n)} }

// field is the k-th variable's memory. A state on a GPU has none.
func (s *State) field(k int) []float32 {
	if s.gpu != nil {
		s.elsewhere()
	}
	n := s.stride()
	return s.buf[k*n : (k+1)*n : (k+1)*n]
}

func (s *State) stride() int {
	if s.gpu != nil {
		return s.gpu.Len() / len(s.lay.fields)
	}
	return len(s.buf) / len(s.lay.fields)
}

// variable is the k-th variable as a tensor that shares its memory, wherever that is.
func (s *State) variable(k int) *tensor.Tensor {
	if s.gpu != nil {
		n := s.stride()
		return onGPU(s.gpu.Slice(k*n, (k+1)*n), s.shape)
	}
	return share(s.field(k), s.shape)
}

// NBytes is how many bytes the tensors of the state and its children take.
func (s *State) NBytes() int {
	if s == nil {
		return 0
	}
	n := 4 * len(s.buf)
	if s.gpu != nil {
		n = 4 * s.gpu.Len()
	}
	for _, c := range s.sub {
		if c.t != nil {
			n += c.t.NBytes()
		}
		n += c.s.NBytes()
	}
	return n
}

// V is the membrane potential: Get("v").
func (s *State) V() *tensor.Tensor { return s.Get("v") }

// I is the synaptic current: Get("i").
func (s *State) I() *tensor.Tensor { return s.Get("i") }

// Z is the spikes of the step before, which recurrent neurons keep: Get("z").
func (s *State) Z() *tensor.Tensor { return s.Get("z") }

// Get is the tensor of that name: "v", "rho", "lif.v". A name inside a nested state may be given alone. The tensor
// shares the state's memory. Get panics if there is none and lists what there is.
func (s *State) Get(name string) *tensor.Tensor {
	if t := s.get(name); t != nil {
		return t
	}
	panicf("snn.State: no %q in %s; it has %s", name, s.title(), strings.Join(s.Names(), ", "))
	return nil
}

func (s *State) get(name string) *tensor.Tensor {
	if s == nil {
		return nil
	}
	if s.lay != nil {
		if k := s.lay.find(name); k >= 0 {
			if s.out != nil {
				return s.out[k]
			}
			return s.variable(k)
		}
		return nil
	}
	head, tail, nested := strings.Cut(name, ".")
	for k, c := range s.sub {
		if c.t != nil && c.name == name {
			return c.t
		}
		if nested && c.s != nil && (c.name == head || c.name == "" && fmt.Sprint(k) == head) {
			if t := c.s.get(tail); t != nil {
				return t
			}
		}
	}
	return nil
}

// Has reports whether there is a tensor of that name.
func (s *State) Has(name string) bool { return s.get(name) != nil }

// Names lists the tensors' names in order, nested ones by path: lif.v, lif.i, rho, or 0.v, 0.i in a container's state.
func (s *State) Names() []string {
	if s == nil {
		return nil
	}
	if s.lay != nil {
		return append([]string(nil), s.lay.fields...)
	}
	var names []string
	for k, c := range s.sub {
		name := c.name
		if name == "" {
			name = fmt.Sprint(k)
		}
		if c.t != nil {
			names = append(names, name)
		}
		for _, n := range c.s.Names() {
			names = append(names, name+"."+n)
		}
	}
	return names
}

// At is the state of the i-th module of a container, nil for a stateless one. It panics if there is no such module.
func (s *State) At(i int) *State {
	if s.lay != nil || i < 0 || i >= len(s.sub) {
		panicf("snn.State: no child %d in %s, which has %d", i, s.title(), s.Len())
	}
	return s.sub[i].s
}

// Len is the number of children.
func (s *State) Len() int {
	if s == nil {
		return 0
	}
	return len(s.sub)
}

// Child is the child of that name. It panics if there is none.
func (s *State) Child(name string) *State {
	for _, c := range s.sub {
		if c.name == name && c.t == nil {
			return c.s
		}
	}
	panicf("snn.State: no child %q in %s", name, s.title())
	return nil
}

// link lets gradients flow from variable k to the tensor that it was copied from.
func (s *State) link(k int, from *tensor.Tensor) {
	if !tensor.Recording(from) {
		if s.out != nil {
			s.out[k] = s.variable(k)
		}
		return
	}
	if s.out == nil {
		s.share()
	}
	s.out[k] = s.variable(k)
	tensor.Record(tensor.Node{
		Name: "State." + s.lay.fields[k], Inputs: []*tensor.Tensor{from}, Outputs: []*tensor.Tensor{s.out[k]},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor { return dy },
	})
}

// share makes the tensors of out, without gradients.
func (s *State) share() {
	s.out = make([]*tensor.Tensor, len(s.lay.fields))
	for k := range s.out {
		s.out[k] = s.variable(k)
	}
}

// Detach is a copy of the state that gradients do not flow through: training on pieces of a long sequence goes on from
// it without going back further.
func (s *State) Detach() *State {
	if s == nil {
		return nil
	}
	var d *State
	tensor.NoGrad(func() { d = s.Clone() })
	return d
}

// change is called before s is changed in place. It panics where a gradient would come out wrong.
func (s *State) change(who namer) {
	if s.out != nil {
		s.forgetGradients(who)
	}
}

func (s *State) forgetGradients(who namer) {
	if tensor.Recording(s.out...) {
		panicf("%s: ForwardInto would change a state that records gradients; use Forward, State.Detach or tensor.NoGrad", who.label())
	}
	s.out = nil
}

// Clone is a copy that shares no memory with s. Gradients flow through it.
func (s *State) Clone() *State {
	if s == nil {
		return nil
	}
	c := &State{lay: s.lay, shape: s.shape, kind: s.kind}
	if s.gpu != nil {
		c.gpu = mustHave(s.gpu.Clone())
	}
	if s.buf != nil {
		c.buf = pool.Copy(s.buf)
	}
	for k, t := range s.out {
		c.link(k, t)
	}
	if s.sub != nil {
		c.sub = make([]child, len(s.sub))
		for k, e := range s.sub {
			c.sub[k] = child{name: e.name, s: e.s.Clone()}
			if e.t != nil {
				c.sub[k].t = e.t.Clone()
			}
		}
	}
	return c
}

func (s *State) title() string {
	switch {
	case s == nil:
		return "a nil state"
	case s.lay != nil:
		return s.lay.kind
	case s.kind != "":
		return s.kind
	}
	return fmt.Sprintf("a list of %d states", len(s.sub))
}

// String is the text that Norse prints: LIFState(v=tensor([0.1000]), i=tensor([0.8000])), a container's state as a
// list with None for the stateless modules.
func (s *State) String() string {
	var b strings.Builder
	s.write(&b)
	return b.String()
}

func (s *State) write(b *strings.Builder) {
	switch {
	case s == nil:
		b.WriteString("None")
	case s.lay != nil:
		s.writeNeuron(b, s.lay.kind, "")
	case s.kind == "":
		b.WriteByte('[')
		s.writeChildren(b)
		b.WriteByte(']')
	default:
		b.WriteString(s.kind)
		b.WriteByte('(')
		s.writeChildren(b)
		b.WriteByte(')')
	}
}

func (s *State) writeChildren(b *strings.Builder) {
	for k, c := range s.sub {
		if k > 0 {
			b.WriteString(", ")
		}
		if c.name != "" {
			b.WriteString(c.name + "=")
		}
		if c.t != nil {
			b.WriteString(fmt.Sprint(c.t))
		} else {
			c.s.write(b)
		}
	}
}

// writeNeuron writes the variables below a prefix; those of a nested state are neighbours.
func (s *State) writeNeuron(b *strings.Builder, kind, prefix string) {
	b.WriteString(kind + "(")
	first, done := true, ""
	for k, f := range s.lay.fields {
		rest, ok := strings.CutPrefix(f, prefix)
		if !ok {
			continue
		}
		head, _, nested := strings.Cut(rest, ".")
		if nested && head == done {
			continue
		}
		if !first {
			b.WriteString(", ")
		}
		first = false
		b.WriteString(head + "=")
		if nested {
			done = head
			s.writeNeuron(b, s.lay.nested[prefix+head], prefix+head+".")
			continue
		}
		b.WriteString(fmt.Sprint(s.variable(k)))
	}
	b.WriteByte(')')
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

func sameShape(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if a[k] != b[k] {
			return false
		}
	}
	return true
}

// wrap is a tensor of that shape that shares data. Without axes it is a copy of the one value, since FromSlice takes a
// missing shape for one axis.
func wrap(data []float32, shape []int) *tensor.Tensor {
	if len(shape) == 0 {
		t := tensor.Zeros()
		t.Data()[0] = data[0]
		return t
	}
	return tensor.FromSlice(data, shape...)
}

// share is a tensor of that shape that shares data.
func share(data []float32, shape []int) *tensor.Tensor {
	return tensor.FromSlice(data, len(data)).Reshape(shape...)
}

// copyOf is a tensor with memory of its own.
func copyOf(t *tensor.Tensor) *tensor.Tensor {
	return wrap(append([]float32(nil), t.Data()...), t.Shape())
}
