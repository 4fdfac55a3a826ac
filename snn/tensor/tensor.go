// Package tensor holds dense float32 arrays, row-major, of any number of axes, and their gradients.
//
//	x := tensor.Linspace(-10, 10, 10).Sigmoid().Diff()
//	fmt.Println(x.Repeat(9, 1).Shape())
//
// Methods return new tensors; those ending in Into or InPlace write where they say and do not allocate. Reshape, View,
// Flatten, Squeeze, Unsqueeze, Detach, and Index and Slice of the first axis share their elements with the original, as
// PyTorch's views do; T, Transpose, Permute, Expand and Slice of other axes copy, which PyTorch's do not; Clone copies.
// A shape that does not fit panics with both shapes.
//
// Numbers agree with NumPy's float32 arrays bit for bit, sums included; exp, log, sin, cos, tanh, sigmoid, softmax and
// powers are rounded from float64, where NumPy's own differ in the last bits; matrix products add in the order of their
// columns, which BLAS libraries do not. The text is PyTorch's.
//
// # Gradients
//
//	w := tensor.Randn(3).SetRequiresGrad(true)
//	loss := tensor.MSE(x.MatMul(w), y)
//	loss.Backward()
//	tensor.NoGrad(func() { w.SubInPlace(w.Grad().Mul(0.1)) })
//
// Reverse mode works as in PyTorch. An operation on a tensor that requires gradients leaves a node behind its result:
// its inputs and a function from the gradient of the result to theirs. Nodes have increasing numbers, so Backward visits
// those behind a loss from the newest to the oldest; there is no tape to start, and what nobody holds is collected.
// Tensors that require no gradients carry a nil pointer and pay one comparison an operation.
//
// Record adds an operation with a backward pass by hand. A neuron layer is one node over all its time steps.
//
// A wrong gradient is worse than none, so these panic: Backward through what an earlier Backward has released; changing
// in place, outside NoGrad, a tensor that records; changing what a node needs before Backward has run, through any view
// of it; an operation that cannot be recorded (Into, CopyFrom, Map) on a tensor that records. Only writes to the slice
// that Data returns go unnoticed without MarkChanged. Gradients have no gradients of their own.
package tensor

import (
	"fmt"
	"math"
	"sync/atomic"

	"github.com/livespike/livespike/internal/cuda/gpu"
)

// Tensor is an n-dimensional array of float32. Tensors are made by the package's functions; the zero value is a
// tensor with no axis and no element.
type Tensor struct {
	shape  []int
	data   []float32
	gpu    *gpu.Memory    // where the elements are instead of in data, nil on the CPU
	writes *atomic.Uint32 // counts changes in place once a node has saved the elements, 0 before; views share it
	grad   *gradient      // nil without gradients
}

// owner is a tensor that shares no elements, with its count of writes, in one allocation.
type owner struct {
	Tensor
	writes atomic.Uint32
}

// wrap is a tensor of new elements. It keeps the shape.
func wrap(shape []int, data []float32) *Tensor {
	o := &owner{Tensor: Tensor{shape: shape, data: data}}
	o.Tensor.writes = &o.writes
	return &o.Tensor
}

// view is a tensor with the elements of t from one up to another. It keeps the shape.
func (t *Tensor) view(shape []int, from, to int) *Tensor {
	if t.gpu != nil {
		return &Tensor{shape: shape, gpu: t.gpu.Slice(from, to), writes: t.writes}
	}
	return &Tensor{shape: shape, data: t.data[from:to:to], writes: t.writes}
}

// elems is the elements in memory. A tensor on another device has none there.
func (t *Tensor) elems() []float32 {
	if t.gpu != nil {
		t.elsewhere()
	}
	return t.data
}

// Shape is the size of each axis. The caller must not change it.
func (t *Tensor) Shape() []int { return t.shape }

// Data is the tensor's elements in row-major order, shared and not a copy; it panics for one on a GPU, see CPU. What is computed from them is not recorded for gradients,
// and changes to them are not noticed; see MarkChanged.
func (t *Tensor) Data() []float32 { return t.elems() }

// Dim is the number of axes.
func (t *Tensor) Dim() int { return len(t.shape) }

// Numel is the number of elements.
func (t *Tensor) Numel() int {
	if t.gpu != nil {
		return t.gpu.Len()
	}
	return len(t.data)
}

// NBytes is how many bytes the elements take, as PyTorch's nbytes. A view has those of its own elements, which it shares.
func (t *Tensor) NBytes() int { return 4 * t.Numel() }

// Len is the size of the first axis; 0 for a tensor without one.
func (t *Tensor) Len() int {
	if len(t.shape) == 0 {
		return 0
	}
	return t.shape[0]
}

// Item is the value of a tensor with exactly one element. It panics for others. From a GPU it copies the value.
func (t *Tensor) Item() float32 {
	if t.Numel() != 1 {
		panic(fmt.Sprintf("tensor.Item: shape %v has %d elements, need 1", t.shape, t.Numel()))
	}
	return t.element(0)
}

// element is one element, copied from wherever it is.
func (t *Tensor) element(at int) float32 {
	if t.gpu != nil {
		return t.view(nil, at, at+1).CPU().data[0]
	}
	return t.data[at]
}

