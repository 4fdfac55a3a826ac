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
	out := tensor.Zeros(x.Shape()...)
	copy(out.Data(), x.Data())
	if s != nil {
		same("x", x, "s", s)
		leak(out.Data(), s.Data(), tauFilterInv, dt)
	}
	return out
}

// leak adds the decayed values of before to x.
func leak(x, before []float32, tauFilterInv, dt float64) {
	keep := float32(math.Exp(-dt * tauFilterInv))
	for i, v := range before {
		x[i] = float32(keep*v) + x[i]
	}
}

// ExpFilter filters a sequence (time, …) along its first axis: y₀ = x₀, y_t = exp(−dt·τ⁻¹)·y_{t−1} + x_t. Norse's
// module ExpFilter is snn.Linear followed by this, with tauFilterInv 1000 1/s and dt 0.001 s as its defaults.
func ExpFilter(x *tensor.Tensor, tauFilterInv, dt float64) *tensor.Tensor {
	n, each := steps("ExpFilter", x)
	out := tensor.Zeros(x.Shape()...)
	copy(out.Data(), x.Data())
	for t := 1; t < n; t++ {
		leak(out.Data()[t*each:(t+1)*each], out.Data()[(t-1)*each:t*each], tauFilterInv, dt)
	}
	return out
}
