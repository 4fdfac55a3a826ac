package event

import "time"

// TimeSurface makes frames of how recent each pixel's latest event is: exp(-age/tau) at the end of the frame, 1 for now
// and 0 for never. Signed gives darker events a minus, TwoChannel a surface of their own. Surfaces go on from frame to
// frame. It needs the sensor's size.
//
// Source: X. Lagorce et al., "HOTS: a hierarchy of event-based time-surfaces", IEEE PAMI 39 (2017), equation 3.
func (s *Stream) TimeSurface(tau time.Duration) *Stream {
	s.mustSize("TimeSurface")
	return s.show(&timeSurface{fading: newFading(micros("event.Stream.TimeSurface", tau))})
}

type timeSurface struct {
	raster
	fading fading
	last   []int64
	minus  []bool // the latest event was darker, where that shows
}

func (v *timeSurface) shape(frame []int) []int { return frame }

func (v *timeSurface) reset(p raster) {
	v.raster = p
	v.last = newTimes(p.size(), 1).last
	v.minus = make([]bool, p.size())
}

func (v *timeSurface) add(_ []float32, events []Event, _, _ int64) {
	for k := range events {
		if i, ok := v.at(&events[k]); ok {
			v.last[i], v.minus[i] = events[k].T, v.signed && events[k].On == 0
		}
	}
}

func (v *timeSurface) finish(img []float32, end int64) {
	for i, t := range v.last {
		if t == never {
			continue
		}
		img[i] = v.fading.over(end - t)
		if v.minus[i] {
			img[i] = -img[i]
		}
	}
}
