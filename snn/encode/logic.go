package encode

import (
	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// Gradients pass through the gates as through the formulas, and through the step of LogicalOr and MullerC by SuperSpike.

// LogicalAnd is x·y, of spikes 0 and 1 of one shape.
//
// Source of the gates: Norse, functional/logical.py at 065a3b45.
func LogicalAnd(x, y *tensor.Tensor) *tensor.Tensor {
	same("x", x, "y", y)
	return x.Mul(y)
}

// LogicalXor is |x − y|.
func LogicalXor(x, y *tensor.Tensor) *tensor.Tensor {
	same("x", x, "y", y)
	return x.Sub(y).Abs()
}

// LogicalOr is 1 where x + y is above 0.
func LogicalOr(x, y *tensor.Tensor) *tensor.Tensor {
	same("x", x, "y", y)
	return surrogate.SuperSpike(100).Spikes(x.Add(y))
}

// MullerC is a Muller C-element: its output, before it prev, follows the inputs where they agree and holds where they
// differ: 1 where x·y + (x + y)·prev is above 0.
func MullerC(prev, x, y *tensor.Tensor) *tensor.Tensor {
	same("prev", prev, "x", x)
	same("x", x, "y", y)
	return surrogate.SuperSpike(100).Spikes(x.Mul(y).Add(x.Add(y).Mul(prev)))
}

// PosedgeDetector is 1 where z is and the step before, prev, was not: (1 − prev)·z.
func PosedgeDetector(z, prev *tensor.Tensor) *tensor.Tensor {
	same("z", z, "prev", prev)
	return prev.Neg().Add(1).Mul(z)
}
