package durin

import (
	"math"
	"time"

	"github.com/livespike/livespike/io/durin/sim"
)

// tracker keeps the path. Of a simulated robot it is the true one; of a real robot it is what the motion that was sent
// would give on a floor without walls and slip.
type tracker struct {
	server *sim.Server // nil for a real robot
	final  *Track      // after finish

	at                  time.Duration
	pose                sim.Pose
	forward, left, turn float64 // mm/s, mm/s, rad/s since at
	samples             []sim.Sample
}

func newTracker(server *sim.Server) *tracker {
	return &tracker{server: server, pose: sim.Pose{Heading: math.Pi / 2}}
}

// moved tells what the robot was told.
func (t *tracker) moved(now time.Duration, m *motion, p Profile) {
	if t.server != nil {
		return
	}
	t.advance(now)
	t.forward, t.left, t.turn = m.velocity(p)
}

// frame tells that a time-of-flight frame is complete.
func (t *tracker) frame(now time.Duration) {
	if t.server != nil {
		return
	}
	t.advance(now)
	t.samples = append(t.samples, sim.Sample{Time: now, Pose: t.pose})
}

// advance moves the pose to now along an arc.
func (t *tracker) advance(now time.Duration) {
	s := (now - t.at).Seconds()
	t.at = now
	middle := t.pose.Heading + t.turn*s/2
	sin, cos := math.Sincos(middle)
	t.pose.At.X += (t.forward*cos - t.left*sin) * s
	t.pose.At.Y += (t.forward*sin + t.left*cos) * s
	t.pose.Heading += t.turn * s
}

// track is the path until now.
func (t *tracker) track() *Track {
	if t.final != nil {
		return t.final
	}
	if t.server == nil {
		return &Track{Samples: append([]sim.Sample(nil), t.samples...)}
	}
	track := new(Track)
	t.server.Do(func(r *sim.Robot) {
		track.World, track.Samples = r.World(), r.Trace()
		track.Seed, track.Distance, track.ContactTime = r.Config().Seed, r.Distance(), r.ContactTime()
	})
	return track
}

// finish keeps the path when the robot is closed.
func (t *tracker) finish() { t.final = t.track() }
