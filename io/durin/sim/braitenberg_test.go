package sim

import (
	"math"
	"testing"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

// li is a leaky integrator with the talk's constants: v += 0.1(i - v), then i = 0.8 i + x.
type li struct{ v, i float64 }

func (c *li) step(x float64) float64 {
	c.v += 0.1 * (c.i - c.v)
	c.i = 0.8*c.i + x
	return c.v
}

func near(mm float32, scale float64) float64 { return 1 - math.Tanh(float64(mm)/scale) }

// valid is the distance of a zone, far away where the sensor saw nothing.
func valid(r *Robot, id int) float32 {
	mm, status := r.Range(id, 3, 3)
	if mm == 0 || status == wire.StatusInvalid {
		return tofMax
	}
	return mm
}

// drive runs a brain, which gives the wheels fl, fr, bl, br, for a minute from each start. It returns the part of the
// time in contact and the mean distance in metres.
func drive(t *testing.T, world string, change func(*Config), brain func() func(r *Robot) [4]float64) (contact, metres float64) {
	t.Helper()
	w, err := NamedWorld(world)
	if err != nil {
		t.Fatal(err)
	}
	const minute = time.Minute
	for start := range w.Starts {
		c := Config{World: w, Start: start + 1, Seed: uint64(start)}
		if change != nil {
			change(&c)
		}
		r := New(c)
		r.Handle(&wire.EnableTofStatus{On: true})
		step := brain()
		for r.Now() < minute {
			if !r.StepToF() {
				t.Fatal("no time-of-flight frame")
			}
			v := step(r)
			i := func(x float64) int16 { return int16(clamp(x, -500, 500)) }
			r.Handle(&wire.SetWheelVelocity{FrontLeft: i(v[0]), FrontRight: i(v[1]), BackLeft: i(v[2]), BackRight: i(v[3])})
		}
		contact += r.ContactTime().Seconds() / minute.Seconds() / float64(len(w.Starts))
		metres += r.Distance() / 1000 / float64(len(w.Starts))
	}
	t.Logf("%s: in contact %.0f %% of the time, %.1f m in a minute", world, 100*contact, metres)
	return contact, metres
}

// talk is the slide's brain: two leaky integrators, whose outputs go to the wheels through wires.
func talk(wires func(l, r float64) [4]float64) func() func(r *Robot) [4]float64 {
	return func() func(r *Robot) [4]float64 {
		var left, right li
		return func(r *Robot) [4]float64 {
			l := 100 * left.step(near(valid(r, 1), 1000))
			g := 100 * right.step(near(valid(r, 6), 1000))
			return wires(l, g)
		}
	}
}

func TestTalkVariants(t *testing.T) {
	ne := func(l, r float64) [4]float64 { return [4]float64{r, l, r, l} } // NE=l NW=r SW=r SE=l
	schema := func(l, r float64) [4]float64 { return [4]float64{l, r, r, l} }
	c1, _ := drive(t, "arena", nil, talk(ne))
	c2, _ := drive(t, "room", nil, talk(schema))
	c3, _ := drive(t, "room", nil, talk(ne))
	t.Log(c1, c2, c3)
}
