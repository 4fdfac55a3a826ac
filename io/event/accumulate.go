package event

import (
	"unsafe"

	"github.com/livespike/livespike/snn/tensor"
)

// accumulate adds events to an image of FrameShape. Events outside it have been counted by the inspector.
func (s *Stream) accumulate(dst *tensor.Tensor, events []Event, from, to int64) {
	if !dst.Device().IsCPU() {
		s.send(dst, events)
		return
	}
	w, h := s.info.Width, s.info.Height
	img := dst.Data()
	switch {
	case s.view != nil:
		s.view.add(img, events, from, to)
	case s.o.xy && s.o.twoChannel:
		accumulateTwo(img, events, w, h, h, 1)
	case s.o.twoChannel:
		accumulateTwo(img, events, w, h, 1, w)
	case s.o.signed && s.o.xy:
		accumulateSigned(img, events, w, h, h, 1)
	case s.o.signed:
		accumulateSigned(img, events, w, h, 1, w)
	case s.o.xy:
		accumulateCount(img, events, w, h, h, 1)
	case s.look.inside:
		accumulateInside(img[:w*h], events, w)
	default:
		accumulateCount(img, events, w, h, 1, w)
	}
	if s.touched.on && s.view == nil {
		s.touched.mark(events, s.raster())
	}
}

// send adds events to an image on a GPU, where they are counted.
func (s *Stream) send(dst *tensor.Tensor, events []Event) {
	p := s.raster()
	places := s.places[:0]
	for i := range events {
		at, inside := p.at(&events[i])
		if !inside {
			continue
		}
		place := uint32(at)
		if p.sign(&events[i]) < 0 {
			place |= 1 << 31 // counts −1
		}
		places = append(places, place)
	}
	s.places = places
	dst.CountInPlace(places)
}

// The element of pixel (x, y) is at x*dx + y*dy.

func accumulateCount(img []float32, events []Event, w, h, dx, dy int) {
	img = img[:w*h]
	for i := range events {
		x, y := int(events[i].X), int(events[i].Y)
		if x < w && y < h {
			img[x*dx+y*dy]++
		}
	}
}

// accumulateInside is for events that the inspector has found inside.
func accumulateInside(img []float32, events []Event, w int) {
	base := unsafe.Pointer(unsafe.SliceData(img))
	for i := range events {
		xy := *(*uint32)(unsafe.Pointer(&events[i].X))
		*(*float32)(unsafe.Add(base, 4*(int(xy>>16)*w+int(xy&0xffff))))++
	}
}

func accumulateSigned(img []float32, events []Event, w, h, dx, dy int) {
	img = img[:w*h]
	for i := range events {
		x, y := int(events[i].X), int(events[i].Y)
		if x < w && y < h {
			img[x*dx+y*dy] += float32(2*int(events[i].On) - 1)
		}
	}
}

func accumulateTwo(img []float32, events []Event, w, h, dx, dy int) {
	img = img[:2*w*h]
	for i := range events {
		x, y := int(events[i].X), int(events[i].Y)
		if x < w && y < h {
			img[int(events[i].On)*w*h+x*dx+y*dy]++
		}
	}
}
