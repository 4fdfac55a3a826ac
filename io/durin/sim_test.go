package durin

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/livespike/livespike/io/durin/sim"
	"github.com/livespike/livespike/io/durin/wire"
)

// brain is the talk's loop: two leaky integrators with Norse's defaults (durin.md section 10).
type brain struct{ v, i [2]float32 }

func (b *brain) step(left, right float32) MoveWheels {
	for k, mm := range [2]float32{left, right} {
		b.v[k] += 0.1 * (b.i[k] - b.v[k])
		b.i[k] = 0.8*b.i[k] + float32(1-math.Tanh(float64(mm)/1000))
	}
	l, r := 100*b.v[0], 100*b.v[1]
	return MoveWheels{NE: l, NW: r, SW: r, SE: l}
}

// drivePath runs the talk's loop through the sockets.
func drivePath(t *testing.T, address string, steps int) *Track {
	t.Helper()
	r, err := Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	var b brain
	for range steps {
		obs := r.Next()
		r.Send(b.step(obs.ToF[1][3][3], obs.ToF[6][3][3]))
	}
	if s := r.Stats(); s.Frames != uint64(steps) || s.Incomplete+s.BadChecksum+s.Undecodable+s.Held+s.DeadMan > 0 {
		t.Errorf("%s: %v", address, s)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return r.Track()
}

// headless drives the simulator directly, without client, wire and sockets: the oracle of TestPath.
func headless(t *testing.T, config string, steps int) []sim.Sample {
	t.Helper()
	c, err := sim.ParseConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	robot := sim.New(c)
	robot.Handle(&wire.SetStreamPeriod{Which: wire.TagSetTofStreamPeriod})
	robot.Handle(&wire.EnableTofStatus{On: true})
	seen := func(id int) float32 {
		mm, status := robot.Range(id, 3, 3)
		if mm == 0 || status == wire.StatusInvalid {
			return Far
		}
		return mm
	}
	var b brain
	for range steps {
		robot.StepToF()
		m := b.step(seen(1), seen(6))
		robot.Handle(&wire.SetWheelVelocity{
			FrontLeft: int16(m.NW), FrontRight: int16(m.NE), BackLeft: int16(m.SW), BackRight: int16(m.SE),
		})
	}
	return robot.Trace()
}

// TestPath: what drives over the wire takes the path of what drives without it, to the last bit, each time.
func TestPath(t *testing.T) {
	const steps = 300
	for _, config := range []string{"arena?seed=1", "arena?seed=6", "room?seed=2&layout=pycapnp", "maze1?start=1&quiet=1"} {
		want := headless(t, config, steps)
		for range 2 {
			if got := drivePath(t, "sim:"+config, steps).Samples; !slices.Equal(got, want) {
				t.Errorf("%s: ends at %v, want %v", config, got[len(got)-1], want[len(want)-1])
			}
		}
	}
	one, two := drivePath(t, "sim:arena?seed=1", 10), drivePath(t, "sim:arena?seed=2", 10)
	if one.Samples[0].Pose == two.Samples[0].Pose {
		t.Error("another seed starts at the same place")
	}
}

// TestTurnsAway: with the talk's sensor order the slide's vehicle is in contact 31 % of the time at most, as in durin.md
// section 10, and gets about.
func TestTurnsAway(t *testing.T) {
	var contact, seconds, metres float64
	for seed := range 8 {
		track := drivePath(t, fmt.Sprintf("sim:arena?seed=%d", seed+1), 300)
		contact += track.ContactTime.Seconds()
		seconds += track.Duration().Seconds()
		metres += track.Distance / 1000
	}
	t.Logf("%.0f %% of the time in contact, %.1f m in %.0f s", 100*contact/seconds, metres, seconds)
	if contact/seconds > 0.31 || metres < 16 {
		t.Error("the vehicle does not turn away")
	}
}

// TestRecipe: durin.md section 19.3: no contact in the room, also when a fifth of the datagrams is lost and another
// out of order.
func TestRecipe(t *testing.T) {
	for _, faults := range []string{"", "&loss=0.2&reorder=0.2", "&flip=0.1&duplicate=0.1&dead=4"} {
		r, err := Dial("sim:room?seed=1" + faults)
		if err != nil {
			t.Fatal(err)
		}
		var v, i [3]float64
		for range 15 * 60 {
			obs := r.Next()
			for k, id := range [3]int{1, 0, 7} {
				v[k] += 0.1 * (i[k] - v[k])
				i[k] = 0.8*i[k] + (1-math.Tanh(float64(obs.ToF[id][3][3])/500))/5
			}
			forward := 200 * (1 - math.Min(1, v[1]))
			turn := 300 * (v[0] - v[2])
			if v[0] <= v[2] {
				turn -= 0.7 * 300 * v[1]
			} else {
				turn += 0.7 * 300 * v[1]
			}
			left, right := float32(forward+turn), float32(forward-turn)
			r.Send(MoveWheels{NE: right, NW: left, SW: left, SE: right})
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		track := r.Track()
		t.Logf("%v; %v", track, r.Stats())
		if track.ContactTime > 0 || track.Distance < 8000 {
			t.Errorf("room%s: %v", faults, track)
		}
	}
}
