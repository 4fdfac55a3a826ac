package event

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
)

var _ = registerSink(sinkScheme{
	name: "dv", doc: "a server for dv-processing's clients: dv://:7777, dv:///run/camera.sock, ?compression=NONE&linger=1s",
	packs: true, open: openDVSink,
})

// dvLinger is how long Close leaves a client time: dv-processing's own forgets what it has received and not decoded when
// the server leaves.
const dvLinger = time.Second

// openDVSink listens. Each client gets the header and then every packet; a batch is one packet, or a few.
func openDVSink(u *url.URL, o *options, info Info) (Sink, error) {
	values, err := query(u, "compression", "linger")
	if err != nil {
		return nil, fmt.Errorf("event: %s: %w", u, err)
	}
	name := values.Get("compression")
	if name == "" {
		name = o.codec
	}
	if name == "" {
		name = "LZ4"
	}
	kind, ok := compressionKind(name)
	if !ok {
		return nil, fmt.Errorf("event: %s: the compression %s is unknown", u, name)
	}
	if info.Width == 0 {
		return nil, fmt.Errorf("event: %s: dv's clients want the sensor's size, which is not known; give Size", u)
	}
	network, address := "tcp", u.Host
	if u.Host == "" {
		network, address = "unix", u.Path
	} else if u.Port() == "" {
		return nil, fmt.Errorf("event: %s: the address has no port, as dv://:7777 has", u)
	}
	s := &dvSink{gone: make(chan struct{}), linger: dvLinger}
	if text := values.Get("linger"); text != "" {
		if s.linger, err = time.ParseDuration(text); err != nil || s.linger < 0 {
			return nil, fmt.Errorf("event: %s: linger is %q, want a time such as 1s", u, text)
		}
	}
	s.come = sync.NewCond(&s.mu)
	s.enc = aedat4Encoder{out: &output{w: &s.packets}, info: info}
	s.enc.codec.kind = kind
	if err := s.enc.codec.init(); err != nil {
		return nil, err
	}
	s.header = s.enc.head(-1, 0)
	if s.listener, err = net.Listen(network, address); err != nil {
		return nil, fmt.Errorf("event: %s: %w", u, err)
	}
	go s.accept()
	return s, nil
}

// dvSink waits for a client before it takes events, and for the slowest of several: what a live source loses meanwhile,
// its stream counts.
type dvSink struct {
	enc      aedat4Encoder
	packets  bytes.Buffer // of the batch
	header   []byte
	listener net.Listener
	gone     chan struct{} // closed by Close
	linger   time.Duration

	mu      sync.Mutex
	come    *sync.Cond // a client has come or gone, or waiting is over
	clients map[net.Conn]bool
	late    bool // Close has lingered long enough
	stats   Stats
}

func (s *dvSink) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		if !s.greet(conn) {
			_ = conn.Close() // the client has left
			continue
		}
		go func() {
			// Clients send nothing: a byte and the end of the connection both mean that this one is done.
			_, _ = io.ReadFull(conn, make([]byte, 1))
			s.drop(conn)
		}()
	}
}

// greet sends the header. Whoever has read it gets every packet from then on.
func (s *dvSink) greet(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = conn.SetWriteDeadline(time.Now().Add(dvLinger)) // a new connection has room for it
	if _, err := conn.Write(s.header); err != nil {
		return false
	}
	_ = conn.SetWriteDeadline(time.Time{})
	if s.clients == nil {
		s.clients = map[net.Conn]bool{}
	}
	s.clients[conn] = true
	s.come.Broadcast()
	return true
}

func (s *dvSink) drop(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clients[conn] {
		delete(s.clients, conn)
		_ = conn.Close() // it is gone
		s.come.Broadcast()
	}
}

// Stats counts the bytes that the clients were sent, together.
func (s *dvSink) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

func (s *dvSink) Write(events []Event) error {
	s.packets.Reset()
	if err := errors.Join(s.enc.encode(events), s.enc.flush()); err != nil {
		return err
	}
	for {
		conns, err := s.wait()
		if err != nil {
			return err
		}
		sent, err := s.send(conns)
		if err != nil {
			return err
		}
		if sent > 0 {
			s.mu.Lock()
			s.stats.Bytes += int64(sent)
			s.mu.Unlock()
			return nil
		}
	}
}

// send gives the packets to each client, and returns how many bytes they took together. A client that does not read holds
// it up until the cell is interrupted, and has then lost its place in the stream.
func (s *dvSink) send(conns []net.Conn) (sent int, err error) {
	ctx := interrupt.Context()
	stop := context.AfterFunc(ctx, func() {
		for _, conn := range conns {
			_ = conn.SetWriteDeadline(time.Now()) // Write reports it
		}
	})
	defer stop()
	for _, conn := range conns {
		if ctx.Err() != nil {
			break // those behind the one that held it up are well, and have something to read yet
		}
		n, err := conn.Write(s.packets.Bytes())
		if err != nil {
			s.drop(conn)
			continue
		}
		sent += n
	}
	return sent, ctx.Err()
}

// wait is the clients, at least one.
func (s *dvSink) wait() (conns []net.Conn, err error) {
	ctx := interrupt.Context()
	done := make(chan struct{})
	defer close(done)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.clients) == 0 {
		go func() {
			select {
			case <-ctx.Done():
			case <-s.gone:
			case <-done:
			}
			s.mu.Lock() // so that nobody is between looking and waiting
			defer s.mu.Unlock()
			s.come.Broadcast()
		}()
	}
	for len(s.clients) == 0 {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-s.gone:
			return nil, ErrClosed
		default:
		}
		s.come.Wait()
	}
	for conn := range s.clients {
		conns = append(conns, conn)
	}
	return conns, nil
}

// Close leaves the clients some time to read, and ends their streams.
func (s *dvSink) Close() error {
	select {
	case <-s.gone:
		return nil
	default:
		close(s.gone)
	}
	err := s.listener.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	enough := time.AfterFunc(s.linger, func() {
		s.mu.Lock() // so that nobody is between looking and waiting
		defer s.mu.Unlock()
		s.late = true
		s.come.Broadcast()
	})
	defer enough.Stop()
	for len(s.clients) > 0 && !s.late {
		s.come.Wait()
	}
	for conn := range s.clients {
		// Unread bytes make the system forget what it has not sent yet; clients send none.
		err = errors.Join(err, conn.Close())
	}
	s.clients = nil
	if errors.Is(err, os.ErrClosed) {
		err = nil
	}
	return err
}