// At1 is element i of a tensor with one axis; a negative index counts from the end. From a GPU it copies the element, as
// the other forms of At do.
func (t *Tensor) At1(i int) float32 {
	if len(t.shape) != 1 {
		panic(fmt.Sprintf("tensor.At1: shape %v has %d axes", t.shape, len(t.shape)))
	}
	return t.element(t.index(0, i))
}

// At2 is the element in row i and column j of a tensor with two axes; negative indices count from the end.
func (t *Tensor) At2(i, j int) float32 {
	if len(t.shape) != 2 {
		panic(fmt.Sprintf("tensor.At2: shape %v has %d axes", t.shape, len(t.shape)))
	}
	return t.element(t.index(0, i)*t.shape[1] + t.index(1, j))
}

// At3 is an element of a tensor with three axes; negative indices count from the end.
func (t *Tensor) At3(i, j, k int) float32 {
	if len(t.shape) != 3 {
		panic(fmt.Sprintf("tensor.At3: shape %v has %d axes", t.shape, len(t.shape)))
	}
	return t.element((t.index(0, i)*t.shape[1]+t.index(1, j))*t.shape[2] + t.index(2, k))
}

// At is the element at one index for each axis; negative indices count from the end.
func (t *Tensor) At(index ...int) float32 { return t.element(t.offset("At", index)) }

// Set changes the element at one index for each axis; the indices come first, as in At.
func (t *Tensor) Set(value float32, index ...int) {
	at := t.offset("Set", index)
	t.changed("Set", "")
	t.elems()[at] = value
}

func (t *Tensor) offset(method string, index []int) int {
	if len(index) != len(t.shape) {
		panic(fmt.Sprintf("tensor.%s: %d indices for shape %v", method, len(index), t.shape))
	}
	at := 0
	for axis, i := range index {
		at = at*t.shape[axis] + t.index(axis, i)
	}
	return at
}

// index checks an index of an axis and resolves a negative one.
func (t *Tensor) index(axis, i int) int {
	n := t.shape[axis]
	if i < -n || i >= n {
		panic(fmt.Sprintf("tensor: index %d is out of range for axis %d of shape %v", i, axis, t.shape))
	}
	if i < 0 {
		return i + n
	}
	return i
}

// axis checks an axis number and resolves a negative one.
func (t *Tensor) axis(method string, axis int) int {
	n := len(t.shape)
	if axis < -n || axis >= n {
		panic(fmt.Sprintf("tensor.%s: axis %d of shape %v", method, axis, t.shape))
	}
	if axis < 0 {
		return axis + n
	}
	return axis
}

// Clone is a copy that shares nothing; gradients flow through it.
func (t *Tensor) Clone() *Tensor {
	if t.gpu != nil {
		return t.reshaped("Clone", onGPU(mustHave(t.gpu.Clone()), t.shape))
	}
	return t.reshaped("Clone", wrap(append([]int(nil), t.shape...), append([]float32(nil), t.elems()...)))
}

// CopyFrom overwrites the elements with those of a tensor of the same shape, without allocating. Both may be on different
// devices.
func (t *Tensor) CopyFrom(from *Tensor) {
	from.given("CopyFrom", "from")
	if !sameShape(t.shape, from.shape) {
		panic(fmt.Sprintf("tensor.CopyFrom: shape %v into %v", from.shape, t.shape))
	}
	from.unrecorded("CopyFrom", "")
	t.changed("CopyFrom", "")
	t.fill(from)
}

// Equal reports whether both have the same shape and the same bits; a NaN equals itself, 0 and -0 differ.
func (t *Tensor) Equal(other *Tensor) bool {
	other.given("Equal", "other")
	if !sameShape(t.shape, other.shape) {
		return false
	}
	for i, v := range t.elems() {
		if math.Float32bits(v) != math.Float32bits(other.elems()[i]) {
			return false
		}
	}
	return true
}

// AllClose reports whether both have the same shape and every pair of elements a, b satisfies
// |a - b| <= 1e-8 + 1e-5*|b|, NumPy's defaults. NaN is close to nothing.
func (t *Tensor) AllClose(other *Tensor) bool {
	other.given("AllClose", "other")
	return t.AllCloseTol(other, 1e-5, 1e-8)
}

// AllCloseTol is AllClose with a relative and an absolute tolerance.
func (t *Tensor) AllCloseTol(other *Tensor, rtol, atol float64) bool {
	other.given("AllCloseTol", "other")
	if !sameShape(t.shape, other.shape) {
		return false
	}
	for i, v := range t.elems() {
		a, b := float64(v), float64(other.elems()[i])
		if a == b {
			continue // equal infinities
		}
		if !(math.Abs(a-b) <= atol+float64(rtol*math.Abs(b))) || math.IsInf(b, 0) {
			return false
		}
	}
	return true
}

// given panics if t, an argument of a method, is nil; the argument is named as by fmt.Sprintf.
func (t *Tensor) given(method, argument string, index ...any) {
	if t == nil {
		panic(fmt.Sprintf("tensor.%s: %s is nil, expected a tensor", method, fmt.Sprintf(argument, index...)))
	}
}

func sameShape(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i, n := range a {
		if n != b[i] {
			return false
		}
	}
	return true
}
