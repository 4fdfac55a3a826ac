package event

import (
	"math/bits"
	"unsafe"
)

// csvSlack is more than a line of four whole numbers needs; the fast loop stops that far before the end of its bytes.
const csvSlack = 96

// run decodes lines of four whole numbers and stops at the first line that is anything else.
//
// It looks at eight bytes at a time: one sum finds the first that is no digit, and three products turn the digits before
// it into their value.
func (d *csv) run(dst []Event, src []byte) (n, used int) {
	from := unsafe.Pointer(unsafe.SliceData(src))
	end := len(src) - csvSlack
	var v [4]uint64
	at, sep := d.at, d.sep
	for ; n < len(dst) && used < end; n++ {
		pos := used
		for column := range v {
			value, digits := uint64(0), 0
			minus := *(*byte)(unsafe.Add(from, pos)) == '-' && column == at[3]
			if minus {
				pos++
			}
			for {
				w := load64(unsafe.Add(from, pos)) ^ 0x3030303030303030
				stop := (w + 0x7676767676767676 | w) & 0x8080808080808080
				if stop == 0 {
					if digits > 8 {
						return n, used // 18 digits fit, 24 do not
					}
					value = value*1e8 + eightDigits(w)
					digits += 8
					pos += 8
					continue
				}
				k := bits.TrailingZeros64(stop) >> 3
				if k > 0 {
					value = value*uint64(pow10[k]) + eightDigits(w<<(64-8*k))
				}
				digits += k
				pos += k
				break
			}
			if digits == 0 || digits > 18 {
				return n, used
			}
			if minus {
				if value != 1 {
					return n, used
				}
				value = 0
			}
			v[column] = value
			c := *(*byte)(unsafe.Add(from, pos))
			pos++
			if column == 3 {
				if c == '\r' {
					c = *(*byte)(unsafe.Add(from, pos))
					pos++
				}
				if c != '\n' {
					return n, used
				}
			} else if c != sep {
				return n, used
			}
		}
		x, y, p := v[at[1]&3], v[at[2]&3], v[at[3]&3]
		if (x|y)>>16 != 0 || p > 1 {
			return n, used
		}
		e := (*Event)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(dst)), 16*n))
		e.T = int64(v[at[0]&3])
		store64(unsafe.Pointer(&e.X), x|y<<16|p<<32)
		used = pos
	}
	return n, used
}

// eightDigits is the value of eight bytes of 0 to 9, the first one worth most.
//
// Source: D. Lemire, "Quickly parsing eight digits", 2018.
func eightDigits(w uint64) uint64 {
	w = w*10 + w>>8
	return ((w&0x000000FF000000FF)*(100+1000000<<32) + (w>>16&0x000000FF000000FF)*(1+10000<<32)) >> 32
}
