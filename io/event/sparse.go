package event

import (
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"time"

	"github.com/livespike/livespike/snn/tensor"
)

// ReadSparse is Read as a list of the elements that are not zero, by row and column, for snn.ForwardSparse: what it costs
// follows the events and not the pixels.
func (s *Stream) ReadSparse() *tensor.Sparse {
	dst := tensor.NewSparse(nil, nil, s.mustShape("ReadSparse")...)
	s.mustRun("ReadSparse")
	s.readSparse(dst)
	return dst
}

// ReadSparseInto is ReadSparse into a tensor of FrameShape, which it overwrites. In steady state it does not allocate.
func (s *Stream) ReadSparseInto(dst *tensor.Sparse) {
	s.mustRun("ReadSparseInto")
	s.mustFitSparse("ReadSparseInto", dst)
	s.readSparse(dst)
}

// SparseFrames is Frames with lists of the elements that are not zero. Each is new and may be kept.
func (s *Stream) SparseFrames(dt time.Duration) iter.Seq[*tensor.Sparse] {
	mustDuration("event.Stream.SparseFrames", dt)
	return func(yield func(*tensor.Sparse) bool) {
		s.mustRun("SparseFrames")
		for {
			dst := tensor.NewSparse(nil, nil, s.mustShape("SparseFrames")...)
			if !s.SparseFrameInto(dst, dt) || !yield(dst) {
				return
			}
		}
	}
}

// SparseFrameInto overwrites dst, of FrameShape, with the next list of SparseFrames, and reports false at the end. In
// steady state it does not allocate.
func (s *Stream) SparseFrameInto(dst *tensor.Sparse, dt time.Duration) bool {
	mustDuration("event.Stream.SparseFrameInto", dt)
	s.mustFitSparse("SparseFrameInto", dst)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.list(dst)
	more := s.slice(s.touch(), dt)
	if !more {
		s.raise()
	}
	return more
}

func (s *Stream) readSparse(dst *tensor.Sparse) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.list(dst)
	s.newest(s.touch())
}

// touched is a frame of zeros, and which of its elements the events of a slice have come to. It is used with the stream's
// mutex held.
type touched struct {
	frame *tensor.Tensor
	bits  []uint64
	on    bool
}

// touch begins a list: it is the frame to accumulate in.
func (s *Stream) touch() *tensor.Tensor {
	t := &s.touched
	if shape := s.mustShape("ReadSparse"); t.frame == nil || !slices.Equal(t.frame.Shape(), shape) {
		t.frame = tensor.Zeros(shape...)
		t.bits = make([]uint64, (t.frame.Numel()+63)/64)
	}
	t.on = true
	return t.frame
}

// mark notes where events have come to.
func (t *touched) mark(events []Event, p raster) {
	w, h, dx, dy, channel, seen := p.w, p.h, p.dx, p.dy, 0, t.bits
	if p.two {
		channel = w * h
	}
	for i := range events {
		x, y := int(events[i].X), int(events[i].Y)
		if x < w && y < h {
			at := uint(x*dx + y*dy + int(events[i].On)*channel)
			seen[at/64] |= 1 << (at % 64)
		}
	}
}

// list ends a list: it moves what is not zero from the frame to dst.
func (s *Stream) list(dst *tensor.Sparse) {
	t := &s.touched
	t.on = false
	if s.view != nil { // it writes where no event has come to
		all := t.frame.ToSparse()
		clear(t.frame.Data())
		dst.Refill(all.Index(), all.Values())
		return
	}
	img, index, values := t.frame.Data(), dst.Index()[:0], dst.Values()[:0]
	for k, word := range t.bits {
		for ; word != 0; word &= word - 1 {
			at := 64*k + bits.TrailingZeros64(word)
			if img[at] != 0 {
				index, values = append(index, int32(at)), append(values, img[at])
				img[at] = 0
			}
		}
		t.bits[k] = 0
	}
	dst.Refill(index, values)
}

func (s *Stream) mustFitSparse(method string, dst *tensor.Sparse) {
	if shape := s.mustShape(method); dst == nil || !slices.Equal(dst.Shape(), shape) {
		panic(fmt.Sprintf("event.Stream.%s: frames have shape %v, the tensor is %v", method, shape, dst))
	}
}
