package durin

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
	"github.com/livespike/livespike/snn/tensor"
)

// Far is the distance in mm that a zone has when its sensor saw nothing: beyond its range, dead, or not yet heard of.
const Far = 4000

// Status of a zone.
const (
	StatusValid   = wire.StatusValid
	StatusHalf    = wire.StatusHalf    // valid with 50 % confidence
	StatusInvalid = wire.StatusInvalid // saw nothing
	StatusStale   = wire.StatusStale   // not updated, or never
)

// Obs is what the robot has told last, as a copy: it does not change.
type Obs struct {
	// ToF is the distance in mm of each zone: sensor, row from the top, column. Where a sensor saw nothing it is Far,
	// never 0. The direction of a sensor is Order.Bearing of its id.
	ToF    [8][8][8]float32
	Status [8][8][8]uint8
	ToFAt  [8]time.Time // when each sensor was heard of last; zero is never
	Seq    uint64       // time-of-flight frames since Dial; 0 before the first
	Res    int          // zones in a row as measured, 8 or 4; ToF has 8 x 8 either way
	At     time.Time    // when this copy was taken, by the robot's clock

	IMU      IMU
	Battery  Battery
	Position *Vec   // by radio; nil without a fix
	UWB      []Node // radio beacons
	// When each was heard of last; zero is never. A position that says that there is no fix counts.
	IMUAt, BatteryAt, PositionAt, UWBAt time.Time

	rates [5]float32 // of Rate, by sensor
}

// Vec is a point in mm.
type Vec struct{ X, Y, Z float32 }

// String is the point in mm.
func (v Vec) String() string { return fmt.Sprintf("(%.0f, %.0f, %.0f)", v.X, v.Y, v.Z) }

// IMU is a sample of the inertial sensor, in its own units; axes x, y, z.
type IMU struct{ RawAcc, RawGyro, RawMag [3]int16 }

// Acc is the acceleration in m/s²; at rest it is the earth's.
func (m IMU) Acc() [3]float32 { return scaled(m.RawAcc, 9.80665/8192) }

// Gyro is the turn rate in rad/s.
func (m IMU) Gyro() [3]float32 { return scaled(m.RawGyro, math.Pi/180/65.5) }

// Mag is the magnetic field in µT.
func (m IMU) Mag() [3]float32 { return scaled(m.RawMag, 0.15) }

func scaled(raw [3]int16, unit float32) (v [3]float32) {
	for i, n := range raw {
		v[i] = float32(n) * unit
	}
	return v
}

// String is the acceleration and the turn rate.
func (m IMU) String() string {
	a, g := m.Acc(), m.Gyro()
	return fmt.Sprintf("IMU(acc=[%.2f %.2f %.2f] m/s², gyro=[%.3f %.3f %.3f] rad/s)", a[0], a[1], a[2], g[0], g[1], g[2])
}

// Battery is the state of the battery; MilliVolt 0 is unknown.
type Battery struct {
	MilliVolt int
	Percent   int
}

// String is the voltage and the charge.
func (b Battery) String() string {
	if b.MilliVolt == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%.2f V, %d %%", float64(b.MilliVolt)/1000, b.Percent)
}

// Node is a radio beacon and its distance in mm; At is nil when it does not say where it is.
type Node struct {
	ID       int
	Purpose  string
	Distance float32
	At       *Vec
}

// String is the beacon on one line.
func (n Node) String() string {
	return fmt.Sprintf("node %d (%s) at %.0f mm", n.ID, n.Purpose, n.Distance)
}

// Fresh reports whether a sensor was heard of within a time before the copy was taken. It panics for an id above 7.
func (o Obs) Fresh(id int, within time.Duration) bool {
	at := o.ToFAt[id]
	return !at.IsZero() && o.At.Sub(at) <= within
}

// Age is how long before the copy a sensor was heard of; a very long time for one that never was.
func (o Obs) Age(id int) time.Duration {
	if o.ToFAt[id].IsZero() {
		return math.MaxInt64
	}
	return o.At.Sub(o.ToFAt[id])
}

