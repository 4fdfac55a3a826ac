package snn

import (
	"sort"
	"sync"
	"sync/atomic"

	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/snn/tensor"
)

// inputs are what a layer is given: numbers, spikes as packed bits, or a list of what is not zero. All three give the same
// bits; a layer that visits only what is not zero finds it in the last two without a look at the others.
type inputs struct {
	x      []float32
	bits   []byte
	index  []int32 // the places of values, rising, each with first added
	values []float32
	first  int
	n      int
}

func numbers(x []float32) inputs { return inputs{x: x, n: len(x)} }
func spikes(bits []byte) inputs  { return inputs{bits: bits, n: 8 * len(bits)} }
func listed(x *tensor.Sparse) inputs {
	return inputs{index: x.Index(), values: x.Values(), n: size(x.Shape())}
}

// packedBits is the floats of memory that the bits of n inputs take.
func packedBits(n int) int { return (n + 31) / 32 }

// packed is numbers x, rows of in, as a linear layer takes them: as bits in memory, of packedBits(len(x)), where they are
// spikes and few. It says whether few are not zero.
func packed(x, memory []float32, in int) (of inputs, few bool) {
	if in%8 != 0 || len(x) == 0 {
		return numbers(x), isActive(x)
	}
	t := packTasks.Get().(*packTask)
	defer packTasks.Put(t)
	t.x, t.bits = x, asBytes(memory)[:len(x)/8]
	t.active.Store(0)
	t.other.Store(false)
	doShared((len(x)+packPiece-1)/packPiece, len(x)/8, t)
	of, few = numbers(x), areFew(int(t.active.Load()), len(x))
	if few && !t.other.Load() {
		of = spikes(t.bits)
	}
	t.x, t.bits = nil, nil
	return of, few
}

// packTask packs numbers, a piece after the other.
type packTask struct {
	x      []float32
	bits   []byte
	active atomic.Int64 // how many are not zero
	other  atomic.Bool  // some are neither 0 nor 1
}

const packPiece = 1 << 15

var packTasks = sync.Pool{New: func() any { return new(packTask) }}

// Piece packs some numbers and counts them.
func (t *packTask) Piece(k int) {
	at := k * packPiece
	x := t.x[at:min(at+packPiece, len(t.x))]
	bits := t.bits[at/8:][:len(x)/8]
	if !simd.Pack(bits, x) {
		t.other.Store(true)
	}
	t.active.Add(int64(simd.CountBits(bits)))
}

// rows is n of them from the given one on; both are multiples of 8 where they are bits.
func (s inputs) rows(from, n int) inputs {
	switch {
	case s.x != nil:
		return numbers(s.x[from:][:n])
	case s.bits != nil:
		return spikes(s.bits[from/8:][:n/8])
	}
	at, end := s.find(from), s.find(from+n)
	return inputs{index: s.index[at:end], values: s.values[at:end], first: s.first + from, n: n}
}

// find is where the elements of a list from the given one on begin.
func (s inputs) find(at int) int {
	return sort.Search(len(s.index), func(k int) bool { return int(s.index[k])-s.first >= at })
}

// count is how many of them are not zero.
func (s inputs) count() int {
	switch {
	case s.x != nil:
		return simd.Count(s.x)
	case s.bits != nil:
		return simd.CountBits(s.bits)
	}
	return simd.Count(s.values)
}

// fewer reports whether fewer than n of them are not zero. It counts no more numbers than it must.
func (s inputs) fewer(n int) bool {
	if s.x == nil {
		return s.count() < n
	}
	found := 0
	for x := s.x; len(x) > 0 && found < n; x = x[min(len(x), packPiece):] {
		found += simd.Count(x[:min(len(x), packPiece)])
	}
	return found < n
}

// active lists those of n, at most chunk, that are not zero, by their places behind the given one. Values is 1 throughout
// where they are bits, and stays as it is.
func (s inputs) active(index *[chunk]int32, values *[chunk]float32, from, n int) int {
	switch {
	case s.x != nil:
		return simd.Active(index[:], values[:], s.x[from:][:n], 0)
	case s.bits != nil:
		return simd.ActiveBits(index[:], s.bits[from/8:][:n/8])
	}
	found := 0
	for k := s.find(from); k < len(s.index) && int(s.index[k])-s.first < from+n; k++ {
		if v := s.values[k]; v != 0 {
			index[found], values[found] = int32(int(s.index[k])-s.first-from), v
			found++
		}
	}
	return found
}

// write writes all of them as numbers.
func (s inputs) write(x []float32) {
	switch {
	case s.x != nil:
		copy(x, s.x)
	case s.bits != nil:
		simd.Unpack(x, s.bits)
	default:
		clear(x)
		for k, at := range s.index {
			x[int(at)-s.first] = s.values[k]
		}
	}
}

// addTo adds them to x.
func (s inputs) addTo(x []float32) {
	for k, at := range s.index {
		x[int(at)-s.first] += s.values[k]
	}
}

// ones are the values of spikes.
var ones = func() (all [chunk]float32) {
	for k := range all {
		all[k] = 1
	}
	return all
}()
