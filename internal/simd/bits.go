package simd

import (
	"encoding/binary"
	"math/bits"
)

// Spikes may be packed: a bit for each neuron, the first of 8 lowest in a byte.

// CountBits is the number of bits that are set.
func CountBits(b []byte) int {
	n := 0
	for ; len(b) >= 8; b = b[8:] {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(b))
	}
	for _, v := range b {
		n += bits.OnesCount8(v)
	}
	return n
}

// ActiveBits lists the positions of the bits that are set in index, which has room for all, and returns how many there
// are.
func ActiveBits(index []int32, b []byte) int {
	if n := len(b); on && n > 0 {
		_ = index[8*n-1]
		return activeBitsAsm(&index[0], &b[0], n)
	}
	return activeBitsGo(index, b)
}

func activeBitsGo(index []int32, b []byte) int {
	n, at := 0, int32(0)
	list := func(w uint64) {
		for ; w != 0; w &= w - 1 {
			index[n] = at + int32(bits.TrailingZeros64(w))
			n++
		}
	}
	for ; len(b) >= 8; b, at = b[8:], at+64 {
		list(binary.LittleEndian.Uint64(b))
	}
	for _, v := range b {
		list(uint64(v))
		at += 8
	}
	return n
}

// Pack writes a bit for each element of x: whether it is not ±0. It reports whether all of those are 1. The length of x is
// a multiple of 8.
func Pack(b []byte, x []float32) (spikes bool) {
	if n := len(x); on && n > 0 {
		_ = b[n/8-1]
		return packAsm(&b[0], &x[0], n) == 0
	}
	return packGo(b, x)
}

func packGo(b []byte, x []float32) (spikes bool) {
	spikes = true
	for k := range len(x) / 8 {
		var v byte
		for j, e := range x[8*k:][:8] {
			v |= byte(nonzero(e)) << j
			spikes = spikes && (e == 0 || e == 1)
		}
		b[k] = v
	}
	return spikes
}

// Unpack writes 1 or 0 for each bit into x, whose length is a multiple of 8.
func Unpack(x []float32, b []byte) {
	if n := len(x); on && n > 0 {
		_ = b[n/8-1]
		unpackAsm(&x[0], &b[0], n)
		return
	}
	unpackGo(x, b)
}

func unpackGo(x []float32, b []byte) {
	for k := range len(x) / 8 {
		v := b[k]
		for j := range x[8*k:][:8] {
			x[8*k+j] = float32(v >> j & 1)
		}
	}
}
