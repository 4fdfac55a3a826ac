// Package tensor holds dense float32 arrays, row-major, of any number of axes.
//
//	x := tensor.Linspace(-10, 10, 10).Sigmoid().Diff()
//	fmt.Println(x.Repeat(9, 1).Shape())
//
// Methods return new tensors; those ending in Into or InPlace write where they say and do not allocate.
// A shape that does not fit panics with both shapes.
package tensor

import "fmt"

// Tensor is an n-dimensional array of float32. Tensors are made by the package's functions; the zero value is an
// empty tensor of shape (0).
type Tensor struct {
	shape []int
	data  []float32
}

// FromSlice wraps data, without a copy, as a tensor of the given shape; without a shape it has one axis.
// It panics if the sizes differ.
func FromSlice(data []float32, shape ...int) *Tensor {
	if len(shape) == 0 {
		shape = []int{len(data)}
	}
	n := 1
	for _, d := range shape {
		n *= d
	}
	if n != len(data) {
		panic(fmt.Sprintf("tensor.FromSlice: %d values do not fill shape %v", len(data), shape))
	}
	return &Tensor{shape: append([]int(nil), shape...), data: data}
}

// Of is a tensor with one axis that holds the values.
func Of(values ...float32) *Tensor { return FromSlice(append([]float32(nil), values...)) }

// Zeros is a tensor of zeros.
func Zeros(shape ...int) *Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return &Tensor{shape: append([]int(nil), shape...), data: make([]float32, n)}
}

// Shape is the size of each axis. The caller must not change it.
func (t *Tensor) Shape() []int { return t.shape }

// Data is the tensor's elements in row-major order, not a copy.
func (t *Tensor) Data() []float32 { return t.data }
