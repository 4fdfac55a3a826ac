package plot

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	gonum "gonum.org/v1/plot"
)

// Latency draws histograms of durations, such as those from an event to the answer, one for each list. Both axes are
// logarithmic, since what matters is rare: the slowest in a thousand. Bins are as wide as a factor of 10^(1/10). Beside
// it stand, for each list, the median (p50), p99, p99.9 and the maximum; a percentile is the smallest duration that so
// many of all do not exceed. Durations of zero and below are counted with those of a nanosecond. Names tells several
// lists apart. It panics without a list and for an empty one.
func Latency(lists ...[]time.Duration) *Figure {
	if len(lists) == 0 {
		panic("plot.Latency: no durations")
	}
	var all curves
	var texts []string
	lo, hi, most := math.Inf(1), 0.0, 1.0
	for i, list := range lists {
		if len(list) == 0 {
			panic(fmt.Sprintf("plot.Latency: list %d is empty", i))
		}
		sorted := slices.Sorted(slices.Values(list))
		one := logBinned(sorted)
		lo, hi = min(lo, one.x[0]), max(hi, one.x[len(one.x)-1])
		for k, v := range one.y {
			most = max(most, v)
			if v == 0 {
				one.y[k] = 0.5 // below the axis, which has no zero
			}
		}
		if len(lists) > 1 {
			one.name = letter(i)
		}
		at := func(q float64) time.Duration {
			return sorted[max(0, min(int(math.Ceil(q*float64(len(sorted)))), len(sorted))-1)]
		}
		one.remarks = []string{
			fmt.Sprintf("n = %d", len(list)), "p50 " + short(at(0.5)), "p99 " + short(at(0.99)),
			"p99.9 " + short(at(0.999)), "max " + short(sorted[len(sorted)-1]),
		}
		texts = append(texts, fmt.Sprintf("%d: p50 %s, p99 %s, p99.9 %s, max %s", len(list), short(at(0.5)), short(at(0.99)),
			short(at(0.999)), short(sorted[len(sorted)-1])))
		all = append(all, one)
	}
	all.color()
	p := axes(curveWidth, curveHeight, "duration", "count")
	f := all.figure(p, "Latency: "+strings.Join(texts, "; "))
	p.X.Scale, p.X.Tick.Marker = gonum.LogScale{}, logTicks{n: marksFor(p.target.w, 64), label: func(v float64) string {
		return short(time.Duration(math.Round(v)))
	}}
	p.Y.Scale, p.Y.Tick.Marker = gonum.LogScale{}, logTicks{n: marksFor(p.target.h, 28)}
	if more := math.Sqrt(10 * lo / hi); more > 1 { // at least a decade
		lo, hi = lo/more, hi*more
	}
	p.X.Min, p.X.Max = lo, hi
	p.Y.Min, p.Y.Max = 0.7, 1.5*most
	return f
}

// logBinned counts sorted durations in bins of a tenth of a decade, in nanoseconds.
func logBinned(sorted []time.Duration) *curve {
	const perDecade = 10
	bin := func(d time.Duration) int {
		return int(math.Floor(math.Log10(float64(max(d, 1)))*perDecade + 1e-9))
	}
	first, last := bin(sorted[0]), bin(sorted[len(sorted)-1])
	one := &curve{y: make([]float64, last-first+1), steps: true, filled: true}
	for i := range len(one.y) + 1 {
		one.x = append(one.x, math.Pow(10, float64(first+i)/perDecade))
	}
	for _, d := range sorted {
		one.y[bin(d)-first]++
	}
	return one
}

// short writes a duration with three digits.
func short(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "µs"}} {
		if d >= u.unit {
			return fmt.Sprintf("%.3g %s", float64(d)/float64(u.unit), u.name)
		}
	}
	return fmt.Sprintf("%d ns", d)
}
