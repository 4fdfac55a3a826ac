package durin

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
	"github.com/livespike/livespike/io/internal/datagram"
)

// link is the sockets of one connection and the replies that are still to come.
type link struct {
	conn   net.Conn
	udp    *datagram.Conn
	remote netip.Addr

	encoder  wire.Encoder
	buffer   []byte
	expected fifo
	queue    []queued // commands, not motion, that wait for replies to older ones
	written  uint64   // frames
	received uint64   // datagrams
	lastUsed time.Duration
	used     bool
	streams  bool          // were asked for
	asked    time.Duration // when, the last time
	heard    time.Time     // of the last reply
	failed   error
}

// queued is a command that waits, and who waits for its reply.
type queued struct {
	message wire.Message
	reply   chan<- answer
}

// answer is a reply, or why there is none.
type answer struct {
	message wire.Message
	err     error
}

// receiveBuffer holds 10 000 datagrams a second through a pause of the process.
const receiveBuffer = 1 << 20

// newLink opens the telemetry socket beside a connection, at a port or, for 0, at a free one. Packets leave at once: TCP_NODELAY is Go's default.
func newLink(conn net.Conn, port uint16) (*link, error) {
	local, ok := conn.LocalAddr().(*net.TCPAddr)
	if !ok {
		return nil, fmt.Errorf("local address is %v", conn.LocalAddr())
	}
	remote, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return nil, err
	}
	udp, err := datagram.Listen(local.IP, int(port))
	if err != nil {
		return nil, err
	}
	if err := udp.SetReadBuffer(receiveBuffer); err != nil {
		return nil, errors.Join(err, udp.Close())
	}
	return &link{conn: conn, udp: udp, remote: remote.Addr().Unmap(), heard: time.Now()}, nil
}

// telemetryAddress is where the robot shall stream to.
func (l *link) telemetryAddress() (ip [4]byte, port uint16) {
	at := l.udp.LocalAddr().(*net.UDPAddr).AddrPort()
	return at.Addr().Unmap().As4(), at.Port()
}

// goodbye is how long the robot may take to acknowledge the last frames.
const goodbye = time.Second

// finish tells the robot that nothing more comes, after the zeros, and lets the reader wait for the replies that are
// still to come. It reports whether there is something to wait for.
func (l *link) finish(patience time.Duration) bool {
	tcp, ok := l.conn.(*net.TCPConn)
	return ok && l.failed == nil && tcp.CloseWrite() == nil && l.conn.SetReadDeadline(time.Now().Add(min(patience, goodbye))) == nil
}

// close ends a connection, which its reader may have ended before.
func (l *link) close() error {
	err := l.conn.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	return errors.Join(err, l.udp.Close())
}

const (
	silenceLimit = 400 * time.Millisecond // after which zeros go first
	motionWindow = 8                      // unanswered frames above which motion waits
	queueWindow  = 32                     // unanswered frames above which commands wait
)

// request sends a message that is not motion, in order, and passes the reply on if somebody waits for it.
func (r *Robot) request(m wire.Message, reply chan<- answer) {
	l := r.link
	if l == nil {
		if reply != nil {
			reply <- answer{err: errors.New("not connected")}
		}
		return
	}
	if !r.lockstep && (len(l.queue) > 0 || l.expected.len() >= queueWindow) {
		l.queue = append(l.queue, queued{m, reply})
		return
	}
	r.transmit(m, reply)
}

// flush writes the newest motion when the robot keeps up.
func (r *Robot) flush() {
	l := r.link
	if !r.pending || l == nil || !r.lockstep && l.expected.len() >= motionWindow {
		return
	}
	r.pending = false
	r.transmit(r.present.message(), nil)
}

// transmit writes a message, and before it explicit zeros when the line was silent. The firmware's watchdog zeroes
// three wheels of four: the next frame of any kind would let the fourth one turn.
func (r *Robot) transmit(m wire.Message, reply chan<- answer) {
	l := r.link
	now := r.now()
	zeros, ok := m.(*wire.SetWheelVelocity)
	if !(ok && *zeros == wire.SetWheelVelocity{}) && (!l.used || now-l.lastUsed > silenceLimit) {
		r.expect(&wire.SetWheelVelocity{}, nil)
		r.write(&wire.SetWheelVelocity{})
	}
	r.expect(m, reply)
	r.write(m)
}

func (r *Robot) expect(m wire.Message, reply chan<- answer) {
	r.link.expected.push(expectation{replyTo(m.Tag()), m.Tag() == wire.TagEnableTofStatus, time.Now(), reply})
}

// write puts one frame on the line.
func (r *Robot) write(m wire.Message) {
	l := r.link
	if l.failed != nil {
		return
	}
	l.buffer = l.encoder.AppendFrame(l.buffer[:0], m, 0)
	l.lastUsed, l.used = r.now(), true
	err := l.conn.SetWriteDeadline(time.Now().Add(r.settings.timeout)) // a robot that does not read shall not hold us
	if err == nil {
		_, err = l.conn.Write(l.buffer)
	}
	if err != nil {
		l.failed = err
		r.plan()
		return
	}
	l.written++
	r.recorder.add(recSent, r.now(), l.buffer)
	r.stats.Sent++
}

// halt sends zero wheels, twice, whatever is waiting.
func (r *Robot) halt() {
	r.present, r.pending = motion{byWheels: true}, false
	if r.replay == nil {
		r.track.moved(r.now(), &r.present, r.settings.profile)
	}
	if r.link == nil {
		return
	}
	for range 2 {
		r.expect(&wire.SetWheelVelocity{}, nil)
		r.write(&wire.SetWheelVelocity{})
	}
}
