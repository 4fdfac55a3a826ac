package encode

import "github.com/livespike/livespike/snn/tensor"

// LogicalAnd is x·y, of spikes 0 and 1 of one shape.
//
// Source of the gates: Norse, functional/logical.py at 065a3b45.
func LogicalAnd(x, y *tensor.Tensor) *tensor.Tensor {
	return gate(x, y, func(x, y float32) float32 { return x * y })
}

// LogicalXor is |x − y|.
func LogicalXor(x, y *tensor.Tensor) *tensor.Tensor {
	return gate(x, y, func(x, y float32) float32 { return max(x-y, y-x) })
}

// LogicalOr is 1 where x + y is above 0.
func LogicalOr(x, y *tensor.Tensor) *tensor.Tensor {
	return gate(x, y, func(x, y float32) float32 { return heaviside(x + y) })
}

// MullerC is a Muller C-element: its output, before it prev, follows the inputs where they agree and holds where they
// differ: 1 where x·y + (x + y)·prev is above 0.
func MullerC(prev, x, y *tensor.Tensor) *tensor.Tensor {
	same("prev", prev, "x", x)
	sum, and := gate(x, y, func(x, y float32) float32 { return x + y }), LogicalAnd(x, y)
	for i, v := range sum.Data() {
		sum.Data()[i] = heaviside(and.Data()[i] + float32(v*prev.Data()[i]))
	}
	return sum
}

// PosedgeDetector is 1 where z is and the step before, prev, was not: (1 − prev)·z.
func PosedgeDetector(z, prev *tensor.Tensor) *tensor.Tensor {
	return gate(z, prev, func(z, prev float32) float32 { return (1 - prev) * z })
}

func gate(x, y *tensor.Tensor, f func(x, y float32) float32) *tensor.Tensor {
	same("x", x, "y", y)
	out := tensor.Zeros(x.Shape()...)
	for i, v := range x.Data() {
		out.Data()[i] = f(v, y.Data()[i])
	}
	return out
}

// heaviside is 1 above 0, else 0.
func heaviside(x float32) float32 {
	if x > 0 {
		return 1
	}
	return 0
}
