package rt

import (
	"time"

	"golang.org/x/sys/unix"
)

// systemClock sleeps with clock_nanosleep, whose wake-ups are 70 µs late at the median where those of Go's own timers
// are 500 µs late, and spins for the rest. The thread's timer slack, 50 µs by default, is taken away.
type systemClock struct {
	start time.Time
	zero  int64 // CLOCK_MONOTONIC at start, ns
	spin  time.Duration
	ts    unix.Timespec // here and not on the stack, so that a tick does not allocate
}

func newClock() clock { return new(systemClock) }

// slice is the longest sleep, after which the loop looks whether it shall stop.
const slice = 20 * time.Millisecond

func (c *systemClock) begin(spin time.Duration) (end func()) {
	c.spin = spin
	// Without it the wake-ups are later; the report shows by how much.
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &c.ts) // it has no way to fail with this clock
	c.start, c.zero = time.Now(), c.ts.Nano()
	return func() { _ = unix.Prctl(unix.PR_SET_TIMERSLACK, 0, 0, 0, 0) } // the default again
}

func (c *systemClock) now() time.Duration { return time.Since(c.start) }

func (c *systemClock) wait(until time.Duration, stop <-chan struct{}) {
	for {
		now := c.now()
		if now >= until-c.spin {
			break
		}
		c.ts = unix.NsecToTimespec(c.zero + int64(min(until-c.spin, now+slice)))
		_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &c.ts, nil) // cut short by a signal: again
		select {
		case <-stop:
			return
		default:
		}
	}
	for c.now() < until { // a loop of 150 µs at most
	}
}

func (c *systemClock) String() string {
	if c.spin > 0 {
		return "clock_nanosleep, then spin"
	}
	return "clock_nanosleep"
}
