package rt

import (
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// systemClock sleeps with clock_nanosleep, whose wake-ups are 70 µs late at the median where those of Go's own timers
// are 500 µs late, and spins for the rest. The thread's timer slack, 50 µs by default, is taken away, and the thread goes
// before others as far as the system lets it. In the last part of the sleep it keeps its processor of Go's scheduler:
// see pin and holdProcessors.
type systemClock struct {
	start    time.Time
	zero     int64 // CLOCK_MONOTONIC at start, ns
	spin     time.Duration
	priority string
	ts       unix.Timespec // here and not on the stack, so that a tick does not allocate
}

func newClock() clock { return new(systemClock) }

const (
	slice = 20 * time.Millisecond // the longest sleep, after which the loop looks whether it shall stop
	near  = 2 * time.Millisecond  // the last part
	// What stops the whole program, a garbage collection above all, cannot stop a thread that keeps its processor, and
	// tries again every 100 µs. For as long as this every tick first has the door open: in a sleep that the scheduler is
	// told of. After that it waits for the loop, near and spin at most.
	door = 100 * time.Microsecond
)

func (c *systemClock) begin(spin time.Duration, first bool) (end func()) {
	c.spin = spin
	// Without it the wake-ups are later; the report shows by how much.
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	giveBack, restore := holdProcessors(), func() {}
	c.priority = ""
	if first && runtime.NumCPU() > 1 { // else nobody else would run
		c.priority, restore = goFirst()
	}
	for range 100 { // both clocks are read at one moment, unless the thread loses its processor each time
		c.start = time.Now()
		_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &c.ts) // it has no way to fail with this clock
		if c.zero = c.ts.Nano(); c.now() < 10*time.Microsecond {
			break
		}
	}
	return func() {
		restore()
		giveBack()
		_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 0, 0, 0, 0) // the default again
	}
}

// goFirst lets the thread go before others: before all of the ordinary ones where the user may ask for that, else before
// those that have had their share. It says which, and returns what undoes it. Programs that the step starts, and threads
// that a library makes in it, are ordinary again.
func goFirst() (priority string, undo func()) {
	before, err := unix.SchedGetAttr(0, 0)
	if err != nil || before.Policy != unix.SCHED_NORMAL {
		return "", func() {} // whoever set another policy knows why
	}
	before.Runtime = 0 // the default slice; what was read is in use, not what was asked for
	undo = func() {
		if unix.SchedSetAttr(0, before, 0) != nil { // only root may take the flag away; without a priority it does nothing
			before.Flags |= unix.SCHED_FLAG_RESET_ON_FORK
			_ = unix.SchedSetAttr(0, before, 0) // to give up a priority needs no permission
		}
	}
	if unix.SchedSetAttr(0, &unix.SchedAttr{Policy: unix.SCHED_FIFO, Priority: 1, Flags: unix.SCHED_FLAG_RESET_ON_FORK}, 0) == nil {
		return "SCHED_FIFO", undo
	}
	// From Linux 6.12 on a short slice means an early turn (EEVDF); kernels before take no notice.
	early := *before
	early.Runtime = 100_000 // ns, the shortest
	_ = unix.SchedSetAttr(0, &early, 0)
	return "SCHED_FIFO is not permitted", undo
}

func (c *systemClock) now() time.Duration { return time.Since(c.start) }

func (c *systemClock) wait(until time.Duration, stop <-chan struct{}) {
	for now := c.now(); now < until-c.spin-near; now = c.now() {
		c.ts = unix.NsecToTimespec(c.zero + int64(min(until-c.spin-near, now+slice)))
		_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &c.ts, nil) // cut short by a signal: again
		select {
		case <-stop:
			return
		default:
		}
	}
	// Periods shorter than the door and the spin never open it: they keep no processor.
	now := c.now()
	pinned := now < until-c.spin-door
	if pinned {
		c.ts = unix.NsecToTimespec(c.zero + int64(now+door))
		_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &c.ts, nil)
		pin() // at once: a call in between could be where the scheduler takes the thread
	}
	for c.now() < until-c.spin { // once, unless a signal cuts it short
		c.ts = unix.NsecToTimespec(c.zero + int64(until-c.spin))
		_, _, _ = unix.RawSyscall6(unix.SYS_CLOCK_NANOSLEEP, unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, uintptr(unsafe.Pointer(&c.ts)), 0, 0, 0)
	}
	for c.now() < until { // a loop of 150 µs at most
	}
	if pinned {
		unpin()
	}
}

func (c *systemClock) String() string {
	text := "clock_nanosleep"
	if c.spin > 0 {
		text += ", then spin"
	}
	if c.priority != "" {
		text += ", " + c.priority
	}
	return text
}
