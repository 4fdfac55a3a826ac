package event

import (
	"math/bits"
	"unsafe"
)

const (
	// csvSlack is what the fast loop looks ahead; it stops that far before the end of its bytes.
	csvSlack = 96
	// csvBack is what it looks back: the digits of a number are loaded with the 16 bytes that end with the last one.
	csvBack = 16
)

// run decodes lines of four whole numbers and stops at the first line that is anything else.
//
// It looks at 24 bytes at a time and finds all their separators at once; where a number is then no longer depends on
// where the one before ended, so that the processor parses several at the same time.
func (d *csv) run(dst []Event, src []byte) (n, used int) {
	from := unsafe.Pointer(unsafe.SliceData(src))
	end := len(src) - csvSlack
	for n < len(dst) && used < min(csvBack, end) {
		k, u := d.runSlow(dst[n:n+1], src[used:])
		if k == 0 {
			return n, used
		}
		n, used = n+k, used+u
	}
	sep := uint32(d.sep)
	seps := sep | sep<<8 | sep<<16 | '\n'<<24
	at0, at1, at2, at3 := d.at[0]&3, d.at[1]&3, d.at[2]&3, d.at[3]&3
	var stop [5]int // behind each number; the one in front of the line is at -1
	stop[0] = -1
	for n < len(dst) && used < end {
		p := unsafe.Add(from, used)
		other := nonDigits(load64(p)) | nonDigits(load64(unsafe.Add(p, 8)))<<8 | nonDigits(load64(unsafe.Add(p, 16)))<<16
		s0 := bits.TrailingZeros64(other)
		other &= other - 1
		s1 := bits.TrailingZeros64(other)
		other &= other - 1
		s2 := bits.TrailingZeros64(other)
		other &= other - 1
		if other == 0 {
			other = nonDigits(load64(unsafe.Add(p, 24)))<<24 | 1<<40
		}
		s3 := bits.TrailingZeros64(other)
		c, next := *(*byte)(unsafe.Add(p, s3)), s3+1
		if c == '\r' {
			c = *(*byte)(unsafe.Add(p, next))
			next++
		}
		found := uint32(*(*byte)(unsafe.Add(p, s0))) | uint32(*(*byte)(unsafe.Add(p, s1&31)))<<8 |
			uint32(*(*byte)(unsafe.Add(p, s2&31)))<<16 | uint32(c)<<24
		stop[1], stop[2], stop[3], stop[4] = s0, s1, s2, s3
		t, digits := stop[at0+1], stop[at0+1]-stop[at0]-1
		x, xDigits := stop[at1+1], stop[at1+1]-stop[at1]-1
		y, yDigits := stop[at2+1], stop[at2+1]-stop[at2]-1
		on, onDigits := stop[at3+1], stop[at3+1]-stop[at3]-1
		// One number for all that must hold: 1 to 4 digits, and one for the polarity.
		if wrong := uint(xDigits-1)&^3 | uint(yDigits-1)&^3 | uint(onDigits-1) | uint(found^seps) | uint(digits-1)&^15; wrong == 0 {
			time := eightDigits(lastDigits(p, t, min(digits, 8)))
			if digits > 8 {
				time += eightDigits(lastDigits(p, t-8, digits-8)) * 1e8
			}
			e := (*Event)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(dst)), 16*n))
			polarity := uint64(*(*byte)(unsafe.Add(p, on-1))) - '0'
			if polarity <= 1 {
				e.T = int64(time)
				store64(unsafe.Pointer(&e.X), fourDigits(p, x, xDigits)|fourDigits(p, y, yDigits)<<16|polarity<<32)
				n++
				used += next
				continue
			}
		}
		k, u := d.runSlow(dst[n:n+1], src[used:])
		if k == 0 {
			return n, used
		}
		n, used = n+k, used+u
	}
	return n, used
}

// nonDigits has a bit for each of eight bytes that is no digit, and perhaps for one behind a byte that is no ASCII.
func nonDigits(w uint64) uint64 {
	w ^= 0x3030303030303030
	// A byte above 9 carries into its top bit, and one that had it keeps it; the product gathers the top bits.
	return ((w + 0x7676767676767676 | w) & 0x8080808080808080) >> 7 * 0x0102040810204080 >> 56
}

// lastDigits is the 1 to 8 digits in front of a place, as eightDigits wants them.
func lastDigits(p unsafe.Pointer, stop, digits int) uint64 {
	return (load64(unsafe.Add(p, stop-8)) ^ 0x3030303030303030) >> (8 * (8 - digits) & 63) << (8 * (8 - digits) & 63)
}

// fourDigits is the value of the 1 to 4 digits in front of a place.
func fourDigits(p unsafe.Pointer, stop, digits int) uint64 {
	shift := 8 * (4 - digits) & 31
	w := (load32(unsafe.Add(p, stop-4)) ^ 0x30303030) >> shift << shift
	w = (w*10 + w>>8) & 0x00ff00ff
	return uint64((w*100 + w>>16) & 0xffff)
}

// runSlow is run for lines with -1 for darker, for those with numbers of up to 18 digits, and for the first ones. It
// looks at eight bytes at a time: one sum finds the first that is no digit, and three products turn the digits before it
// into their value.
func (d *csv) runSlow(dst []Event, src []byte) (n, used int) {
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
				stop := (w&0x7f7f7f7f7f7f7f7f + 0x7676767676767676 | w) & 0x8080808080808080
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
