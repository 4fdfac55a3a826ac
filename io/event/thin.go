package event

import "fmt"

// Thin keeps one of n events, the first of each n.
func (s *Stream) Thin(n int) *Stream {
	if n < 1 {
		panic(fmt.Sprintf("event.Stream.Thin: one of %d, want at least 1", n))
	}
	return s.add(&thin{n: n})
}

type thin struct{ n, at int }

func (t *thin) apply(events []Event, _ *Stats) []Event {
	n, at := 0, t.at
	for i := range events {
		if at == 0 {
			events[n] = events[i]
			n++
			at = t.n
		}
		at--
	}
	t.at = at
	return events[:n]
}

func (t *thin) reset() { t.at = 0 }
