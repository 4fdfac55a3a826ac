package event

import (
	"fmt"
	"iter"
	"time"

	"github.com/livespike/livespike/snn/tensor"
)

// clock is the event time that Read and Frames have reached.
type clock struct {
	started bool
	end     int64 // of the last slice, in microseconds; the next one begins here
}

// FrameShape is the shape of a frame: (height, width), or as TwoChannel and XYOrder say. It is (0, 0) for a source that
// does not say its size.
func (s *Stream) FrameShape() []int { return append([]int(nil), s.shape...) }

func (o *options) frameShape(info Info) []int {
	shape := []int{info.Height, info.Width}
	if o.xy {
		shape[0], shape[1] = shape[1], shape[0]
	}
	if o.twoChannel {
		shape = append([]int{2}, shape...)
	}
	return shape
}

// Read is an image of the events since the last Read, +1 for each, of shape (height, width) with y downwards; see
// Signed, TwoChannel and XYOrder for others. Events outside it are counted in Stats and left out.
//
// Of a live source it is whatever has arrived, possibly nothing, and never waits. Of a recording or a simulation it is
// the next 5 ms of event time (see Span), the first one beginning at the first event: the same images every time. After
// the end the images are zero. It panics when the source does not say its size; give Size then.
func (s *Stream) Read() *tensor.Tensor {
	dst := tensor.Zeros(s.mustShape("Read")...)
	s.read(dst)
	return dst
}

// ReadInto is Read into a tensor of FrameShape, which it overwrites. It does not allocate.
func (s *Stream) ReadInto(dst *tensor.Tensor) {
	s.mustFit("ReadInto", dst)
	clear(dst.Data())
	s.read(dst)
}

func (s *Stream) read(dst *tensor.Tensor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pump != nil {
		s.readLive(dst)
	} else if !s.slice(dst, s.o.span) {
		s.raise()
	}
}

// readLive takes what is there. Of a recording that is played in real time the first image is not empty.
func (s *Stream) readLive(dst *tensor.Tensor) {
	if len(s.rest) > 0 {
		s.accumulate(dst, s.rest)
		s.rest = nil
	}
	if s.end != nil {
		return
	}
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
		return
	}
	s.clock.started = true
	events = s.prepare(events)
	if len(events) > 0 {
		s.clock.end = events[len(events)-1].T + 1
	}
	s.accumulate(dst, events)
}

// Frames iterates over images of dt of event time each, shaped as those of Read and following on from them, empty ones
// included, to the end of the recording, to Close, or until the cell is interrupted. Each image is new and may be kept.
// After the loop Err says whether the recording broke off.
func (s *Stream) Frames(dt time.Duration) iter.Seq[*tensor.Tensor] {
	mustDuration("event.Stream.Frames", dt)
	return func(yield func(*tensor.Tensor) bool) {
		for {
			dst := tensor.Zeros(s.mustShape("Frames")...)
			if !s.FrameInto(dst, dt) || !yield(dst) {
				return
			}
		}
	}
}

// FrameInto overwrites dst, of FrameShape, with the next image of Frames, and reports false at the end. It does not
// allocate.
func (s *Stream) FrameInto(dst *tensor.Tensor, dt time.Duration) bool {
	mustDuration("event.Stream.FrameInto", dt)
	s.mustFit("FrameInto", dst)
	clear(dst.Data())
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
	any := false
	for {
		events, err := s.next()
		if err != nil {
			return any
		}
		if !s.clock.started {
			s.clock = clock{true, events[0].T}
		}
		if !any {
			any = true
			s.clock.end += dt.Microseconds()
		}
		n := before(events, s.clock.end)
		s.accumulate(dst, events[:n])
		if n < len(events) {
			s.rest = events[n:]
			return true
		}
	}
}

// before is how many events at the front are earlier than end.
func before(events []Event, end int64) int {
	for n := range events {
		if events[n].T >= end {
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

func (s *Stream) mustShape(method string) []int {
	if s.info.Width == 0 {
		panic(fmt.Sprintf("event.Stream.%s: %s does not say its size; open it with event.Size(width, height)", method, s.uri))
	}
	return s.shape
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
