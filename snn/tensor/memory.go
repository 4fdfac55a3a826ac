package tensor

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sync"
)

// size is the number of elements of a shape. It panics for a negative axis and for more elements than an int counts.
func size(shape []int) int {
	n, ok := elements(shape)
	if !ok {
		badShape(shape)
	}
	return n
}

// elements multiplies the axes; false for a negative one and where the product does not fit. Axes of size 0 make it 0,
// but the others must fit all the same: their product is the distance between neighbours.
func elements(shape []int) (n int, ok bool) {
	p, empty := uint(1), false
	for _, d := range shape {
		if d == 0 {
			empty = true
			continue
		}
		high, low := bits.Mul(p, uint(d))
		if d < 0 || high != 0 || low > math.MaxInt {
			return 0, false
		}
		p = low
	}
	if empty {
		return 0, true
	}
	return int(p), true
}

// badShape is apart from size so that the shapes of callers stay on their stacks.
func badShape(shape []int) {
	shape = slices.Clone(shape)
	if slices.Min(shape) < 0 {
		panic(fmt.Sprintf("tensor: negative size in shape %v", shape))
	}
	panic(fmt.Sprintf("tensor: shape %v has more elements than can be counted", shape))
}

// zeros is Zeros with the name of the function that asks. It panics for a shape that the machine has no room for: the
// alternative is the end of the process.
func zeros(method string, shape []int) *Tensor {
	n, ok := elements(shape)
	if !ok || n > unasked {
		mustHold(method, shape)
	}
	return wrap(append([]int(nil), shape...), make([]float32, n))
}

// unasked is a number of elements that every machine has room for.
const unasked = 1 << 20

// mustHold panics unless the elements of a shape fit into the memory.
func mustHold(method string, shape []int) {
	if slices.ContainsFunc(shape, func(d int) bool { return d < 0 }) {
		panic(fmt.Sprintf("tensor.%s: negative size in shape %v", method, slices.Clone(shape)))
	}
	need := 4.0
	for _, d := range shape {
		need *= float64(d)
	}
	have, known := memory()
	if _, ok := elements(shape); ok && need <= float64(have) {
		return
	}
	if need == 0 {
		panic(fmt.Sprintf("tensor.%s: shape %v has axes whose product cannot be counted", method, slices.Clone(shape)))
	}
	limit := "this machine has"
	if !known {
		limit = "the limit is"
	}
	panic(fmt.Sprintf("tensor.%s: shape %v needs %s, %s %s", method, slices.Clone(shape), inBytes(need), limit, inBytes(float64(have))))
}

// memory is what mustHold compares with: the machine's physical memory, less where the process has been given less, and
// a limit of 1 TiB where nobody can be asked.
var memory = sync.OnceValues(func() (bytes uint64, known bool) {
	if n := physicalMemory(); n > 0 {
		return n, true
	}
	return 1 << 40, false
})

// inBytes writes a number of bytes with a unit.
func inBytes(n float64) string {
	for _, unit := range []string{"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"} {
		if n < 999.5 {
			return fmt.Sprintf("%.3g %s", n, unit)
		}
		n /= 1024
	}
	return fmt.Sprintf("%.3g EiB", n)
}
