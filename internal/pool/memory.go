// Package pool lends scratch memory, so that a steady stream of the same work allocates nothing.
package pool

import (
	"math/bits"
	"sync"
)

// sizes holds what has been given back, by the power of two that it has room for.
var sizes [48]sync.Pool

// Borrow is n floats of undefined content, to be given back.
func Borrow(n int) *[]float32 {
	class := bits.Len(uint(max(n, 64) - 1))
	if b, ok := sizes[class].Get().(*[]float32); ok {
		*b = (*b)[:n]
		return b
	}
	b := make([]float32, n, 1<<class)
	return &b
}

// GiveBack ends the loan of what Borrow returned.
func GiveBack(b *[]float32) { sizes[bits.Len(uint(cap(*b)-1))].Put(b) }
