package event

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sort"
)

// SeekEvent goes to event n of the recording, counted from 0 and before all filters: the next batch begins with it. It
// goes forwards and back. A recording in a file is decoded once up to there and leaves marks behind, so that later seeks
// are quick; another source that can be opened again is read from its beginning. Behind the end there is the end.
func (s *Stream) SeekEvent(n int64) error {
	if n < 0 {
		panic(fmt.Sprintf("event.Stream.SeekEvent: event %d, want at least 0", n))
	}
	return s.seek(target{count: n, byCount: true})
}

// SeekTime goes to the first event at t µs, on the clock of the recording, or later; see SeekEvent.
func (s *Stream) SeekTime(t int64) error { return s.seek(target{time: t}) }

// target is where a seek goes.
type target struct {
	byCount bool
	count   int64
	time    int64
}

// in is the first event of a batch that is there, len(events) if none is; count is how many came before.
func (t target) in(events []Event, count int64) int {
	if t.byCount {
		return int(min(t.count-count, int64(len(events))))
	}
	for i := range events {
		if events[i].T >= t.time {
			return i
		}
	}
	return len(events)
}

func (s *Stream) seek(t target) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.end, ErrClosed) {
		return ErrClosed
	}
	if s.pump != nil {
		return fmt.Errorf("event: %s: a live source cannot seek", s.uri)
	}
	s.rest, s.end, s.seen, s.clock = nil, nil, false, clock{}
	s.look.last = -1 << 63
	for _, f := range s.filters {
		if r, ok := f.(interface{ reset() }); ok {
			r.reset()
		}
	}
	if s.view != nil {
		s.view.reset(s.raster())
	}
	if f, ok := s.src.(*fileSource); ok && len(f.marks) > 0 {
		return f.seek(t)
	}
	return s.again(t)
}

// again opens the source anew and reads up to the target.
func (s *Stream) again(t target) error {
	if !s.opened || s.uri == "-" {
		return errors.New("event: this source cannot seek: it cannot be opened again")
	}
	src, err := openSource(s.uri, s.o)
	if err != nil {
		return err
	}
	if err := s.src.Close(); err != nil {
		return errors.Join(err, src.Close())
	}
	s.src = src
	s.alarm.set(src)
	for count := int64(0); ; {
		events, err := src.Next()
		if err != nil {
			s.end = err
			return failure(err)
		}
		if i := t.in(events, count); i < len(events) {
			if events = s.prepare(events[i:]); len(events) > 0 {
				s.rest = events
			}
			return nil
		}
		count += int64(len(events))
	}
}

// markEvents is how far apart the places are to which a file can go back.
const markEvents = 1 << 16

// mark is a place between two batches of a file.
type mark struct {
	offset int64
	dec    decoder
	stats  Stats
	count  int64 // events before
	latest int64 // of their times
}

// cloner is a decoder whose state can be kept.
type cloner interface{ clone() decoder }

// seek goes back to the last mark before the target and decodes from there.
func (s *fileSource) seek(t target) (err error) {
	defer fault(debug.SetPanicOnFault(true), s.in.name, &err)
	i := sort.Search(len(s.marks), func(i int) bool {
		if t.byCount {
			return s.marks[i].count > t.count
		}
		return s.marks[i].latest >= t.time
	})
	m := s.marks[max(0, i-1)]
	s.in.goTo(m.offset)
	s.dec, s.stats, s.end, s.pending = m.dec.(cloner).clone(), m.stats, nil, nil
	for count, latest := m.count, m.latest; ; {
		events, err := s.next()
		if err != nil {
			return failure(err)
		}
		if i := t.in(events, count); i < len(events) {
			s.pending = events[i:]
			return nil
		}
		for i := range events {
			latest = max(latest, events[i].T)
		}
		count += int64(len(events))
		if last := s.marks[len(s.marks)-1]; count >= last.count+markEvents {
			s.marks = append(s.marks, mark{s.in.offset, s.dec.(cloner).clone(), s.stats, count, latest})
		}
	}
}

// goTo moves the window of a mapped file.
func (in *input) goTo(offset int64) {
	in.buf, in.lo, in.hi, in.offset, in.end = in.mapped, int(offset), len(in.mapped), offset, nil
	in.r.(*behind).at = int64(len(in.mapped))
}
