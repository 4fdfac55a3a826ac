package event

import "unsafe"

// inspector counts the events outside the sensor and those earlier than the one before.
//
// It sees every event that a stream delivers, so it must cost little beside the decoding: both coordinates are compared
// in one 32-bit word, and both comparisons are sums of signs without a branch.
type inspector struct {
	bound uint32 // 0x8000-height<<16 | 0x8000-width
	last  int64
}

// coordinates of 2^15 and more are outside every sensor that has a size
const guard = 0x80008000

func (i *inspector) limit(width, height int) {
	i.last = -1 << 63
	i.resize(width, height)
}

func (i *inspector) resize(width, height int) {
	i.bound = 0
	if width > 0 && width <= 0x8000 {
		i.bound |= uint32(0x8000 - width)
	}
	if height > 0 && height <= 0x8000 {
		i.bound |= uint32(0x8000-height) << 16
	}
}

func (i *inspector) inspect(events []Event, stats *Stats) {
	var back, out uint64
	last, bound := i.last, i.bound
	for k := range events {
		e := &events[k]
		back += uint64(e.T-last) >> 63
		last = e.T
		if xy := *(*uint32)(unsafe.Pointer(&e.X)); ((xy&^guard+bound)|xy)&guard != 0 {
			out++
		}
	}
	if len(events) > 0 && i.last == -1<<63 {
		// The first event has none before it; the difference above has overflowed.
		back -= uint64(events[0].T-i.last) >> 63
	}
	i.last = last
	stats.BackSteps += int64(back)
	if bound != 0 {
		stats.OutOfRange += int64(out)
	}
}
