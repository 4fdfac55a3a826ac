package event

import "fmt"

// Polarity keeps the events that are brighter, with 1, or darker, with 0. It changes the stream and returns it, as all
// filters do: camera.Polarity(1).Denoise(5*time.Millisecond).
func (s *Stream) Polarity(on int) *Stream {
	if on != 0 && on != 1 {
		panic(fmt.Sprintf("event.Stream.Polarity: %d, want 1 for brighter or 0 for darker", on))
	}
	return s.add(polarity(on))
}

type polarity uint8

func (p polarity) apply(events []Event, _ *Stats) []Event {
	n := 0
	for i := range events {
		events[n] = events[i]
		n += int(events[i].On ^ uint8(p) ^ 1)
	}
	return events[:n]
}
