package snn

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
)

// Flat is a module that joins axes, made by Flatten.
type Flat struct {
	start, end int
	memo       shapeMemo
}

// Flatten joins the axes from start to the last one into one; with a second number, to that one. Both count from 0;
// negative ones count from the end. Without arguments start is 1, as in PyTorch.
//
// It acts on the whole tensor: on a video (time, batch, channels, height, width), Flatten(1) joins the batch too.
func Flatten(axes ...int) *Flat {
	f := &Flat{start: 1, end: -1}
	switch len(axes) {
	case 0:
	case 1:
		f.start = axes[0]
	case 2:
		f.start, f.end = axes[0], axes[1]
	default:
		panicf("snn.Flatten: start and end, not %d numbers", len(axes))
	}
	return f
}

// Forward is x with the axes joined; it shares x's memory. It returns s as it came.
func (f *Flat) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(f, x)
	return x.Reshape(f.outputShape(x.Shape())...), s
}

// ForwardInto copies x into dst, which has the joined shape.
func (f *Flat) ForwardInto(dst, x *tensor.Tensor, s *State) *State {
	return forwardInto(f, dst, x, s)
}

// OutputShape is the shape of the output for an input of that shape.
func (f *Flat) OutputShape(in ...int) []int { return append([]int(nil), f.outputShape(in)...) }

func (f *Flat) outputShape(in []int) []int {
	if out := f.memo.find(in); out != nil {
		return out
	}
	if len(in) == 0 {
		return []int{1}
	}
	start, end := f.start, f.end
	if start < 0 {
		start += len(in)
	}
	if end < 0 {
		end += len(in)
	}
	if start < 0 || end >= len(in) || start > end {
		panicf("%s: input has shape %v", f.label(), in)
	}
	out := append(append([]int(nil), in[:start]...), size(in[start:end+1]))
	return f.memo.keep(in, append(out, in[end+1:]...))
}

func (f *Flat) apply(dst, x []float32, _ []int, s *State) *State {
	copy(dst, x)
	return s
}

func (f *Flat) label() string { return fmt.Sprintf("Flatten(%d, %d)", f.start, f.end) }

// String is PyTorch's text: Flatten(start_dim=1, end_dim=-1).
func (f *Flat) String() string {
	return fmt.Sprintf("Flatten(start_dim=%d, end_dim=%d)", f.start, f.end)
}
