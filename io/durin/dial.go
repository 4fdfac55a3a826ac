package durin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/durin/sim"
	"github.com/livespike/livespike/io/durin/wire"
)

// port is the robot's TCP port for commands.
const port = "1337"

// Dial connects to a robot: a host with or without a port ("durin5.local", "10.0.0.5", "127.0.0.1:1337"), or a
// simulated one in this process ("sim:arena?seed=1"; the worlds and options are sim.ParseConfig's), or a recording
// ("replay:run.dur", see Record): its frames come with Next, until that says that the recording is over.
//
// A host may be followed by order=2022 or 2023 (the sensors' ids), wheels=schema, raw or viamove, invertx=1,
// invertrot=1, telemetry=1338 (the UDP port of this computer that the robot sends to, for a firewall; any that is free
// otherwise): "durin5.local?wheels=viamove&telemetry=1338". Dial returns when each time-of-flight sensor was heard of or half a
// second has passed. The error says what to do when the robot does not answer within the timeout.
func Dial(address string, opts ...Option) (*Robot, error) {
	return DialContext(interrupt.Context(), address, opts...)
}

// MustDial is Dial for scripts: it panics with the error.
func MustDial(address string, opts ...Option) *Robot {
	r, err := Dial(address, opts...)
	if err != nil {
		panic(err)
	}
	return r
}

// DialContext is Dial with a context, which interrupts the connecting only.
func DialContext(ctx context.Context, address string, opts ...Option) (*Robot, error) {
	if hasScheme(address, "sim") {
		config, err := sim.ParseConfig(address[len("sim:"):])
		if err != nil {
			return nil, fmt.Errorf("durin: dial %s: %w", address, err)
		}
		if config.Robots > 1 {
			return nil, fmt.Errorf("durin: dial %s: DialAll connects to several robots", address)
		}
		server, err := sim.Listen("127.0.0.1:0", config)
		if err != nil {
			return nil, fmt.Errorf("durin: dial %s: %w", address, err)
		}
		return dialServer(ctx, address, server, opts)
	}
	if hasScheme(address, "replay") {
		return dialReplay(address, opts)
	}
	s := applied(opts)
	target, err := s.parse(address)
	if err != nil {
		return nil, fmt.Errorf("durin: dial %s: %w", address, err)
	}
	return dial(ctx, &Robot{address: address, settings: s}, withPort(target))
}

// withPort adds the robot's port to a host without one.
func withPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err != nil {
		return net.JoinHostPort(host, port)
	}
	return host
}

// dialServer connects to a simulated robot, which ends with the connection.
func dialServer(ctx context.Context, address string, server *sim.Server, opts []Option) (*Robot, error) {
	r := &Robot{address: address, settings: applied(opts), server: server}
	server.Do(func(robot *sim.Robot) {
		r.settings.order = robot.Order()
		r.lockstep = robot.Config().Speed == 0
	})
	connected, err := dial(ctx, r, server.Addr())
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	return connected, nil
}

func applied(opts []Option) settings {
	s := defaults()
	for _, o := range opts {
		o.set(&s)
	}
	return s
}

// dial connects a robot that has its settings.
func dial(ctx context.Context, r *Robot, target string) (*Robot, error) {
	r.prepare(time.Now())
	s := &r.settings
	if s.record != "" {
		head := recordHead{recordFormat, r.address, s.order, r.epoch, r.lockstep}
		var err error
		if r.recorder, err = newRecorder(s.record, head); err != nil {
			return nil, fmt.Errorf("durin: dial %s: record: %w", r.address, err)
		}
	}
	if err := r.connect(ctx, target); err != nil {
		return nil, errors.Join(err, r.recorder.abandon())
	}
	if !s.noSignals {
		remember(r)
	}
	if r.recorder != nil {
		r.done.Add(1)
		go r.writeRecords()
	}
	r.done.Add(1)
	go r.supervise(target)
	r.awaitFirst(ctx)
	return r, nil
}

