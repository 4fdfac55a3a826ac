package durin

import (
	"math"
	"time"
)

// patience is how long this program has looked for a frame. The time on the wall does not tell: when the program was
// held up, by a debugger, by a busy machine, what the robot has sent meanwhile is still to be read. So the time between
// two looks counts up to a limit only.
type patience struct {
	last   time.Time
	waited time.Duration
	looks  int
}

const (
	patientStep  = 50 * time.Millisecond // what the time between two looks counts at most
	patientLooks = 8                     // there are at least so many looks
	// A simulated robot of this program is not gone while it is slow; a lost datagram between two of the program's
	// own sockets ends that after so many times the timeout.
	patientSim = 10
)

func (p *patience) look(now time.Time) {
	if !p.last.IsZero() {
		p.waited += min(now.Sub(p.last), patientStep)
	}
	p.last = now
	p.looks++
}

// over reports whether the robot is to be called gone.
func (p *patience) over(r *Robot) bool {
	timeout := r.settings.silence
	if p.waited <= timeout || p.looks <= patientLooks {
		return false
	}
	if r.server == nil || p.waited > patientSim*timeout {
		return true
	}
	received := uint64(math.MaxUint64)
	if r.link != nil {
		received = r.link.received
	}
	return r.server.Silent(received, timeout)
}
