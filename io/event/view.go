package event

import (
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// A view is another way than counting to show the events of a slice as a tensor. Each has a file, with the method of
// Stream that chooses it; Read, ReadInto, Frames and FrameInto then give such tensors.
type view interface {
	shape(frame []int) []int // from that of a count
	reset(p raster)          // before the first event, and when the sensor's size changes

	// add takes events of the slice from..to, in µs; finish, once a slice, completes the tensor at its end.
	add(img []float32, events []Event, from, to int64)
	finish(img []float32, end int64)
}

// raster is where the pixels are in a frame: that of (x, y) at x*dx + y*dy, in channel On if there are two.
type raster struct {
	w, h, dx, dy int
	two, signed  bool
}

func (s *Stream) raster() raster {
	p := raster{w: s.info.Width, h: s.info.Height, dx: 1, dy: s.info.Width, two: s.o.twoChannel, signed: s.o.signed}
	if s.o.xy {
		p.dx, p.dy = s.info.Height, 1
	}
	return p
}

func (p raster) size() int {
	if p.two {
		return 2 * p.w * p.h
	}
	return p.w * p.h
}

// at is the place of an event, false when it is outside.
func (p raster) at(e *Event) (int, bool) {
	x, y := int(e.X), int(e.Y)
	if x >= p.w || y >= p.h {
		return 0, false
	}
	i := x*p.dx + y*p.dy
	if p.two {
		i += int(e.On) * p.w * p.h
	}
	return i, true
}

// sign is what an event adds.
func (p raster) sign(e *Event) float32 {
	if p.signed && e.On == 0 {
		return -1
	}
	return 1
}

// show makes frames of another kind.
func (s *Stream) show(v view) *Stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.view = v
	s.shape = s.frameShape()
	v.reset(s.raster())
	return s
}

// finish completes a frame.
func (s *Stream) finish(dst *tensor.Tensor) {
	if s.view != nil {
		s.view.finish(dst.Data(), s.clock.end)
	}
}

// fading is exp(-t/tau) for whole microseconds, from two tables: t is split into high and low bits, whose factors are
// multiplied in float64, so that the float32 product is as good as that of math.Exp.
type fading struct {
	shift     uint
	low, high []float64
}

// fadingEnd is beyond which exp(-x) is 0 as a float32.
const fadingEnd = 104

func newFading(tau int64) fading {
	end := int64(math.Min(float64(tau)*fadingEnd, 1<<44))
	f := fading{}
	for int64(1)<<(2*f.shift) < end {
		f.shift++
	}
	f.low = make([]float64, 1<<f.shift)
	for i := range f.low {
		f.low[i] = math.Exp(-float64(i) / float64(tau))
	}
	f.high = make([]float64, end>>f.shift+1)
	for i := range f.high {
		f.high[i] = math.Exp(-float64(int64(i)<<f.shift) / float64(tau))
	}
	return f
}

// over is the factor of t µs; a t below 0, of an event that came late, counts as 0.
func (f *fading) over(t int64) float32 {
	if t <= 0 {
		return 1
	}
	i := t >> f.shift
	if i >= int64(len(f.high)) {
		return 0
	}
	return float32(f.high[i] * f.low[t&(int64(len(f.low))-1)])
}
