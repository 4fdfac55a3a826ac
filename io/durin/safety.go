package durin

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

const (
	slowAge   = 200 * time.Millisecond // of a time-of-flight sensor's data above which the robot is slowed down
	staleAge  = 500 * time.Millisecond // above which it is stopped
	slowScale = 0.5
	keepAlive = 2 * time.Second // of silence after which zeros are sent, which are a ping too
	// A look at the connection costs a wake-up: it comes when something may be due, and else after a rest.
	shortRest = 2 * time.Millisecond
	longRest  = 250 * time.Millisecond
	longStep  = 100 * time.Millisecond // the most that MaxAccel counts between two commands: a pause is no run-up
	// A robot that hears nothing for 30 s ends its streams for good: a program that was held up as long, or a robot that
	// was switched off and on behind its back, gets them back by asking again after so long without a frame.
	askAgain = 2 * time.Second
)

// mayMove reports whether the robot may be told to move, and sets how fast.
func (r *Robot) mayMove(now time.Duration) bool {
	r.limit.scale = 1
	if r.replay == nil && r.link == nil || !r.brake.IsZero() && time.Now().Before(r.brake) {
		return false
	}
	if r.settings.blind {
		return true
	}
	_, age := r.oldest(now)
	if age > slowAge {
		r.limit.scale = slowScale
	}
	return age <= staleAge
}

// oldest is the time-of-flight sensor that was heard of longest ago, and its age: the robot is blind on that side,
// whatever the others see. Of a sensor that was never heard of the age is the longest there is.
func (r *Robot) oldest(now time.Duration) (id int, age time.Duration) {
	for i, at := range r.obs.ToFAt {
		if at.Before(r.obs.ToFAt[id]) {
			id = i
		}
	}
	return id, r.since(r.obs.ToFAt[id], now)
}

// silence is how long no time-of-flight sensor at all was heard of.
func (r *Robot) silence(now time.Duration) time.Duration {
	var newest time.Time
	for _, at := range r.obs.ToFAt {
		if at.After(newest) {
			newest = at
		}
	}
	return r.since(newest, now)
}

func (r *Robot) since(at time.Time, now time.Duration) time.Duration {
	if at.IsZero() {
		return math.MaxInt64
	}
	return r.epoch.Add(now).Sub(at)
}

// isStale reports whether a robot does not see, on one side at least.
func (r *Robot) isStale(now time.Duration) bool {
	_, age := r.oldest(now)
	return !r.settings.blind && age > staleAge
}

// stale is what there is to say about that, nil when it is over.
func (r *Robot) stale(now time.Duration) error {
	if !r.isStale(now) {
		return nil
	}
	id, age := r.oldest(now)
	what := fmt.Sprintf("sensor %d was heard of %v ago", id, age.Round(time.Millisecond))
	switch {
	case r.silence(now) == math.MaxInt64:
		what = "no sensor was heard of yet"
	case age == math.MaxInt64:
		what = fmt.Sprintf("sensor %d was never heard of", id)
	}
	return fmt.Errorf("durin: %s: %s: %w", r.address, what, errStale)
}

// deadMan stops a robot that was told to move and then nothing more.
func (r *Robot) deadMan(now time.Duration) {
	if !r.present.zero() && now-r.lastSend >= r.settings.deadMan {
		r.halt()
		r.stats.DeadMan++
	}
}

// adopt makes the end of a cell the end of its motion. When the next cell is faster than the watch over the last one,
// the motion ends here: a run must not depend on who is first.
func (r *Robot) adopt(ctx context.Context) {
	if ctx == r.cell {
		return
	}
	if r.unwatch != nil {
		r.unwatch()
	}
	if r.cell != nil && r.cell.Err() != nil && !r.closed {
		r.halt()
	}
	r.cell = ctx
	r.unwatch = context.AfterFunc(ctx, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if !r.closed && r.cell == ctx {
			r.halt()
			r.cell, r.unwatch = nil, nil
		}
		r.changed.Broadcast()
	})
}

// supervise watches over the connection until Close.
func (r *Robot) supervise(target string) {
	defer r.done.Done()
	defer r.watch.Stop()
	for {
		select {
		case <-r.stop:
			return
		case <-r.watch.C:
		}
		r.mu.Lock()
		if r.check() {
			r.mending = true
			r.done.Add(1)
			go r.reconnect(target)
		}
		r.changed.Broadcast() // Next looks at its timeout, also while a connection is sought
		r.nextLook = math.MaxInt64
		r.plan()
		r.mu.Unlock()
	}
}

// plan sees to it that supervise looks in time for what may have to be done next and nobody calls for.
func (r *Robot) plan() {
	now := r.now()
	rest := longRest
	if r.waiting > 0 { // who looks at the time
		rest = patientStep
	}
	if l := r.link; l != nil && l.failed != nil && !r.mending {
		rest = 0
	} else if !r.present.zero() {
		rest = min(rest, r.lastSend+r.settings.deadMan-now)
		if _, age := r.oldest(now); !r.settings.blind && age <= staleAge {
			rest = min(rest, staleAge-age)
		}
	}
	if at := now + max(rest, shortRest); at < r.nextLook {
		r.nextLook = at
		r.watch.Reset(at - now)
	}
}

// check is one look at the connection; it reports whether there is none any more.
func (r *Robot) check() (broken bool) {
	if r.closed || r.mending {
		return false
	}
	l := r.link
	if l == nil || l.failed != nil {
		return true
	}
	if r.lockstep {
		return false // its time stands still between the calls of Next
	}
	r.tend(r.now())
	if l.expected.expire(time.Now().Add(-r.settings.timeout), l.heard) {
		l.failed = fmt.Errorf("no reply for %v", r.settings.timeout)
		return true
	}
	return false
}

// tend stops motion that nobody renews or that is blind, and keeps a robot awake that stands still.
func (r *Robot) tend(now time.Duration) {
	r.deadMan(now) // before anything that feeds the robot's watchdog
	if !r.present.zero() && r.isStale(now) {
		r.halt()
		r.stats.Stale++
		r.err = errStale
	}
	if r.present.zero() && now-r.link.lastUsed >= keepAlive {
		r.transmit(&wire.SetWheelVelocity{}, nil)
	}
	if l := r.link; l.streams && r.silence(now) >= askAgain && now-l.asked >= askAgain {
		r.stats.AskedAgain++
		r.configure(l)
	}
}

// lost ends a connection that broke.
func (r *Robot) lost(l *link, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l.failed == nil {
		l.failed = err
	}
	r.plan()
	for l.expected.len() > 0 {
		e := l.expected.pop()
		e.resolve(answer{err: errGone})
	}
	for _, q := range l.queue {
		if q.reply != nil {
			q.reply <- answer{err: errGone}
		}
	}
	l.queue = nil
}
