package udp

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/event"
)

var _ = event.RegisterSource("udp", "events as datagrams, udp://:3333?layout=spif&size=640x480&timeout=1s; see io/udp", openSource)

// datagrams is how many one system call takes at most.
const datagrams = 32

func openSource(u *url.URL, set event.Settings) (event.Source, error) {
	o, err := parse(u, "layout", "size", "timeout")
	if err != nil {
		return nil, fmt.Errorf("event: %s: %w", u, err)
	}
	if set.Width > 0 {
		o.width, o.height = set.Width, set.Height
	}
	listener := net.ListenConfig{Control: prepare}
	packets, err := listener.ListenPacket(interrupt.Context(), "udp", u.Host)
	if err != nil {
		return nil, fmt.Errorf("event: %s: %w", u, err)
	}
	conn := packets.(*net.UDPConn)
	r, err := newReceiver(conn)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("event: %s: %w", u, err), conn.Close())
	}
	return &source{conn: conn, receiver: r, o: o, dec: o.layout.decoder(), start: time.Now()}, nil
}

// source receives. Next returns what one system call found.
type source struct {
	conn     *net.UDPConn
	receiver *receiver
	o        options
	dec      decoder
	start    time.Time
	begun    bool
	events   []event.Event

	mu    sync.Mutex // for stats
	stats event.Stats
}

func (s *source) Info() event.Info {
	return event.Info{Format: "udp", Camera: s.conn.LocalAddr().String(), Width: s.o.width, Height: s.o.height, Live: true, Events: -1}
}

func (s *source) Stats() event.Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

func (s *source) Next() ([]event.Event, error) {
	if s.begun && s.o.timeout > 0 {
		if err := s.conn.SetReadDeadline(time.Now().Add(s.o.timeout)); err != nil {
			return nil, s.failed(err)
		}
	}
	packets, err := s.receiver.receive()
	if err != nil {
		return nil, s.failed(err)
	}
	s.begun = true
	now := time.Since(s.start).Microseconds()
	s.events = s.events[:0]
	size, bad, errs := 0, 0, 0
	for _, p := range packets {
		size += len(p)
		if s.events, bad = s.dec.decode(s.events, p, now); bad > 0 {
			errs++
		}
	}
	s.mu.Lock()
	s.stats.Bytes += int64(size)
	s.stats.Errors += int64(errs)
	s.stats.LostPackets = s.receiver.lost
	s.mu.Unlock()
	return s.events, nil
}

func (s *source) failed(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return io.EOF
	case errors.Is(err, net.ErrClosed):
		return event.ErrClosed
	}
	return fmt.Errorf("event: udp: %w", err)
}

func (s *source) Close() error {
	if err := s.conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
