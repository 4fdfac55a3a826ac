package snn

import "github.com/livespike/livespike/snn/tensor"

// Module is anything that turns a tensor, and the state it left behind the last time, into the next tensor and state.
// A nil state is a fresh one. A stateless module returns the state it was given.
//
// Forward must not change x or s.
type Module interface {
	Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State)
}

// intoModule is a module that can write into memory that already exists. Containers use it where they find it.
type intoModule interface {
	Module
	// ForwardInto writes the output into dst and advances s in place. It returns s, or a fresh state if s is nil.
	ForwardInto(dst, x *tensor.Tensor, s *State) *State
	// OutputShape is the shape of the output for an input of the given shape; it panics if the input does not fit.
	OutputShape(in []int) []int
}

// namer is a module that says how it appears in the place of an error.
type namer interface{ label() string }
