package durin

import (
	"fmt"
	"math"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

// Command is something that Send sends: one of this package's structs.
type Command interface {
	// String is the command on one line.
	String() string
	command()
}

// Move drives the robot as a body: X to the right and Y forward in mm/s, Rot counter-clockwise in degrees per second.
// It is what the firmware means by a robot velocity.
type Move struct{ X, Y, Rot float32 }

// MoveWheels drives each wheel in mm/s, positive is forward. The names are the talk's: NE is the front right wheel, NW
// the front left, SW the back left, SE the back right.
type MoveWheels struct{ NE, NW, SW, SE float32 }

// Twist is a motion as ROS has it: Forward and Left in m/s, Turn counter-clockwise in rad/s.
type Twist struct{ Forward, Left, Turn float32 }

// Stop is zero on all wheels.
type Stop struct{}

// SetLED sets the colour of the robot's light.
type SetLED struct{ R, G, B uint8 }

// Buzzer switches the buzzer.
type Buzzer struct{ On bool }

// Resolution of the time-of-flight sensors. It is a command: robot.Send(durin.R4x4At60Hz).
type Resolution int

// The resolutions. In the coarse one each of the 16 zones fills 2 x 2 elements of Obs.ToF.
const (
	R4x4At60Hz Resolution = wire.Resolution4x4
	R8x8At15Hz Resolution = wire.Resolution8x8
)

// Sensor is a stream of telemetry.
type Sensor int

// The sensors whose rate SetPeriod sets.
const (
	SensorToF Sensor = iota
	SensorIMU
	SensorStatus
	SensorPosition
	SensorUWB
)

// SetPeriod sets how often a sensor is streamed: Every is rounded to ms and at most 65.534 s; 0 is every new sample.
type SetPeriod struct {
	Sensor Sensor
	Every  time.Duration
}

// PowerOff switches the robot off, if Confirm is true.
type PowerOff struct{ Confirm bool }

func (Move) command()       {}
func (MoveWheels) command() {}
func (Twist) command()      {}
func (Stop) command()       {}
func (SetLED) command()     {}
func (Buzzer) command()     {}
func (Resolution) command() {}
func (SetPeriod) command()  {}
func (PowerOff) command()   {}

// String is the command on one line.
func (c Move) String() string {
	return fmt.Sprintf("Move(x=%g, y=%g mm/s, rot=%g °/s)", c.X, c.Y, c.Rot)
}

// String is the command on one line.
func (c MoveWheels) String() string {
	return fmt.Sprintf("MoveWheels(NE=%g, NW=%g, SW=%g, SE=%g mm/s)", c.NE, c.NW, c.SW, c.SE)
}

// String is the command on one line.
func (c Twist) String() string {
	return fmt.Sprintf("Twist(forward=%g, left=%g m/s, turn=%g rad/s)", c.Forward, c.Left, c.Turn)
}

// String is the command's name.
func (Stop) String() string { return "Stop" }

// String is the command on one line.
func (c SetLED) String() string { return fmt.Sprintf("SetLED(r=%d, g=%d, b=%d)", c.R, c.G, c.B) }

// String is the command on one line.
func (c Buzzer) String() string { return fmt.Sprintf("Buzzer(%t)", c.On) }

// String is the zones and the rate.
func (c Resolution) String() string {
	switch c {
	case R4x4At60Hz:
		return "4x4 at 60 Hz"
	case R8x8At15Hz:
		return "8x8 at 15 Hz"
	}
	return fmt.Sprintf("Resolution(%d)", int(c))
}

// String is the sensor's name.
func (s Sensor) String() string {
	if names := [...]string{"ToF", "IMU", "status", "position", "UWB"}; s >= 0 && int(s) < len(names) {
		return names[s]
	}
	return fmt.Sprintf("Sensor(%d)", int(s))
}

// String is the command on one line.
func (c SetPeriod) String() string { return fmt.Sprintf("SetPeriod(%v, %v)", c.Sensor, c.Every) }

// String is the command on one line.
func (c PowerOff) String() string { return fmt.Sprintf("PowerOff(confirm=%t)", c.Confirm) }

var periodTags = [...]wire.Tag{
	wire.TagSetTofStreamPeriod, wire.TagSetImuStreamPeriod, wire.TagSetSystemStatusStreamPeriod,
	wire.TagSetPositionStreamPeriod, wire.TagSetUwbStreamPeriod,
}

// message is the wire's form of a command that is not a motion. It panics for values that the protocol cannot say.
func message(c Command) wire.Message {
	switch c := c.(type) {
	case SetLED:
		return &wire.SetLed{R: c.R, G: c.G, B: c.B}
	case Buzzer:
		return &wire.SetBuzzer{On: c.On}
	case Resolution:
		if c != R4x4At60Hz && c != R8x8At15Hz {
			panic(fmt.Sprintf("durin.Send: %v; there are R4x4At60Hz and R8x8At15Hz", c))
		}
		return &wire.SetTofResolution{Resolution: uint16(c)}
	case SetPeriod:
		ms := c.Every.Round(time.Millisecond).Milliseconds()
		if c.Sensor < 0 || int(c.Sensor) >= len(periodTags) || ms < 0 || ms > math.MaxUint16-1 {
			panic(fmt.Sprintf("durin.Send: %v is out of range", c))
		}
		return &wire.SetStreamPeriod{Which: periodTags[c.Sensor], Ms: uint16(ms)}
	case PowerOff:
		if !c.Confirm {
			panic("durin.Send: PowerOff switches the robot off for good; set Confirm")
		}
		return &wire.Empty{Which: wire.TagPowerOff}
	}
	panic(fmt.Sprintf("durin.Send: unknown command %v", c))
}
