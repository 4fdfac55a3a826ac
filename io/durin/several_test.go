package durin

import (
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/io/durin/sim"
)

// TestDialAll drives two robots in turn, in lockstep: the same run twice is the same, and not that of one alone.
func TestDialAll(t *testing.T) {
	run := func() (tracks [2][]sim.Sample) {
		robots := MustDialAll("sim:room?robots=2&seed=3")
		var brains [2]brain
		for range 60 {
			for i, r := range robots {
				obs := r.Next()
				r.Send(brains[i].step(obs.ToF[1][3][3], obs.ToF[7][3][3]))
			}
		}
		for i, r := range robots {
			if s := r.Stats(); s.Incomplete+s.Held+s.DeadMan > 0 {
				t.Errorf("%v", s)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			tracks[i] = r.Track().Samples
		}
		return tracks
	}
	a, b := run(), run()
	for i := range a {
		if len(a[i]) < 60 || !slices.Equal(a[i], b[i]) {
			t.Errorf("robot %d: %d samples, and %d of the same run again", i, len(a[i]), len(b[i]))
		}
	}
	if a[0][0].Pose.Distance(a[1][0].Pose) < 200 {
		t.Error("both start at one place")
	}
	if _, err := Dial("sim:room?robots=2"); err == nil || !strings.Contains(err.Error(), "DialAll") {
		t.Errorf("Dial of two: %v", err)
	}
	if _, err := DialAll("127.0.0.1"); err == nil {
		t.Error("DialAll of a host")
	}
}
