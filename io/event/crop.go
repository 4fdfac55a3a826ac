package event

import "fmt"

// Crop keeps the events of a rectangle and counts its corner as (0, 0); frames have the rectangle's size.
func (s *Stream) Crop(x, y, width, height int) *Stream {
	w, h := s.info.Width, s.info.Height
	if w == 0 {
		w, h = 1<<16, 1<<16
	}
	if x < 0 || y < 0 || width < 1 || height < 1 || x+width > w || y+height > h {
		panic(fmt.Sprintf("event.Stream.Crop: %dx%d at (%d, %d) is not inside %dx%d", width, height, x, y, w, h))
	}
	s.add(&crop{x, y, width, height})
	s.resize(width, height)
	return s
}

type crop struct{ x, y, w, h int }

func (c *crop) apply(events []Event, _ *Stats) []Event {
	n := 0
	for i := range events {
		e := events[i]
		x, y := int(e.X)-c.x, int(e.Y)-c.y
		if uint(x) < uint(c.w) && uint(y) < uint(c.h) {
			e.X, e.Y = uint16(x), uint16(y)
			events[n] = e
			n++
		}
	}
	return events[:n]
}