// prepare makes a robot that has its settings ready for its first frame.
func (r *Robot) prepare(epoch time.Time) {
	r.epoch, r.obs, r.stop = epoch, emptyObs(), make(chan struct{})
	r.watch, r.nextLook = time.NewTimer(longRest), longRest
	r.changed = sync.NewCond(&r.mu)
	r.present = motion{byWheels: true}
	s := &r.settings
	r.limit = limiter{profile: s.profile, maxSpeed: s.maxSpeed, maxAccel: s.maxAccel, scale: 1}
	r.track = newTracker(r.server)
}

// connect opens the sockets, checks that the robot answers, and starts the streams.
func (r *Robot) connect(ctx context.Context, target string) error {
	timeout := r.settings.timeout
	name, _, _ := strings.Cut(r.address, "?")
	within, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := dialTCP(within, target)
	if err != nil {
		return explain(name, err, timeout)
	}
	l, err := newLink(conn, r.settings.telemetry)
	if err != nil {
		return errors.Join(explain(name, err, timeout), conn.Close())
	}
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return errors.Join(errClosed, l.close())
	}
	r.link, r.present, r.pending = l, motion{byWheels: true}, false
	r.cycle = cycle{}
	r.done.Add(2)
	go r.readReplies(l)
	go r.readTelemetry(l)
	// Zeros first: see the package comment. Their acknowledgement shows that the robot listens to us.
	alive := make(chan answer, 1)
	r.request(&wire.SetWheelVelocity{}, alive)
	r.mu.Unlock()
	select {
	case a := <-alive:
		err = a.err
	case <-within.Done():
		err = errBusy
		if ctx.Err() != nil {
			err = ctx.Err()
		}
	}
	if err != nil {
		r.mu.Lock()
		r.link = nil
		r.mu.Unlock()
		return errors.Join(explain(name, err, timeout), l.close())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.configure(l)
	return nil
}

// configure asks for the telemetry. The reply to EnableTofStatus is uninitialised memory of the robot, so nothing is
// expected of it.
func (r *Robot) configure(l *link) {
	l.streams, l.asked = true, r.now()
	ip, port := l.telemetryAddress()
	for _, m := range streams(r.settings.resolution, ip, port) {
		r.request(m, nil)
	}
}

// streams are the messages that ask for the telemetry.
func streams(resolution Resolution, ip [4]byte, port uint16) []wire.Message {
	return []wire.Message{
		&wire.SetStreamPeriod{Which: wire.TagSetTofStreamPeriod, Ms: 0},
		&wire.SetStreamPeriod{Which: wire.TagSetImuStreamPeriod, Ms: imuPeriod},
		&wire.SetStreamPeriod{Which: wire.TagSetSystemStatusStreamPeriod, Ms: 1000},
		&wire.SetStreamPeriod{Which: wire.TagSetPositionStreamPeriod, Ms: 50},
		&wire.SetStreamPeriod{Which: wire.TagSetUwbStreamPeriod, Ms: 50},
		&wire.SetTofResolution{Resolution: uint16(resolution)},
		&wire.EnableTofStatus{On: true},
		&wire.EnableStreaming{To: wire.UDPOnly, IP: ip[:], Port: port},
	}
}

const imuPeriod = 20 // ms

// awaitFirst waits until all sensors were heard of, so that a program may drive at once. It is no error when one is not:
// motion is held until it is.
func (r *Robot) awaitFirst(ctx context.Context) {
	if r.clockIsNext() || r.settings.blind {
		return // Next will ask for it, or nobody wants it
	}
	patience := time.AfterFunc(firstFrame, r.changed.Broadcast)
	defer patience.Stop()
	started := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.isStale(r.now()) && !r.closed && ctx.Err() == nil && time.Since(started) < firstFrame {
		r.changed.Wait()
	}
}

const firstFrame = 500 * time.Millisecond
