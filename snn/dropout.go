package snn

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
)

// Drop sets elements to zero by chance while a model is trained. It is made by Dropout.
type Drop struct {
	mode
	p float64
}

// Dropout sets each element to 0 with probability p, ½ unless given, and multiplies the others by 1/(1 − p). It works in
// training mode only; after Eval it passes everything. The chances come from the generator that tensor.Seed sets.
//
// Source: Srivastava et al., JMLR 2014.
func Dropout(p ...float64) *Drop {
	d := &Drop{p: 0.5}
	if len(p) > 0 {
		d.p = p[0]
	}
	if len(p) > 1 || !(d.p >= 0 && d.p < 1) {
		panicf("snn.Dropout: one probability from 0 up to but without 1, not %v", p)
	}
	return d
}

// Forward drops elements of x. It returns s as it came.
func (d *Drop) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(d, x)
	if d.evaluating || d.p == 0 {
		return x, s
	}
	mask := d.mask(x.Shape())
	if on := deviceOf(x); on != nil {
		return timesOn(on, x, mask), s
	}
	return x.Mul(mask), s
}

// mask is 0 where an element is dropped, else what it is multiplied by.
func (d *Drop) mask(shape []int) *tensor.Tensor {
	return tensor.Bernoulli(1-d.p, shape...).MulInPlace(1 / (1 - d.p))
}

// ForwardInto is Forward that writes into dst, which may be x.
func (d *Drop) ForwardInto(dst, x *tensor.Tensor, s *State) *State { return forwardInto(d, dst, x, s) }

// OutputShape is the shape of the output, that of the input.
func (d *Drop) OutputShape(in ...int) []int { return in }

func (d *Drop) outputShape(in []int) []int { return in }

func (d *Drop) apply(dst, x []float32, in []int, s *State) *State {
	copy(dst, x)
	if d.evaluating || d.p == 0 {
		return s
	}
	for k, m := range d.mask(in).Data() {
		dst[k] *= m
	}
	return s
}

func (d *Drop) label() string { return fmt.Sprintf("Dropout(%v)", d.p) }

// String is PyTorch's text: Dropout(p=0.5, inplace=False).
func (d *Drop) String() string { return fmt.Sprintf("Dropout(p=%v, inplace=False)", d.p) }
