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

func openSink(u *url.URL, settings event.Settings) (event.Sink, error) {
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
	return &sink{conn: conn, sender: out, o: o, enc: o.layout.encoder(), zero: settings.FromZero}, nil
}

// sink sends a batch as soon as it is written, in as few datagrams as hold it.
type sink struct {
	conn   net.Conn
	sender *sender
	o      options
	enc    encoder
	zero   bool  // times count from the first event
	clock  clock // that of a receiver who has got everything
	buf    []byte
	ends   []int // of the datagrams in buf
	stats  event.Stats
}

// sentDatagrams is how many are made before they are sent.
const sentDatagrams = 256

// Stats counts what the other machine has refused because nobody listens there, as LostPackets: at least so many
// datagrams, for the system tells it once for several. Most networks do not say.
func (s *sink) Stats() event.Stats { return s.stats }

func (s *sink) Write(events []event.Event) error {
	if err := s.fits(events); err != nil {
		return err
	}
	for len(events) > 0 {
		s.buf, s.ends = s.buf[:0], s.ends[:0]
		for len(events) > 0 && len(s.ends) < sentDatagrams {
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

// fits refuses the first event that a receiver would take for another one.
func (s *sink) fits(events []event.Event) error {
	l := &s.o.layout
	for i := range events {
		if e := &events[i]; e.X > l.maxX || e.Y > l.maxY {
			return fmt.Errorf("pixel (%d, %d) does not fit, %s has (0, 0) to (%d, %d)", e.X, e.Y, l.name, l.maxX, l.maxY)
		}
	}
	if !l.short {
		return nil
	}
	if i := s.clock.take(events); i < len(events) {
		advice := "FromZero, or "
		if s.zero {
			advice = ""
		}
		return fmt.Errorf("time %d does not fit: %s has 32 bits of µs, which begin within 71 minutes of 0 and make no leap of half of that; give %sthe address ?layout=t64_x16_y16_on8", events[i].T, l.name, advice)
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

// Close asks a last time whether what was sent has been refused.
func (s *sink) Close() error {
	if errors.Is(s.sender.failed(), syscall.ECONNREFUSED) {
		s.stats.LostPackets++
	}
	return s.conn.Close()
}
