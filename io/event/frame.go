package event

import (
	"fmt"
	"iter"
	"sort"
	"time"

	"github.com/livespike/livespike/snn/tensor"
)

// clock is the event time that Read and Frames have reached.
type clock struct {
	started bool
	end     int64 // of the last slice, in microseconds; the next one begins here
}

// A clock that leaps has been set, or the recording is several that were put together: it then goes on at once. A leap
// is more than a minute, and forwards more than a thousand frames as well, so that no silence is mistaken for one.
const (
	leap       = 60_000_000 // µs
	leapFrames = 1000
)

// begin opens the next slice of length µs, whose first event, of those that are left, is at t.
func (c *clock) begin(t, length int64, stats *Stats) {
	if !c.started {
		*c = clock{true, t}
	}
	switch ahead := t - c.end; {
	case ahead > leap && ahead/length > leapFrames:
		c.end += ahead / length * length // whole slices, so that the others stay where they were
		stats.Jumps++
	case ahead < -leap-length:
		c.end = t
		stats.Jumps++
	}
	c.end += length
}

// FrameShape is the shape of a frame: (height, width), or as TwoChannel and XYOrder say. It is (0, 0) for a source that
// does not say its size.
func (s *Stream) FrameShape() []int { return append([]int(nil), s.shape...) }

func (s *Stream) frameShape() []int {
	shape := []int{s.info.Height, s.info.Width}
	if s.o.xy {
		shape[0], shape[1] = shape[1], shape[0]
	}
	if s.o.twoChannel {
		shape = append([]int{2}, shape...)
	}
	if s.view != nil {
		shape = s.view.shape(shape)
	}
	return shape
}

// Read is an image of the events since the last Read, +1 for each, of shape (height, width) with y downwards; see
// Signed, TwoChannel and XYOrder for others. Events outside it are counted in Stats and left out.
//
// Of a live source it is whatever has arrived, possibly nothing, and never waits. Of a recording or a simulation it is
// the next 5 ms of event time (see Span), the first one beginning at the first event: the same images every time. After
// the end the images are zero. It panics when the source does not say its size; give Size then; and after Close.
func (s *Stream) Read() *tensor.Tensor {
	dst := tensor.Zeros(s.mustShape("Read")...)
	s.mustRun("Read")
	s.read(dst)
	return dst
}

// ReadInto is Read into a tensor of FrameShape, which it overwrites. It does not allocate. To a tensor on a GPU the events
// are sent, 4 bytes each, and counted there; Decay and the other views of events are made on the CPU, and panic.
func (s *Stream) ReadInto(dst *tensor.Tensor) {
	s.mustRun("ReadInto")
	s.blank("ReadInto", dst)
	s.read(dst)
}

func (s *Stream) read(dst *tensor.Tensor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.newest(dst)
}

// newest is read with the mutex held.
func (s *Stream) newest(dst *tensor.Tensor) {
	if s.pump != nil {
		s.readLive(dst)
	} else if !s.slice(dst, s.o.span) {
		s.raise()
	}
}

// readLive takes what is there. Of a recording that is played in real time the first image is not empty.
func (s *Stream) readLive(dst *tensor.Tensor) {
	rest := s.rest
	s.rest = nil
	s.accumulateLive(dst, rest)
	if s.end == nil {
		var events []Event
		var err error
		if s.o.realtime && !s.clock.started {
			events, err = s.batch()
		} else {
			events, err = s.pump.take()
		}
		if err != nil {
			s.end = err
			s.raise()
		} else {
			s.clock.started = true
			s.accumulateLive(dst, s.prepare(events))
		}
	}
	s.finish(dst)
}

// accumulateLive adds events that have no other slice than their own times.
func (s *Stream) accumulateLive(dst *tensor.Tensor, events []Event) {
	if len(events) > 0 {
		s.clock.end = events[len(events)-1].T + 1
		s.accumulate(dst, events, events[0].T, s.clock.end)
	}
}

