package rt

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
)

// Tick is one turn of a loop.
type Tick struct {
	N    int64         // which tick, from 0; those that were skipped are counted
	Time time.Duration // when it was due, since the start: N periods
	Late time.Duration // how long after that the step begins
	Dt   time.Duration // between the beginnings of the last step and this one; the period for the first
}

// String is the tick on one line.
func (t Tick) String() string {
	return fmt.Sprintf("tick %d at %v, %v late, dt %v", t.N, t.Time, round(t.Late), round(t.Dt))
}

// Policy is what a loop does about a tick that is more than a period late.
type Policy int

// The policies.
const (
	Skip    Policy = iota // leave the missed ticks out: the default
	CatchUp               // do them all, as fast as possible
	Stop                  // end the loop with an error
)

// String is the policy's name.
func (p Policy) String() string {
	if names := [...]string{"skip", "catch up", "stop"}; p >= 0 && int(p) < len(names) {
		return names[p]
	}
	return fmt.Sprintf("Policy(%d)", int(p))
}

// errMissed is why a loop with the policy Stop has ended.
var errMissed = errors.New("a tick was missed")

// IsMissed reports whether a loop ended because of a missed tick.
func IsMissed(err error) bool { return errors.Is(err, errMissed) }

// Option changes a loop; see the functions that return one.
type Option struct {
	name string
	set  func(*Loop)
}

// String is the option's name.
func (o Option) String() string { return o.name }

// Spin is how long before a tick the loop stops sleeping and watches the clock; the default is 150 µs.
func Spin(d time.Duration) Option {
	if d < 0 {
		panic(fmt.Sprintf("rt.Spin: %v", d))
	}
	return Option{"Spin", func(l *Loop) { l.spin = d }}
}

// OnMiss sets what happens to missed ticks.
func OnMiss(p Policy) Option {
	if p < Skip || p > Stop {
		panic(fmt.Sprintf("rt.OnMiss: %v; there are Skip, CatchUp and Stop", p))
	}
	return Option{"OnMiss", func(l *Loop) { l.policy = p }}
}

// Deadline is how long after its tick a step must have ended; the default is the period. Steps that end later are counted
// in the report as overdue.
func Deadline(d time.Duration) Option {
	if d <= 0 {
		panic(fmt.Sprintf("rt.Deadline: %v", d))
	}
	return Option{"Deadline", func(l *Loop) { l.deadline = d }}
}

// KeepCollector leaves the garbage collector as it is.
func KeepCollector() Option {
	return Option{"KeepCollector", func(l *Loop) { l.collect = true }}
}

// KeepPriority leaves the priority of the loop's thread as it is.
func KeepPriority() Option {
	return Option{"KeepPriority", func(l *Loop) { l.ordinary = true }}
}

// Loop calls a function at a fixed rate. It may run several times, one after the other; its report is of the last run.
type Loop struct {
	period   time.Duration
	deadline time.Duration
	spin     time.Duration
	policy   Policy
	collect  bool // KeepCollector
	ordinary bool // KeepPriority
	clock    clock
	record   record
	staged   bool // RunStages is running
}

// clock is how a loop sees time pass, since its start.
type clock interface {
	// begin prepares the calling thread, which goes before others if it may, and starts the time; end undoes that.
	begin(spin time.Duration, first bool) (end func())
	now() time.Duration
	// wait returns at a time, or before when stop is closed.
	wait(until time.Duration, stop <-chan struct{})
	// String says how it waits.
	String() string
}

// New is a loop with a period. It panics when that is not positive.
func New(period time.Duration, opts ...Option) *Loop {
	if period <= 0 {
		panic(fmt.Sprintf("rt.New: period %v", period))
	}
	l := &Loop{period: period, deadline: period, spin: 150 * time.Microsecond, clock: newClock()}
	for _, o := range opts {
		o.set(l)
	}
	if min(runtime.GOMAXPROCS(0), runtime.NumCPU()) == 1 {
		l.spin = 0
	}
	return l
}

// Run calls step at each tick until it returns false, which is no error, or the cell is interrupted.
func (l *Loop) Run(step func(Tick) bool) error { return l.RunContext(interrupt.Context(), step) }

// RunContext is Run with a context.
func (l *Loop) RunContext(ctx context.Context, step func(Tick) bool) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if !l.collect {
		defer holdCollector()()
	}
	l.record.begin()
	l.record.staged = l.staged
	defer l.record.end()
	defer l.clock.begin(l.spin, !l.ordinary)()
	var began, ended time.Duration // of the last step
	busy := false                  // why ticks are missed: a step was not ready in time
	for n := int64(0); ; n++ {
		due := time.Duration(n) * l.period
		l.clock.wait(due, ctx.Done())
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("rt: interrupted: %w", err)
		}
		now := l.clock.now()
		if missed := int64((now - due) / l.period); missed > 0 {
			switch {
			case ended <= due:
				busy = false // it slept
			case ended-began > l.period:
				busy = true // else it is still behind for the reason before
			}
			switch l.policy {
			case Stop:
				l.record.miss(1, busy)
				return fmt.Errorf("rt: tick %d was %v late, the period is %v: %w", n, round(now-due), l.period, errMissed)
			case CatchUp:
				l.record.miss(1, busy)
			case Skip:
				l.record.miss(missed, busy)
				n += missed
				due = time.Duration(n) * l.period
			}
		}
		tick := Tick{N: n, Time: due, Late: now - due, Dt: now - began}
		if l.record.ticks == 0 {
			tick.Dt = l.period
		}
		more := step(tick)
		began, ended = now, l.clock.now()
		l.record.tick(now-due, ended-now, ended-due > l.deadline)
		if !more {
			return nil
		}
	}
}

// String is the loop on one line.
func (l *Loop) String() string {
	return fmt.Sprintf("Loop(%v, misses: %v, wait: %v)", l.period, l.policy, l.clock)
}
