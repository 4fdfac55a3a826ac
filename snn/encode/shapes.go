package encode

import (
	"fmt"
	"slices"

	"github.com/livespike/livespike/snn/tensor"
)

// needInput panics if a module is called without an input.
func needInput(m fmt.Stringer, x *tensor.Tensor) {
	if x == nil {
		panic(fmt.Sprintf("encode.%s: input is nil", m))
	}
}

// unrecorded panics if x's gradient would end in an encoder without one, as Norse's do without a word.
func unrecorded(who string, x *tensor.Tensor) {
	if tensor.Recording(x) {
		panic(fmt.Sprintf("encode.%s: the input of shape %v requires gradients, which would be lost; use Detach or NoGrad", who, x.Shape()))
	}
}

// same panics with both names and shapes unless the shapes are equal.
func same(a string, x *tensor.Tensor, b string, y *tensor.Tensor) {
	if !slices.Equal(x.Shape(), y.Shape()) {
		panic(fmt.Sprintf("encode: %s has shape %v, %s has %v", a, x.Shape(), b, y.Shape()))
	}
}
