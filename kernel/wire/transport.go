package wire

import (
	"errors"
	"net"
	"time"

	"github.com/livespike/livespike/kernel/wire/zmtp"
)

// Channel is the socket that a request came in on.
type Channel int

// The sockets on which clients ask.
const (
	Shell Channel = iota
	Control
)

// Peer is a connection that can be answered.
type Peer interface {
	Identity() string
	Send(frames [][]byte) error
	Gone() <-chan struct{} // closed when the connection has ended
}

// Request is a message as it came in.
type Request struct {
	Channel Channel
	From    Peer
	Frames  [][]byte
}

// Transport is what the server needs of the network: ZMTP over tcp or unix sockets, or memory in tests.
type Transport interface {
	Requests() <-chan Request   // shell and control; closed by Close
	Replies() <-chan Request    // stdin
	Stdin(identity string) Peer // the newest stdin connection with an identity, or nil
	Publish(frames [][]byte)    // iopub; the first frame is the topic
	Close(linger time.Duration) error
}

// sockets is the transport over ZMTP.
type sockets struct {
	shell, control, stdin *zmtp.Router
	iopub                 *zmtp.XPub
	heartbeat             *zmtp.Rep
	requests, replies     chan Request
	done                  chan struct{}
}

// listen opens the five sockets and fills in the ports that were 0. welcome makes the message that a new subscriber
// gets first.
func listen(c *Connection, welcome func(topic []byte) [][]byte, log func(string)) (*sockets, error) {
	var open []net.Listener
	for _, port := range []*int{&c.ShellPort, &c.ControlPort, &c.StdinPort, &c.IOPubPort, &c.HBPort} {
		l, err := c.listen(port)
		if err != nil {
			for _, l := range open {
				err = errors.Join(err, l.Close())
			}
			return nil, err
		}
		open = append(open, l)
	}
	s := &sockets{requests: make(chan Request, 64), replies: make(chan Request), done: make(chan struct{})}
	s.shell = zmtp.NewRouter(open[0], s.to(s.requests, Shell), log)
	s.control = zmtp.NewRouter(open[1], s.to(s.requests, Control), log)
	s.stdin = zmtp.NewRouter(open[2], s.to(s.replies, Shell), log)
	s.iopub = zmtp.NewXPub(open[3], welcome, log)
	s.heartbeat = zmtp.NewRep(open[4], log)
	return s, nil
}

func (s *sockets) to(ch chan Request, channel Channel) func(*zmtp.Peer, [][]byte) {
	return func(p *zmtp.Peer, frames [][]byte) {
		select {
		case ch <- Request{channel, p, frames}:
		case <-s.done:
		}
	}
}

func (s *sockets) Requests() <-chan Request { return s.requests }
func (s *sockets) Replies() <-chan Request  { return s.replies }
func (s *sockets) Publish(frames [][]byte)  { s.iopub.Publish(frames) }

func (s *sockets) Stdin(identity string) Peer {
	if p := s.stdin.Peer(identity); p != nil {
		return p
	}
	return nil
}

func (s *sockets) Close(linger time.Duration) error {
	close(s.done)
	deadline := time.Now().Add(linger)
	var err error
	for _, socket := range []interface{ Close(time.Duration) error }{s.iopub, s.shell, s.control, s.stdin, s.heartbeat} {
		err = errors.Join(err, socket.Close(max(0, time.Until(deadline))))
	}
	close(s.requests)
	close(s.replies)
	return err
}
