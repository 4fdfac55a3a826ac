package durin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/livespike/livespike/io/durin/sim"
	"github.com/livespike/livespike/io/durin/wire"
	"github.com/livespike/livespike/io/internal/datagram"
)

// Finding is one line of an examination.
type Finding struct {
	OK     bool
	Name   string // what was looked at
	Text   string // what was found
	Advice string // what to do about it, where it is not OK
}

// String is the finding, on a second line the advice.
func (f Finding) String() string {
	mark := "✓"
	if !f.OK {
		mark = "✗"
	}
	text := fmt.Sprintf("%s %-10s %s", mark, f.Name, f.Text)
	if f.Advice != "" {
		text += "\n             " + f.Advice
	}
	return text
}

// Examine looks at what lies between this computer and a robot, from its name to the loss of datagrams, and tells each
// finding as it is made. It reports whether all was in order; where a step fails those that build on it are left out.
//
// The address is one of Dial's but for a recording; a simulated robot follows the clock meanwhile. It takes four seconds.
// The wheels are told zeros and nothing else, and the streams are off afterwards, their periods and the resolution those
// that Dial asks for. When the context ends, it says so and takes leave of the robot nevertheless.
func Examine(ctx context.Context, address string, tell func(Finding)) bool {
	return examine(ctx, address, 3*time.Second, tell)
}

// examine is Examine with so much telemetry.
func examine(ctx context.Context, address string, watch time.Duration, tell func(Finding)) bool {
	x := &examination{ctx: ctx, tell: tell, fine: true, watch: watch, replies: make(chan heard, 64)}
	x.run(address)
	return x.fine
}

const (
	examineReply = 2 * time.Second // for an answer
	examineZeros = 20              // round trips
)

// examination is a connection of its own: it looks at bytes and times that a Robot does not keep.
type examination struct {
	ctx     context.Context
	tell    func(Finding)
	fine    bool
	watch   time.Duration // how long the telemetry is watched
	name    string        // for errors
	conn    net.Conn
	udp     *datagram.Conn
	remote  netip.Addr // that telemetry comes from
	encoder wire.Encoder
	replies chan heard

	telemetry uint16 // the UDP port; 0 is any
}

// heard is a message on the connection for commands.
type heard struct {
	m       wire.Message
	payload []byte
	at      time.Time
}

// or is a reply that was not the one asked for, or why there is none.
func (h heard) or(err error) string {
	if err != nil {
		return err.Error()
	}
	return "answered by " + h.m.String()
}

func (x *examination) ok(name, format string, args ...any) {
	x.tell(Finding{OK: true, Name: name, Text: fmt.Sprintf(format, args...)})
}

func (x *examination) wrong(name, text, advice string) {
	x.fine = false
	x.tell(Finding{Name: name, Text: text, Advice: advice})
}

// failed tells an error that explain knows advice for, on its own line.
func (x *examination) failed(name string, err error) {
	text := strings.TrimPrefix(explain(x.name, err, examineReply).Error(), "durin: dial "+x.name+": ")
	x.wrong(name, text, "")
}

func (x *examination) run(address string) {
	target, telemetry, closeSim, err := examined(address)
	x.telemetry = telemetry
	x.name, _, _ = strings.Cut(address, "?")
	if err != nil {
		x.wrong("address", err.Error(), `an address is a host, "durin5.local" or "10.0.0.5", or a simulated robot, "sim:arena"`)
		return
	}
	defer closeSim()
	if !x.resolve(&target) || !x.connect(target) {
		return
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		x.read()
	}()
	defer func() {
		// How the connection ends is of no interest: everything was told.
		_ = x.conn.Close()
		<-ended
		if x.udp != nil {
			_ = x.udp.Close()
		}
	}()
	before := x.identify()
	if before == nil {
		return
	}
	x.roundTrips()
	if x.ctx.Err() == nil && x.openTelemetry() {
		w := x.listen()
		x.judge(w)
		x.clock(before)
	}
	if x.ctx.Err() != nil {
		x.wrong("ended", "interrupted: the rest was not looked at", "")
	}
	x.ctx = context.WithoutCancel(x.ctx)
	x.goodbye()
}

// examined is the host and port of an address and the port for telemetry; a simulated robot is started.
func examined(address string) (target string, telemetry uint16, closeSim func(), err error) {
	nothing := func() {}
	if hasScheme(address, "replay") {
		return "", 0, nothing, errors.New("a recording has no connection to look at")
	}
	if hasScheme(address, "sim") {
		config, err := sim.ParseConfig(address[len("sim:"):])
		if err != nil {
			return "", 0, nothing, err
		}
		if config.Speed == 0 {
			config.Speed = 1
		}
		servers, err := sim.ListenAll("127.0.0.1:0", config)
		if err != nil {
			return "", 0, nothing, err
		}
		return servers[0].Addr(), 0, func() {
			for _, s := range servers {
				_ = s.Close() // a simulated robot that ends badly has nothing to do with the examination
			}
		}, nil
	}
	s := defaults()
	target, err = s.parse(address)
	if err == nil {
		target = withPort(target)
	}
	return target, s.telemetry, nothing, err
}

