package event

import "time"

// Decay makes frames that fade instead of beginning anew: each event adds 1 to its pixel, which sinks as exp(-t/tau). The
// frame shows the values at its end. Signed makes darker events add -1, TwoChannel gives them a channel of their own.
// It needs the sensor's size.
func (s *Stream) Decay(tau time.Duration) *Stream {
	s.mustSize("Decay")
	return s.show(&decay{fading: newFading(micros("event.Stream.Decay", tau))})
}

type decay struct {
	raster
	fading fading
	value  []float32
	last   []int64 // when the value was right
}

func (v *decay) shape(frame []int) []int { return frame }

func (v *decay) reset(p raster) {
	v.raster = p
	v.value = make([]float32, p.size())
	v.last = make([]int64, p.size())
}

func (v *decay) add(_ []float32, events []Event, _, _ int64) {
	for k := range events {
		e := &events[k]
		i, ok := v.at(e)
		if !ok {
			continue
		}
		if v.value[i] != 0 {
			v.value[i] *= v.fading.over(e.T - v.last[i])
		}
		v.value[i] += v.sign(e)
		v.last[i] = e.T
	}
}

func (v *decay) finish(img []float32, end int64) {
	for i, value := range v.value {
		if value != 0 {
			img[i] = value * v.fading.over(end-v.last[i])
		}
	}
}
