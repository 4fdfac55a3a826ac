package event

import "fmt"

// Downsample joins squares of n by n pixels to one. Every event stays; those of what is left at the right and lower
// sides go into pixels of their own.
func (s *Stream) Downsample(n int) *Stream {
	if n < 1 || n > 1<<15 {
		panic(fmt.Sprintf("event.Stream.Downsample: %d, want 1 to 32768 pixels on a side", n))
	}
	s.add(&downsample{uint16(n)})
	if w, h := s.info.Width, s.info.Height; w > 0 {
		s.resize((w+n-1)/n, (h+n-1)/n)
	}
	return s
}

type downsample struct{ n uint16 }

func (d *downsample) apply(events []Event, _ *Stats) []Event {
	for i := range events {
		events[i].X /= d.n
		events[i].Y /= d.n
	}
	return events
}
