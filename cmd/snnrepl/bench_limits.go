package main

import (
	"math"
	"os"
	"runtime"
	"strings"
	"sync"

	"github.com/livespike/livespike/internal/simd"
)

// limits are what this machine can do, measured once in a process.
var limits = sync.OnceValue(func() (l struct{ flops float64 }) {
	const n = 200_000
	operations := simd.PeakFMA(n)
	if operations == 0 {
		return l
	}
	l.flops = float64(operations) / fastest(20, func() { simd.PeakFMA(n) })
	return l
})

var (
	copyMu    sync.Mutex
	copyRates = map[int]float64{}
)

// copyRate is bytes read and written a second when that many are copied again and again.
func copyRate(space float64) float64 {
	copyMu.Lock()
	defer copyMu.Unlock()
	half := int(math.Max(space/2, 4096))
	if r, ok := copyRates[half]; ok {
		return r
	}
	from, to := make([]byte, half), make([]byte, half)
	for k := range from {
		from[k], to[k] = byte(k), byte(k)
	}
	times := max(1, 4<<20/half)
	r := 2 * float64(half*times) / fastest(15, func() {
		for range times {
			copy(to, from)
		}
	})
	copyRates[half] = r
	return r
}

// fastest is the least seconds of n calls.
func fastest(n int, f func()) float64 {
	clock, best := wallSeconds, math.Inf(1)
	if processSeconds() > 0 {
		clock = processSeconds
	}
	for range n {
		at := clock()
		f()
		best = min(best, clock()-at)
	}
	return best
}

// limit is the seconds that a call takes at least on one core; 0 if nothing is known.
func (c benchCase) limit() float64 {
	seconds := 0.0
	if c.flops > 0 {
		peak := limits().flops
		if peak == 0 {
			return 0
		}
		seconds += c.flops / peak
	}
	if c.moved > 0 {
		seconds += c.moved / copyRate(c.space)
	}
	return seconds
}

// cpuName is the processor's name where the system tells.
var cpuName = sync.OnceValue(func() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, "\t: "))
		}
	}
	return runtime.GOARCH
})
