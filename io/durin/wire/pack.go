package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
)

// maxUnpacked bounds a message: the longest real one, eight sensors of 64 zones, has 1.2 KiB.
const maxUnpacked = 8 << 10

var (
	errPacked  = errors.New("packed data is cut off")
	errTooLong = fmt.Errorf("message is longer than %d bytes", maxUnpacked)
)

// pack appends the packed form of whole words: a tag byte with a bit for each non-zero byte, then those bytes. After
// a zero word comes the number of further zero words, after a full word a number of words copied as they are.
//
// Source: capnproto.org/encoding.html#packing; the run after a full word goes on over words with at most one zero
// byte, which reproduces pycapnp byte for byte.
func pack(dst, words []byte) []byte {
	for i := 0; i < len(words); i += 8 {
		w := binary.LittleEndian.Uint64(words[i:])
		if w == 0 {
			n := 0
			for n < 255 && i+8 < len(words) && binary.LittleEndian.Uint64(words[i+8:]) == 0 {
				n, i = n+1, i+8
			}
			dst = append(dst, 0, byte(n))
			continue
		}
		at := len(dst)
		dst = append(dst, 0)
		var tag byte
		for k := 0; w != 0; k, w = k+1, w>>8 {
			if c := byte(w); c != 0 {
				tag |= 1 << k
				dst = append(dst, c)
			}
		}
		dst[at] = tag
		if tag != 0xff {
			continue
		}
		n := 0
		for n < 255 && i+8*(n+1) < len(words) && zeroBytes(words[i+8*(n+1):]) <= 1 {
			n++
		}
		dst = append(dst, byte(n))
		dst = append(dst, words[i+8:i+8+8*n]...)
		i += 8 * n
	}
	return dst
}

func zeroBytes(word []byte) int {
	n := 0
	for _, c := range word[:8] {
		if c == 0 {
			n++
		}
	}
	return n
}

// unpack appends the words that packed data stands for.
func unpack(dst, packed []byte) ([]byte, error) {
	for len(packed) > 0 {
		if len(dst)+8 > maxUnpacked {
			return dst, errTooLong
		}
		tag := packed[0]
		packed = packed[1:]
		at := len(dst)
		dst = append(dst, 0, 0, 0, 0, 0, 0, 0, 0)
		n := bits.OnesCount8(tag)
		if len(packed) < n {
			return dst, errPacked
		}
		word := dst[at : at+8]
		for t, i := tag, 0; t != 0; i++ {
			word[bits.TrailingZeros8(t)] = packed[i]
			t &= t - 1
		}
		packed = packed[n:]
		if tag != 0 && tag != 0xff {
			continue
		}
		if len(packed) == 0 {
			return dst, errPacked
		}
		run := 8 * int(packed[0])
		packed = packed[1:]
		if len(dst)+run > maxUnpacked {
			return dst, errTooLong
		}
		if tag == 0 {
			dst = append(dst, zeros[:run]...)
			continue
		}
		if len(packed) < run {
			return dst, errPacked
		}
		dst = append(dst, packed[:run]...)
		packed = packed[run:]
	}
	return dst, nil
}

// zeros is the longest run of zero words.
var zeros [8 * 255]byte
