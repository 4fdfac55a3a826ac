package durin

import (
	"fmt"
	"time"
)

// rhythm is when a sensor was heard of the last times, by the robot's clock.
type rhythm struct {
	at [51]time.Duration // a ring: 50 gaps, as many as the Python package counts
	n  int               // times it was heard of
}

func (h *rhythm) heard(now time.Duration) {
	h.at[h.n%len(h.at)] = now
	h.n++
}

// rate is how often a second it was heard of; 0 before the second time.
func (h *rhythm) rate() float32 {
	known := min(h.n, len(h.at))
	if known < 2 {
		return 0
	}
	last, first := h.at[(h.n-1)%len(h.at)], h.at[(h.n-known)%len(h.at)]
	if last <= first {
		return 0
	}
	return float32(float64(known-1) / (last - first).Seconds())
}

// Rate is how often a second a sensor was heard of, over the last 50 times; of time-of-flight it is whole frames. It is 0
// before the second time.
func (o Obs) Rate(s Sensor) float32 {
	if s < 0 || int(s) >= len(o.rates) {
		panic(fmt.Sprintf("durin.Obs.Rate: %v", s))
	}
	return o.rates[s]
}
