package snn

import "github.com/livespike/livespike/snn/tensor"

// Reused is a module whose Forward makes nothing new, made by Reuse.
type Reused struct {
	m      Module
	params []*tensor.Tensor
	plain  bool // every module inside can run into memory, and none records its states
	y      *tensor.Tensor
	s      *State
	mode   // where the module has none
}

// Reuse is m for a loop that looks at an output and a state until the next call only: Forward gives the same tensor at every
// call, with the elements overwritten, and advances in place the state that it gave. A state from elsewhere is copied first,
// and stays as it is. In steady state it allocates nothing, which is what ForwardInto is for, with the loop as it was:
//
//	model := snn.Reuse(snn.Sequential(snn.LIFRefracCell(), snn.Conv2d(1, 2, 9)))
//	for f := range camera.Frames(5 * time.Millisecond) {
//		edges, state = model.Forward(f, state)
//	}
//
// Clone what is to be kept, and what a later Backward needs of a state; the input may not be the output of the call before.
// The module is for one goroutine. What records gradients or states, runs on a GPU or has a module of the user's inside goes
// through m.Forward as it is.
func Reuse(m Module) *Reused {
	if m == nil {
		panicf("snn.Reuse: the module is nil")
	}
	r := &Reused{m: m, plain: canApply(m)}
	walkModules(m, func(_ string, m Module) {
		switch m := m.(type) {
		case *Layer:
			r.plain = r.plain && !m.record
		case *Recurrent:
			r.plain = r.plain && !m.record
		}
	})
	walk(m, "", func(_ string, _ Module, p Part) {
		if p.Tensor != nil {
			r.params = append(r.params, p.Tensor)
		}
	})
	return r
}

// Forward is that of the module, into the memory of the call before.
func (r *Reused) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(r, x)
	if deviceOf(x) != nil || tensor.Recording(x) || r.fresh(s) {
		return r.m.Forward(x, s)
	}
	m := r.m.(applier)
	s = r.prepare(m, x.Shape(), s)
	r.s = forwardInto(m, r.y, x, s)
	return r.y, r.s
}

// forwardSparse is ForwardSparse into the memory of the call before.
func (r *Reused) forwardSparse(x *tensor.Sparse, s *State) (*tensor.Tensor, *State) {
	m, ok := r.m.(lister)
	if !ok || !m.takesList(x.Shape()) || isChecking(r.m) || gpuOf(r.m, s) != nil || r.fresh(s) {
		return ForwardSparse(r.m, x, s)
	}
	s = r.prepare(m, x.Shape(), s)
	r.s = ForwardSparseInto(r.m, r.y, x, s)
	return r.y, r.s
}

// fresh reports whether outputs must be new ones.
func (r *Reused) fresh(s *State) bool {
	return !r.plain || tensor.Recording(r.params...) || s.recording()
}

// prepare makes the output if there is none of that shape, and a state to advance of one from elsewhere.
func (r *Reused) prepare(m applier, in []int, s *State) *State {
	if out := m.outputShape(in); r.y == nil || !sameShape(r.y.Shape(), out) {
		r.y = tensor.Zeros(out...)
	}
	if s != r.s {
		s = s.Clone()
	}
	return s
}

// Parts are those of the module, by the same names.
func (r *Reused) Parts() []Part {
	if c, ok := r.m.(Composite); ok {
		return c.Parts()
	}
	return nil
}

// modes are the module's, so that Train, Eval, Freeze and CheckFinite reach it.
func (r *Reused) modes() *mode {
	if m, ok := r.m.(moded); ok {
		return m.modes()
	}
	return &r.mode
}

func (r *Reused) label() string { return label(r.m) }

// String is the module's.
func (r *Reused) String() string { return WithParts(r.m).String() }
