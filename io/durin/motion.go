package durin

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/io/durin/wire"
)

// WheelMode is how MoveWheels reaches the robot.
type WheelMode int

// The wheel modes. The firmware labels its servos and signs in ways that could not be checked without a robot, so the
// conversion is a property of the robot.
const (
	// WheelsSchema sends the schema's wheel message: positive is forward on every wheel.
	WheelsSchema WheelMode = iota
	// WheelsRaw is the schema's message with the left wheels negated, for a firmware that hands wheel values to its
	// servos without the sign flip that its robot-velocity mode has.
	WheelsRaw
	// WheelsViaMove does the kinematics here and sends a robot velocity.
	WheelsViaMove
)

// String is the mode's name.
func (m WheelMode) String() string {
	if names := [...]string{"schema", "raw", "viamove"}; m >= 0 && int(m) < len(names) {
		return names[m]
	}
	return fmt.Sprintf("WheelMode(%d)", int(m))
}

// Profile is what has to be known of a robot to make its wheels turn the right way.
type Profile struct {
	Wheels             WheelMode
	InvertX, InvertRot bool // of robot velocities
}

// String is the profile on one line.
func (p Profile) String() string {
	return fmt.Sprintf("wheels=%v, invertx=%t, invertrot=%t", p.Wheels, p.InvertX, p.InvertRot)
}

// turnRadius is the wheel path of a turn, in mm a radian: 88.4 in the firmware's servo.c.
const turnRadius = 88.4

// motion is a motion command as it goes on the wire: either a body velocity or wheels, as the profile says.
type motion struct {
	byWheels bool
	body     wire.SetRobotVelocity
	wheels   wire.SetWheelVelocity
}

// zero reports whether the motion stands still.
func (m *motion) zero() bool {
	if m.byWheels {
		return m.wheels == wire.SetWheelVelocity{}
	}
	return m.body == wire.SetRobotVelocity{}
}

func (m *motion) message() wire.Message {
	if m.byWheels {
		return &m.wheels
	}
	return &m.body
}

// limiter turns motion commands into what may be sent.
type limiter struct {
	profile   Profile
	maxSpeed  float64
	maxAccel  float64 // mm/s²; 0 is none
	scale     float64 // of the speed, 1 or less
	notFinite int
	clamped   int
}

// set fills a motion with a command and reports whether the command is one. The numbers are cut to integers, as the
// Python package cuts them.
func (l *limiter) set(m *motion, c Command) bool {
	switch c := c.(type) {
	case Stop:
		*m = motion{byWheels: true}
	case Move:
		l.setBody(m, float64(c.X), float64(c.Y), float64(c.Rot))
	case Twist:
		l.setBody(m, -1000*float64(c.Left), 1000*float64(c.Forward), float64(c.Turn)*180/math.Pi)
	case MoveWheels:
		l.setWheels(m, float64(c.NW), float64(c.NE), float64(c.SW), float64(c.SE))
	default:
		return false
	}
	return true
}

func (l *limiter) setBody(m *motion, x, y, rot float64) {
	if l.profile.InvertX {
		x = -x
	}
	if l.profile.InvertRot {
		rot = -rot
	}
	turnMax := l.maxSpeed / turnRadius * 180 / math.Pi
	m.byWheels = false
	m.body = wire.SetRobotVelocity{X: l.number(x, l.maxSpeed), Y: l.number(y, l.maxSpeed), Rot: l.number(rot, turnMax)}
}

func (l *limiter) setWheels(m *motion, fl, fr, bl, br float64) {
	switch l.profile.Wheels {
	case WheelsViaMove:
		forward := (fl + fr + bl + br) / 4
		left := (-fl + fr + bl - br) / 4
		turn := (-fl + fr - bl + br) / (4 * turnRadius)
		l.setBody(m, -left, forward, turn*180/math.Pi)
		return
	case WheelsRaw:
		fl, bl = -fl, -bl
	}
	m.byWheels = true
	m.wheels = wire.SetWheelVelocity{
		FrontLeft: l.number(fl, l.maxSpeed), FrontRight: l.number(fr, l.maxSpeed),
		BackLeft: l.number(bl, l.maxSpeed), BackRight: l.number(br, l.maxSpeed),
	}
}

// number is a value within ± limit and the wire's 16 bits. What is not a number is 0.
func (l *limiter) number(x, limit float64) int16 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		l.notFinite++
		return 0
	}
	limit = math.Min(limit, math.MaxInt16)
	if x > limit || x < -limit {
		l.clamped++
		x = math.Max(-limit, math.Min(limit, x))
	}
	return int16(x * l.scale)
}

// approach limits how far a motion is from the one before, for a time between them. A stop is let through.
func (l *limiter) approach(m, before *motion, seconds float64) {
	if l.maxAccel <= 0 || m.zero() {
		return
	}
	if m.byWheels != before.byWheels {
		same := before.restated(m.byWheels, l.profile)
		before = &same
	}
	step := l.maxAccel * seconds
	limit := func(to *int16, from int16, step float64) {
		*to = int16(math.Max(float64(from)-step, math.Min(float64(from)+step, float64(*to))))
	}
	if m.byWheels {
		limit(&m.wheels.FrontLeft, before.wheels.FrontLeft, step)
		limit(&m.wheels.FrontRight, before.wheels.FrontRight, step)
		limit(&m.wheels.BackLeft, before.wheels.BackLeft, step)
		limit(&m.wheels.BackRight, before.wheels.BackRight, step)
		return
	}
	limit(&m.body.X, before.body.X, step)
	limit(&m.body.Y, before.body.Y, step)
	limit(&m.body.Rot, before.body.Rot, step/turnRadius*180/math.Pi)
}

// restated is a motion said by wheels instead of by the body's velocity, or the other way round.
func (m *motion) restated(byWheels bool, p Profile) motion {
	forward, left, turn := m.velocity(p)
	if !byWheels {
		x, rot := -left, turn*180/math.Pi
		if p.InvertX {
			x = -x
		}
		if p.InvertRot {
			rot = -rot
		}
		return motion{body: wire.SetRobotVelocity{X: int16(x), Y: int16(forward), Rot: int16(rot)}}
	}
	turn *= turnRadius
	fl, fr, bl, br := forward-left-turn, forward+left+turn, forward+left-turn, forward-left+turn
	if p.Wheels == WheelsRaw {
		fl, bl = -fl, -bl
	}
	return motion{byWheels: true, wheels: wire.SetWheelVelocity{
		FrontLeft: int16(fl), FrontRight: int16(fr), BackLeft: int16(bl), BackRight: int16(br),
	}}
}

// velocity is what a motion means for the body: forward and left in mm/s, turn in rad/s.
func (m *motion) velocity(p Profile) (forward, left, turn float64) {
	if !m.byWheels {
		x, rot := float64(m.body.X), float64(m.body.Rot)
		if p.InvertX {
			x = -x
		}
		if p.InvertRot {
			rot = -rot
		}
		return float64(m.body.Y), -x, rot * math.Pi / 180
	}
	fl, fr, bl, br := float64(m.wheels.FrontLeft), float64(m.wheels.FrontRight), float64(m.wheels.BackLeft), float64(m.wheels.BackRight)
	if p.Wheels == WheelsRaw {
		fl, bl = -fl, -bl
	}
	return (fl + fr + bl + br) / 4, (-fl + fr + bl - br) / 4, (-fl + fr - bl + br) / (4 * turnRadius)
}
