package sim

import "math"

// Two light sensors on the body's edge, 45 degrees to the left and right of the front. A Durin has none: they are for
// Braitenberg's own vehicles.
const (
	lightBearing = 45.0   // degrees
	lightUnit    = 1000.0 // mm at which a light that is looked at gives 1
	lightNearest = 100.0  // mm below which it gets no brighter
)

// Light is what the left and the right light sensor see: for each light that no wall, pillar or robot hides, the cosine of
// the angle at which it is seen times (1 m / distance)², up to 100. Light has no noise.
func (r *Robot) Light() (left, right float64) {
	return r.lightAt(lightBearing), r.lightAt(-lightBearing)
}

func (r *Robot) lightAt(bearing float64) (sum float64) {
	look := direction(r.body.pose.Heading + degrees(bearing))
	eye := r.body.pose.At.add(look.scale(bodyRadius))
	for _, l := range r.world.Lights {
		to := l.sub(eye)
		distance := to.length()
		if distance == 0 {
			sum += math.Pow(lightUnit/lightNearest, 2)
			continue
		}
		to = to.scale(1 / distance)
		facing := to.dot(look)
		if facing <= 0 {
			continue
		}
		if hit, _ := r.cast(eye, to); hit < distance {
			continue
		}
		sum += facing * math.Pow(lightUnit/math.Max(distance, lightNearest), 2)
	}
	return sum
}
