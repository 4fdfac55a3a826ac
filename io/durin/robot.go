package durin

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/livespike/livespike/internal/interrupt"
	"github.com/livespike/livespike/io/durin/sim"
	"github.com/livespike/livespike/io/durin/wire"
	"github.com/livespike/livespike/io/rt"
)

// Robot is a connection to a Durin. Its methods may be called by several goroutines at once.
type Robot struct {
	address  string // as the user wrote it
	settings settings
	server   *sim.Server // of a simulated robot in this process; nil otherwise
	epoch    time.Time   // the robot's clock starts here

	mu      sync.Mutex
	changed *sync.Cond // broadcast when a frame is complete, or waiting for one has to end
	link    *link      // nil while there is no connection
	mending bool       // a new connection is being sought
	closed  bool
	err     error // why the robot does not drive; errStale alone is told in full by Err
	stats   Stats

	lockstep bool
	shared   bool       // with other robots of this program
	moment   sim.Moment // of a robot in lockstep
	recorder *recorder  // nil without Record
	replay   *replay    // of a recording; nil otherwise

	obs     Obs
	taken   uint64 // the last frame that Next returned
	cycle   cycle
	rhythms [5]rhythm // by sensor
	ages    rt.Histogram
	still   stillness
	track   *tracker

	limit    limiter
	present  motion // what the robot was told last
	pending  bool   // present has not been written yet
	lastSend time.Duration
	cell     context.Context // whose end stops the wheels
	unwatch  func() bool
	brake    time.Time // until when no motion is sent, after a signal

	watch    *time.Timer   // of supervise: the next look
	nextLook time.Duration // when that is
	waiting  int           // calls of Next that wait for a frame

	stop chan struct{}
	done sync.WaitGroup
}

// now is the time since Dial, by the robot's clock: simulated in lockstep.
func (r *Robot) now() time.Duration {
	if r.lockstep {
		return r.moment.Time
	}
	return time.Since(r.epoch)
}

// Next waits for a new time-of-flight frame and returns it. A simulated robot is advanced to it.
//
// In a script: it panics with one line, which ends the cell, when the cell is interrupted or no frame has come within
// the timeout (2 s); the wheels are stopped first. Programs call NextContext.
func (r *Robot) Next() Obs {
	obs, err := r.NextContext(interrupt.Context())
	if err != nil {
		panic(err)
	}
	return obs
}

// NextContext is Next with a context and an error.
func (r *Robot) NextContext(ctx context.Context) (Obs, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.adopt(ctx)
	var wait patience
	begun := r.now()
	for looks := 0; r.obs.Seq == r.taken; looks++ {
		steps := r.lockstep && (r.link != nil || r.replay != nil)
		wait.look(time.Now())
		gone := !steps && wait.over(r)
		if steps {
			gone = r.now()-begun > r.settings.silence && looks > patientLooks
		}
		switch {
		case r.closed:
			return Obs{}, fmt.Errorf("durin: %s: %w", r.address, errClosed)
		case ctx.Err() != nil:
			r.halt()
			return Obs{}, fmt.Errorf("durin: %s: interrupted: %w", r.address, ctx.Err())
		case gone:
			r.halt()
			r.err = fmt.Errorf("durin: %s: no time-of-flight frame for %v: %w", r.address, r.settings.silence, errGone)
			return Obs{}, r.err
		case !steps:
			r.waiting++
			r.plan()
			r.changed.Wait()
			r.waiting--
		default:
			if err := r.advance(ctx); err != nil {
				r.halt()
				return Obs{}, fmt.Errorf("durin: %s: %w", r.address, err)
			}
		}
	}
	r.taken = r.obs.Seq
	return r.snapshot(), nil
}

// Obs is the newest observation, whole frame or not; it never waits. A simulated robot whose clock was Next follows
// the wall clock from the first call of Obs, Read or Every on, since polling has no clock of its own.
func (r *Robot) Obs() Obs {
	r.useWallClock()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.snapshot()
}

// Read is the newest observation and what the robot was told last; it never waits. See Obs for simulated robots.
func (r *Robot) Read() (Obs, Command) {
	obs := r.Obs()
	return obs, r.Last()
}

// Last is the motion that the robot was told last, after limits and conversions: a Move or MoveWheels.
func (r *Robot) Last() Command {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.commandOf(r.present)
}

// commandOf is a motion as it was before its conversion for the robot's wheels.
func (r *Robot) commandOf(m motion) Command {
	if !m.byWheels {
		return Move{float32(m.body.X), float32(m.body.Y), float32(m.body.Rot)}
	}
	w := m.wheels
	if r.settings.profile.Wheels == WheelsRaw {
		w.FrontLeft, w.BackLeft = -w.FrontLeft, -w.BackLeft
	}
	return MoveWheels{NE: float32(w.FrontRight), NW: float32(w.FrontLeft), SW: float32(w.BackLeft), SE: float32(w.BackRight)}
}

func (r *Robot) snapshot() Obs {
	r.obs.At = r.epoch.Add(r.now())
	for s := range r.rhythms {
		r.obs.rates[s] = r.rhythms[s].rate()
	}
	return r.obs
}

// Send tells the robot something. Motion is newest-wins: one that could not be sent yet is replaced, never queued.
// Other commands are sent in order. Send does not wait for the robot; what went wrong is in Err and Stats.
//
// Speeds above MaxSpeed are clamped, what is not a number is sent as 0. It panics on a robot that was closed, and for
// values that the protocol cannot say.
func (r *Robot) Send(c Command) {
	ctx := interrupt.Context()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		panic(fmt.Errorf("durin: %s: send: %w", r.address, errClosed))
	}
	r.adopt(ctx)
	now := r.now()
	may := r.mayMove(now) // first: set scales by what it found
	var m motion
	if !r.limit.set(&m, c) {
		r.request(message(c), nil)
		return
	}
	if !m.zero() && (ctx.Err() != nil || !may) {
		r.stats.Held++
		if r.isStale(now) && !errors.Is(r.err, errGone) { // which says more
			r.err = errStale
		}
		return
	}
	r.sendMotion(&m, now)
}

