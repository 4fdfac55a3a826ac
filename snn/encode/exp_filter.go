package encode

import (
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// ExpFilterStep is one step of an exponential filter: s' = exp(−dt·τ⁻¹)·s + x, the factor rounded to float32 from
// float64. tauFilterInv is in 1/s, dt in s; a nil s is 0. The filter's value is both output and state.
//
// Source: Norse, functional/filter.py, exp_filter_step at 065a3b45.
func ExpFilterStep(x, s *tensor.Tensor, tauFilterInv, dt float64) *tensor.Tensor {
	if s == nil {
		return x.Clone()
	}
	same("x", x, "s", s)
	return s.Mul(keep(tauFilterInv, dt)).Add(x)
}

// keep is what is left of the filter's value after a step.
func keep(tauFilterInv, dt float64) float32 { return float32(math.Exp(-dt * tauFilterInv)) }

// ExpFilter filters a sequence (time, …) along its first axis: y₀ = x₀, y_t = exp(−dt·τ⁻¹)·y_{t−1} + x_t. Norse's
// module ExpFilter is snn.Linear followed by this, with tauFilterInv 1000 1/s and dt 0.001 s as its defaults; so is
// snn.ExpFilter.
func ExpFilter(x *tensor.Tensor, tauFilterInv, dt float64) *tensor.Tensor {
	n, each := steps("ExpFilter", x)
	out, k := copyOf(x), keep(tauFilterInv, dt)
	for i := each; i < n*each; i++ {
		out.Data()[i] += float32(k * out.Data()[i-each])
	}
	tensor.Record(tensor.Node{
		Name: "encode.ExpFilter", Inputs: []*tensor.Tensor{x}, Outputs: []*tensor.Tensor{out},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor { // the same filter, from the end
			dx := copyOf(dy[0])
			for i := (n-1)*each - 1; i >= 0; i-- {
				dx.Data()[i] += float32(k * dx.Data()[i+each])
			}
			return []*tensor.Tensor{dx}
		},
	})
	return out
}

// copyOf is x's values without its record.
func copyOf(x *tensor.Tensor) *tensor.Tensor { return x.Detach().Clone() }
