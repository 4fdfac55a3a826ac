package sim

import (
	"encoding/binary"
	"errors"
	"math"
	"net"
	"net/netip"

	"github.com/livespike/livespike/io/durin/wire"
)

// The event camera on the robot's front. Resolution and protocol are those of the robot's (AEStream's SPIF words without
// times, at most 512 bytes a datagram); place, lens, threshold and what the world looks like are our own choice.
const (
	CameraWidth, CameraHeight = 640, 480

	cameraField     = 60.0  // degrees, horizontally
	cameraMount     = 100.0 // mm in front of the body's centre
	cameraAbove     = 100.0 // mm above the floor
	cameraMicros    = 5000  // between two looks
	cameraThreshold = 0.2   // of the logarithm of the light
	cameraPacket    = 512   // bytes

	stripe     = 300.0 // mm of a wall that are as bright
	skyLight   = 0.9
	floorLight = 0.25
	wallDark   = 0.4
	wallBright = 0.65
)

// camera sees walls with stripes, a floor and what is above the walls, and tells where the logarithm of the light changes.
type camera struct {
	out    func(datagram []byte) // nil while nobody listens
	seen   []float32             // the logarithm for which each pixel has told last; empty before the first look
	packet []byte
}

// cameraFocus is the distance of the picture in pixels.
var cameraFocus = CameraWidth / 2 / math.Tan(degrees(cameraField/2))

// look compares what the camera sees now with what it has told.
func (r *Robot) look() {
	c := &r.camera
	first := len(c.seen) == 0
	if first {
		c.seen = make([]float32, CameraWidth*CameraHeight)
	}
	ahead := direction(r.body.pose.Heading)
	eye := r.body.pose.At.add(ahead.scale(cameraMount))
	sky, floor := float32(math.Log(skyLight)), float32(math.Log(floorLight))
	for x := range CameraWidth {
		aside := (CameraWidth/2 - 0.5 - float64(x)) / cameraFocus
		dir := ahead.add(Vec{-ahead.Y, ahead.X}.scale(aside))
		long := dir.length()
		dir = dir.scale(1 / long)
		flat, facing := r.cast(eye, dir)
		deep := flat / long // along the axis
		top, bottom := horizon(deep, r.world.wallHeight()-cameraAbove), horizon(deep, -cameraAbove)
		wall := float32(math.Log(wallLight(eye.add(dir.scale(math.Min(flat, 1e6))), facing)))
		for y := range CameraHeight {
			light := sky
			switch {
			case y >= bottom:
				light = floor
			case y >= top:
				light = wall
			}
			pixel := &c.seen[y*CameraWidth+x]
			change := light - *pixel
			if first || change >= cameraThreshold || change <= -cameraThreshold {
				*pixel = light
				if !first {
					c.event(x, y, change > 0)
				}
			}
		}
	}
	c.flush()
}

// horizon is the row at which something appears that is so far away and so far above the camera, in mm.
func horizon(deep, above float64) int {
	return int(clamp(math.Round(CameraHeight/2-cameraFocus*above/math.Max(deep, 1)), 0, CameraHeight))
}

// wallLight is how bright a wall is at a place.
func wallLight(at Vec, facing float64) float64 {
	light := wallDark
	if math.Mod(math.Floor(at.X/stripe)+math.Floor(at.Y/stripe), 2) != 0 {
		light = wallBright
	}
	return light * (0.6 + 0.4*facing)
}

func (c *camera) event(x, y int, on bool) {
	w := 1<<31 | uint32(x)<<16 | uint32(y)
	if on {
		w |= 1 << 15
	}
	c.packet = binary.LittleEndian.AppendUint32(c.packet, w)
	if len(c.packet) == cameraPacket {
		c.flush()
	}
}

func (c *camera) flush() {
	if len(c.packet) > 0 && c.out != nil {
		c.out(c.packet)
	}
	c.packet = c.packet[:0]
}

// cameraOffset is from the port for commands, 1337, to that of the camera's control, 2300.
const cameraOffset = 2300 - 1337

// listenCamera opens the control of a robot's camera: on the port 2300 of a robot on 1337, and as far from others; on
// a free one where that is none.
func listenCamera(commands net.Listener, free bool) (net.Listener, error) {
	at := *commands.Addr().(*net.TCPAddr)
	at.Port += cameraOffset
	if free || at.Port > math.MaxUint16 {
		at.Port = 0
	}
	return net.ListenTCP("tcp4", &at)
}

// CameraAddr is the address that clients of the camera connect to.
func (s *Server) CameraAddr() string { return s.cameraControl.Addr().String() }

// acceptCamera serves one client of the camera after the other.
func (s *Server) acceptCamera() {
	defer s.done.Done()
	for {
		conn, err := s.cameraControl.Accept()
		if err != nil {
			return // closed
		}
		s.mu.Lock()
		s.cameraConn = conn
		closed := s.closed
		s.mu.Unlock()
		if !closed {
			s.serveCamera(conn)
		}
		_ = conn.Close() // it is gone, or Close has closed it
		s.watch(netip.AddrPort{})
	}
}

func (s *Server) serveCamera(conn net.Conn) {
	var framer wire.Framer
	var decoder wire.Decoder
	var encoder wire.Encoder
	buffer := make([]byte, 512)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		framer.Feed(buffer[:n])
		for payload, ok := framer.Next(); ok; payload, ok = framer.Next() {
			reply := reject
			switch m, err := decoder.Decode(payload); m := m.(type) {
			case *wire.EnableStreaming:
				if err == nil && m.To != wire.UartOnly && len(m.IP) == 4 {
					s.watch(destination(m))
					reply = acknowledge
				}
			case *wire.Empty:
				if err == nil && m.Which == wire.TagDisableStreaming {
					s.watch(netip.AddrPort{})
					reply = acknowledge
				}
			}
			if _, err := conn.Write(encoder.AppendFrame(nil, reply, 0)); err != nil {
				return
			}
		}
	}
}

// watch lets the camera send to an address, or nowhere.
func (s *Server) watch(to netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arena.catchUp()
	s.robot.camera = camera{}
	if !to.IsValid() {
		return
	}
	s.robot.camera.out = func(datagram []byte) {
		if err := s.udp.Send(datagram, to); err != nil && !errors.Is(err, net.ErrClosed) {
			s.failure = err
		}
	}
	s.arena.plan()
}
