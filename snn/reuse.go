package snn

import "github.com/livespike/livespike/snn/tensor"

// Reused is a module whose Forward makes nothing new, made by Reuse.
type Reused struct {
	m      Module
	params []*tensor.Tensor
	y      *tensor.Tensor
	s      *State
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
// Clone what is to be kept. The module is for one goroutine. What records gradients, runs on a GPU or has a module of the
// user's inside goes through m.Forward as it is.
func Reuse(m Module) *Reused {
	if m == nil {
		panicf("snn.Reuse: the module is nil")
	}
	r := &Reused{m: m}
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
	if !canApply(r.m) || deviceOf(x) != nil || tensor.Recording(x) || tensor.Recording(r.params...) || s.recording() {
		return r.m.Forward(x, s)
	}
	m := r.m.(applier)
	if out := m.outputShape(x.Shape()); r.y == nil || !sameShape(r.y.Shape(), out) {
		r.y = tensor.Zeros(out...)
	}
	if s != r.s {
		s = s.Clone()
	}
	r.s = forwardInto(m, r.y, x, s)
	return r.y, r.s
}

// Parts are those of the module, by the same names.
func (r *Reused) Parts() []Part {
	if c, ok := r.m.(Composite); ok {
		return c.Parts()
	}
	return nil
}

func (r *Reused) label() string { return label(r.m) }

// String is the module's.
func (r *Reused) String() string { return WithParts(r.m).String() }
