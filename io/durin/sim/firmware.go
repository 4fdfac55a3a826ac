package sim

import (
	"math"
	"strconv"

	"github.com/livespike/livespike/io/durin/wire"
)

// The watchdog: full speed for half a second after a frame, then down to zero at one and a half.
//
// Source: src/servo.c of ncskth/durin-firmware bc746ba.
const (
	rampFrom = 500_000    // µs
	rampTo   = 1_500_000  // µs
	silence  = 30_000_000 // µs without a frame after which streaming and ranging stop
)

// control is what the firmware knows of its commands. A robot velocity and four wheel speeds share their memory.
type control struct {
	command   [4]int16 // x, y, rot, or the wheels
	byWheels  bool
	lastFrame int64
	heard     bool
	latched   bool // the ramp has reached zero since the last frame
	nodeID    uint8
	buzzer    bool
	led       [3]uint8
	logging   uint16
	off       bool
}

func (c *control) reset() { *c = control{byWheels: true, latched: true, nodeID: 255} }

// Feed tells the watchdog that a valid frame has arrived. Any frame feeds it, even one with an unknown tag.
func (r *Robot) Feed() {
	r.lastFrame, r.heard, r.latched = r.now, true, false
	r.ranging = true
}

// ramp is the share of the commanded speed that the watchdog lets through.
func (r *Robot) ramp(now int64) float64 {
	if !r.heard {
		return 0
	}
	return clamp(float64(rampTo-(now-r.lastFrame))/(rampTo-rampFrom), 0, 1)
}

// target is the wheel speeds that the firmware asks of its servos.
func (r *Robot) target(now int64) [4]float64 {
	f := r.ramp(now)
	if f == 0 || r.config.MotorsOff || r.off {
		r.latch()
		return [4]float64{}
	}
	v := r.asked()
	for i := range v {
		v[i] *= f
	}
	return v
}

// asked is the wheel speeds of the last command.
func (r *Robot) asked() (v [4]float64) {
	if !r.byWheels {
		x, y, rot := float64(r.command[0]), float64(r.command[1]), float64(r.command[2])
		return wheelsFor(y, -x, degrees(rot))
	}
	for i, w := range r.command {
		v[i] = float64(w)
	}
	return v
}

// latch is what the firmware does when the ramp has stopped the robot: a wheel command of zeros, but for the
// front-right wheel when the quirk is on.
func (r *Robot) latch() {
	if r.latched && !r.config.MotorsOff {
		return
	}
	r.latched = true
	keep := r.command[frontRight]
	r.byWheels, r.command = true, [4]int16{}
	if r.config.FrontRightLatch {
		r.command[frontRight] = keep
	}
	r.tellDriving()
}

// tellDriving calls drives when the command has become one to move, or to stand.
func (r *Robot) tellDriving() {
	if is := r.asked() != [4]float64{}; is != r.driving {
		r.driving = is
		if r.drives != nil {
			r.drives()
		}
	}
}

var (
	acknowledge = &wire.Empty{Which: wire.TagAcknowledge}
	reject      = &wire.Empty{Which: wire.TagReject}
)

// Handle is what the robot does with a message, and its reply; nil is no reply. It feeds the watchdog.
func (r *Robot) Handle(m wire.Message) wire.Message {
	r.Feed()
	defer r.tellDriving()
	switch m := m.(type) {
	case *wire.SetRobotVelocity:
		// The last quarter of the shared memory keeps what it had.
		r.byWheels, r.command[0], r.command[1], r.command[2] = false, m.X, m.Y, m.Rot
	case *wire.SetWheelVelocity:
		r.byWheels, r.command = true, [4]int16{m.FrontLeft, m.FrontRight, m.BackLeft, m.BackRight}
	case *wire.SetBuzzer:
		r.buzzer = m.On
	case *wire.SetLed:
		r.led = [3]uint8{m.R, m.G, m.B}
	case *wire.EnableStreaming:
		r.streaming = m.To != wire.UartOnly
		if r.streaming && len(m.IP) != 4 {
			return reject // with streaming on, to the old destination
		}
		if r.streaming {
			copy(r.ip[:], m.IP)
			r.port = m.Port
		}
	case *wire.SetStreamPeriod:
		r.pace[streamOf(m.Which)].period = int64(m.Ms) * 1000
	case *wire.SetTofResolution:
		if m.Resolution > wire.Resolution8x8 {
			return reject
		}
		r.fine = m.Resolution == wire.Resolution8x8
	case *wire.EnableTofStatus:
		r.tofStatus = m.On
		return nil
	case *wire.SetWifiConfig:
		if m.Index > 2 {
			return reject
		}
	case *wire.SetNodeID:
		r.nodeID = m.ID
	case *wire.EnableLogging:
		r.logging = m.To
	case *wire.GetTofObservations:
		return r.allTof()
	case *wire.OtaUpdate:
		return reject // no firmware to replace
	case *wire.Empty:
		return r.handleEmpty(m.Which)
	default:
		return reject // a message that only robots send
	}
	return acknowledge
}

func (r *Robot) handleEmpty(tag wire.Tag) wire.Message {
	switch tag {
	case wire.TagPing:
	case wire.TagPowerOff:
		r.off, r.streaming = true, false
	case wire.TagDisableStreaming:
		r.streaming = false
	case wire.TagGetImuMeasurement:
		return r.imu()
	case wire.TagGetSystemStatus:
		m := *r.systemStatus()
		m.BatteryPercent = 0 // as the firmware's reply, unlike its stream
		return &m
	case wire.TagGetPosition:
		m := *r.position() // metres, as the firmware's reply, unlike its stream
		m.X, m.Y, m.Z = toMetres(m.X), toMetres(m.Y), toMetres(m.Z)
		return &m
	case wire.TagGetSystemInfo:
		return r.systemInfo()
	default: // getUwbNodes, the updates, and what only robots send
		return reject
	}
	return acknowledge
}

func toMetres(mm int32) int32 { return int32(math.Round(float64(mm) / 1000)) }

func (r *Robot) systemInfo() *wire.SystemInfo {
	return &wire.SystemInfo{
		MAC: "02:00:00:00:00:01", IP: "127.0.0.1", Hostname: "durin" + strconv.Itoa(int(r.nodeID)), ID: r.nodeID,
		UptimeMs: uint32(r.now / 1000),
	}
}

func (r *Robot) allTof() *wire.TofObservations {
	m := new(wire.TofObservations)
	n := r.Resolution()
	for id := range 8 {
		r.measure(id)
		m.Observations = append(m.Observations, wire.TofObservation{
			ID: uint8(id), Ranges: append([]uint16(nil), r.ranges[id][:n*n]...),
		})
	}
	return m
}
