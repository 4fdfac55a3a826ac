package event

// Binary makes frames of 0 and 1: whether a pixel had an event. With Signed, -1 is a pixel whose latest event was darker;
// TwoChannel tells the polarities apart. It needs the sensor's size.
func (s *Stream) Binary() *Stream {
	s.mustSize("Binary")
	return s.show(&presence{})
}

type presence struct{ raster }

func (v *presence) shape(frame []int) []int { return frame }

func (v *presence) reset(p raster) { v.raster = p }

func (v *presence) add(img []float32, events []Event, _, _ int64) {
	for k := range events {
		if i, ok := v.at(&events[k]); ok {
			img[i] = v.sign(&events[k])
		}
	}
}

func (v *presence) finish([]float32, int64) {}
