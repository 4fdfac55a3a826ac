package surrogate

import "math"

// Logistic spikes with the probability ½ + ½·tanh(alpha·x); its gradient is that of Tanh.
//
// Source: Norse, functional/threshold.py, logistic_fn at 065a3b45.
func Logistic(alpha float32) Stochastic {
	return Stochastic{"logistic_fn", func(x, alpha float32) float32 {
		return 0.5 + float32(0.5*float32(math.Tanh(float64(alpha*x))))
	}, Tanh(alpha)}
}
