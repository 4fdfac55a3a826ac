//go:build !linux

package rt

import "time"

// systemClock sleeps with Go's timers, which are the finest that there is without another library, and spins for the
// rest.
type systemClock struct {
	start time.Time
	spin  time.Duration
}

func newClock() clock { return new(systemClock) }

// slice is the longest sleep, after which the loop looks whether it shall stop.
const slice = 20 * time.Millisecond

// coarse is how late a timer may be on systems whose ticks are a millisecond.
const coarse = time.Millisecond

func (c *systemClock) begin(spin time.Duration, _ bool) (end func()) {
	c.start, c.spin = time.Now(), spin
	return func() {}
}

func (c *systemClock) now() time.Duration { return time.Since(c.start) }

func (c *systemClock) wait(until time.Duration, stop <-chan struct{}) {
	early := time.Duration(0)
	if c.spin > 0 {
		early = max(c.spin, coarse)
	}
	for now := c.now(); now < until-early; now = c.now() {
		time.Sleep(min(until-early-now, slice))
		select {
		case <-stop:
			return
		default:
		}
	}
	for c.now() < until {
		if c.spin == 0 {
			return
		}
	}
}

func (c *systemClock) String() string {
	if c.spin > 0 {
		return "timer, then spin"
	}
	return "timer"
}
