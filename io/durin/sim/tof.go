package sim

import (
	"math"

	"github.com/livespike/livespike/io/durin/wire"
)

// The distance sensors (VL53L5CX): 45 x 45 degrees in 8 x 8 zones, 20 to 4000 mm. Height and noise are our own choice.
const (
	tofField    = 45.0  // degrees, horizontally and vertically
	tofMin      = 20.0  // mm
	tofMax      = 4000  // mm
	tofMount    = 100.0 // mm from the centre of the body
	tofHeight   = 60.0  // mm above the floor
	tofSigma    = 5.0   // mm
	tofRelative = 0.015 // of the distance, where that is more
	grazing     = 0.2   // cosine of the angle to a wall's normal below which a return is weak
	zones       = 8
)

// measure fills the ranges of one sensor, row by row from the top, each row from the left.
func (r *Robot) measure(id int) {
	n := r.Resolution()
	ranges := r.ranges[id][:n*n]
	if r.config.DeadTof>>id&1 == 1 {
		clear(ranges)
		return
	}
	bearing := r.body.pose.Heading + degrees(r.order.Bearing(id))
	from := r.body.pose.At.add(direction(bearing).scale(tofMount))
	for col := range n {
		turn := degrees(tofField * ((float64(n)-1)/2 - float64(col)) / float64(n))
		flat, facing := r.cast(from, direction(bearing+turn))
		for row := range n {
			ranges[row*n+col] = r.zone(flat, facing, &slopes[n/zones][row])
		}
	}
}

// slope is the angle of a row of zones above the horizon.
type slope struct{ sin, cos, tan float64 }

// slopes are those of the rows, from the top, of a sensor with 4 and with 8 rows.
var slopes = [2][]slope{slopesOf(4), slopesOf(zones)}

func slopesOf(n int) []slope {
	s := make([]slope, n)
	for row := range s {
		up := degrees(tofField * ((float64(n)-1)/2 - float64(row)) / float64(n))
		s[row] = slope{math.Sin(up), math.Cos(up), math.Tan(up)}
	}
	return s
}

// zone is one range field: the wall at a horizontal distance, seen at an angle above the horizon, or the floor before
// it. Facing is the cosine of the angle to the wall's normal.
func (r *Robot) zone(flat, facing float64, up *slope) uint16 {
	distance := flat / up.cos
	switch height := tofHeight + flat*up.tan; {
	case height < 0:
		distance, facing = tofHeight/-up.sin, -up.sin
	case height > r.world.wallHeight():
		distance = math.Inf(1)
	}
	if !r.config.Quiet {
		distance += r.tofNoise.NormFloat64() * max(tofSigma, tofRelative*min(distance, tofMax))
	}
	switch {
	case !(distance <= tofMax):
		return r.rangeField(0, wire.StatusInvalid)
	case facing < grazing:
		return r.rangeField(distance, wire.StatusHalf)
	}
	return r.rangeField(distance, wire.StatusValid)
}

func (r *Robot) rangeField(mm float64, status int) uint16 {
	if mm > 0 || status != wire.StatusInvalid {
		mm = max(mm, tofMin)
	}
	if !r.tofStatus {
		status = 0 // the firmware leaves the bits out until they are asked for
	}
	return wire.PackRange(int(math.Round(mm)), status)
}

// Free is how far one can see from a point at an angle, in radians, in mm; infinity where there is nothing.
func (w *World) Free(from Vec, angle float64) float64 {
	distance, _ := w.cast(from, direction(angle))
	return distance
}

// cast is the distance from a point to the nearest wall or pillar in a direction, which has length 1, and the cosine of
// the angle to its normal; infinity when there is none.
func (w *World) cast(from, dir Vec) (distance, facing float64) {
	distance = math.Inf(1)
	for i := range w.Walls {
		s := &w.Walls[i]
		e := s.B.sub(s.A)
		q := s.A.sub(from)
		cross := dir.X*e.Y - dir.Y*e.X
		t, u := q.X*e.Y-q.Y*e.X, q.X*dir.Y-q.Y*dir.X // times cross
		if cross < 0 {
			cross, t, u = -cross, -t, -u
		}
		if cross > 0 && t >= 0 && t < distance*cross && u >= 0 && u <= cross {
			distance, facing = t/cross, cross/e.length()
		}
	}
	for _, c := range w.Pillars {
		if t, f := c.cast(from, dir); t < distance {
			distance, facing = t, f
		}
	}
	return distance, facing
}

// cast is the distance to a circle; infinity when the ray misses it.
func (c Circle) cast(from, dir Vec) (distance, facing float64) {
	q := c.Center.sub(from)
	along := q.dot(dir)
	h := c.Radius*c.Radius - (q.dot(q) - along*along)
	if h < 0 {
		return math.Inf(1), 0
	}
	if t := along - math.Sqrt(h); t >= 0 {
		return t, math.Sqrt(h) / c.Radius
	}
	return math.Inf(1), 0
}

// cast is the world's, with the other robots in it.
func (r *Robot) cast(from, dir Vec) (distance, facing float64) {
	distance, facing = r.world.cast(from, dir)
	for _, o := range r.others {
		if t, f := (Circle{o.body.pose.At, bodyRadius}).cast(from, dir); t < distance {
			distance, facing = t, f
		}
	}
	return distance, facing
}
