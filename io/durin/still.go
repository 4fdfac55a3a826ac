package durin

import (
	"math"
	"time"
)

// stillness notices a robot that is told to drive and does not: its motor button was not pressed, or something holds it.
// The robot itself says nothing of that. What its distance sensors see must change.
type stillness struct {
	watching bool
	since    time.Duration // when the comparison began
	seen     Obs           // then
	still    bool          // at the last comparison
}

const (
	stillAfter  = 2 * time.Second
	driveSpeed  = 50.0 // mm/s, above which something has to change
	driveTurn   = 0.3  // rad/s
	stillZones  = 64   // that have to be seen both times to say anything
	stillShare  = 0.05 // of them, that noise may change
	changeLeast = 30.0 // mm: six times the least noise of the sensors
	changeShare = 0.06 // of the distance: four times the noise
)

// frame takes a frame, and reports whether the robot has stood still in the time until it although it was told to drive.
func (s *stillness) frame(now time.Duration, o *Obs, m *motion, p Profile) (still bool) {
	forward, left, turn := m.velocity(p)
	if math.Hypot(forward, left) < driveSpeed && math.Abs(turn) < driveTurn {
		*s = stillness{}
		return false
	}
	switch {
	case !s.watching:
		s.watching, s.since, s.seen = true, now, *o
		return false
	case now-s.since < stillAfter:
		return false
	}
	s.still = unchanged(&s.seen, o) && rate(o) < driveTurn/2
	s.since, s.seen = now, *o
	return s.still
}

// rate is how fast the robot turns by its gyroscope, rad/s, which tells where the same is to be seen all around.
func rate(o *Obs) float64 {
	g := o.IMU.Gyro()
	return math.Hypot(math.Hypot(float64(g[0]), float64(g[1])), float64(g[2]))
}

// unchanged reports whether two observations see the same but for the sensors' noise, in the upper rows: the lower ones look
// at the floor, which is always as far away.
func unchanged(a, b *Obs) bool {
	both, changed := 0, 0
	for id := range a.ToF {
		for row := range 4 {
			for col, mm := range a.ToF[id][row] {
				if !a.Valid(id, row, col) || !b.Valid(id, row, col) {
					continue
				}
				both++
				if d := math.Abs(float64(mm - b.ToF[id][row][col])); d > max(changeLeast, changeShare*float64(mm)) {
					changed++
				}
			}
		}
	}
	return both >= stillZones && float64(changed) < stillShare*float64(both)
}