// sendMotion lets a motion through.
func (r *Robot) sendMotion(m *motion, now time.Duration) {
	r.limit.approach(m, &r.present, min(now-r.lastSend, longStep).Seconds())
	if _, age := r.oldest(now); age < math.MaxInt64 {
		r.ages.Record(age)
	}
	if r.pending {
		r.stats.Replaced++
	}
	r.present, r.pending, r.lastSend = *m, true, now
	r.plan()
	if r.replay == nil {
		r.track.moved(now, &r.present, r.settings.profile)
	}
	if !r.lockstep { // else advance does: until then no time passes, and only the newest counts
		r.flush()
	} else if err := r.settle(); err != nil && r.err == nil {
		r.err = fmt.Errorf("durin: %s: %w", r.address, err)
	}
}

// Ask sends a request and waits for its reply: a *wire.SystemInfo to durin.GetSystemInfo, and so on. Requests are the
// wire's messages.
func (r *Robot) Ask(ctx context.Context, request wire.Message) (wire.Message, error) {
	reply := make(chan answer, 1)
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil, fmt.Errorf("durin: %s: %w", r.address, errClosed)
	}
	r.request(request, reply)
	r.mu.Unlock()
	timer := time.NewTimer(r.settings.timeout)
	defer timer.Stop()
	select {
	case a := <-reply:
		if a.err != nil {
			return nil, fmt.Errorf("durin: %s: %v: %w", r.address, request, a.err)
		}
		return a.message, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("durin: %s: %v: interrupted: %w", r.address, request, ctx.Err())
	case <-r.stop:
		return nil, fmt.Errorf("durin: %s: %v: %w", r.address, request, errClosed)
	case <-timer.C:
		return nil, fmt.Errorf("durin: %s: %v: no reply within %v", r.address, request, r.settings.timeout)
	}
}

// Info asks who the robot is.
func (r *Robot) Info() (*wire.SystemInfo, error) {
	reply, err := r.Ask(interrupt.Context(), &wire.Empty{Which: wire.TagGetSystemInfo})
	if err != nil {
		return nil, err
	}
	info, ok := reply.(*wire.SystemInfo)
	if !ok {
		return nil, fmt.Errorf("durin: %s: getSystemInfo was answered by %v", r.address, reply)
	}
	return info, nil
}

// Wait lets the robot's time pass: simulated time in a world whose clock is Next, else time on the wall. It ends
// early when the cell is interrupted. Motion stops after 300 ms without a Send, in a Wait as elsewhere.
func (r *Robot) Wait(d time.Duration) {
	ctx := interrupt.Context()
	if r.clockIsNext() {
		for end := r.Time() + d; r.Time() < end; {
			if _, err := r.NextContext(ctx); err != nil {
				panic(err)
			}
		}
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-r.stop:
	}
}

// Time is the robot's time since Dial: simulated time in a world whose clock is Next.
func (r *Robot) Time() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now()
}

// Err is why the robot does not drive, or nil: gone, too old data, a lost connection that is being restored.
func (r *Robot) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == errStale {
		return r.stale(r.now())
	}
	return r.err
}

// Stats are the counts since Dial.
func (r *Robot) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.stats
	s.Clamped, s.NotFinite = uint64(r.limit.clamped), uint64(r.limit.notFinite)
	s.AgeP50, s.AgeP99 = r.ages.Quantile(0.5), r.ages.Quantile(0.99)
	return s
}

// Order is the order of the robot's time-of-flight ids.
func (r *Robot) Order() sim.Order { return r.settings.order }

// Close stops the wheels, ends the streaming and closes the connection; a simulated robot is switched off. It may be
// called twice.
func (r *Robot) Close() error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil
	}
	r.closed = true
	if r.unwatch != nil {
		r.unwatch()
	}
	forget(r)
	l := r.link
	polite := false // the reader ends the connection, when the last replies are there
	if l != nil {
		r.halt()
		r.transmit(&wire.Empty{Which: wire.TagDisableStreaming}, nil)
		polite = l.finish(r.settings.timeout)
	}
	r.link = nil
	r.track.finish()
	close(r.stop)
	r.changed.Broadcast()
	r.mu.Unlock()
	var err error
	switch {
	case polite:
		err = l.udp.Close()
	case l != nil:
		err = l.close()
	}
	r.done.Wait()
	if r.server != nil {
		if e := r.server.Close(); err == nil {
			err = e
		}
	}
	if e := r.recorder.finish(r.now()); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("durin: %s: %w", r.address, err)
	}
	return nil
}

// String is the address, the sensor order and the state, on one line.
func (r *Robot) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	state := "connected"
	switch {
	case r.closed:
		state = "closed"
	case r.replay != nil:
		state = fmt.Sprintf("a recording of %s", r.replay.recording.head.Address)
	case r.link == nil:
		state = "not connected"
	case r.still.still:
		state = "connected, told to drive but stands still: was its motor button pressed?"
	}
	clock := ""
	if r.lockstep {
		clock = ", time passes in Next"
	}
	return fmt.Sprintf("Durin(%s, %s, sensor order %v%s, frame %d)", r.address, state, r.settings.order, clock, r.obs.Seq)
}
