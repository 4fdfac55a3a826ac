package durin

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/durin/sim"
)

// TestEvery drives at a fixed rate until the step says nil, which stops the wheels.
func TestEvery(t *testing.T) {
	r := MustDial("sim:empty?seed=1")
	defer r.Close()
	var last Obs
	report := r.Every(2*time.Millisecond, func(obs Obs) Command {
		if obs.Seq < last.Seq || !obs.At.After(last.At) {
			t.Errorf("observation %d at %v after %d at %v", obs.Seq, obs.At, last.Seq, last.At)
		}
		last = obs
		if obs.Seq == 6 {
			return nil
		}
		return Move{Y: 100}
	})
	if report.Ticks < 6 || report.Period != 2*time.Millisecond {
		t.Errorf("%v", report)
	}
	if r.Last() != (MoveWheels{}) {
		t.Errorf("left with %v", r.Last())
	}
	wait(t, "the zeros", func() (still bool) {
		r.server.Do(func(robot *sim.Robot) { still = robot.Commanded() == [4]float64{} })
		return still
	})
	if d := r.Track().Distance; d < 1 {
		t.Errorf("drove %v mm", d)
	}
}

// TestEveryEnds with its cell, and without a robot.
func TestEveryEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer interrupt.Set(ctx)()
	r := MustDial("sim:empty?seed=1")
	end := func(step func(Obs) Command) (err error) {
		defer func() { err, _ = recover().(error) }()
		r.Every(time.Millisecond, step)
		return nil
	}
	if err := end(func(Obs) Command { cancel(); return Stop{} }); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	defer interrupt.Set(context.Background())()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := end(func(Obs) Command { return Stop{} }); !errors.Is(err, errClosed) {
		t.Errorf("closed: %v", err)
	}
}

// impatient is a driven robot whose timeout is shorter than the holdups of these tests.
func impatient(t *testing.T) *Robot {
	t.Helper()
	r := MustDial("sim:empty?seed=1&speed=1")
	t.Cleanup(func() { r.Close() })
	r.mu.Lock()
	r.settings.silence = 100 * time.Millisecond
	r.mu.Unlock()
	return r
}

// TestHeldUp: a simulation that stands still longer than the timeout, since the machine is busy, is not a robot that is
// gone, neither to Every nor to Next.
func TestHeldUp(t *testing.T) {
	r := impatient(t)
	hold := func() {
		r.server.Do(func(*sim.Robot) { time.Sleep(400 * time.Millisecond) })
	}
	start := r.Obs().Seq
	go hold()
	r.Every(time.Millisecond, func(obs Obs) Command {
		if obs.Seq >= start+5 {
			return nil
		}
		return Move{Y: 50}
	})
	go hold()
	for range 5 {
		r.Next()
	}
}

// TestFallsSilent: a robot that sends nothing any more is gone.
func TestFallsSilent(t *testing.T) {
	for name, drive := range map[string]func(r *Robot){
		"Every": func(r *Robot) { r.Every(time.Millisecond, func(Obs) Command { return Stop{} }) },
		"Next": func(r *Robot) {
			for {
				r.Next()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := impatient(t)
			r.server.Do(func(robot *sim.Robot) { robot.Stall(time.Hour) })
			defer func() {
				if err, _ := recover().(error); !IsGone(err) {
					t.Errorf("ended with %v", err)
				}
			}()
			drive(r)
		})
	}
}
