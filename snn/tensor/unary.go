package tensor

import (
	"fmt"
	"math"
)

// The functions below are computed in float64 and rounded once, so they are within half a unit in the last place.

// Neg is -t.
func (t *Tensor) Neg() *Tensor { return t.Map(func(v float32) float32 { return -v }) }

// Abs is |t|.
func (t *Tensor) Abs() *Tensor {
	return t.Map(func(v float32) float32 { return math.Float32frombits(math.Float32bits(v) &^ (1 << 31)) })
}

// Sign is -1, 0 or 1; 0 of NaN is NaN.
func (t *Tensor) Sign() *Tensor {
	return t.Map(func(v float32) float32 {
		switch {
		case v > 0:
			return 1
		case v < 0:
			return -1
		case v == 0:
			return 0
		}
		return v
	})
}

// Exp is e to the power t.
func (t *Tensor) Exp() *Tensor { return t.via(math.Exp) }

// Log is the natural logarithm.
func (t *Tensor) Log() *Tensor { return t.via(math.Log) }

// Sqrt is the square root.
func (t *Tensor) Sqrt() *Tensor { return t.via(math.Sqrt) }

// Sin is the sine of t in radians.
func (t *Tensor) Sin() *Tensor { return t.via(math.Sin) }

// Cos is the cosine of t in radians.
func (t *Tensor) Cos() *Tensor { return t.via(math.Cos) }

// Tanh is the hyperbolic tangent.
func (t *Tensor) Tanh() *Tensor { return t.via(math.Tanh) }

// Sigmoid is 1/(1 + exp(-t)).
func (t *Tensor) Sigmoid() *Tensor {
	return t.via(func(v float64) float64 { return 1 / (1 + math.Exp(-v)) })
}

// Relu is the larger of t and 0; NaN and -0 stay.
func (t *Tensor) Relu() *Tensor { return t.Map(relu) }

func relu(v float32) float32 {
	if v < 0 {
		return 0
	}
	return v
}

// Clamp is t limited to [low, high].
func (t *Tensor) Clamp(low, high float64) *Tensor {
	l, h := float32(low), float32(high)
	return t.Map(func(v float32) float32 {
		if v < l {
			return l
		}
		if v > h {
			return h
		}
		return v
	})
}

// Map is f of every element. From a script it costs about 1.4 µs an element: prefer the named functions.
func (t *Tensor) Map(f func(float32) float32) *Tensor {
	out := Zeros(t.shape...)
	for i, v := range t.data {
		out.data[i] = f(v)
	}
	return out
}

func (t *Tensor) via(f func(float64) float64) *Tensor {
	out := Zeros(t.shape...)
	for i, v := range t.data {
		out.data[i] = float32(f(float64(v)))
	}
	return out
}

// Diff is the difference of neighbours along the last axis, which gets one shorter.
func (t *Tensor) Diff() *Tensor {
	if len(t.shape) == 0 {
		panic(fmt.Sprintf("tensor.Diff: shape %v has no axis", t.shape))
	}
	n := t.shape[len(t.shape)-1]
	if n == 0 {
		panic(fmt.Sprintf("tensor.Diff: the last axis of shape %v is empty", t.shape))
	}
	shape := append([]int(nil), t.shape...)
	shape[len(shape)-1] = n - 1
	out := Zeros(shape...)
	for row := 0; row*n < len(t.data); row++ {
		from := t.data[row*n : (row+1)*n]
		to := out.data[row*(n-1) : (row+1)*(n-1)]
		for i := range to {
			to[i] = from[i+1] - from[i]
		}
	}
	return out
}
