package snn

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
)

// Normalizer makes probabilities of numbers along an axis. It is made by Softmax and LogSoftmax and has no state.
type Normalizer struct {
	axis int
	log  bool
}

// Softmax is eˣ/Σeˣ along an axis, which counts from the end when negative.
func Softmax(axis int) *Normalizer { return &Normalizer{axis: axis} }

// LogSoftmax is x − log Σeˣ along an axis, which counts from the end when negative.
func LogSoftmax(axis int) *Normalizer { return &Normalizer{axis: axis, log: true} }

// Forward normalises x. It returns s as it came. It panics if x has no such axis.
func (n *Normalizer) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(n, x)
	if r := x.Dim(); n.axis < -r || n.axis >= r {
		panicf("%s: input has shape %v", n.label(), x.Shape())
	}
	axis := n.axis
	if axis < 0 {
		axis += x.Dim()
	}
	if n.log {
		return x.LogSoftmax(axis), s
	}
	return x.Softmax(axis), s
}

// OutputShape is the shape of the output, that of the input.
func (n *Normalizer) OutputShape(in ...int) []int { return in }

func (n *Normalizer) outputShape(in []int) []int { return in }

func (n *Normalizer) apply(dst, x []float32, in []int, s *State) *State {
	y, _ := n.Forward(wrap(x, in), nil)
	copy(dst, y.Data())
	return s
}

func (n *Normalizer) label() string {
	if n.log {
		return fmt.Sprintf("LogSoftmax(%d)", n.axis)
	}
	return fmt.Sprintf("Softmax(%d)", n.axis)
}

// String is PyTorch's text: Softmax(dim=1).
func (n *Normalizer) String() string {
	if n.log {
		return fmt.Sprintf("LogSoftmax(dim=%d)", n.axis)
	}
	return fmt.Sprintf("Softmax(dim=%d)", n.axis)
}
