package udp

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"syscall"

	"github.com/livespike/livespike/io/event"
)

var _ = event.RegisterSink("udp", "events as datagrams, udp://localhost:3333?layout=spif&packet=1400; see io/udp", openSink)

func openSink(u *url.URL, _ event.Settings) (event.Sink, error) {
	o, err := parse(u, "layout", "packet")
	if err != nil {
		return nil, fmt.Errorf("event: %s: %w", u, err)
	}
	conn, err := net.Dial("udp", u.Host)
	if err != nil {
		return nil, fmt.Errorf("event: %s: %w", u, err)
	}
	out, err := newSender(conn.(*net.UDPConn))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("event: %s: %w", u, err), conn.Close())
	}
	return &sink{conn: conn, sender: out, o: o, enc: o.layout.encoder()}, nil
}

// sink sends a batch as soon as it is written, in as few datagrams as hold it.
type sink struct {
	conn   net.Conn
	sender *sender
	o      options
	enc    encoder
	buf    []byte
	ends   []int // of the datagrams in buf
	stats  event.Stats
}

// Stats counts the datagrams that the other machine has refused because nobody listens there. Most networks do not say.
func (s *sink) Stats() event.Stats { return s.stats }

func (s *sink) Write(events []event.Event) error {
	for i := range events {
		if e := &events[i]; e.X > s.o.layout.maxX || e.Y > s.o.layout.maxY {
			return fmt.Errorf("pixel (%d, %d) does not fit, %s has (0, 0) to (%d, %d)", e.X, e.Y, s.o.layout.name, s.o.layout.maxX, s.o.layout.maxY)
		}
	}
	for len(events) > 0 {
		s.buf, s.ends = s.buf[:0], s.ends[:0]
		for len(events) > 0 && len(s.ends) < datagrams {
			var n int
			s.buf, n = s.enc.encode(s.buf, events, s.o.packet)
			s.ends = append(s.ends, len(s.buf))
			events = events[n:]
		}
		if err := s.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (s *sink) flush() error {
	for sent := 0; sent < len(s.ends); {
		n, err := s.sender.send(s.buf, s.ends, sent)
		if errors.Is(err, syscall.ECONNREFUSED) {
			s.stats.LostPackets++ // says the machine there of one sent before; this one was not sent
			continue
		}
		if err != nil {
			return err
		}
		sent += n
	}
	s.stats.Bytes += int64(len(s.buf))
	return nil
}

func (s *sink) Close() error { return s.conn.Close() }
