package event

import "fmt"

// rateWindow is the time over which MaxRate counts.
const rateWindow = 1000 // µs

// MaxRate lets pass as many events a second at most, counted in windows of 1 ms of event time; the rest of a window is
// taken out, as the rate controllers of cameras do.
func (s *Stream) MaxRate(perSecond float64) *Stream {
	limit := perSecond * rateWindow / 1e6
	if !(limit >= 1) {
		panic(fmt.Sprintf("event.Stream.MaxRate: %v events a second, want at least 1000, one in each millisecond", perSecond))
	}
	return s.add(&maxRate{limit: int(min(limit, 1<<40))})
}

type maxRate struct {
	limit, count int
	window       int64
}

func (m *maxRate) apply(events []Event, _ *Stats) []Event {
	n := 0
	for i := range events {
		if window := events[i].T / rateWindow; window != m.window {
			m.window, m.count = window, 0
		}
		if m.count++; m.count <= m.limit {
			events[n] = events[i]
			n++
		}
	}
	return events[:n]
}

func (m *maxRate) reset() { m.count = 0 }
