package env

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/livespike/livespike/snn/tensor"
)

// Space is a box of numbers, with the names of its elements.
type Space struct {
	Low, High []float32
	Names     []string
}

// box is a space of elements with the same bounds.
func box(low, high float32, names ...string) Space {
	n := len(names)
	return Space{slices.Repeat([]float32{low}, n), slices.Repeat([]float32{high}, n), names}
}

// Len is the number of elements.
func (s Space) Len() int { return len(s.Low) }

// Contains reports whether a tensor has as many elements as the space, all within its bounds.
func (s Space) Contains(x *tensor.Tensor) bool {
	if x.Len() != s.Len() {
		return false
	}
	for i, v := range x.Data() {
		if !(v >= s.Low[i] && v <= s.High[i]) {
			return false
		}
	}
	return true
}

// Sample is an element of the space, uniformly drawn; the same for the same seed.
func (s Space) Sample(seed uint64) *tensor.Tensor {
	random := rand.New(rand.NewPCG(seed, 1))
	out := make([]float32, s.Len())
	for i := range out {
		out[i] = s.Low[i] + float32(random.Float32()*(s.High[i]-s.Low[i]))
	}
	return tensor.Of(out...)
}

// clamp is a copy within the bounds; what is not a number is the low bound.
func (s Space) clamp(x []float32) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		if !(v >= s.Low[i]) {
			v = s.Low[i]
		}
		out[i] = min(v, s.High[i])
	}
	return out
}

// String is the bounds of each element.
func (s Space) String() string {
	text := fmt.Sprintf("Box(%d)", s.Len())
	for i, name := range s.Names {
		text += fmt.Sprintf(" %s [%g, %g]", name, s.Low[i], s.High[i])
	}
	return text
}
