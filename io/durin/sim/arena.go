package sim

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"
)

// arena is a clock and the robots that live by it, in one world. They see each other, as pillars, and push each other
// away.
type arena struct {
	mu     sync.Mutex
	robots []*Robot
	speed  float64
	active bool          // run is there
	epoch  time.Time     // wall clock at which the robots' clocks stood at base
	base   time.Duration // simulated
	done   sync.WaitGroup
	stop   chan struct{}
	timer  *time.Timer // of run
	users  int         // servers that are not closed
}

// newArena is a world with as many robots as the configuration says, each at a start of its own.
func newArena(c Config) (*arena, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	n := max(c.Robots, 1)
	a := &arena{speed: c.Speed, epoch: time.Now(), stop: make(chan struct{}), timer: time.NewTimer(0), users: n}
	for i := range n {
		a.robots = append(a.robots, newRobot(c, i))
	}
	for i, r := range a.robots {
		r.others = append(append([]*Robot(nil), a.robots[:i]...), a.robots[i+1:]...)
	}
	a.start()
	return a, nil
}

func (a *arena) now() time.Duration { return a.robots[0].Now() }

// step advances all robots together. Within a millisecond they move one after the other.
func (a *arena) step(d time.Duration) {
	for range d / time.Millisecond {
		for _, r := range a.robots {
			r.step()
		}
	}
}

// stepToF advances to the end of a robot's next time-of-flight frame, or for a second.
func (a *arena) stepToF(r *Robot) {
	for frame, n := r.frames, 0; r.frames == frame && n < 1000; n++ {
		a.step(time.Millisecond)
	}
}

// catchUp advances robots that follow the wall clock to now. After a pause of the process it drops the time it
// missed above a second, as a robot's sensors would not send what they did not measure.
func (a *arena) catchUp() {
	if a.speed == 0 {
		return
	}
	behind := a.base + time.Duration(float64(time.Since(a.epoch))*a.speed) - a.now()
	if limit := time.Duration(float64(time.Second) * max(1, a.speed)); behind > limit {
		a.epoch, a.base = time.Now(), a.now()+limit
		behind = limit
	}
	a.step(behind)
}

// setSpeed changes the clock.
func (a *arena) setSpeed(speed float64) {
	a.catchUp()
	a.speed, a.epoch, a.base = speed, time.Now(), a.now()
	a.plan()
	a.start()
}

// start lets run run when the clock does.
func (a *arena) start() {
	if a.speed > 0 && !a.active && a.users > 0 {
		a.active = true
		a.done.Add(1)
		go a.run()
	}
}

// run keeps robots up with the wall clock.
func (a *arena) run() {
	defer a.done.Done()
	for {
		select {
		case <-a.stop:
			a.timer.Stop()
			return
		case <-a.timer.C:
		}
		a.mu.Lock()
		a.catchUp()
		a.plan()
		a.active = a.speed > 0
		active := a.active
		a.mu.Unlock()
		if !active {
			return
		}
	}
}

const (
	longRest  = 50 * time.Millisecond // by the wall, of robots that send nothing
	shortRest = 100 * time.Microsecond
)

// plan lets run sleep until one of the robots has something to send. Whoever changes what they send calls it.
func (a *arena) plan() {
	if a.speed == 0 {
		return
	}
	due := a.now() + time.Duration(float64(longRest)*a.speed)
	for _, r := range a.robots {
		due = min(due, time.Duration(r.nextSend())*time.Microsecond)
	}
	at := a.epoch.Add(time.Duration(float64(due-a.base) / a.speed))
	a.timer.Reset(max(time.Until(at), shortRest))
}

// ListenAll is Listen for all robots of a configuration: the first on the address, the others on the ports after it,
// or on free ones when the port is 0. They share the world and its clock. In lockstep, time advances when a client
// asks for a frame that is not there yet; clients that take turns get the same frames each time.
func ListenAll(address string, c Config) ([]*Server, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return nil, fmt.Errorf("sim: %s: port %q is not a number", address, text)
	}
	a, err := newArena(c)
	if err != nil {
		return nil, err
	}
	var servers []*Server
	for i := range a.robots {
		at := address
		if port != 0 {
			at = net.JoinHostPort(host, strconv.Itoa(port+i))
		}
		s, err := listen(at, a, i)
		if err != nil {
			for _, s := range servers {
				err = errors.Join(err, s.Close())
			}
			a.leave(len(a.robots) - len(servers))
			return nil, err
		}
		servers = append(servers, s)
	}
	return servers, nil
}

// leave takes robots out; without any the clock ends.
func (a *arena) leave(n int) {
	a.mu.Lock()
	a.users -= n
	last := a.users == 0
	a.mu.Unlock()
	if last {
		close(a.stop)
		a.done.Wait()
	}
}
