package event

import "time"

// Denoise keeps an event if one of the eight pixels around it had one, of either polarity, within the time before: the
// background activity filter. It needs the sensor's size.
//
// Source: T. Delbruck, "Frame-free dynamic digital vision", International Symposium on Secure-Life Electronics, 2008.
func (s *Stream) Denoise(within time.Duration) *Stream {
	w, h := s.mustSize("Denoise")
	// A frame of pixels that never have an event saves the tests for the border.
	return s.add(&denoise{newTimes(w+2, h+2), micros("event.Stream.Denoise", within)})
}

type denoise struct {
	times        // with a border of one pixel
	within int64 // µs
}

func (d *denoise) apply(events []Event, stats *Stats) []Event {
	n := 0
	for i := range events {
		e := &events[i]
		x, y := int(e.X)+1, int(e.Y)+1
		if x >= d.w-1 || y >= d.h-1 {
			stats.OutOfRange++
			continue
		}
		at := y*d.w + x
		above, row, below := d.last[at-d.w-1:][:3], d.last[at-1:][:3], d.last[at+d.w-1:][:3]
		latest := max(above[0], above[1], above[2], row[0], row[2], below[0], below[1], below[2])
		row[1] = e.T
		if e.T-latest <= d.within {
			events[n] = *e
			n++
		}
	}
	return events[:n]
}

func (d *denoise) reset() { d.times = newTimes(d.w, d.h) }
