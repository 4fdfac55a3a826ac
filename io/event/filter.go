package event

import (
	"fmt"
	"time"
)

// A filter changes a batch in place and returns what is left of it. Each has a file, with the method of Stream that adds
// it. Events outside the sensor that a filter cannot place are dropped and counted in stats.
type filter interface {
	apply(events []Event, stats *Stats) []Event
}

// add puts a filter behind the others. What the stream has read and not delivered yet goes through it, too.
func (s *Stream) add(f filter) *Stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.filters = append(s.filters, f)
	if len(s.rest) > 0 {
		s.rest = s.through(s.rest, f)
		s.look.inside = false // a filter that moves pixels has yet to be looked at
	}
	return s
}

// through applies one filter and counts what it takes.
func (s *Stream) through(events []Event, f filter) []Event {
	outside := s.stats.OutOfRange
	left := f.apply(events, &s.stats)
	s.stats.Filtered += int64(len(events)-len(left)) - (s.stats.OutOfRange - outside)
	return left
}

// resize gives the frames a new size.
func (s *Stream) resize(width, height int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.info.Width, s.info.Height = width, height
	s.shape = s.frameShape()
	s.look.resize(width, height)
	if s.view != nil {
		s.view.reset(s.raster())
	}
}

// mustSize panics for a method that needs the sensor's size.
func (s *Stream) mustSize(method string) (width, height int) {
	if s.info.Width == 0 {
		panic(fmt.Sprintf("event.Stream.%s: %s does not say its size; open it with event.Size(width, height)", method, s.uri))
	}
	return s.info.Width, s.info.Height
}

// times are the latest events of all pixels.
type times struct {
	w, h int
	last []int64
}

// never is earlier than any event by more than any duration.
const never = -1 << 62

func newTimes(w, h int) times {
	t := times{w, h, make([]int64, w*h)}
	for i := range t.last {
		t.last[i] = never
	}
	return t
}

func micros(place string, d time.Duration) int64 {
	mustDuration(place, d)
	return d.Microseconds()
}
