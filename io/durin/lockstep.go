package durin

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A simulated robot in lockstep stands still until Next asks for a frame. The commands and the telemetry still go
// through the sockets; Next waits until the robot has handled everything that was written, lets it advance by one
// frame, and waits until everything it has sent has arrived. So a run depends on nothing but its seed.

// clockIsNext reports whether Next is the robot's clock.
func (r *Robot) clockIsNext() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lockstep
}

// useWallClock takes a robot out of lockstep, for programs that poll.
func (r *Robot) useWallClock() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.lockstep || r.closed {
		return
	}
	r.epoch = time.Now().Add(-r.moment.Time)
	r.lockstep = false
	r.server.SetSpeed(1)
}

// advance lets a robot in lockstep measure its next frame and receives it.
func (r *Robot) advance(ctx context.Context) error {
	r.mu.Lock()
	if r.closed || r.link == nil {
		r.mu.Unlock()
		return nil // Next says what is wrong
	}
	r.adopt(ctx)
	r.deadMan(r.now())
	r.flush()
	l := r.link
	written := l.written
	r.mu.Unlock()
	moment, err := r.server.NextToF(ctx, written)
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("durin: %s: interrupted: %w", r.address, ctx.Err())
		}
		return fmt.Errorf("durin: %s: %w", r.address, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	patience := time.AfterFunc(time.Second, r.changed.Broadcast)
	defer patience.Stop()
	started := time.Now()
	for l.received < moment.Sent {
		if ctx.Err() != nil {
			return fmt.Errorf("durin: %s: interrupted: %w", r.address, ctx.Err())
		}
		if r.closed || r.link != l {
			return nil // Next says what is wrong
		}
		if time.Since(started) >= time.Second {
			return fmt.Errorf("durin: %s: %w", r.address, errors.New("datagrams were lost between two sockets of this machine"))
		}
		r.changed.Wait()
	}
	r.moment = moment
	for id := range r.obs.ToFAt {
		if r.cycle.seen>>id&1 == 1 {
			r.obs.ToFAt[id] = r.epoch.Add(moment.Time)
		}
	}
	r.endCycle()
	return nil
}

// wakeLockstep tells advance that a datagram has arrived.
func (r *Robot) wakeLockstep() {
	if r.lockstep {
		r.changed.Broadcast()
	}
}
