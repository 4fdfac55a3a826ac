package sim

import "math"

// The body. Sources: the radius of the turn is the firmware's (servo.c: 88.4 mm of wheel path per radian), the quantum
// is 0.229 rpm of a servo on a 60 mm wheel; lag, slip, top speed and outline are our own choice.
const (
	bodyRadius  = 110.0 // mm
	turnRadius  = 88.4  // mm
	wheelMax    = 1000  // mm/s
	quantum     = 0.72  // mm/s
	motorLag    = 0.05  // s, to 63 % of a new speed
	slipSigma   = 0.01  // of a wheel's speed
	slipEvery   = 50    // steps for which a wheel keeps its slip
	stepSeconds = 0.001
)

// Wheel indices, in the wire's order.
const (
	frontLeft = iota
	frontRight
	backLeft
	backRight
)

// body is the robot's motion: wheels that follow a target with a lag, and a disc that slides along walls.
type body struct {
	pose     Pose
	wheels   [4]float64 // mm/s
	slip     [4]float64
	velocity Vec // of the last step, mm/s, in the world
	omega    float64
	contact  bool
	free     float64 // mm that it may move for sure before it touches anything; 0 is unknown
}

// wheelsFor are the wheel speeds of a body motion: forward and left in mm/s, turn in rad/s counter-clockwise.
func wheelsFor(forward, left, turn float64) [4]float64 {
	t := turn * turnRadius
	return [4]float64{forward - left - t, forward + left + t, forward + left - t, forward - left + t}
}

// step advances the body by 1 ms towards the target wheel speeds.
func (b *body) step(target [4]float64, w *World, others []*Robot) {
	var v [4]float64
	for i := range v {
		goal := math.Round(clamp(target[i], -wheelMax, wheelMax)/quantum) * quantum
		b.wheels[i] += (goal - b.wheels[i]) * (stepSeconds / motorLag)
		v[i] = b.wheels[i] * (1 + b.slip[i])
	}
	forward := (v[frontLeft] + v[frontRight] + v[backLeft] + v[backRight]) / 4
	left := (-v[frontLeft] + v[frontRight] + v[backLeft] - v[backRight]) / 4
	b.omega = (-v[frontLeft] + v[frontRight] - v[backLeft] + v[backRight]) / (4 * turnRadius)
	ahead := direction(b.pose.Heading + b.omega*stepSeconds/2)
	b.velocity = Vec{forward*ahead.X - left*ahead.Y, forward*ahead.Y + left*ahead.X}
	before := b.pose.At
	b.pose.At = before.add(b.velocity.scale(stepSeconds))
	if b.pose.Heading += b.omega * stepSeconds; math.Abs(b.pose.Heading) >= 2*math.Pi {
		b.pose.Heading = math.Mod(b.pose.Heading, 2*math.Pi)
	}
	b.contact = b.pushOut(w, others)
	b.velocity = b.pose.At.sub(before).scale(1 / stepSeconds)
}

// pushOut moves the disc out of what it has run into and reports whether it had. A few rounds settle corners. Alone, a
// robot that was far away from everything need not look each time.
func (b *body) pushOut(w *World, others []*Robot) bool {
	if len(others) == 0 {
		if b.free -= b.velocity.length() * stepSeconds; b.free > 0 {
			return false
		}
		if b.free = b.room(w); b.free > 0 {
			return false
		}
	}
	touched := false
	for range 4 {
		moved := false
		for _, s := range w.Walls {
			moved = b.pushFrom(s.nearest(b.pose.At), bodyRadius) || moved
		}
		for _, c := range w.Pillars {
			moved = b.pushFrom(c.Center, bodyRadius+c.Radius) || moved
		}
		for _, o := range others {
			moved = b.pushFrom(o.body.pose.At, 2*bodyRadius) || moved
		}
		if !moved {
			break
		}
		touched = true
	}
	return touched
}

// roundingRoom covers the rounding of positions, in mm.
const roundingRoom = 0.001

// room is how far the disc may move in any direction without touching a wall or a pillar; 0 or less when it touches one.
func (b *body) room(w *World) float64 {
	room := math.Inf(1)
	for _, s := range w.Walls {
		d := b.pose.At.sub(s.nearest(b.pose.At))
		room = min(room, math.Sqrt(d.dot(d))-bodyRadius)
	}
	for _, c := range w.Pillars {
		d := b.pose.At.sub(c.Center)
		room = min(room, math.Sqrt(d.dot(d))-bodyRadius-c.Radius)
	}
	return room - roundingRoom
}

func (b *body) pushFrom(p Vec, distance float64) bool {
	d := b.pose.At.sub(p)
	square := d.dot(d)
	if square >= distance*distance || square == 0 {
		return false
	}
	b.pose.At = p.add(d.scale(distance / math.Sqrt(square)))
	return true
}
