package sim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
	"github.com/livespike/livespike/io/internal/datagram"
)

// Server is a simulated robot behind real sockets: commands and replies on a TCP port, one client at a time as on the
// robot, and telemetry by UDP to wherever the client asks.
type Server struct {
	listener net.Listener
	udp      *datagram.Conn

	arena         *arena
	mu            *sync.Mutex // the arena's
	changed       *sync.Cond  // broadcast when handled, conn or closed changes
	robot         *Robot
	taken         int            // the last time-of-flight frame that NextToF has given
	lastToF       int64          // when a part of a time-of-flight frame was sent last, µs
	handled       uint64         // frames that the present client has sent
	sent          uint64         // datagrams to the present client
	target        netip.AddrPort // of the telemetry; the zero value is nobody
	conn          net.Conn
	cameraControl net.Listener
	cameraConn    net.Conn
	waiting       [][]byte // messages that came during a stall
	unread        int      // frames that were damaged or unknown
	closed        bool
	failure       error
	news          chan<- struct{} // of Notify

	encoder wire.Encoder
	done    sync.WaitGroup
}

// Listen starts a simulated robot on an address such as "127.0.0.1:1337"; port 0 takes a free one.
func Listen(address string, c Config) (*Server, error) {
	if c.Robots > 1 {
		return nil, fmt.Errorf("sim: %d robots; ListenAll has more than one", c.Robots)
	}
	servers, err := ListenAll(address, c)
	if err != nil {
		return nil, err
	}
	return servers[0], nil
}

// listen opens the sockets of one of an arena's robots.
func listen(address string, a *arena, index int) (*Server, error) {
	listener, err := net.Listen("tcp4", address)
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	udp, err := datagram.Listen(listener.Addr().(*net.TCPAddr).IP, 0)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sim: %w", err), listener.Close())
	}
	_, asked, _ := net.SplitHostPort(address)
	control, err := listenCamera(listener, asked == "0")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sim: camera: %w", err), listener.Close(), udp.Close())
	}
	s := &Server{cameraControl: control, listener: listener, udp: udp, arena: a, mu: &a.mu, robot: a.robots[index], changed: sync.NewCond(&a.mu)}
	s.encoder.Layout = wire.Firmware
	if s.robot.config.PycapnpLayout {
		s.encoder.Layout = wire.Pycapnp
	}
	s.mu.Lock()
	s.robot.out, s.robot.wake, s.robot.drives = s.sendDatagram, s.afterStall, s.tell
	s.mu.Unlock()
	s.done.Add(2)
	go s.accept()
	go s.acceptCamera()
	return s, nil
}

// Addr is the address that clients connect to, host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// String is the address and the robot.
func (s *Server) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("%s: %v", s.Addr(), s.robot)
}

// Close stops the robot and its sockets. It may be called twice.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	conns := []net.Conn{s.conn, s.cameraConn}
	s.changed.Broadcast()
	s.mu.Unlock()
	err := errors.Join(s.listener.Close(), s.cameraControl.Close(), s.udp.Close())
	for _, conn := range conns {
		if conn != nil {
			_ = conn.Close() // the client may have gone before
		}
	}
	s.done.Wait()
	s.arena.leave(1)
	return err
}

// Disconnect closes the present client's connection, as the loss of the radio would.
func (s *Server) Disconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		_ = s.conn.Close() // the reader reports the end of the connection
	}
}

// Connected reports whether a client is there.
func (s *Server) Connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn != nil
}

// Notify sends on a channel when a client comes or goes, and when the robot is told to drive or to stand; nil ends that.
// It does not wait for a receiver: a channel with room for one misses nothing but how often.
func (s *Server) Notify(news chan<- struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.news = news
}

// tell is called with the lock held.
func (s *Server) tell() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// Do runs a function on the robot, brought up to now, while nothing else touches it.
func (s *Server) Do(f func(r *Robot)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arena.catchUp()
	f(s.robot)
	s.arena.plan()
}

// Unread is the number of frames from clients that were damaged or not in the schema.
func (s *Server) Unread() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unread
}

// NextToF advances a robot without a clock of its own to the end of its next time-of-flight frame, after the client's
// first n frames have been handled. It returns the robot's time and how many datagrams it has sent to this client.
// On a robot with a clock it only returns these.
func (s *Server) NextToF(ctx context.Context, n uint64) (Moment, error) {
	defer s.wakeWith(ctx)()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.await(ctx, n); err != nil {
		return Moment{}, err
	}
	if s.arena.speed == 0 && s.robot.frames == s.taken { // else another robot's client has made it
		s.arena.stepToF(s.robot)
	}
	s.taken = s.robot.frames
	return Moment{s.robot.Now(), s.sent}, nil
}

// Await waits until the client's first n frames have been handled.
func (s *Server) Await(ctx context.Context, n uint64) error {
	defer s.wakeWith(ctx)()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.await(ctx, n)
}

// wakeWith lets await look again when the context ends.
func (s *Server) wakeWith(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		s.mu.Lock() // else the call below could fall between a look at the context and the wait after it
		defer s.mu.Unlock()
		s.changed.Broadcast()
	})
}

func (s *Server) await(ctx context.Context, n uint64) error {
	for s.handled < n && s.conn != nil && !s.closed && ctx.Err() == nil {
		s.changed.Wait()
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case s.closed || s.conn == nil:
		return errors.New("sim: no client is connected")
	}
	return nil
}

// Silent reports whether a client that has received n datagrams has nothing left to receive, and for a time, the robot's,
// no part of a frame was sent to anyone. A slow simulation is not silent.
func (s *Server) Silent(n uint64, d time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return n >= s.sent && s.robot.now-s.lastToF >= d.Microseconds()
}

// Moment is where a simulation stands.
type Moment struct {
	Time time.Duration // since power on
	Sent uint64        // datagrams to the present client
}

// String is the time and the count.
func (m Moment) String() string { return fmt.Sprintf("%v, %d datagrams", m.Time, m.Sent) }

// SetSpeed changes the clock, also of other robots in the same world: simulated seconds per second, or 0 to stand
// still between calls of NextToF.
func (s *Server) SetSpeed(speed float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arena.setSpeed(speed)
}

// sendDatagram is called with the lock held.
func (s *Server) sendDatagram(datagram []byte) {
	if !s.target.IsValid() {
		return
	}
	if err := s.udp.Send(datagram, s.target); err != nil {
		s.failure = err
		return
	}
	s.sent++
	if s.robot.outToF {
		s.lastToF = s.robot.now
	}
}

// Err is the last error of sending telemetry.
func (s *Server) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}
