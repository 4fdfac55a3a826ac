package event

// FlipX mirrors left and right. It needs the sensor's size, as the others here do.
func (s *Stream) FlipX() *Stream {
	w, h := s.mustSize("FlipX")
	return s.add(&placing{w: w, h: h, xx: -1, x0: w - 1, yy: 1})
}

// FlipY mirrors up and down, which turns a recording with its origin at the lower left upright.
func (s *Stream) FlipY() *Stream {
	w, h := s.mustSize("FlipY")
	s.info.LowerLeft = !s.info.LowerLeft
	return s.add(&placing{w: w, h: h, xx: 1, yy: -1, y0: h - 1})
}

// Transpose exchanges columns and rows.
func (s *Stream) Transpose() *Stream {
	w, h := s.mustSize("Transpose")
	s.add(&placing{w: w, h: h, xy: 1, yx: 1})
	s.resize(h, w)
	return s
}

// Rotate turns the image clockwise by quarters of a circle, as it is seen with row 0 on top; negative ones turn it back.
func (s *Stream) Rotate(quarters int) *Stream {
	w, h := s.mustSize("Rotate")
	switch quarters & 3 {
	case 1:
		s.add(&placing{w: w, h: h, xy: -1, x0: h - 1, yx: 1})
		s.resize(h, w)
	case 2:
		s.add(&placing{w: w, h: h, xx: -1, x0: w - 1, yy: -1, y0: h - 1})
	case 3:
		s.add(&placing{w: w, h: h, xy: 1, yx: -1, y0: w - 1})
		s.resize(h, w)
	}
	return s
}

// placing moves (x, y) of a sensor of w by h pixels to (xx*x + xy*y + x0, yx*x + yy*y + y0).
type placing struct {
	w, h       int
	xx, xy, x0 int
	yx, yy, y0 int
}

func (t *placing) apply(events []Event, stats *Stats) []Event {
	n := 0
	for i := range events {
		e := events[i]
		x, y := int(e.X), int(e.Y)
		if x >= t.w || y >= t.h {
			stats.OutOfRange++
			continue
		}
		e.X, e.Y = uint16(t.xx*x+t.xy*y+t.x0), uint16(t.yx*x+t.yy*y+t.y0)
		events[n] = e
		n++
	}
	return events[:n]
}
