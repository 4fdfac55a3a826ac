package durin

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/livespike/livespike/io/durin/wire"
)

const (
	slowAge   = 200 * time.Millisecond // of time-of-flight data above which the robot is slowed down
	staleAge  = 500 * time.Millisecond // above which it is stopped
	slowScale = 0.5
	keepAlive = 2 * time.Second // of silence after which zeros are sent, which are a ping too
	pulse     = 20 * time.Millisecond
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
	if r.obs.Seq == 0 {
		return false
	}
	age := r.tofAge(now)
	if age > slowAge {
		r.limit.scale = slowScale
	}
	return age <= staleAge
}

// tofAge is the age of the newest time-of-flight data.
func (r *Robot) tofAge(now time.Duration) time.Duration {
	var newest time.Time
	for _, at := range r.obs.ToFAt {
		if at.After(newest) {
			newest = at
		}
	}
	if newest.IsZero() {
		return math.MaxInt64
	}
	return r.epoch.Add(now).Sub(newest)
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
	ticker := time.NewTicker(pulse)
	defer ticker.Stop()
	for {
		select {
		case <-r.stop:
			return
		case <-ticker.C:
		}
		r.mu.Lock()
		if r.check() {
			r.mending = true
			r.done.Add(1)
			go r.reconnect(target)
		}
		r.changed.Broadcast() // Next looks at its timeout, also while a connection is sought
		r.mu.Unlock()
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
	if age := r.tofAge(now); !r.present.zero() && !r.settings.blind && age > staleAge {
		r.halt()
		r.stats.Stale++
		r.err = fmt.Errorf("durin: %s: %w", r.address, errStale)
	}
	if r.present.zero() && now-r.link.lastUsed >= keepAlive {
		r.transmit(&wire.SetWheelVelocity{}, nil)
	}
	if l := r.link; l.streams && r.tofAge(now) >= askAgain && now-l.asked >= askAgain {
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
