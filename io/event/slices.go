package event

import (
	"fmt"
	"iter"
	"time"
)

// Slices iterates over the events of dt of event time each, cut as Frames cuts them, empty slices included. A slice is
// valid until the next one.
func (s *Stream) Slices(dt time.Duration) iter.Seq[[]Event] {
	length := micros("event.Stream.Slices", dt)
	return func(yield func([]Event) bool) {
		s.mustRun("Slices")
		var slice []Event
		for {
			var more bool
			if slice, more = s.cut(slice[:0], length); !more || !yield(slice) {
				return
			}
		}
	}
}

// cut appends the events of the next slice to dst; false when there was nothing left.
func (s *Stream) cut(dst []Event, length int64) ([]Event, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for any := false; ; any = true {
		events, err := s.next()
		if err != nil {
			if !any {
				s.raise()
			}
			return dst, any
		}
		if !any {
			s.clock.begin(events[0].T, length, &s.stats)
		}
		n := s.before(events, s.clock.end-length-leap, s.clock.end)
		dst = append(dst, events[:n]...)
		if n < len(events) {
			s.rest = events[n:]
			return dst, true
		}
	}
}

// Chunks iterates over n events at a time; the last chunk may have fewer. A chunk is valid until the next one.
func (s *Stream) Chunks(n int) iter.Seq[[]Event] {
	if n < 1 {
		panic(fmt.Sprintf("event.Stream.Chunks: %d events, want at least 1", n))
	}
	return func(yield func([]Event) bool) {
		s.mustRun("Chunks")
		chunk := make([]Event, 0, min(n, batchEvents))
		for s.chunk(&chunk, n) && yield(chunk) {
			chunk = chunk[:0]
		}
	}
}

// chunk fills dst up to n events; false when there was nothing left.
func (s *Stream) chunk(dst *[]Event, n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(*dst) < n {
		events, err := s.next()
		if err != nil {
			if len(*dst) == 0 {
				s.raise()
			}
			break
		}
		k := min(len(events), n-len(*dst))
		*dst = append(*dst, events[:k]...)
		if k < len(events) {
			s.rest = events[k:]
		}
	}
	return len(*dst) > 0
}
