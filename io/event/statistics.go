package event

import (
	"math/bits"
	"time"

	"github.com/livespike/livespike/snn/tensor"
)

// Total is one frame of all the events that are left, shaped as those of Read: the activity of each pixel.
func (s *Stream) Total() *tensor.Tensor {
	dst := tensor.Zeros(s.mustShape("Total")...)
	s.mustRun("Total")
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		events, err := s.next()
		if err != nil {
			s.finish(dst)
			s.raise()
			return dst
		}
		from := s.clock.end
		if !s.clock.started {
			from = events[0].T
			s.clock.started = true
		}
		s.clock.end = max(from, events[len(events)-1].T+1)
		s.accumulate(dst, events, from, s.clock.end)
	}
}

// Rates is the rate of the events that are left, in events a second, in steps of dt: a tensor of one value a step.
func (s *Stream) Rates(dt time.Duration) *tensor.Tensor {
	var rates []float32
	for events := range s.Slices(dt) {
		rates = append(rates, float32(float64(len(events))/dt.Seconds()))
	}
	return tensor.FromSlice(rates, len(rates))
}

// Intervals counts the times between two events of the same pixel, of the events that are left, in octaves: element i
// is how many were at least 2^i and less than 2^(i+1) µs, and element 0 holds those of 0 µs, too. Its length is 40. It
// needs the sensor's size.
func (s *Stream) Intervals() *tensor.Tensor {
	w, h := s.mustSize("Intervals")
	s.mustRun("Intervals")
	last := newTimes(w, h).last
	var counts [40]int64
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		events, err := s.next()
		if err != nil {
			s.raise()
			break
		}
		for i := range events {
			e := &events[i]
			x, y := int(e.X), int(e.Y)
			if x >= w || y >= h {
				continue
			}
			before := &last[y*w+x]
			if *before != never && e.T >= *before {
				octave := max(0, bits.Len64(uint64(e.T-*before))-1)
				counts[min(octave, len(counts)-1)]++
			}
			*before = e.T
		}
	}
	out := tensor.Zeros(len(counts))
	for i, n := range counts {
		out.Data()[i] = float32(n)
	}
	return out
}

// Columns is the times of events in seconds from the first one, as the nearest float32, and their x, y and polarity, as a
// tensor of shape (4, events).
func Columns(events []Event) *tensor.Tensor {
	n := len(events)
	out := tensor.Zeros(4, n)
	data := out.Data()
	for i := range events {
		e := &events[i]
		data[i] = float32(float64(e.T-events[0].T) / 1e6)
		data[n+i], data[2*n+i], data[3*n+i] = float32(e.X), float32(e.Y), float32(e.On)
	}
	return out
}

// Rate is how many events a second there are between the first and the last of a batch; 0 for fewer than two.
func Rate(events []Event) float64 {
	if len(events) < 2 {
		return 0
	}
	span := events[len(events)-1].T - events[0].T
	if span <= 0 {
		return 0
	}
	return float64(len(events)-1) / Time(span).Seconds()
}
