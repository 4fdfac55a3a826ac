package event

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"
)

var _ = registerSource("zmq", "SynSense Speck's events over ZeroMQ: zmq://localhost:40001?size=128x128&timeout=1s", openSpeck)

// speckSide is the sensor's, in pixels.
const speckSide = 128

// openSpeck subscribes to everything that a publisher sends.
//
// Source: events.md §4.4; aestream/aestream at a1a695e, src/cpp/input/speck.
func openSpeck(u *url.URL, o *options) (Source, error) {
	s := &speck{width: speckSide, height: speckSide}
	wait, err := timeoutOf(u, "size")
	if err != nil {
		return nil, fmt.Errorf("event: %s: %w", u, err)
	}
	if size := u.Query().Get("size"); size != "" {
		if n, err := fmt.Sscanf(size, "%dx%d", &s.width, &s.height); n != 2 || err != nil || !okSize(s.width, s.height) {
			return nil, fmt.Errorf("event: %s: size is %q, want WIDTHxHEIGHT in pixels", u, size)
		}
	}
	if o.width > 0 {
		s.width, s.height = o.width, o.height
	}
	if s.conn, err = dial(u); err != nil {
		return nil, fmt.Errorf("event: %s: %w", u, err)
	}
	s.in = newInput(&patient{conn: s.conn, wait: wait}, u.String())
	_ = s.conn.SetReadDeadline(time.Now().Add(dialTimeout)) // the greeting comes at once
	stop := closeOnInterrupt(s.conn)
	err = zmtpSubscribe(s.conn, s.in)
	stop()
	_ = s.conn.SetReadDeadline(time.Time{})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("event: %s: %w", u, err), s.conn.Close())
	}
	return s, nil
}

// speck decodes messages of two frames: a letter that says the kind, V for events, and an array of 8 bytes each, which
// are a struct of C: bool on; uint8 y, x; a byte between; uint32 t in microseconds.
type speck struct {
	conn          net.Conn
	in            *input
	width, height int
	dst           []Event
	clock         spif // whose times are as long
	events        bool // the next frame holds events
	once          sync.Once
	err           error

	mu    sync.Mutex // for stats
	stats Stats
}

func (s *speck) Info() Info {
	return Info{Format: "zmq", Camera: s.conn.RemoteAddr().String(), Width: s.width, Height: s.height, Live: true, Events: -1}
}

func (s *speck) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

func (s *speck) Next() ([]Event, error) {
	for {
		f, err := zmtpNext(s.in)
		if err != nil {
			if errors.Is(s.in.end, net.ErrClosed) {
				err = ErrClosed
			}
			return nil, err
		}
		events := s.frame(f)
		s.mu.Lock()
		s.stats.Bytes = s.in.offset
		s.mu.Unlock()
		if len(events) > 0 {
			return events, nil
		}
	}
}

// frame takes one frame of a message.
func (s *speck) frame(f zmtpFrame) []Event {
	if !s.events {
		s.events = f.more && string(f.body) == "V"
		if !s.events {
			s.count(&s.stats.Skipped)
		}
		return nil
	}
	s.events = f.more
	s.dst = s.dst[:0]
	b := f.body
	for ; len(b) >= 8; b = b[8:] {
		s.clock.time(binary.LittleEndian.Uint32(b[4:]))
		s.dst = append(s.dst, Of(s.clock.base+int64(s.clock.last), uint16(b[2]), uint16(b[1]), b[0]))
	}
	if len(b) > 0 {
		s.count(&s.stats.Errors)
	}
	return s.dst
}

func (s *speck) count(what *int64) {
	s.mu.Lock()
	*what++
	s.mu.Unlock()
}

// Close wakes Next.
func (s *speck) Close() error {
	s.once.Do(func() { s.err = s.conn.Close() })
	return s.err
}
