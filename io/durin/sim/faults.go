package sim

import (
	"bytes"
	"time"
)

// stalled reports whether nothing gets through now.
func (r *Robot) stalled() bool {
	f := &r.config.Fault
	return f.StallFor > 0 && r.Now() >= f.StallAt && r.Now() < f.StallAt+f.StallFor
}

// Stall lets nothing through from now on for a time: telemetry is lost, commands are handled afterwards.
func (r *Robot) Stall(d time.Duration) { r.config.Fault.StallAt, r.config.Fault.StallFor = r.Now(), d }

// reorderBy is how long a datagram that loses its place is held up: longer than the gap to the next.
const reorderBy = 3000 // µs

// faulty sends a datagram through a network that loses, doubles, delays, swaps and damages.
func (r *Robot) faulty(datagram []byte) {
	f := r.config.Fault
	// The draws are always the same in number, so that one fault does not change when the others strike.
	lose, double, swap, flip := r.draw(f.Loss), r.draw(f.Duplicate), r.draw(f.Reorder), r.draw(f.Flip)
	bit, jitter := r.faultNoise.IntN(8*len(datagram)), r.faultNoise.Float64()
	if lose || r.stalled() {
		return
	}
	copied := bytes.Clone(datagram)
	if flip {
		copied[bit/8] ^= 1 << (bit % 8)
	}
	due := r.now + f.Delay.Microseconds() + int64(jitter*float64(f.Jitter.Microseconds()))
	if swap {
		due += reorderBy
	}
	r.held = append(r.held, delayed{due, r.outToF, copied})
	if double {
		r.held = append(r.held, delayed{due, r.outToF, copied})
	}
}

func (r *Robot) draw(chance float64) bool { return r.faultNoise.Float64() < chance }

// release sends what has been held long enough.
func (r *Robot) release() {
	if len(r.held) == 0 {
		return
	}
	rest := r.held[:0]
	for _, d := range r.held {
		if d.due <= r.now {
			r.outToF = d.tof
			r.out(d.bytes)
		} else {
			rest = append(rest, d)
		}
	}
	r.held = rest
}
