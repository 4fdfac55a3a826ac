package event

import "fmt"

// hotWindow is the time over which HotPixels counts.
const hotWindow = 100_000 // µs

// HotPixels silences pixels with more than a rate of events a second, as long as they are so busy: a pixel that exceeds
// the rate within 100 ms is silent for the rest of them and for the next 100 ms. It needs the sensor's size.
func (s *Stream) HotPixels(rate float64) *Stream {
	w, h := s.mustSize("HotPixels")
	if !(rate > 0 && rate <= 1e6) {
		panic(fmt.Sprintf("event.Stream.HotPixels: %v events a second, want more than 0 and at most 1e6", rate))
	}
	limit := uint32(max(1, rate*hotWindow/1e6))
	return s.add(&hotPixels{w: w, h: h, limit: limit, count: make([]uint32, w*h), hot: make([]bool, w*h)})
}

type hotPixels struct {
	w, h    int
	limit   uint32
	start   int64 // of the window, in µs
	started bool
	count   []uint32
	hot     []bool // in the window before
}

func (h *hotPixels) apply(events []Event, stats *Stats) []Event {
	n := 0
	for i := range events {
		e := &events[i]
		x, y := int(e.X), int(e.Y)
		if x >= h.w || y >= h.h {
			stats.OutOfRange++
			continue
		}
		if since := e.T - h.start; since >= hotWindow || since < -hotWindow || !h.started { // late events count now
			h.turn(e.T)
		}
		at := y*h.w + x
		h.count[at]++
		if h.count[at] <= h.limit && !h.hot[at] {
			events[n] = *e
			n++
		}
	}
	return events[:n]
}

// turn begins the window of t. After a silence, and where time goes back, nothing is known about the pixels.
func (h *hotPixels) turn(t int64) {
	next := h.started && uint64(t-h.start) < 2*hotWindow
	for i, c := range h.count {
		h.hot[i] = next && c > h.limit
		h.count[i] = 0
	}
	if next {
		h.start += hotWindow
	} else {
		h.start, h.started = t, true
	}
}

func (h *hotPixels) reset() { h.started = false }
