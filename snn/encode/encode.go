// Package encode turns numbers into spikes and spikes into numbers: current, rate, latency, population and change
// encoders, decoders, an exponential filter, spiking logic gates and receptive fields.
//
//	spikes := encode.PoissonEncode(image, 100, encode.FMax(200))
//	first := encode.SpikeLatencyEncode(spikes)
//
// Functions named …Encode work on whole tensors; a sequence has time as its first axis. Constructors named …Encoder
// give the same as a module for snn.Sequential. Time steps are in s, rates in Hz, time constants as inverses in 1/s.
// Names, defaults and numbers are Norse's; what differs is said where it does.
//
// Gradients pass through everything that has a derivative, as in Norse, and through thresholds by their surrogate; the
// random and the change encoders, which have none, panic rather than lose a gradient.
//
// Random encoders draw from the generator of package tensor (tensor.Seed), unless Seed or Uniforms is given.
package encode

import (
	"fmt"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// FMax is the rate in Hz that an input of 1 is encoded as; 100 for whole sequences, 1000 for single steps, as in Norse.
func FMax(v float64) snn.Option { return snn.NewOption("f_max", v) }

// Seed makes an encoder of whole sequences draw from a generator of its own, so that every call on the same input gives
// the same spikes.
func Seed(n int) snn.Option { return snn.NewOption("seed", n) }

// Uniforms gives a random encoder its numbers in [0, 1), of the shape of its output.
func Uniforms(t *tensor.Tensor) snn.Option { return snn.NewOption("uniforms", t) }

// Encoder is an encoding as a module. It keeps nothing between calls and returns the state that it is given.
type Encoder struct {
	text   string
	encode func(x *tensor.Tensor) *tensor.Tensor
}

// Forward encodes x.
func (e *Encoder) Forward(x *tensor.Tensor, s *snn.State) (*tensor.Tensor, *snn.State) {
	needInput(e, x)
	return e.encode(x), s
}

// String names the encoder and its main parameter.
func (e *Encoder) String() string { return e.text }

// sequence is an encoder over seqLength steps.
func sequence(name string, seqLength int, encode func(x *tensor.Tensor) *tensor.Tensor) *Encoder {
	positive(name, seqLength)
	return &Encoder{text: fmt.Sprintf("%s(seq_length=%d)", name, seqLength), encode: encode}
}

// positive panics unless a sequence has at least one step.
func positive(name string, seqLength int) {
	if seqLength < 1 {
		panic(fmt.Sprintf("encode.%s: a sequence of %d steps; it starts at 1", name, seqLength))
	}
}

// over puts a time axis of n steps in front of a shape.
func over(n int, shape []int) []int { return append([]int{n}, shape...) }

// size is the number of elements of a shape.
func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// steps is the length of a sequence and the number of elements of one step; it panics without a time axis.
func steps(name string, x *tensor.Tensor) (n, each int) {
	shape := x.Shape()
	if len(shape) == 0 {
		panic(fmt.Sprintf("encode.%s: a single value has no time axis", name))
	}
	return shape[0], size(shape[1:])
}
