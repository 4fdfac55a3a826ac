package option

import (
	"fmt"
	"math"
	"slices"

	"github.com/livespike/livespike/snn/tensor"
)

// Number is a numeric parameter: a number or a tensor that broadcasts over what it is applied to.
type Number struct {
	Value  float64
	Tensor *tensor.Tensor // nil for one value
	Plain  bool           // given as a plain number: products are rounded once from float64, as Norse does
}

// Standard is a default value, which in Norse is a float32 tensor.
func Standard(v float64) Number { return Number{Value: v} }

// String is the number, or the shape of the tensor.
func (n Number) String() string {
	if n.Tensor != nil {
		return fmt.Sprintf("tensor%v", n.Tensor.Shape())
	}
	return fmt.Sprint(n.Value)
}

// Positive panics unless every value is finite and above zero.
func (n Number) Positive(who, name string) {
	if n.Tensor == nil {
		if !(n.Value > 0) || math.IsInf(n.Value, 0) {
			panic(fmt.Sprintf("%s: %s is %v; it must be above 0", who, name, n.Value))
		}
		return
	}
	for i, v := range n.Tensor.Data() {
		if !(v > 0) || math.IsInf(float64(v), 0) {
			panic(fmt.Sprintf("%s: %s[%d] is %v; it must be above 0", who, name, i, v))
		}
	}
}

// Values are a parameter's numbers over an array: one for all elements, or one for each.
type Values []float32

// At is the value for element i.
func (v Values) At(i int) float32 {
	if len(v) == 1 {
		return v[0]
	}
	return v[i]
}

// Over lays the parameter over an array of the given shape, by the broadcast rules. It uses one as its memory and
// allocates only when the parameter is a tensor of another shape.
func (n Number) Over(one *[1]float32, name string, shape []int) Values {
	if n.Tensor == nil {
		one[0] = float32(n.Value)
		return one[:]
	}
	return broadcast(n.Tensor, name, shape)
}

// Rate is dt times the parameter, an inverse time constant. A plain number is multiplied in float64 and rounded once;
// a tensor, as every default of Norse is, is multiplied in float32.
func (n Number) Rate(dt float64, one *[1]float32, name string, shape []int) Values {
	if n.Tensor == nil {
		if n.Plain {
			one[0] = float32(dt * n.Value)
		} else {
			one[0] = float32(dt) * float32(n.Value)
		}
		return one[:]
	}
	full := broadcast(n.Tensor, name, shape)
	scaled := make(Values, len(full))
	for i, v := range full {
		scaled[i] = float32(dt) * v
	}
	return scaled
}

// broadcast repeats a tensor's values over a shape; it panics with both shapes when they do not fit.
func broadcast(t *tensor.Tensor, name string, shape []int) Values {
	from := t.Shape()
	if slices.Equal(from, shape) {
		return Values(t.Data())
	}
	fits := len(from) <= len(shape)
	for k := 1; fits && k <= len(from); k++ {
		d := from[len(from)-k]
		fits = d == 1 || d == shape[len(shape)-k]
	}
	if !fits {
		panic(fmt.Sprintf("%s has shape %v, which does not broadcast over %v", name, from, shape))
	}
	out := make(Values, Size(shape))
	for i := range out {
		at, stride, rest := 0, 1, i
		for k := 1; k <= len(shape); k++ {
			d := shape[len(shape)-k]
			if k <= len(from) {
				if f := from[len(from)-k]; f != 1 {
					at += rest % d * stride
					stride *= f
				}
			}
			rest /= d
		}
		out[i] = t.Data()[at]
	}
	return out
}

// Size is the number of elements of a shape.
func Size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
