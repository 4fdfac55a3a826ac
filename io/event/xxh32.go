package event

import (
	"encoding/binary"
	"math/bits"
)

// xxh32 is the checksum of LZ4 frames, with seed 0.
//
// Source: Cyan4973/xxHash, doc/xxhash_spec.md, version 0.2.0.
func xxh32(b []byte) uint32 {
	const (
		p1 = 0x9E3779B1
		p2 = 0x85EBCA77
		p3 = 0xC2B2AE3D
		p4 = 0x27D4EB2F
		p5 = 0x165667B1
	)
	n := uint32(len(b))
	var h uint32 = p5
	if len(b) >= 16 {
		a := [4]uint32{0x24234428, p2, 0, 0x61C8864F} // p1+p2, p2, 0, -p1
		for ; len(b) >= 16; b = b[16:] {
			for i := range a {
				a[i] = bits.RotateLeft32(a[i]+binary.LittleEndian.Uint32(b[4*i:])*p2, 13) * p1
			}
		}
		h = bits.RotateLeft32(a[0], 1) + bits.RotateLeft32(a[1], 7) + bits.RotateLeft32(a[2], 12) + bits.RotateLeft32(a[3], 18)
	}
	h += n
	for ; len(b) >= 4; b = b[4:] {
		h = bits.RotateLeft32(h+binary.LittleEndian.Uint32(b)*p3, 17) * p4
	}
	for _, c := range b {
		h = bits.RotateLeft32(h+uint32(c)*p5, 11) * p1
	}
	h = (h ^ h>>15) * p2
	h = (h ^ h>>13) * p3
	return h ^ h>>16
}