// Frames iterates over images of dt of event time each, shaped as those of Read and following on from them, empty ones
// included, to the end of the recording, to Close, or until the cell is interrupted. Each image is new and may be kept.
// A leap of the clock, backwards by more than a minute or forwards by more than a minute and a thousand images, makes no
// images and is counted in Stats.Jumps.
// After the loop Err says whether the recording broke off.
func (s *Stream) Frames(dt time.Duration) iter.Seq[*tensor.Tensor] {
	mustDuration("event.Stream.Frames", dt)
	return func(yield func(*tensor.Tensor) bool) {
		s.mustRun("Frames")
		for {
			dst := tensor.Zeros(s.mustShape("Frames")...)
			if !s.FrameInto(dst, dt) || !yield(dst) {
				return
			}
		}
	}
}

// FrameInto overwrites dst, of FrameShape, with the next image of Frames, and reports false at the end. It does not
// allocate. Events go to a tensor on a GPU as in ReadInto.
func (s *Stream) FrameInto(dst *tensor.Tensor, dt time.Duration) bool {
	mustDuration("event.Stream.FrameInto", dt)
	s.blank("FrameInto", dst)
	s.mu.Lock()
	defer s.mu.Unlock()
	more := s.slice(dst, dt)
	if !more {
		s.raise()
	}
	return more
}

// slice accumulates the next dt of event time; false when there was nothing left. Late events count in the slice in
// which they arrive.
func (s *Stream) slice(dst *tensor.Tensor, dt time.Duration) bool {
	any, length := false, dt.Microseconds()
	for {
		events, err := s.next()
		if err != nil {
			if any {
				s.finish(dst)
			}
			return any
		}
		if !any {
			any = true
			s.clock.begin(events[0].T, length, &s.stats)
		}
		from := s.clock.end - length
		n := s.before(events, from-leap, s.clock.end)
		s.accumulate(dst, events[:n], from, s.clock.end)
		if n < len(events) {
			s.rest = events[n:]
			s.finish(dst)
			return true
		}
	}
}

// before is how many events at the front are earlier than end, and not earlier than a leap of the clock.
func (s *Stream) before(events []Event, start, end int64) int {
	if s.look.sorted && len(events) > 0 && events[0].T >= start {
		if events[len(events)-1].T < end {
			return len(events)
		}
		return sort.Search(len(events), func(i int) bool { return events[i].T >= end })
	}
	span := uint64(end - start)
	for n := range events {
		if uint64(events[n].T-start) >= span {
			return n
		}
	}
	return len(events)
}

// raise panics with what broke the stream off, when it was opened by MustOpen.
func (s *Stream) raise() {
	if err := failure(s.end); err != nil && s.must && !s.seen {
		s.seen = true
		panic(err)
	}
}

// mustRun panics for a method that begins when the stream is closed and has no other way to say so.
func (s *Stream) mustRun(method string) {
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		panic(fmt.Sprintf("event.Stream.%s: the stream is closed", method))
	}
}

func (s *Stream) mustShape(method string) []int {
	if s.info.Width == 0 {
		panic(fmt.Sprintf("event.Stream.%s: %s does not say its size; open it with event.Size(width, height)", method, s.uri))
	}
	return s.shape
}

// blank makes dst, which must fit, the image of no events.
func (s *Stream) blank(method string, dst *tensor.Tensor) {
	s.mustFit(method, dst)
	if dst.Device().IsCPU() {
		clear(dst.Data())
		return
	}
	if s.view != nil {
		panic(fmt.Sprintf("event.Stream.%s: this view of the events is made on the CPU only; the tensor is on %v", method, dst.Device()))
	}
	dst.FillInPlace(0)
}

func (s *Stream) mustFit(method string, dst *tensor.Tensor) {
	shape := s.mustShape(method)
	got := dst.Shape()
	if len(got) == len(shape) {
		same := true
		for i := range shape {
			same = same && shape[i] == got[i]
		}
		if same {
			return
		}
	}
	panic(fmt.Sprintf("event.Stream.%s: the tensor has shape %v, frames have %v", method, got, shape))
}
