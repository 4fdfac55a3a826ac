package dvs

import "github.com/livespike/livespike/io/event"

// words is what the 16-bit words of iniVation's cameras have in common: the clock, and special words.
//
// Source: inivation/libcaer, src/dvxplorer.c and src/davis.c; neuromorphicsystems/neuromorphic-drivers.
type words struct {
	stats  *event.Stats
	offset int64 // µs, of the turns of the clock
	t      int64 // µs
}

// Kinds of words without a time, in bits 12 to 14.
const (
	wordSpecial = 0
	wordWrap    = 7
)

// take is whether w was a time or a special word.
func (c *words) take(w uint16) bool {
	if w&0x8000 != 0 {
		t := c.offset + int64(w&0x7fff)
		if t < c.t {
			c.stats.BackSteps++
		}
		c.t = t
		return true
	}
	data := w & 0xfff
	switch w >> 12 {
	case wordWrap:
		c.offset += 0x8000 * int64(data)
		c.t = c.offset
	case wordSpecial:
		switch data {
		case 1: // the clock begins anew
			c.offset, c.t = 0, 0
		case 2, 3, 4: // the external input falls, rises, has a pulse
			c.stats.Triggers++
		case 0:
			c.stats.Errors++
		default: // the inertial sensor and images
			c.stats.Skipped++
		}
	default:
		return false
	}
	return true
}
