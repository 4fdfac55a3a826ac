package pool

import (
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

const (
	big  = 1 << 14  // floats from which on memory is large: 64 KiB
	keep = 32 << 20 // bytes of large memory that are kept, at most: what a third cache holds
)

// Uncleared is n floats of undefined content, for those who write every one. Large memory comes back when the collector
// has found that nobody can reach it any more, so that a loop that drops its outputs gets the same few again: memory that
// is new costs pages of the system's, or clearing, which takes about as long as a layer of neurons that fills it, and
// collections. What came back and was not asked for again until the next collection is let go; and no more is to come back
// from one collection than is kept, since it takes a second one to free what a finalizer has seen.
func Uncleared(n int) []float32 {
	if n < big {
		return make([]float32, n)
	}
	return unsafe.Slice(large.take((n+big-1)&^(big-1)), n)
}

// Copy is a copy of x.
func Copy(x []float32) []float32 {
	if len(x) < big {
		return append([]float32(nil), x...)
	}
	y := Uncleared(len(x))
	copy(y, x)
	return y
}

// large is the large memory that came back.
var large = returns{sizes: map[int]*returned{}}

type returns struct {
	mu    sync.Mutex
	sizes map[int]*returned
	free  int // bytes of all
	young int // bytes that were given out since the last collection and come back
}

// returned is that of one size.
type returned struct {
	free   []*float32 // the last that came back is the first to go
	unused int        // of those, since the last collection
	back   func(*float32)
}

// take is memory for so many floats, a multiple of big.
func (r *returns) take(size int) *float32 {
	r.mu.Lock()
	if len(r.sizes) == 0 {
		runtime.SetFinalizer(new(collection), (*collection).over)
	}
	of := r.sizes[size]
	if of == nil {
		of = &returned{}
		of.back = func(p *float32) { r.give(of, size, p) }
		r.sizes[size] = of
	}
	var p *float32
	if last := len(of.free) - 1; last >= 0 {
		p, of.free[last] = of.free[last], nil
		of.free, of.unused = of.free[:last], min(of.unused, last)
		r.free -= 4 * size
	}
	returns := r.free+r.young+4*size <= keep
	if returns {
		r.young += 4 * size
	}
	r.mu.Unlock()
	if p == nil {
		// A Builder's memory is the only one in Go that is not cleared. It begins at a page, being large, and holds no pointers.
		var b strings.Builder
		b.Grow(4 * size)
		b.WriteByte(0)
		p = (*float32)(unsafe.Pointer(unsafe.StringData(b.String())))
	}
	if returns {
		runtime.SetFinalizer(p, of.back)
	}
	return p
}

// give keeps memory that nobody reaches, if there is room.
func (r *returns) give(of *returned, size int, p *float32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.free+4*size <= keep {
		of.free = append(of.free, p)
		r.free += 4 * size
	}
}

// collection is garbage that notices collections.
type collection struct{ _ [64]byte }

// over lets go what was not used between two collections.
func (c *collection) over() {
	r := &large
	r.mu.Lock()
	defer r.mu.Unlock()
	r.young = 0
	for size, of := range r.sizes {
		r.free -= 4 * size * of.unused
		of.free = append(of.free[:0:0], of.free[of.unused:]...)
		of.unused = len(of.free)
	}
	runtime.SetFinalizer(c, (*collection).over)
}
