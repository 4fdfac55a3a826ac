package snn

import (
	"fmt"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/internal/pool"
	"github.com/livespike/livespike/snn/tensor"
)

// Lifted is a module that runs over a sequence, made by Lift.
type Lifted struct {
	m    Module
	memo shapeMemo
}

// Lift makes a module for one step into one for a sequence: it is applied to each step of axis 0, with the state handed
// on from step to step, and the outputs are stacked. The state is that of the module after the last step.
func Lift(m Module) *Lifted {
	if m == nil {
		panicf("snn.Lift: the module is nil")
	}
	return &Lifted{m: m}
}

// Module is the module for one step.
func (l *Lifted) Module() Module { return l.m }

// Forward runs the module over axis 0 of x, which must have at least one step.
func (l *Lifted) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(l, x)
	shape := x.Shape()
	l.needSteps(shape)
	if !canApply(l.m) || recordable(l.m, x, s) || isChecking(l.m) || deviceOf(x) != nil {
		return l.recorded(x, s)
	}
	out := l.outputShape(shape)
	dst := pool.Uncleared(size(out))
	s = l.apply(dst, x.Data(), shape, s.Clone())
	return wrap(dst, out), s
}

// recorded is Forward for gradients, and for modules that make tensors of their own: one operation for all steps where
// there is one, else one for each step.
func (l *Lifted) recorded(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	defer atPlace("Lift", -1, l.m)
	switch m := l.m.(type) {
	case *Cell:
		return (&Layer{neuron: m.neuron}).Forward(x, s) // the same neurons, one operation
	case *RecurrentCell:
		return (&Recurrent{recurrence: m.recurrence}).Forward(x, s)
	case *Dense, *Activation:
		return m.Forward(x, s)
	case *Conv:
		if x.Dim() > 3 && !m.lifted {
			return m.Forward(x, s)
		}
	case *Pool:
		if x.Dim() > 2 {
			return m.Forward(x, s)
		}
	}
	out := make([]*tensor.Tensor, x.Len())
	for t := range out {
		out[t], s = l.step(t, x, s)
		if err := interrupt.Context().Err(); err != nil {
			panic(interrupted{"Lift", err})
		}
		if !sameShape(out[0].Shape(), out[t].Shape()) {
			panicf("Lift: the module's output has shape %v at step 0 and %v at step %d", out[0].Shape(), out[t].Shape(), t)
		}
	}
	return tensor.Stack(out...), s
}

func (l *Lifted) step(t int, x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	defer atStep(t)
	return l.m.Forward(x.Index(t), s)
}

func (l *Lifted) needSteps(shape []int) {
	if len(shape) == 0 || shape[0] == 0 {
		panicf("Lift: input has shape %v; a sequence has (T, …) with at least one step", shape)
	}
}

// ForwardInto is Forward that writes the output into dst and advances s in place. It returns s, or the module's fresh
// state if s is nil.
func (l *Lifted) ForwardInto(dst, x *tensor.Tensor, s *State) *State {
	return forwardInto(l, dst, x, s)
}

// OutputShape is the shape of the output for an input of that shape. It panics if the module is not one of this
// package's.
func (l *Lifted) OutputShape(in ...int) []int { return append([]int(nil), l.outputShape(in)...) }

func (l *Lifted) outputShape(in []int) []int {
	if out := l.memo.find(in); out != nil {
		return out
	}
	l.needSteps(in)
	defer atPlace("Lift", -1, l.m)
	return l.memo.keep(in, append([]int{in[0]}, shapeAfter(l.m, in[1:])...))
}

func (l *Lifted) apply(dst, x []float32, in []int, s *State) *State {
	defer atPlace("Lift", -1, l.m)
	m := l.m.(applier)
	n, out := len(x)/in[0], len(dst)/in[0]
	if checks(l.m) {
		return l.applyChecked(dst, x, in, s)
	}
	if c, ok := l.m.(*Conv); ok && !c.lifted && len(in) > 3 {
		return c.apply(dst, x, in, s) // the steps are so many more images
	}
	for t := range in[0] {
		s = m.apply(dst[t*out:(t+1)*out], x[t*n:(t+1)*n], in[1:], s)
	}
	return s
}

// applyChecked is apply that says at which step a check failed.
func (l *Lifted) applyChecked(dst, x []float32, in []int, s *State) *State {
	n, out := len(x)/in[0], len(dst)/in[0]
	for t := range in[0] {
		func() {
			defer atStep(t)
			s = applyChecked(l.m.(applier), dst[t*out:(t+1)*out], x[t*n:(t+1)*n], in[1:], s)
		}()
	}
	return s
}

func (l *Lifted) label() string { return "Lift" }

// String is Norse's text.
func (l *Lifted) String() string {
	return nestedText("Lift", []string{fmt.Sprintf("(lifted_module): %v", l.m)})
}
