package dvs

import (
	"errors"
	"fmt"
	"sync"

	"github.com/livespike/livespike/io/event"
)

// transferBytes is what one transfer holds at most.
const transferBytes = 128 << 10

// Start makes a source of a device that is one of the Models: it sets the camera up, and Close stops it. With started
// another program has done so.
func Start(d Device, name string, started bool) (event.Source, error) {
	m, ok := models[name]
	if !ok {
		return nil, fmt.Errorf("dvs: no camera is called %s", name)
	}
	switch {
	case started:
		m.stop = nil
	case m.start == nil:
		return nil, fmt.Errorf("dvs: %s cannot be set up by this program yet; start it with its maker's and add ?started=1, or let that send by udp or dv", m.name)
	default:
		if err := m.start(d); err != nil {
			return nil, fmt.Errorf("dvs: %s: cannot be set up: %w", m.name, err)
		}
	}
	s := &source{device: d, model: m, buf: make([]byte, transferBytes)}
	s.dec = m.decoder(&s.now)
	return s, nil
}

// source decodes a camera's transfers.
type source struct {
	device Device
	model  model
	dec    decoder
	buf    []byte
	rest   int // bytes of a record that the last transfer has cut, at the front of buf
	events []event.Event
	now    event.Stats // of the goroutine that reads
	once   sync.Once
	err    error

	mu     sync.Mutex
	stats  event.Stats // what others may see
	closed bool
}

func (s *source) Info() event.Info {
	m := s.model
	return event.Info{Format: "dvs", Camera: m.name, Width: m.width, Height: m.height, LowerLeft: m.lowerLeft, Live: true, Events: -1}
}

// Stats counts transfers that were lost as LostPackets, and what the camera may not send as Errors.
func (s *source) Stats() event.Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// Next is the events of one transfer. A stalled endpoint and a lost transfer are counted and survived.
func (s *source) Next() ([]event.Event, error) {
	n, err := s.device.Bulk(s.model.endpoint, s.buf[s.rest:])
	s.events = s.events[:0]
	switch {
	case err == nil:
		s.now.Bytes += int64(n)
		whole := (s.rest + n) / s.model.settle * s.model.settle
		s.events = s.dec.decode(s.events, s.buf[:whole])
		s.rest = copy(s.buf, s.buf[whole:s.rest+n])
	case errors.Is(err, ErrTimeout):
	case errors.Is(err, ErrStall), errors.Is(err, ErrOverflow):
		s.now.LostPackets++
		s.rest = 0
	default:
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.closed {
			return nil, event.ErrClosed
		}
		return nil, fmt.Errorf("dvs: %s: %w", s.model.name, err)
	}
	s.mu.Lock()
	s.stats = s.now
	s.mu.Unlock()
	return s.events, nil
}

// Close stops the camera and wakes Next.
func (s *source) Close() error {
	s.once.Do(func() {
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		if s.model.stop != nil {
			if err := s.model.stop(s.device); err != nil && !errors.Is(err, ErrGone) {
				s.err = err
			}
		}
		s.err = errors.Join(s.err, s.device.Close())
	})
	return s.err
}
