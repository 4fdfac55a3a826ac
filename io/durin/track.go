package durin

import (
	"fmt"
	"time"

	"github.com/livespike/livespike/io/durin/sim"
)

// Track is the path of a robot, one sample for each time-of-flight frame. It draws itself: PNG and SVG.
//
// Of a simulated robot it is where the robot truly was. Of a real one, which does not know, it is dead reckoning: where
// the motion that was sent would have taken it, from the origin and looking up, without walls and slip.
type Track struct {
	World       *sim.World // nil for a real robot
	Seed        uint64     // of the simulation
	Samples     []sim.Sample
	Distance    float64       // length of the path in mm; of a real robot it follows from the samples
	ContactTime time.Duration // how long a simulated robot touched something

	dark bool // how it is drawn
}

// Track is the path since Dial, also after Close.
func (r *Robot) Track() *Track {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.track.track()
	if t.World == nil {
		t.Distance = 0
		for i := 1; i < len(t.Samples); i++ {
			t.Distance += t.Samples[i-1].Pose.Distance(t.Samples[i].Pose)
		}
	}
	return t
}

// Duration is the time between the first sample and the last.
func (t *Track) Duration() time.Duration {
	if len(t.Samples) == 0 {
		return 0
	}
	return t.Samples[len(t.Samples)-1].Time - t.Samples[0].Time
}

// String is the path on one line.
func (t *Track) String() string {
	place := "dead reckoning"
	if t.World != nil {
		place = fmt.Sprintf("%s, seed %d", t.World.Name, t.Seed)
	}
	s := fmt.Sprintf("%s: %.1f m in %.1f s", place, t.Distance/1000, t.Duration().Seconds())
	if t.World != nil && t.Duration() > 0 {
		s += fmt.Sprintf(", %.0f %% of it in contact", 100*t.ContactTime.Seconds()/t.Duration().Seconds())
	}
	return s
}
