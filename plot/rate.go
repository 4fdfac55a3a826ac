package plot

import (
	"fmt"
	"math"
	"time"

	"github.com/livespike/livespike/io/event"
)

// EventRate draws how many events come in a second, over time: all of them, those of brighter and those of darker
// pixels, each counted in bins of event time that begin with the first event. The last bin may be lower, as it ends with
// the recording. It panics without an event, unless the bin is at least a microsecond, and for more than a million
// bins.
func EventRate(events []event.Event, bin time.Duration) *Figure {
	first, last := span("plot.EventRate", events)
	width := bin.Microseconds()
	if width < 1 {
		panic(fmt.Sprintf("plot.EventRate: bins of %v, expected at least 1µs", bin))
	}
	n := (last-first)/width + 1
	if n > 1e6 {
		panic(fmt.Sprintf("plot.EventRate: %d bins of %v, at most a million", n, bin))
	}
	var all [3]curve
	unit, name := timeUnit(last - first)
	edges := make([]float64, n+1)
	for i := range edges {
		edges[i] = float64(first+int64(i)*width) / unit
	}
	for i := range all {
		all[i] = curve{x: edges, y: make([]float64, n), steps: true}
	}
	for _, e := range events {
		i := (e.T - first) / width
		all[0].y[i]++
		all[2-e.On&1].y[i]++
	}
	peak := 0.0
	for i := range n {
		for k := range all {
			all[k].y[i] /= bin.Seconds()
		}
		peak = max(peak, all[0].y[i])
	}
	scale, per := rateUnit(peak)
	for k := range all {
		for i := range all[k].y {
			all[k].y[i] /= scale
		}
	}
	cs := curves{&all[0], &all[1], &all[2]}
	cs.named([]string{"all", "brighter", "darker"})
	for i, c := range []int{6, 1, 0} { // orange and blue, as in Cloud
		cs[i].entry.color = lineColors[c]
	}
	p := axes(traceWidth, traceHeight, "time ("+name+")", per)
	mean := float64(len(events)) / (float64(last-first+1) / 1e6)
	f := cs.figure(p, fmt.Sprintf("EventRate: %d events in %v, %s/s, at most %s/s", len(events),
		time.Duration(last-first)*time.Microsecond, number(mean), number(peak)))
	p.X.Min, p.X.Max = edges[0], edges[n]
	p.Y.Min, p.Y.Max = 0, 1.05*peak/scale
	return f
}

// span is the time of the earliest and of the latest event.
func span(caller string, events []event.Event) (first, last int64) {
	if len(events) == 0 {
		panic(caller + ": no events")
	}
	first, last = math.MaxInt64, math.MinInt64
	for _, e := range events {
		first, last = min(first, e.T), max(last, e.T)
	}
	return first, last
}

// timeUnit is the unit that suits a span of microseconds, in microseconds.
func timeUnit(span int64) (unit float64, name string) {
	switch {
	case span >= 2e6:
		return 1e6, "s"
	case span >= 2e3:
		return 1e3, "ms"
	}
	return 1, "µs"
}

func rateUnit(peak float64) (scale float64, name string) {
	switch {
	case peak >= 2e6:
		return 1e6, "million events/s"
	case peak >= 2e3:
		return 1e3, "thousand events/s"
	}
	return 1, "events/s"
}
