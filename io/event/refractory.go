package event

import "time"

// Refractory makes each pixel silent for a time after an event that it lets pass. It needs the sensor's size.
func (s *Stream) Refractory(silence time.Duration) *Stream {
	w, h := s.mustSize("Refractory")
	return s.add(&refractory{newTimes(w, h), micros("event.Stream.Refractory", silence)})
}

type refractory struct {
	times
	silence int64 // µs
}

func (r *refractory) apply(events []Event, stats *Stats) []Event {
	n := 0
	for i := range events {
		e := &events[i]
		x, y := int(e.X), int(e.Y)
		if x >= r.w || y >= r.h {
			stats.OutOfRange++
			continue
		}
		last := &r.last[y*r.w+x]
		if since := e.T - *last; since >= r.silence || since < 0 {
			*last = e.T
			events[n] = *e
			n++
		}
	}
	return events[:n]
}

func (r *refractory) reset() { r.times = newTimes(r.w, r.h) }
