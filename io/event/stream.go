package event

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/livespike/livespike/internal/interrupt"
)

// Stream is an open source. One goroutine reads it; Stats, Info, Err and Close may be called from others.
//
// Next, Read, ReadInto and Frames share one position: what one delivers, the others do not.
type Stream struct {
	uri     string
	src     Source
	info    Info // after the filters
	o       *options
	must    bool
	opened  bool      // by Open, which can do so again
	shape   []int     // of a frame
	pump    *pump     // of live sources; nil for recordings
	alarm   alarm     // for a source without a pump
	filters []filter  // in the order of their methods
	look    inspector // counts what passes
	view    view      // how frames show the events; nil for counts

	mu     sync.Mutex // held while the source is read, and for what follows
	stats  Stats      // of the inspector; the source's own are added when asked
	end    error      // why there is nothing more
	seen   bool       // the end has been returned by Next or Err
	closed bool       // by Close

	rest   []Event  // events of the last batch that no frame took yet
	places []uint32 // of events on their way to an image on a GPU
	clock  clock    // of Read and Frames

	touched touched // of ReadSparse and SparseFrames
}

func newStream(src Source, uri string, o *options) (*Stream, error) {
	s := &Stream{uri: uri, src: src, o: o, info: src.Info()}
	if o.width > 0 {
		s.info.Width, s.info.Height = o.width, o.height
	}
	s.look.limit(s.info.Width, s.info.Height)
	if err := s.pick(o); err != nil {
		return nil, errors.Join(err, src.Close())
	}
	s.shape = s.frameShape()
	if o.realtime && !s.info.Live {
		s.src = newPaced(src)
	}
	if s.src.Info().Live {
		s.pump = newPump(s.src, o.block)
	} else {
		s.alarm.set(s.src)
	}
	return s, nil
}

// pick adds the filters of the options: the whole sensor is mirrored, then cropped.
func (s *Stream) pick(o *options) error {
	w, h := s.info.Width, s.info.Height
	if (o.flipX || o.flipY) && w == 0 {
		return errors.New("event: the source does not say its size, which FlipX and FlipY need; add event.Size(width, height)")
	}
	if o.flipX {
		s.FlipX()
	}
	if o.flipY {
		s.FlipY()
	}
	if c := o.crop; c[2] > 0 {
		if w > 0 && (c[0]+c[2] > w || c[1]+c[3] > h) {
			return fmt.Errorf("event: Crop(%d, %d, %d, %d) is not inside %dx%d", c[0], c[1], c[2], c[3], w, h)
		}
		s.Crop(c[0], c[1], c[2], c[3])
	}
	return nil
}

// Info is what is known about the source; the size is that of the frames, after Crop and its like.
func (s *Stream) Info() Info { return s.info }

// String is the address and the info in one line.
func (s *Stream) String() string {
	return fmt.Sprintf("event.Stream(%s: %v)", s.uri, s.info)
}

// Next is the next batch of events, as they are stored: at least one, valid until the next call to a method that reads.
// The error is io.EOF at the end of the recording; a recording that breaks off gives all whole events before it gives
// an error that wraps ErrTruncated. An interrupted cell gives context.Canceled.
func (s *Stream) Next() ([]Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	events, err := s.next()
	if err != nil {
		s.seen = true
	}
	return events, err
}

// next is Next with the mutex held.
func (s *Stream) next() ([]Event, error) {
	if err := interrupt.Context().Err(); err != nil {
		return nil, err
	}
	if len(s.rest) > 0 {
		events := s.rest
		s.rest = nil
		return events, nil
	}
	for s.end == nil {
		events, err := s.batch()
		if err != nil {
			if stop := interrupt.Context().Err(); stop != nil && (s.pump != nil || errors.Is(err, stop)) {
				return nil, err // the source goes on
			}
			s.end = err
			break
		}
		if events = s.prepare(events); len(events) > 0 {
			return events, nil
		}
	}
	return nil, s.end
}

// batch is the source's next batch, through the pump where it is live.
func (s *Stream) batch() ([]Event, error) {
	if s.pump == nil {
		return s.src.Next()
	}
	s.mu.Unlock() // a camera may be silent for hours; Stats and Close must not wait for it
	defer s.mu.Lock()
	return s.pump.next(interrupt.Context())
}

// prepare picks, inspects and counts a batch.
func (s *Stream) prepare(events []Event) []Event {
	for _, f := range s.filters {
		events = s.through(events, f)
		if w, ok := f.(*window); ok && w.over {
			s.end = io.EOF
		}
	}
	s.look.inspect(events, &s.stats)
	s.stats.Events += int64(len(events))
	return events
}

// Stats counts what was delivered, dropped, lost and out of place so far.
func (s *Stream) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := s.stats
	if c, ok := s.src.(counted); ok {
		stats.add(c.Stats())
	}
	if s.pump != nil {
		stats.Lost += s.pump.lost.Load()
	}
	return stats
}

// Err is what ended the stream, and nil while it runs, at the regular end, and after Close.
func (s *Stream) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = true
	return failure(s.end)
}

func failure(err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, ErrClosed) {
		return nil
	}
	return err
}

// Close ends the stream and whatever waits on it. It returns the error that broke the recording off, unless Next or Err
// did so before. Closing again does nothing.
func (s *Stream) Close() error {
	if s.pump != nil {
		s.pump.close()
	} else {
		s.alarm.ring()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var err error
	if !s.seen {
		err = failure(s.end)
	}
	s.end, s.rest = ErrClosed, nil
	return errors.Join(err, s.src.Close())
}

// Buffered is how many events a live source has delivered that have not been read, and how many it may before it loses
// some, or waits; both are 0 for a recording.
func (s *Stream) Buffered() (events, room int) {
	if s.pump == nil {
		return 0, 0
	}
	s.pump.mu.Lock()
	defer s.pump.mu.Unlock()
	return len(s.pump.ready), ringEvents
}

// Over is whether the stream has ended: nothing more will come.
func (s *Stream) Over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end != nil && len(s.rest) == 0
}
