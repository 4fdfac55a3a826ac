package snn

import (
	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/snn/tensor"
)

// Activation is a function of each element, made by Sigmoid, Relu, Tanh and their like.
type Activation struct {
	mode
	name  string // as PyTorch's module prints
	all   func(dst, x []float32)
	slope func(x, y float32) float32 // the derivative at x, where f is y
	cuda  string                     // what the kernels are called, sigmoid for sigmoid_f32; empty if there are none
}

// Sigmoid is 1/(1 + e⁻ˣ) of each element.
func Sigmoid() *Activation {
	return &Activation{
		name: "Sigmoid", cuda: "sigmoid",
		all:   simd.Sigmoids,
		slope: func(_, y float32) float32 { return y * (1 - y) },
	}
}

// Relu is max(x, 0) of each element. Its derivative at 0 is 0.
func Relu() *Activation {
	return &Activation{name: "ReLU", cuda: "relu", all: relus, slope: func(x, _ float32) float32 { return above(x, 0) }}
}

func relus(dst, x []float32) {
	for k, v := range x {
		dst[k] = relu(v)
	}
}

// Tanh is the hyperbolic tangent of each element.
func Tanh() *Activation {
	return &Activation{
		name: "Tanh", cuda: "tanh",
		all:   simd.Tanhs,
		slope: func(_, y float32) float32 { return 1 - float32(y*y) },
	}
}

// Forward applies the function to each element. It returns s as it came.
func (a *Activation) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(a, x)
	if d := deviceOf(x); d != nil {
		return a.forwardOn(d, x), s
	}
	y := forwardNew(a, x)
	if tensor.Recording(x) {
		tensor.Record(tensor.Node{
			Name: a.name, Inputs: []*tensor.Tensor{x}, Outputs: []*tensor.Tensor{y}, Saved: []*tensor.Tensor{x, y},
			Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
				dx := make([]float32, len(x.Data()))
				for k, v := range x.Data() {
					dx[k] = dy[0].Data()[k] * a.slope(v, y.Data()[k])
				}
				return []*tensor.Tensor{share(dx, x.Shape())}
			},
		})
	}
	return checked(a, x.Dim() > 2, x, y, nil), s
}

// ForwardInto is Forward that writes into dst, which may be x.
func (a *Activation) ForwardInto(dst, x *tensor.Tensor, s *State) *State {
	return forwardInto(a, dst, x, s)
}

// OutputShape is the shape of the output, that of the input.
func (a *Activation) OutputShape(in ...int) []int { return in }

func (a *Activation) outputShape(in []int) []int { return in }

func (a *Activation) apply(dst, x []float32, _ []int, s *State) *State {
	a.all(dst, x)
	return s
}

func (a *Activation) label() string { return a.name }

// String is PyTorch's text: Sigmoid().
func (a *Activation) String() string { return a.name + "()" }
