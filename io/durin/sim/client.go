package sim

import (
	"bytes"
	"net"
	"net/netip"

	"github.com/livespike/livespike/io/durin/wire"
)

// accept serves one client after the other. Those who come in between are connected by the operating system and get
// no answer, as on the robot.
func (s *Server) accept() {
	defer s.done.Done()
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return // closed
		}
		s.mu.Lock()
		s.conn, s.handled, s.sent, s.target, s.waiting = conn, 0, 0, netip.AddrPort{}, nil
		closed := s.closed
		s.changed.Broadcast()
		s.tell()
		s.mu.Unlock()
		if !closed {
			s.serve(conn)
		}
		_ = conn.Close() // it is gone, or Close has closed it
		s.mu.Lock()
		s.conn = nil
		s.changed.Broadcast()
		s.tell()
		s.mu.Unlock()
	}
}

// serve handles one client's frames until it goes.
func (s *Server) serve(conn net.Conn) {
	var framer wire.Framer
	var decoder wire.Decoder
	buffer := make([]byte, 4096)
	var out []byte
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		framer.Feed(buffer[:n])
		for payload, ok := framer.Next(); ok; payload, ok = framer.Next() {
			out = s.handle(payload, &decoder, out[:0])
			if len(out) == 0 {
				continue
			}
			// One write for each frame: the Python package takes no split ones.
			if _, err := conn.Write(out); err != nil {
				return
			}
		}
	}
}

// handle gives a message to the robot and appends the frame of its reply.
func (s *Server) handle(payload []byte, decoder *wire.Decoder, out []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arena.catchUp()
	s.handled++
	defer s.changed.Broadcast()
	defer s.arena.plan()
	if s.robot.stalled() {
		s.waiting = append(s.waiting, bytes.Clone(payload))
		return out
	}
	return s.obey(payload, decoder, out)
}

// destination is where a message that has four numbers asks the robot to send to.
func destination(m *wire.EnableStreaming) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(m.IP)), m.Port)
}

// afterStall handles what has come during a stall. It is called with the lock held.
func (s *Server) afterStall() {
	var out []byte
	for _, payload := range s.waiting {
		out = s.obey(payload, new(wire.Decoder), out[:0])
		if s.conn == nil || len(out) == 0 {
			continue
		}
		if _, err := s.conn.Write(out); err != nil {
			break // the reader reports the end of the connection
		}
	}
	s.waiting = nil
}

// obey lets the robot handle a message and appends the frame of its reply.
func (s *Server) obey(payload []byte, decoder *wire.Decoder, out []byte) []byte {
	m, err := decoder.Decode(payload)
	if err != nil {
		s.unread++
		s.robot.Feed()
		return s.encoder.AppendFrame(out, reject, 0)
	}
	reply := s.robot.Handle(m)
	if to, ok := m.(*wire.EnableStreaming); ok && reply != reject && to.To != wire.UartOnly {
		s.target = destination(to)
	}
	if reply == nil {
		if s.robot.config.GarbageTofStatus {
			return append(out, '*', 3, 0, 0xff, 0xff, 0xff, '*'^3^0xff)
		}
		return out
	}
	return s.encoder.AppendFrame(out, reply, 0)
}
