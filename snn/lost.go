package snn

import "github.com/livespike/livespike/snn/tensor"

// needNoGradient panics where a gradient would be lost: who cannot be recorded, and one of the tensors asks for it.
func needNoGradient(who namer, inputs ...*tensor.Tensor) {
	if tensor.Recording(inputs...) {
		panicf("%s: the gradient would be lost here; use Detach or tensor.NoGrad", who.label())
	}
}