// resolve puts the address in the place of a name.
func (x *examination) resolve(target *string) bool {
	host, port, err := net.SplitHostPort(*target)
	if err != nil {
		x.wrong("address", err.Error(), "")
		return false
	}
	if at, err := netip.ParseAddr(host); err == nil {
		x.ok("address", "%v needs no name", at)
		return true
	}
	ctx, cancel := context.WithTimeout(x.ctx, examineReply)
	defer cancel()
	began := time.Now()
	find, how := findBySystem, "the system's resolver"
	if isLocal(host) {
		find, how = findLocal, "mDNS"
	}
	at, err := find(ctx, host)
	if err != nil {
		x.failed("address", err)
		return false
	}
	x.ok("address", "%s is %v by %s, in %v", host, at, how, brief(time.Since(began)))
	*target = net.JoinHostPort(at.String(), port)
	return true
}

func (x *examination) connect(target string) bool {
	ctx, cancel := context.WithTimeout(x.ctx, examineReply)
	defer cancel()
	began := time.Now()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp4", target)
	if err != nil {
		x.failed("port", err)
		return false
	}
	x.ok("port", "%s takes the connection, in %v, from %v", target, brief(time.Since(began)), conn.LocalAddr())
	x.conn = conn
	return true
}

// read passes on what comes on the connection for commands until it ends.
func (x *examination) read() {
	defer close(x.replies)
	var framer wire.Framer
	var decoder wire.Decoder
	buffer := make([]byte, 4096)
	for {
		n, err := x.conn.Read(buffer)
		if err != nil {
			return
		}
		at := time.Now()
		framer.Feed(buffer[:n])
		for payload, ok := framer.Next(); ok; payload, ok = framer.Next() {
			if m, err := decoder.Decode(payload); err == nil && m.Tag() != wire.TagTextLogging {
				select {
				case x.replies <- heard{ownCopy(payload, m), bytes.Clone(payload), at}:
				default: // nobody asked for so many
				}
			}
		}
	}
}

var errSilent = errors.New("no answer")

// ask sends a message and waits for its reply; what came before is left out.
func (x *examination) ask(m wire.Message) (heard, error) {
	for len(x.replies) > 0 {
		<-x.replies
	}
	if err := x.send(m); err != nil {
		return heard{}, err
	}
	timer := time.NewTimer(examineReply)
	defer timer.Stop()
	for {
		select {
		case h, ok := <-x.replies:
			if !ok {
				return h, errors.New("the robot ended the connection")
			}
			if h.m.Tag() == replyTo(m.Tag()) || h.m.Tag() == wire.TagReject {
				return h, nil
			}
		case <-timer.C:
			return heard{}, errSilent
		case <-x.ctx.Done():
			return heard{}, x.ctx.Err()
		}
	}
}

func (x *examination) send(m wire.Message) error {
	if err := x.conn.SetWriteDeadline(time.Now().Add(examineReply)); err != nil {
		return err
	}
	_, err := x.conn.Write(x.encoder.AppendFrame(nil, m, 0))
	return err
}

// identify asks whether the robot listens to us and who it is; nil is no answer.
func (x *examination) identify() *uptime {
	// Zeros first: see the package comment.
	if _, err := x.ask(&wire.SetWheelVelocity{}); err != nil {
		if errors.Is(err, errSilent) {
			err = errBusy
		}
		x.failed("answers", err)
		return nil
	}
	x.ok("answers", "zero wheels are acknowledged: no other program is connected")
	h, err := x.ask(&wire.Empty{Which: wire.TagGetSystemInfo})
	if x.ctx.Err() != nil {
		x.failed("identity", x.ctx.Err())
		return nil
	}
	info, ok := h.m.(*wire.SystemInfo)
	if !ok {
		x.wrong("identity", "getSystemInfo: "+h.or(err), "is it a Durin's firmware of October 2022 or later?")
		return nil
	}
	text := fmt.Sprintf("%s, id %d, %s, MAC %s, up %v", info.Hostname, info.ID, info.IP, info.MAC, (time.Duration(info.UptimeMs) * time.Millisecond).Round(time.Second))
	if info.ID == 255 {
		text += "; 255 is an id that was never set"
	}
	x.ok("identity", "%s", text)
	if layout, err := wire.LayoutOf(h.payload); err == nil {
		what := map[wire.Layout]string{wire.Firmware: "the robot's own", wire.Pycapnp: "that of the Python package: a simulation or a bridge"}
		x.ok("layout", "%v: %s", layout, what[layout])
	}
	return &uptime{info.UptimeMs, h.at}
}

