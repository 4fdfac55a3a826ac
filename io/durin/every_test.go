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
