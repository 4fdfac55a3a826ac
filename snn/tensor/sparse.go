package tensor

import (
	"fmt"
	"slices"

	"github.com/livespike/livespike/internal/simd"
)

// Sparse is a tensor most of whose elements are zero: a list of the others. A stream of events is one, see event.Stream's
// ReadSparse, and snn.ForwardSparse gives it to a model without making a frame of it. PyTorch calls it a sparse COO tensor
// that is coalesced.
type Sparse struct {
	shape  []int
	index  []int32
	values []float32
}

// NewSparse is a tensor of that shape with values at the places index, counted row by row from 0; all others are zero. The
// places rise. It keeps both slices. It panics if their lengths differ, if a place does not rise or is outside, and for
// shapes of more than 2³¹ elements.
func NewSparse(index []int32, values []float32, shape ...int) *Sparse {
	n, ok := elements(shape)
	if !ok || int64(n) > 1<<31 {
		panic(fmt.Sprintf("tensor.NewSparse: shape %v has more than 2³¹ elements, or a negative axis", slices.Clone(shape)))
	}
	s := &Sparse{shape: slices.Clone(shape)}
	s.Refill(index, values)
	return s
}

// Refill puts other values at other places, as NewSparse takes them.
func (s *Sparse) Refill(index []int32, values []float32) {
	if len(index) != len(values) {
		panic(fmt.Sprintf("tensor.Sparse: %d places and %d values", len(index), len(values)))
	}
	last, n := -1, size(s.shape)
	for k, at := range index {
		if int(at) <= last || int(at) >= n {
			panic(fmt.Sprintf("tensor.Sparse: place %d is %d, behind %d, in shape %v; places rise and are inside", k, at, last, s.shape))
		}
		last = int(at)
	}
	s.index, s.values = index, values
}

// Shape is the size of each axis. The caller must not change it.
func (s *Sparse) Shape() []int { return s.shape }

// Len is the number of elements that are listed.
func (s *Sparse) Len() int { return len(s.index) }

// NBytes is how many bytes the places and values take.
func (s *Sparse) NBytes() int { return 4*len(s.index) + 4*len(s.values) }

// Index is the places of the elements, counted row by row from 0, rising; Values is the elements. Both are shared and not
// copies.
func (s *Sparse) Index() []int32 { return s.index }

// Values is the elements that are listed, see Index.
func (s *Sparse) Values() []float32 { return s.values }

// ToDense is the tensor with all its elements.
func (s *Sparse) ToDense() *Tensor {
	t := zeros("Sparse.ToDense", s.shape)
	for k, at := range s.index {
		t.data[at] = s.values[k]
	}
	return t
}

// String says how many elements are listed, of which shape.
func (s *Sparse) String() string {
	return fmt.Sprintf("tensor.Sparse(%d of %d elements, shape %v)", len(s.index), size(s.shape), s.shape)
}

// ToSparse lists the elements that are not zero. It is no operation that gradients flow through, and panics where one
// would be lost.
func (t *Tensor) ToSparse() *Sparse {
	t.unrecorded("ToSparse", "")
	x := t.elems()
	n := simd.Count(x)
	index, values := make([]int32, 0, n), make([]float32, 0, n)
	var at [1024]int32
	var found [1024]float32
	for first := 0; first < len(x); first += len(at) {
		k := simd.Active(at[:], found[:], x[first:min(first+len(at), len(x))], first)
		index, values = append(index, at[:k]...), append(values, found[:k]...)
	}
	return NewSparse(index, values, t.shape...)
}