// AgeOf is how long before the copy a sensor was heard of, of time-of-flight the one heard of longest ago; a very long
// time for one that never was.
func (o Obs) AgeOf(s Sensor) time.Duration {
	at := o.ToFAt[0]
	switch s {
	case SensorToF:
		for _, t := range o.ToFAt {
			if t.Before(at) {
				at = t
			}
		}
	case SensorIMU:
		at = o.IMUAt
	case SensorStatus:
		at = o.BatteryAt
	case SensorPosition:
		at = o.PositionAt
	case SensorUWB:
		at = o.UWBAt
	default:
		panic(fmt.Sprintf("durin.Obs.AgeOf: %v", s))
	}
	if at.IsZero() {
		return math.MaxInt64
	}
	return o.At.Sub(at)
}

// Valid reports whether a zone's distance is a measurement.
func (o Obs) Valid(id, row, col int) bool { return o.Status[id][row][col] <= StatusHalf }

// Tof is the distance of a zone in mm, ToF[id][row][col].
func (o Obs) Tof(id, row, col int) float32 { return o.ToF[id][row][col] }

// Nearest is the shortest valid distance of a sensor's middle rows, which look neither at the floor nor over the
// walls, in mm; Far when there is none.
func (o Obs) Nearest(id int) float32 {
	nearest := float32(Far)
	for row := 2; row < 4; row++ {
		for col, mm := range o.ToF[id][row] {
			if o.Valid(id, row, col) {
				nearest = min(nearest, mm)
			}
		}
	}
	return nearest
}

// Near turns distances in mm into the input of a neuron, 1 - tanh(mm/1000): 1 for contact, 0.24 at 1 m, 0 far away. A
// distance of 0 or less is no measurement and gives 0. The result has one element for each argument.
func Near(mm ...float32) *tensor.Tensor {
	out := make([]float32, len(mm))
	for i, d := range mm {
		if d > 0 {
			out[i] = float32(1 - math.Tanh(float64(d)/1000))
		}
	}
	return tensor.Of(out...)
}

// Tensor is the distances of all sensors in mm, of shape (8, 8, 8).
func (o Obs) Tensor() *tensor.Tensor {
	flat := make([]float32, 0, 512)
	for _, s := range o.ToF {
		for _, row := range s {
			flat = append(flat, row[:]...)
		}
	}
	return tensor.FromSlice(flat, 8, 8, 8)
}

// String is the nearest distance of each sensor and the battery, on one line.
func (o Obs) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Obs(seq=%d, %dx%d, nearest mm=[", o.Seq, o.Res, o.Res)
	for id := range 8 {
		if id > 0 {
			b.WriteByte(' ')
		}
		if mm := o.Nearest(id); mm < Far {
			fmt.Fprintf(&b, "%.0f", mm)
		} else {
			b.WriteByte('-')
		}
	}
	fmt.Fprintf(&b, "], battery %v)", o.Battery)
	return b.String()
}

// empty is the observation before anything was heard: far everywhere, and not updated.
func emptyObs() Obs {
	o := Obs{Res: 8}
	for id := range o.ToF {
		for row := range o.ToF[id] {
			for col := range o.ToF[id][row] {
				o.ToF[id][row][col] = Far
				o.Status[id][row][col] = StatusStale
			}
		}
	}
	return o
}

// setTof takes the ranges of one sensor and reports whether their number is one that a sensor can have.
func (o *Obs) setTof(id int, ranges []uint16) bool {
	n := 8
	switch len(ranges) {
	case 64:
	case 16:
		n = 4
	default:
		return false
	}
	o.Res = n
	for row := range 8 {
		for col := range 8 {
			field := ranges[row*n/8*n+col*n/8]
			mm, status := wire.RangeMM(field), wire.RangeStatus(field)
			if mm == 0 { // a dead sensor, or nothing in range: not contact
				mm, status = Far, max(status, StatusInvalid)
			}
			o.ToF[id][row][col] = float32(mm)
			o.Status[id][row][col] = uint8(status)
		}
	}
	return true
}
