package durin

import (
	"fmt"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/rt"
)

// Every is a control loop at a fixed rate: it calls step with the newest observation and sends what that returns, until
// it returns nil. The wheels are stopped then, and the report says how punctual the loop was.
//
// The observation may be one that step has seen before, or a frame that is only half there: Obs.Seq counts the whole
// ones, Obs.At is the time by which neurons advance. Missed ticks are left out. It panics as Next does when the cell is
// interrupted, the robot is closed or too long without a frame; with a period above 300 ms the dead man stops the
// wheels between two steps. A simulated robot follows the wall clock from now on.
func (r *Robot) Every(period time.Duration, step func(obs Obs) Command) rt.Report {
	if r.replay != nil {
		panic(fmt.Errorf("durin: %s: a recording has no clock for Every; its frames come with Next", r.address))
	}
	loop := rt.New(period)
	ctx := interrupt.Context()
	r.useWallClock()
	var problem error
	var wait patience
	var seen uint64
	err := loop.RunContext(ctx, func(t rt.Tick) bool {
		r.mu.Lock()
		if r.obs.Seq != seen {
			wait, seen = patience{}, r.obs.Seq
		}
		wait.look(time.Now())
		switch {
		case r.closed:
			problem = fmt.Errorf("durin: %s: %w", r.address, errClosed)
		case wait.over(r):
			r.err = fmt.Errorf("durin: %s: no time-of-flight frame for %v: %w", r.address, r.settings.silence, errGone)
			problem = r.err
		}
		obs := r.snapshot()
		r.mu.Unlock()
		if problem != nil {
			return false
		}
		c := step(obs)
		if c == nil {
			return false
		}
		r.Send(c)
		return true
	})
	if err != nil {
		problem = fmt.Errorf("durin: %s: interrupted: %w", r.address, ctx.Err())
	}
	r.mu.Lock()
	if !r.closed {
		r.halt()
	}
	r.mu.Unlock()
	if problem != nil {
		panic(problem)
	}
	return loop.Report()
}
