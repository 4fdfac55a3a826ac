package rt

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestQuantiles compares with sorting the durations.
func TestQuantiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var h Histogram
	var all []time.Duration
	for range 10000 {
		d := time.Duration(math.Exp(rng.Float64() * 25))
		h.Record(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, q := range []float64{0, 0.01, 0.5, 0.9, 0.99, 0.999, 1} {
		want := float64(all[max(0, int(math.Ceil(q*float64(len(all))))-1)])
		if got := float64(h.Quantile(q)); math.Abs(got-want) > 0.008*want+1 {
			t.Errorf("quantile %v: %v, want %v", q, got, want)
		}
	}
	if h.Min() != all[0] || h.Max() != all[len(all)-1] || h.Count() != uint64(len(all)) {
		t.Errorf("min %v, max %v, count %d", h.Min(), h.Max(), h.Count())
	}
}

// TestAdd: two halves together are the whole.
func TestAdd(t *testing.T) {
	var a, b, both Histogram
	for i := range 1000 {
		d := time.Duration(i*i) * time.Microsecond
		both.Record(d)
		if i%3 == 0 {
			a.Record(d)
		} else {
			b.Record(d)
		}
	}
	var sum Histogram
	sum.Add(&b)
	sum.Add(&a)
	sum.Add(new(Histogram))
	if sum != both {
		t.Errorf("%v, want %v", &sum, &both)
	}
	one, two := Report{Ticks: 3, late: &a, step: &b, latency: new(Histogram)}, Report{Ticks: 4, MissedWake: 1, late: &b, step: &a, latency: new(Histogram)}
	if r := one.Plus(two); r.Ticks != 7 || r.MissedWake != 1 || *r.late != both || *r.step != both || r.Late.Max != both.Max() {
		t.Errorf("%v", r)
	}
	if a == both {
		t.Error("Plus changed its receiver")
	}
}

func TestBuckets(t *testing.T) {
	last := -1
	for _, d := range []time.Duration{0, 1, 127, 128, 255, 256, 257, 258, 511, 512, 1e3, 1e6, 1e9, math.MaxInt64} {
		b := bucketOf(d)
		if b < last || b >= buckets {
			t.Errorf("bucket of %d is %d, after %d, of %d", d, b, last, buckets)
		}
		last = b
		if v := valueOf(b); math.Abs(float64(v-d)) > 0.008*float64(d) {
			t.Errorf("%d is kept as %d", d, v)
		}
	}
}

func TestRecordDoesNotAllocate(t *testing.T) {
	h := new(Histogram)
	if n := testing.AllocsPerRun(100, func() { h.Record(12345) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
