//go:build !linux

package udp

import (
	"net"
	"syscall"
)

// receiver takes one datagram a call; what the system loses is not known.
type receiver struct {
	conn    *net.UDPConn
	lost    int64
	buf     []byte
	packets [][]byte
}

// prepare is for systems whose sockets can be set up before they have an address.
func prepare(_, _ string, _ syscall.RawConn) error { return nil }

func newReceiver(conn *net.UDPConn) (*receiver, error) {
	_ = conn.SetReadBuffer(8 << 20) // a wish
	return &receiver{conn: conn, buf: make([]byte, 64<<10), packets: make([][]byte, 1)}, nil
}

func (r *receiver) receive() ([][]byte, error) {
	n, err := r.conn.Read(r.buf)
	r.packets[0] = r.buf[:n]
	return r.packets, err
}

// sender sends one datagram a call.
type sender struct{ conn *net.UDPConn }

func newSender(conn *net.UDPConn) (*sender, error) { return &sender{conn}, nil }

func (s *sender) send(buf []byte, ends []int, from int) (int, error) {
	start := 0
	if from > 0 {
		start = ends[from-1]
	}
	_, err := s.conn.Write(buf[start:ends[from]])
	return 1, err
}

// failed is nothing: the next send says what is wrong with the one before.
func (s *sender) failed() error { return nil }
