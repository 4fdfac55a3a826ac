package durin

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/livespike/livespike/io/durin/sim"
	"github.com/livespike/livespike/io/durin/wire"
	"github.com/livespike/livespike/io/event"
	_ "github.com/livespike/livespike/io/udp" // where the events come
)

const (
	cameraControl = "2300"
	cameraEvents  = 2301
)

// Camera opens the robot's event camera, 640 x 480 pixels: a live stream that ends with its Close. The robot's sends
// to UDP port 2301 of this computer, where one program at a time can listen.
//
// A simulated robot's camera looks ahead on walls with stripes, 200 times a second of the robot's time, and sends to any
// port; what it sees passes with the robot's clock. It is an error for a robot that does not answer within the timeout,
// and for a recording, which has none.
func (r *Robot) Camera() (*event.Stream, error) {
	stream, err := r.camera()
	if err != nil {
		return nil, fmt.Errorf("durin: %s: camera: %w", r.address, err)
	}
	return stream, nil
}

// MustCamera is Camera for scripts: it panics with the error.
func (r *Robot) MustCamera() *event.Stream {
	stream, err := r.Camera()
	if err != nil {
		panic(err)
	}
	return stream
}

func (r *Robot) camera() (*event.Stream, error) {
	r.mu.Lock()
	l := r.link
	r.mu.Unlock()
	if l == nil {
		return nil, errors.New("there is no connection")
	}
	control, port := "", cameraEvents
	switch at := l.conn.RemoteAddr().(*net.TCPAddr); {
	case r.server != nil:
		control, port = r.server.CameraAddr(), 0
	case at.Port == 1337:
		control = net.JoinHostPort(at.IP.String(), cameraControl)
	default: // a simulation beside others
		control = net.JoinHostPort(at.IP.String(), fmt.Sprint(at.Port+2300-1337))
	}
	ip, _ := l.telemetryAddress()
	local := net.IP(ip[:]).String()
	events, err := event.Open(fmt.Sprintf("udp://%s:%d", local, port), event.Size(sim.CameraWidth, sim.CameraHeight))
	if err != nil {
		return nil, err
	}
	at, err := net.ResolveUDPAddr("udp", events.Info().Camera) // where it listens
	if err != nil {
		return nil, errors.Join(err, events.Close())
	}
	conn, err := net.DialTimeout("tcp4", control, r.settings.timeout)
	if err != nil {
		return nil, errors.Join(err, events.Close())
	}
	c := &cameraSource{Source: events, conn: conn}
	if err := c.ask(&wire.EnableStreaming{To: wire.UDPOnly, IP: ip[:], Port: uint16(at.Port)}, r.settings.timeout); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return event.From(c)
}

// cameraSource is the events and the connection that keeps them coming.
type cameraSource struct {
	event.Source
	conn net.Conn
	once sync.Once
	err  error // of Close
}

func (c *cameraSource) ask(m wire.Message, timeout time.Duration) error {
	if err := c.conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	if _, err := c.conn.Write(new(wire.Encoder).AppendFrame(nil, m, 0)); err != nil {
		return err
	}
	var framer wire.Framer
	buffer := make([]byte, 512)
	for {
		n, err := c.conn.Read(buffer)
		if err != nil {
			return fmt.Errorf("no answer: %w", err)
		}
		framer.Feed(buffer[:n])
		if payload, ok := framer.Next(); ok {
			if reply, err := new(wire.Decoder).Decode(payload); err != nil || reply.Tag() != wire.TagAcknowledge {
				return fmt.Errorf("%v: %w", reply, errRejected)
			}
			return nil
		}
	}
}

// Close tells the camera to stop, which it does too when the connection ends. It may be called twice.
func (c *cameraSource) Close() error {
	c.once.Do(func() {
		// How the connection ends is of no interest: its end stops the camera.
		_, _ = c.conn.Write(new(wire.Encoder).AppendFrame(nil, &wire.Empty{Which: wire.TagDisableStreaming}, 0))
		c.err = errors.Join(c.conn.Close(), c.Source.Close())
	})
	return c.err
}