// uptime is the robot's clock at a moment of ours.
type uptime struct {
	ms uint32
	at time.Time
}

func (x *examination) roundTrips() {
	var times []time.Duration
	for range examineZeros {
		began := time.Now()
		h, err := x.ask(&wire.SetWheelVelocity{})
		if x.ctx.Err() != nil {
			return
		}
		if err != nil {
			x.wrong("round trip", fmt.Sprintf("%v after %d of %d commands", err, len(times), examineZeros), "is the Wi-Fi good enough there?")
			return
		}
		times = append(times, h.at.Sub(began))
	}
	slices.Sort(times)
	middle, most := times[len(times)/2], times[len(times)-1]
	text := fmt.Sprintf("%v from a command to its acknowledgement, %v at most of %d", brief(middle), brief(most), len(times))
	if most > deadManTime/2 {
		x.wrong("round trip", text, fmt.Sprintf("the wheels stop after %v without a command: a better Wi-Fi, or a slower robot", deadManTime))
		return
	}
	x.ok("round trip", "%s", text)
}

// openTelemetry asks for the streams.
func (x *examination) openTelemetry() bool {
	l, err := newLink(x.conn, x.telemetry)
	if err != nil {
		x.wrong("telemetry", err.Error(), "")
		return false
	}
	x.udp, x.remote = l.udp, l.remote
	ip, port := l.telemetryAddress()
	soon := &wire.SetStreamPeriod{Which: wire.TagSetSystemStatusStreamPeriod, Ms: 50}
	for _, m := range append(streams(R8x8At15Hz, ip, port), soon) {
		if err := x.send(m); err != nil {
			x.failed("telemetry", err)
			return false
		}
	}
	return true
}

// listen watches the telemetry.
func (x *examination) listen() *telemetryWatch {
	w := newTelemetryWatch()
	buffer := make([]byte, 4096)
	end := time.Now().Add(x.watch)
	defer context.AfterFunc(x.ctx, func() { _ = x.udp.SetReadDeadline(time.Now()) })()
	if err := x.udp.SetReadDeadline(end); err != nil {
		return w
	}
	for x.ctx.Err() == nil {
		n, from, err := x.udp.Receive(buffer)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, net.ErrClosed):
			return w
		case err == nil && from.Addr().Unmap() != x.remote:
			w.foreign++
		case err == nil:
			w.take(buffer[:n], time.Now())
		}
	}
	return w
}

func (x *examination) judge(w *telemetryWatch) {
	if x.ctx.Err() != nil {
		return // it has not seen all
	}
	for _, f := range w.findings(x.watch, x.udp.LocalAddr()) {
		x.fine = x.fine && f.OK
		x.tell(f)
	}
}

// clock compares the robot's clock with ours.
func (x *examination) clock(before *uptime) {
	h, err := x.ask(&wire.Empty{Which: wire.TagGetSystemInfo})
	if x.ctx.Err() != nil {
		return
	}
	info, ok := h.m.(*wire.SystemInfo)
	if !ok {
		x.wrong("clock", "the robot does not tell its time any more: "+h.or(err), "")
		return
	}
	if info.UptimeMs < before.ms {
		x.wrong("clock", "the robot has started again meanwhile", "is its battery low?")
		return
	}
	theirs := time.Duration(info.UptimeMs-before.ms) * time.Millisecond
	ours := h.at.Sub(before.at)
	off := 100 * (theirs.Seconds()/ours.Seconds() - 1)
	text := fmt.Sprintf("in our %v the robot's went on by %v: %+.1f %%", brief(ours), theirs, off)
	if off < -clockOff || off > clockOff {
		x.wrong("clock", text, "rates and speeds are off by as much")
		return
	}
	x.ok("clock", "%s", text)
}

const clockOff = 3 // %; answers that were held up count

// goodbye leaves the robot with zero wheels and without streams. What openTelemetry has set stays: the periods of the
// streams, the resolution, the status of the zones.
func (x *examination) goodbye() {
	_, err := x.ask(&wire.SetWheelVelocity{})
	if err == nil {
		_, err = x.ask(&wire.Empty{Which: wire.TagDisableStreaming})
	}
	if err != nil {
		x.failed("goodbye", err)
		return
	}
	x.ok("goodbye", "zero wheels, streams off")
}

// brief is a duration to two or three digits.
func brief(d time.Duration) time.Duration {
	switch {
	case d < time.Millisecond:
		return d.Round(10 * time.Microsecond)
	case d < 100*time.Millisecond:
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(time.Millisecond)
}
