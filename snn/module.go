package snn

import "github.com/livespike/livespike/snn/tensor"

// Module is anything that turns a tensor, and the state it left behind the last time, into the next tensor and state.
// A nil state is a fresh one. A stateless module returns the state it was given.
//
// Forward must not change x or s.
type Module interface {
	Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State)
}

// namer is a module that says how it appears in the place of an error.
type namer interface{ label() string }
