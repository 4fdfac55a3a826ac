package encode

import (
	"fmt"
	"slices"

	"github.com/livespike/livespike/snn/tensor"
)

// same panics with both names and shapes unless the shapes are equal.
func same(a string, x *tensor.Tensor, b string, y *tensor.Tensor) {
	if !slices.Equal(x.Shape(), y.Shape()) {
		panic(fmt.Sprintf("encode: %s has shape %v, %s has %v", a, x.Shape(), b, y.Shape()))
	}
}
