package snn

import (
	"sync/atomic"
	"unsafe"

	"github.com/livespike/livespike/internal/pool"
	"github.com/livespike/livespike/snn/tensor"
)

// applier is a module that works on memory alone. Containers run such modules without making tensors in between, and
// ForwardInto is made from it.
type applier interface {
	// apply writes the output for an input of shape in into dst and advances s in place. It returns s, or a fresh
	// state if s is nil and the module has one. dst has the size of outputShape(in), which has been called before.
	apply(dst, x []float32, in []int, s *State) *State
	// outputShape is the shape of the output; it panics if the input does not fit.
	outputShape(in []int) []int
	namer
}

// forwardInto is the ForwardInto of an applier.
func forwardInto(m applier, dst, x *tensor.Tensor, s *State) *State {
	if x == nil || dst == nil {
		panicf("%s: input or destination is nil", m.label())
	}
	if x.RequiresGrad() && tensor.Recording(x) {
		panicf("%s: ForwardInto would lose the gradient of its input; use Forward, Detach or tensor.NoGrad", m.label())
	}
	out := m.outputShape(x.Shape())
	if !sameShape(dst.Shape(), out) {
		panicf("%s: the output has shape %v, the destination %v", m.label(), out, dst.Shape())
	}
	if dst.RequiresGrad() && tensor.Recording(dst) {
		panicf("%s: the destination records gradients; use Forward, or write into a copy", m.label())
	}
	to, from := dst.Data(), x.Data()
	if overlap(to, from) && !(&to[0] == &from[0] && len(to) == len(from) && worksInPlace(m)) {
		panicf("%s: the destination overlaps the input, which is still read while it is written", m.label())
	}
	if s.overlaps(to) {
		panicf("%s: the destination overlaps the state, which is still read while it is written", m.label())
	}
	dst.MarkChanged()
	return applyChecked(m, to, from, x.Shape(), s)
}

// overlap reports whether a and b share an element.
func overlap(a, b []float32) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	from, to := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	return from < to+uintptr(4*len(b)) && to < from+uintptr(4*len(a))
}

// overlaps reports whether a variable of the state, or of one inside it, shares an element with a.
func (s *State) overlaps(a []float32) bool {
	if s == nil {
		return false
	}
	if overlap(s.buf, a) {
		return true
	}
	for _, c := range s.sub {
		if c.s.overlaps(a) || c.t != nil && c.t.Device() == (tensor.Device{}) && overlap(c.t.Data(), a) {
			return true
		}
	}
	return false
}

// worksInPlace reports whether m may write its output over its input.
func worksInPlace(m any) bool {
	switch m := m.(type) {
	case *Dense, *Conv, *Pool, *Filter, *Recurrent, *RecurrentCell, *Correlated:
		return false
	case *Lifted:
		return worksInPlace(m.m)
	case *Chain: // what lies between two modules has memory of its own
		var only Module
		for _, inner := range m.modules {
			if isReshape(inner) {
				continue
			}
			if only != nil {
				return true
			}
			only = inner
		}
		return only == nil || worksInPlace(only)
	}
	return true
}

// forwardNew is the Forward of an applier without a state.
func forwardNew(m applier, x *tensor.Tensor) *tensor.Tensor {
	out := m.outputShape(x.Shape())
	dst := pool.Uncleared(size(out))
	m.apply(dst, x.Data(), x.Shape(), nil)
	return wrap(dst, out)
}

// shapeMemo remembers the last input shape and its output shape, so that a steady stream of inputs makes no slices.
type shapeMemo struct {
	last atomic.Pointer[[2][]int]
}

func (m *shapeMemo) find(in []int) []int {
	if p := m.last.Load(); p != nil && sameShape(p[0], in) {
		return p[1]
	}
	return nil
}

func (m *shapeMemo) keep(in, out []int) []int {
	m.last.Store(&[2][]int{append([]int(nil), in...), out})
	return out
}

// borrow lends memory of undefined content to modules that keep no state.
func borrow(n int) *[]float32 { return pool.Borrow(n) }

func giveBack(b *[]float32) { pool.GiveBack(b) }

// canApply reports whether m, and every module inside it, is an applier.
func canApply(m Module) bool {
	switch c := m.(type) {
	case *Chain:
		for _, inner := range c.modules {
			if !canApply(inner) {
				return false
			}
		}
		return true
	case *Lifted:
		return canApply(c.m)
	}
	_, ok := m.(applier)
	return ok
}
