package rt

import (
	"fmt"
	"math/bits"
	"time"
)

// Resolution of the histogram: values are kept to 7 bits, an error below 0.8 %.
const (
	mantissa = 7
	buckets  = (64 - mantissa + 1) << mantissa
)

// Histogram counts durations in buckets of constant relative width (high dynamic range), from 1 ns on, with an error
// below 0.8 %. Recording does not allocate. Negative durations count as 0. The zero value is ready; it is not for use
// by several goroutines at once.
type Histogram struct {
	counts [buckets]uint32
	n      uint64
	sum    time.Duration
	min    time.Duration
	max    time.Duration
}

func bucketOf(d time.Duration) int {
	v := uint64(d)
	if v < 1<<mantissa {
		return int(v)
	}
	shift := bits.Len64(v) - mantissa - 1
	return shift<<mantissa + int(v>>shift)
}

// valueOf is the middle of a bucket.
func valueOf(bucket int) time.Duration {
	if bucket < 2<<mantissa {
		return time.Duration(bucket)
	}
	shift := bucket>>mantissa - 1
	low := uint64(bucket-shift<<mantissa) << shift
	return time.Duration(low + 1<<shift/2)
}

// Record counts one duration.
func (h *Histogram) Record(d time.Duration) {
	d = max(d, 0)
	h.counts[bucketOf(d)]++
	if h.n == 0 || d < h.min {
		h.min = d
	}
	h.max = max(h.max, d)
	h.sum += d
	h.n++
}

// Add counts what another histogram has counted.
func (h *Histogram) Add(other *Histogram) {
	if other.n == 0 {
		return
	}
	for i, c := range other.counts {
		h.counts[i] += c
	}
	if h.n == 0 || other.min < h.min {
		h.min = other.min
	}
	h.max = max(h.max, other.max)
	h.sum += other.sum
	h.n += other.n
}

// Count is how many durations were recorded.
func (h *Histogram) Count() uint64 { return h.n }

// Min is the shortest duration, exactly; 0 without any.
func (h *Histogram) Min() time.Duration { return h.min }

// Max is the longest duration, exactly.
func (h *Histogram) Max() time.Duration { return h.max }

// Mean is the mean, exactly.
func (h *Histogram) Mean() time.Duration {
	if h.n == 0 {
		return 0
	}
	return h.sum / time.Duration(h.n)
}

// Quantile is the duration that a share q of all durations, 0 to 1, does not exceed; 0 without any.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.n == 0 {
		return 0
	}
	rank := uint64(q*float64(h.n) + 0.999999)
	var seen uint64
	for i, c := range h.counts {
		if seen += uint64(c); seen >= max(rank, 1) {
			return min(max(valueOf(i), h.min), h.max)
		}
	}
	return h.max
}

// Reset forgets everything.
func (h *Histogram) Reset() { *h = Histogram{} }

// String is the count and the usual quantiles.
func (h *Histogram) String() string {
	if h.n == 0 {
		return "none"
	}
	return fmt.Sprintf("n=%d p50=%v p99=%v p99.9=%v max=%v", h.n, round(h.Quantile(0.5)), round(h.Quantile(0.99)),
		round(h.Quantile(0.999)), round(h.max))
}

// round keeps three digits.
func round(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}
