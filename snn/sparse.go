package snn

import (
	"github.com/livespike/livespike/internal/pool"
	"github.com/livespike/livespike/snn/tensor"
)

// ForwardSparse is m.Forward(x.ToDense(), s) for an input of which few elements are not zero, such as a packet of events:
// the same bits, without a look at the zeros. A convolution and a linear layer visit the elements that are listed; a cell
// of a model with a synaptic current adds them to that and then takes a silent step. So does a Sequential that begins with
// one of these. Other modules, and those that record gradients or check their numbers, get the dense input. To a model on a GPU,
// or to one without weights whose state is there, the list travels and not the input.
//
//	for x := range camera.SparseFrames(5 * time.Millisecond) {
//		y, s = snn.ForwardSparse(model, x, s)
//	}
func ForwardSparse(m Module, x *tensor.Sparse, s *State) (*tensor.Tensor, *State) {
	needSparse(m, x)
	if r, ok := m.(*Reused); ok {
		return r.forwardSparse(x, s)
	}
	if d := gpuOf(m, s); d != nil {
		return m.Forward(denseOn(d, x), s)
	}
	a, ok := m.(lister)
	if !ok || !a.takesList(x.Shape()) || recordable(m, nil, s) || isChecking(m) {
		return m.Forward(x.ToDense(), s)
	}
	out := a.outputShape(x.Shape())
	dst := pool.Uncleared(size(out))
	if _, stateless := m.(taker); !stateless {
		s = s.Clone()
	}
	s = a.applyList(dst, listed(x), x.Shape(), s)
	return wrap(dst, out), s
}

// ForwardSparseInto is ForwardSparse that writes the output into dst and advances s in place. It returns s, or a fresh
// state if s is nil. It does not allocate in steady state where ForwardSparse makes no dense input, and panics where it
// would have to.
func ForwardSparseInto(m Module, dst *tensor.Tensor, x *tensor.Sparse, s *State) *State {
	needSparse(m, x)
	if r, ok := m.(*Reused); ok {
		m = r.m
	}
	a, ok := m.(lister)
	if !ok || !a.takesList(x.Shape()) || checks(m) {
		panicf("%s: takes no list of what is not zero, or checks its numbers; use ForwardInto with a dense input", label(m))
	}
	out := a.outputShape(x.Shape())
	switch {
	case dst == nil:
		panicf("%s: destination is nil", label(m))
	case !sameShape(dst.Shape(), out):
		panicf("%s: the output has shape %v, the destination %v", label(m), out, dst.Shape())
	case dst.RequiresGrad() && tensor.Recording(dst):
		panicf("%s: the destination records gradients; use ForwardSparse, or write into a copy", label(m))
	}
	if s.overlaps(dst.Data()) || overlap(dst.Data(), x.Values()) {
		panicf("%s: the destination overlaps the state or the list, which is still read while it is written", label(m))
	}
	dst.MarkChanged()
	return a.applyList(dst.Data(), listed(x), x.Shape(), s)
}

func needSparse(m Module, x *tensor.Sparse) {
	if m == nil || x == nil {
		panicf("snn.ForwardSparse: the module or its input is nil")
	}
}

// lister is a module that takes its input as a list.
type lister interface {
	applier
	takesList(in []int) bool
	applyList(dst []float32, x inputs, in []int, s *State) *State
}

func (l *Dense) takesList([]int) bool { return true }
func (c *Conv) takesList([]int) bool  { return true }

func (l *Dense) applyList(dst []float32, x inputs, in []int, s *State) *State {
	l.take(dst, x, in)
	return s
}

func (c *Conv) applyList(dst []float32, x inputs, in []int, s *State) *State {
	c.take(dst, x, in)
	return s
}

// takesList: the input must go nowhere but into a variable in front of the step, or behind it.
func (c *Cell) takesList([]int) bool { return c.m.jump != "" && c.m.coupled == uncoupled }

func (c *Cell) applyList(z []float32, x inputs, in []int, s *State) *State {
	s = c.ready(c, s, in)
	c.listStep(x, s, func() { c.integrate(z, nil, s) })
	return s
}

// listStep is a step whose input is a list, added to a variable before or behind the silent step. Adding zero to the
// variable, which the list leaves out, changes none: the silent step does so too, and leaves no −0.
func (c *neuron) listStep(x inputs, s *State, silent func()) {
	if !c.delayed {
		x.addTo(s.field(c.jump))
	}
	silent()
	if c.delayed {
		x.addTo(s.field(c.jump))
	}
}

// listBits is applyList with packed spikes as output.
func (c *Cell) listBits(z []byte, x inputs, in []int, s *State) *State {
	s = c.ready(c, s, in)
	c.listStep(x, s, func() {
		n, any := s.stride(), false
		for at := 0; at < n; at += len(silence) {
			denormal := s.denormal
			c.runBits(z, nil, part{at: at, end: min(at+len(silence), n), steps: 1}, s, &denormal)
			any = any || denormal
		}
		s.denormal = any
	})
	return s
}

// takesList says so of the first module that does more than reshape.
func (c *Chain) takesList(in []int) bool {
	if !passes(c) {
		return false
	}
	for k, m := range c.modules {
		if a, ok := m.(lister); ok {
			return a.takesList(in)
		}
		if !isReshape(m) {
			return false
		}
		in = c.shapeAfter(k, in)
	}
	return false
}

func (c *Chain) applyList(dst []float32, x inputs, in []int, s *State) *State {
	return c.applyFrom(dst, x, in, s)
}

// listAt is applyAs of the first module, whose input is a list.
func (c *Chain) listAt(k int, dst []float32, x inputs, w *scratch, s *State) *State {
	defer atPlace("Sequential", k, c.modules[k])
	in := w.shapes[k]
	if w.packs[k] {
		return c.modules[k].(*Cell).listBits(asBytes(dst)[:size(in)/8], x, in, s)
	}
	return c.modules[k].(lister).applyList(dst, x, in, s)
}
