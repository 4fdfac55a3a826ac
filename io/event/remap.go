package event

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// Remap moves each pixel's events to another pixel: to, of shape (height, width, 2), holds x and y, which are rounded.
// With the map of a calibrated lens, as cv2.initUndistortRectifyMap's inverse gives it, the image has no distortion.
// Events that leave the sensor are taken out.
func (s *Stream) Remap(to *tensor.Tensor) *Stream {
	w, h := s.mustSize("Remap")
	if shape := to.Shape(); len(shape) != 3 || shape[0] != h || shape[1] != w || shape[2] != 2 {
		panic(fmt.Sprintf("event.Stream.Remap: the map has shape %v, the sensor wants (%d, %d, 2)", shape, h, w))
	}
	r := &remap{w: w, h: h, to: make([]uint32, w*h)}
	v := to.Data()
	for i := range r.to {
		x, y := math.Round(float64(v[2*i])), math.Round(float64(v[2*i+1]))
		if x >= 0 && y >= 0 && x < float64(w) && y < float64(h) {
			r.to[i] = uint32(y)<<16 | uint32(x)
		} else {
			r.to[i] = nowhere
		}
	}
	return s.add(r)
}

// nowhere is for pixels that leave the sensor; no map has a target in the last corner of 65536x65536.
const nowhere = 1<<32 - 1

type remap struct {
	w, h int
	to   []uint32 // y<<16 | x, or nowhere
}

func (r *remap) apply(events []Event, stats *Stats) []Event {
	n := 0
	for i := range events {
		e := events[i]
		x, y := int(e.X), int(e.Y)
		if x >= r.w || y >= r.h {
			stats.OutOfRange++
			continue
		}
		if to := r.to[y*r.w+x]; to != nowhere {
			e.X, e.Y = uint16(to), uint16(to>>16)
			events[n] = e
			n++
		}
	}
	return events[:n]
}
