package pool

import (
	"strings"
	"unsafe"
)

// big is the size from which on clearing memory is worth avoiding: 64 KiB.
const big = 1 << 14

// Uncleared is n floats of undefined content, for those who write every one. Clearing 26 MB takes about as long as a layer
// of neurons that fills them.
func Uncleared(n int) []float32 {
	if n < big {
		return make([]float32, n)
	}
	// A Builder's memory is the only one in Go that is not cleared. It begins at a page, being large, and holds no pointers.
	var b strings.Builder
	b.Grow(4 * n)
	b.WriteByte(0)
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.StringData(b.String()))), n)
}
