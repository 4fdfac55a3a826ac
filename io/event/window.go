package event

import (
	"fmt"
	"time"
)

// Window keeps the events from one time to another, counted from the first event of the recording. The stream ends
// there: with the first batch that holds only later events.
func (s *Stream) Window(from, to time.Duration) *Stream {
	if from < 0 || to <= from {
		panic(fmt.Sprintf("event.Stream.Window: from %v to %v", from, to))
	}
	return s.add(&window{from: from.Microseconds(), to: to.Microseconds()})
}

type window struct {
	from, to int64 // µs, relative until the first event
	started  bool
	over     bool
}

func (w *window) apply(events []Event, _ *Stats) []Event {
	if len(events) == 0 {
		return events
	}
	if !w.started {
		w.started = true
		w.from += events[0].T
		w.to += events[0].T
	}
	n, earlier := 0, false
	for i := range events {
		if t := events[i].T; t < w.to {
			earlier = true
			if t >= w.from {
				events[n] = events[i]
				n++
			}
		}
	}
	w.over = !earlier
	return events[:n]
}

func (w *window) reset() { w.over = false }
