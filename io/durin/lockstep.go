package durin

import (
	"context"
	"errors"
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
	if !r.lockstep || r.closed || r.replay != nil {
		return
	}
	r.epoch = time.Now().Add(-r.moment.Time)
	r.lockstep = false
	r.server.SetSpeed(1)
}

// advance lets a robot in lockstep measure its next frame and receives it, unless it is lost on its way. It is called
// with the lock held and gives it up while it waits; when the connection ends meanwhile, nothing has happened.
func (r *Robot) advance(ctx context.Context) error {
	if r.replay != nil {
		return r.advanceReplay(ctx)
	}
	l := r.link
	r.tend(r.now())
	r.flush()
	written := l.written
	r.mu.Unlock()
	moment, err := r.server.NextToF(ctx, written)
	r.mu.Lock()
	if r.closed || r.link != l || ctx.Err() != nil {
		return nil // NextContext says what is wrong
	}
	if err != nil {
		return err
	}
	patience := time.AfterFunc(delivery, r.changed.Broadcast)
	defer patience.Stop()
	for started := time.Now(); l.received < moment.Sent; r.changed.Wait() {
		switch {
		case r.closed || r.link != l || ctx.Err() != nil:
			return nil
		case time.Since(started) >= delivery:
			return errors.New("datagrams were lost between two sockets of this machine")
		}
	}
	r.moment = moment
	if r.cycle.seen == 0 {
		return nil // all four datagrams were lost
	}
	r.stampFrame()
	r.endCycle()
	return nil
}

// stampFrame gives the sensors of a frame that is complete the time at which it was.
func (r *Robot) stampFrame() {
	for id := range r.obs.ToFAt {
		if r.cycle.seen>>id&1 == 1 {
			r.obs.ToFAt[id] = r.epoch.Add(r.moment.Time)
		}
	}
}

// delivery is how long a datagram may take from one socket of this machine to another.
const delivery = time.Second

// wakeLockstep tells advance that a datagram has arrived.
func (r *Robot) wakeLockstep() {
	if r.lockstep {
		r.changed.Broadcast()
	}
}
