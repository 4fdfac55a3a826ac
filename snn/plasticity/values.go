package plasticity

import (
	"fmt"
	"slices"

	"github.com/livespike/livespike/snn/tensor"
)

// values are a parameter's numbers over an array: one for all elements or one for each.
type values []float32

func (v values) at(i int) float32 {
	if len(v) == 1 {
		return v[0]
	}
	return v[i]
}

// over lays a parameter over an array of the given shape, by the broadcast rules. It allocates only when the
// parameter's tensor has another shape than the array.
func (p param) over(one *[1]float32, where string, shape []int) values {
	if p.tensor == nil {
		one[0] = float32(p.value)
		return one[:]
	}
	return broadcast(p.tensor, where, shape)
}

// rate is dt times an inverse time constant. A number is multiplied in float64 and rounded once; a tensor, as every
// default of Norse is, is multiplied in float32.
func (p param) rate(dt float64, one *[1]float32, where string, shape []int) values {
	if p.tensor == nil {
		if p.number {
			one[0] = float32(dt * p.value)
		} else {
			one[0] = float32(dt) * float32(p.value)
		}
		return one[:]
	}
	full := broadcast(p.tensor, where, shape)
	scaled := make(values, len(full))
	for i, v := range full {
		scaled[i] = float32(dt) * v
	}
	return scaled
}

// broadcast repeats a tensor's values over a shape; it panics with both shapes when they do not fit.
func broadcast(t *tensor.Tensor, where string, shape []int) values {
	from := t.Shape()
	if slices.Equal(from, shape) {
		return values(t.Data())
	}
	fits := len(from) <= len(shape)
	for k := 1; fits && k <= len(from); k++ {
		d := from[len(from)-k]
		fits = d == 1 || d == shape[len(shape)-k]
	}
	if !fits {
		panic(fmt.Sprintf("plasticity: %s has shape %v, which does not broadcast over %v", where, from, shape))
	}
	out := make(values, size(shape))
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

// size is the number of elements of a shape.
func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
