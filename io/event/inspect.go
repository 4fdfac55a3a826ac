package event

import "unsafe"

// inspector counts the events outside the sensor and those earlier than the one before.
//
// It sees every event that a stream delivers, so it must cost little beside the decoding: both coordinates are compared
// in one 32-bit word, and no event costs a branch.
type inspector struct {
	bound uint32 // 0x8000-height<<16 | 0x8000-width
	last  int64

	// What is known of the last batch: that its times rise, the first one included, and that no event is outside.
	sorted, inside bool
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
	if len(events) == 0 {
		return
	}
	bound, last := i.bound, i.last
	if last == -1<<63 {
		last = events[0].T // the first event has none before it, and differences must not overflow
	}
	// The signs of all differences in one word say whether there is anything to count, which there seldom is.
	var back int64
	var out uint32
	for k := range events {
		e := &events[k]
		back |= e.T - last
		last = e.T
		xy := *(*uint32)(unsafe.Pointer(&e.X))
		out |= (xy&^guard + bound) | xy
	}
	i.sorted = back >= 0
	i.inside = out&guard == 0 && bound&0xffff != 0 && bound>>16 != 0
	if back < 0 || out&guard != 0 && bound != 0 {
		i.count(events, stats)
	}
	i.last = last
}

func (i *inspector) count(events []Event, stats *Stats) {
	last := i.last
	for k := range events {
		e := &events[k]
		if e.T < last {
			stats.BackSteps++
		}
		last = e.T
		if xy := *(*uint32)(unsafe.Pointer(&e.X)); i.bound != 0 && ((xy&^guard+i.bound)|xy)&guard != 0 {
			stats.OutOfRange++
		}
	}
}
