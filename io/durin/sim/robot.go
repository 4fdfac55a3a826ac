package sim

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

// Robot is one simulated robot in its world, without sockets: it takes messages, advances in steps of 1 ms and gives
// telemetry to a function. It is not for use by several goroutines at once; a Server takes care of that.
type Robot struct {
	config Config
	world  *World
	order  Order

	now          int64 // µs since power on
	body         body
	acceleration Vec // mm/s² in the world, of the last step

	control
	telemetry
	camera camera

	tofNoise, otherNoise, slipNoise, faultNoise *rand.Rand
	ranges                                      [8][zones * zones]uint16

	imuMessage      wire.ImuMeasurement
	statusMessage   wire.SystemStatus
	positionMessage wire.Position
	uwbMessage      wire.UwbNodes
	tofMessage      wire.TofObservations

	others      []*Robot // in the same world
	wake        func()   // after a stall
	framed      func()   // at the end of each time-of-flight frame
	drives      func()   // when the command becomes one to move, or to stand
	driving     bool     // what drives was told last
	trace       []Sample
	contactTime int64 // µs
	distance    float64
}

// Sample is where the robot was at one time-of-flight frame.
type Sample struct {
	Time    time.Duration // since power on
	Pose    Pose
	Contact bool // whether it touched something since the sample before
}

// String is the sample on one line.
func (s Sample) String() string {
	touch := ""
	if s.Contact {
		touch = ", in contact"
	}
	return fmt.Sprintf("%v: %v%s", s.Time.Round(time.Millisecond), s.Pose, touch)
}

// New is a robot at a start of its world, standing still and powered on. It panics when the world has no start.
func New(c Config) *Robot { return newRobot(c, 0) }

// newRobot is one of several: with the same seed each has its own start and noise.
func newRobot(c Config, index int) *Robot {
	w := c.world()
	if len(w.Starts) == 0 {
		panic(fmt.Sprintf("sim.New: world %s has no start", w.Name))
	}
	// One generator for each use, so that what a client asks of one sensor does not change another's noise.
	source := func(use uint64) *rand.Rand { return rand.New(rand.NewPCG(c.Seed, use+uint64(index)<<8)) }
	r := &Robot{
		config: c, world: w, order: c.order(),
		tofNoise: source(1), otherNoise: source(2), slipNoise: source(3), faultNoise: source(4),
	}
	at := c.Start - 1
	if at < 0 {
		at = rand.New(rand.NewPCG(c.Seed, 5)).IntN(len(w.Starts)) // the same for all, who then take the next ones
	}
	r.body.pose = w.Starts[(at+index)%len(w.Starts)]
	pick := source(5)
	pick.IntN(len(w.Starts))
	if !c.Quiet && c.Start == 0 { // a seed is more than one of a few starts
		r.body.pose.At = r.body.pose.At.add(Vec{pick.Float64()*100 - 50, pick.Float64()*100 - 50})
		r.body.pose.Heading += degrees(pick.Float64()*20 - 10)
	}
	r.telemetry.reset()
	r.control.reset()
	return r
}

// String is where the robot is.
func (r *Robot) String() string {
	return fmt.Sprintf("simulated Durin in %s, %v: %v", r.world.Name, r.Now().Round(time.Millisecond), r.body.pose)
}

// Now is the time since power on.
func (r *Robot) Now() time.Duration { return time.Duration(r.now) * time.Microsecond }

// Pose is where the robot really is.
func (r *Robot) Pose() Pose { return r.body.pose }

// Wheels are the true wheel speeds in mm/s: front left, front right, back left, back right.
func (r *Robot) Wheels() [4]float64 { return r.body.wheels }

// Commanded is what the robot was told last: the wheel speeds of a wheel command, or the body's motion turned into
// wheel speeds, in mm/s, in the order of Wheels. The watchdog's ramp is not in it, but it is zero once that has ended.
func (r *Robot) Commanded() [4]float64 { return r.asked() }

// Moving reports whether any wheel turns at 1 mm/s or more.
func (r *Robot) Moving() bool {
	for _, v := range r.body.wheels {
		if math.Abs(v) >= 1 {
			return true
		}
	}
	return false
}

// World is the world the robot is in.
func (r *Robot) World() *World { return r.world }

// Order is the order of the robot's sensor ids.
func (r *Robot) Order() Order { return r.order }

// Config is what the robot was made from.
func (r *Robot) Config() Config { return r.config }

// Trace is where the robot has been, one sample for each time-of-flight frame. It is a copy.
func (r *Robot) Trace() []Sample { return append([]Sample(nil), r.trace...) }

// ContactTime is how long the robot has touched something.
func (r *Robot) ContactTime() time.Duration { return time.Duration(r.contactTime) * time.Microsecond }

// InContact reports whether the robot touches something now.
func (r *Robot) InContact() bool { return r.body.contact }

// Distance is the length of its path, in mm.
func (r *Robot) Distance() float64 { return r.distance }

// Step advances the simulation by a time, rounded down to 1 ms.
func (r *Robot) Step(d time.Duration) {
	for range d / time.Millisecond {
		r.step()
	}
}

const stepMicros = 1000

func (r *Robot) seconds() float64 { return float64(r.now) / 1e6 }

func (r *Robot) step() {
	wasStalled := r.stalled()
	r.now += stepMicros
	if wasStalled && r.wake != nil && !r.stalled() {
		r.wake()
	}
	if !r.config.Quiet && r.now/stepMicros%slipEvery == 1 {
		for i := range r.body.slip {
			r.body.slip[i] = slipSigma * r.slipNoise.NormFloat64()
		}
	}
	before := r.body.velocity
	r.body.step(r.target(r.now), r.world, r.others)
	r.acceleration = r.body.velocity.sub(before).scale(1 / stepSeconds)
	r.distance += r.body.velocity.length() * stepSeconds
	if r.body.contact {
		r.contactTime += stepMicros
		r.touched = true
	}
	r.stream()
	if r.camera.out != nil && r.now%cameraMicros == 0 {
		r.look()
	}
}

// StepToF advances to the end of the next time-of-flight frame. It gives up after a simulated second, which happens
// when the robot has stopped ranging, and reports whether there was one.
func (r *Robot) StepToF() bool {
	frame := r.frames
	for range 1000 {
		r.step()
		if r.frames != frame {
			return true
		}
	}
	return false
}

// Range is one zone of the last time-of-flight frame: the distance in mm as it was sent, and its status.
func (r *Robot) Range(id, row, col int) (mm float32, status int) {
	field := r.ranges[id][row*r.Resolution()+col]
	return float32(wire.RangeMM(field)), wire.RangeStatus(field)
}

// Hash is a number that differs when anything that happened to the robot differs.
func (r *Robot) Hash() uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, r.now, r.body.pose, r.body.wheels, r.distance, r.contactTime, r.ranges, r.trace)
	return h.Sum64()
}
