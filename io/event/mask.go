package event

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
)

// Mask keeps the events of the pixels where m, of shape (height, width), is not zero.
func (s *Stream) Mask(m *tensor.Tensor) *Stream {
	shape := m.Shape()
	if w, h := s.info.Width, s.info.Height; len(shape) != 2 || w > 0 && (shape[0] != h || shape[1] != w) {
		panic(fmt.Sprintf("event.Stream.Mask: the mask has shape %v, the sensor has (%d, %d)", shape, h, w))
	}
	keep := make([]bool, shape[0]*shape[1])
	for i, v := range m.Data() {
		keep[i] = v != 0
	}
	return s.add(&mask{shape[1], shape[0], keep})
}

type mask struct {
	w, h int
	keep []bool
}

func (m *mask) apply(events []Event, stats *Stats) []Event {
	n := 0
	for i := range events {
		x, y := int(events[i].X), int(events[i].Y)
		if x >= m.w || y >= m.h {
			stats.OutOfRange++
		} else if m.keep[y*m.w+x] {
			events[n] = events[i]
			n++
		}
	}
	return events[:n]
}
