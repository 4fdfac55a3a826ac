package zmtp

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Peer is one connection of a socket.
type Peer struct {
	identity string
	conn     net.Conn
	out      *queue
	gone     chan struct{}
}

// Gone is closed when the connection has ended.
func (p *Peer) Gone() <-chan struct{} { return p.gone }

// Identity is the name that the peer gave itself, or the one it was given.
func (p *Peer) Identity() string { return p.identity }

// Send queues a message for the peer. It waits while the peer is too far behind but reading, and returns an error
// when the peer is gone or has stalled. The frames must not be changed afterwards.
func (p *Peer) Send(frames [][]byte) error {
	buffers, size := encode(frames)
	return p.send(outgoing{buffers, size})
}

func (p *Peer) send(m outgoing) error {
	if p.out.put(m) {
		return nil
	}
	p.close()
	return errClosed
}

func (p *Peer) sendCommand(body []byte) error {
	b := append(appendHeader(nil, len(body), false, true), body...)
	return p.send(outgoing{[][]byte{b}, len(b)})
}

func (p *Peer) close() {
	p.out.close()
	_ = p.conn.Close() // its error has no reader: the peer is given up
}

// socket accepts connections and keeps their peers; a kind of socket adds what is done with messages.
type socket struct {
	kind      string
	peerTypes []string
	listener  net.Listener
	log       func(string)
	receive   func(*Peer, [][]byte)
	joined    func(*Peer)
	left      func(*Peer)

	mu      sync.Mutex
	peers   map[*Peer]struct{}
	next    uint32
	closed  bool
	running sync.WaitGroup
}

// start accepts connections until the listener is closed.
func (s *socket) start() {
	s.peers = map[*Peer]struct{}{}
	if s.log == nil {
		s.log = func(string) {}
	}
	s.running.Go(s.accept)
}

func (s *socket) accept() {
	full := false // and said so
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			s.log(fmt.Sprintf("zmtp: %s: accept: %v", s.kind, err))
			time.Sleep(10 * time.Millisecond) // out of descriptors: do not spin
			continue
		}
		if s.serve(conn) {
			full = false
			continue
		}
		if !full {
			s.log(fmt.Sprintf("zmtp: %s: more than %d peers, %v and others are refused", s.kind, maxPeers, conn.RemoteAddr()))
		}
		full = true
		_ = conn.Close()
	}
}

// serve starts the two goroutines of a connection, unless the socket is full or closed.
func (s *socket) serve(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.peers) >= maxPeers {
		return false
	}
	p := &Peer{conn: conn, out: newQueue(), gone: make(chan struct{})}
	s.peers[p] = struct{}{}
	s.running.Go(func() { s.run(p) })
	return true
}

// run is a connection's life: handshake, messages, good-bye.
func (s *socket) run(p *Peer) {
	defer s.forget(p)
	defer close(p.gone)
	defer p.close()
	_ = p.conn.SetDeadline(time.Now().Add(handshakeTimeout))
	r := bufio.NewReaderSize(p.conn, 64<<10)
	identity, err := handshake(p.conn, r, s.kind, s.peerTypes)
	if err != nil {
		s.log(fmt.Sprintf("zmtp: %s: %v: %v", s.kind, p.conn.RemoteAddr(), err))
		return
	}
	_ = p.conn.SetDeadline(time.Time{})
	p.identity = s.name(identity)
	s.running.Go(func() {
		p.out.drain(p.conn)
		_ = p.conn.Close()
	})
	if s.joined != nil {
		s.joined(p)
	}
	if err := s.read(p, r); errors.Is(err, errProtocol) {
		s.log(fmt.Sprintf("zmtp: %s: %v: %v", s.kind, p.conn.RemoteAddr(), err))
	}
	if s.left != nil {
		s.left(p)
	}
}

// name is the identity a peer gave, else a zero byte and a counter, as ZeroMQ's routers make them.
func (s *socket) name(identity string) string {
	if identity != "" {
		return identity
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	return string(binary.BigEndian.AppendUint32([]byte{0}, s.next))
}

// read hands whole messages to the socket until the connection ends.
func (s *socket) read(p *Peer, r *bufio.Reader) error {
	var message [][]byte
	size := 0
	for {
		f, err := readFrame(r, maxMessage-size)
		if err != nil {
			return err
		}
		if f.command {
			if err := s.command(p, f.body); err != nil {
				return err
			}
			continue
		}
		message = append(message, f.body)
		size += len(f.body)
		if len(message) > maxFrames {
			return fmt.Errorf("%w: message of more than %d frames", errProtocol, maxFrames)
		}
		if !f.more {
			s.receive(p, message)
			message, size = nil, 0
		}
	}
}

// command answers the commands of a running connection. SUBSCRIBE and CANCEL are ZMTP 3.1's form of subscriptions
// and reach the socket as the messages of 3.0.
func (s *socket) command(p *Peer, body []byte) error {
	name, data, ok := cutCommand(body)
	if !ok {
		return fmt.Errorf("%w: malformed command", errProtocol)
	}
	switch name {
	case "PING":
		if len(data) < 2 || len(data) > 2+16 {
			return fmt.Errorf("%w: PING of %d bytes", errProtocol, len(data))
		}
		return p.sendCommand(append([]byte("\x04PONG"), data[2:]...))
	case "SUBSCRIBE":
		s.receive(p, [][]byte{append([]byte{1}, data...)})
	case "CANCEL":
		s.receive(p, [][]byte{append([]byte{0}, data...)})
	case "ERROR":
		return fmt.Errorf("%w: peer reports %.80q", errProtocol, data)
	}
	return nil
}

func (s *socket) forget(p *Peer) {
	s.mu.Lock()
	delete(s.peers, p)
	s.mu.Unlock()
}

func (s *socket) snapshot() []*Peer {
	s.mu.Lock()
	defer s.mu.Unlock()
	peers := make([]*Peer, 0, len(s.peers))
	for p := range s.peers {
		peers = append(peers, p)
	}
	return peers
}

// Addr is the address that the socket listens on.
func (s *socket) Addr() net.Addr { return s.listener.Addr() }

// Close stops accepting, gives queued messages the linger time to leave, and closes every connection. It may be
// called twice and returns when all goroutines of the socket have ended.
func (s *socket) Close(linger time.Duration) error {
	s.mu.Lock()
	already := s.closed
	s.closed = true
	s.mu.Unlock()
	var err error
	if !already {
		err = s.listener.Close()
	}
	deadline := time.Now().Add(linger)
	for _, p := range s.snapshot() {
		p.out.flush(deadline)
		p.close()
	}
	s.running.Wait()
	return err
}
