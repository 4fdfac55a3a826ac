package durin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/durin/sim"
)

// DialAll connects to all robots of a simulated world, "sim:room?robots=3&seed=1". They see each other and are in each
// other's way. Without speed in the address, time passes in Next, for all of them: a loop that calls Next of each robot
// in turn gets the same frames each time.
func DialAll(address string, opts ...Option) ([]*Robot, error) {
	if !hasScheme(address, "sim") {
		return nil, fmt.Errorf("durin: dial %s: only a simulated world has several robots behind one address", address)
	}
	config, err := sim.ParseConfig(address[len("sim:"):])
	if err != nil {
		return nil, fmt.Errorf("durin: dial %s: %w", address, err)
	}
	servers, err := sim.ListenAll("127.0.0.1:0", config)
	if err != nil {
		return nil, fmt.Errorf("durin: dial %s: %w", address, err)
	}
	var robots []*Robot
	for i, server := range servers {
		r, e := dialServer(interrupt.Context(), fmt.Sprintf("%s, robot %d", address, i+1), server, opts)
		if e == nil {
			robots = append(robots, r)
			r.mu.Lock()
			r.shared = true
			e = r.settle()
			r.mu.Unlock()
		}
		err = errors.Join(err, e)
	}
	if err != nil {
		for _, r := range robots {
			err = errors.Join(err, r.Close())
		}
		return nil, err
	}
	return robots, nil
}

// settle waits until a robot that shares a world in lockstep has handled what it was told: the next frame of any of
// them shall find it done. It is called with the lock held.
func (r *Robot) settle() error {
	if !r.lockstep || !r.shared || r.link == nil {
		return nil
	}
	r.flush()
	return r.server.Await(r.context(), r.link.written)
}

// context is that of the cell, or none.
func (r *Robot) context() context.Context {
	if r.cell != nil {
		return r.cell
	}
	return context.Background()
}

// MustDialAll is DialAll for scripts: it panics with the error.
func MustDialAll(address string, opts ...Option) []*Robot {
	robots, err := DialAll(address, opts...)
	if err != nil {
		panic(err)
	}
	return robots
}

// Light is what two light sensors of a simulated robot see, to the left and the right of its front: 1 for a light at 1 m
// that is looked at, less with the square of its distance, and 0 behind a wall. A Durin has no such sensors: it panics
// for a robot that is not simulated by this program.
func (r *Robot) Light() (left, right float32) {
	if r.server == nil {
		panic(fmt.Errorf("durin: %s: light sensors are for simulated robots: sim:cheese", r.address))
	}
	r.server.Do(func(robot *sim.Robot) {
		l, g := robot.Light()
		left, right = float32(l), float32(g)
	})
	return left, right
}

// Stall lets nothing through to or from a simulated robot for a time, as a broken radio would. It panics for others.
func (r *Robot) Stall(d time.Duration) {
	if r.server == nil {
		panic(fmt.Errorf("durin: %s: only a simulated robot can be stalled", r.address))
	}
	r.server.Do(func(robot *sim.Robot) { robot.Stall(d) })
}
