package snn

import (
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// Activation is a function of each element, made by Sigmoid, Relu, Tanh and their like.
type Activation struct {
	name string // as PyTorch's module prints
	f    func(x float32) float32
}

// Sigmoid is 1/(1 + e⁻ˣ) of each element.
func Sigmoid() *Activation {
	return &Activation{"Sigmoid", func(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }}
}

// Relu is max(x, 0) of each element.
func Relu() *Activation { return &Activation{"ReLU", relu} }

// Tanh is the hyperbolic tangent of each element.
func Tanh() *Activation {
	return &Activation{"Tanh", func(x float32) float32 { return float32(math.Tanh(float64(x))) }}
}

// Forward applies the function to each element. It returns s as it came.
func (a *Activation) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	return forwardNew(a, x), s
}

// ForwardInto is Forward that writes into dst, which may be x.
func (a *Activation) ForwardInto(dst, x *tensor.Tensor, s *State) *State {
	return forwardInto(a, dst, x, s)
}

// OutputShape is the shape of the output, that of the input.
func (a *Activation) OutputShape(in ...int) []int { return in }

func (a *Activation) outputShape(in []int) []int { return in }

func (a *Activation) apply(dst, x []float32, _ []int, s *State) *State {
	for k, v := range x {
		dst[k] = a.f(v)
	}
	return s
}

func (a *Activation) label() string { return a.name }

// String is PyTorch's text: Sigmoid().
func (a *Activation) String() string { return a.name + "()" }
