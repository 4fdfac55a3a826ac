package surrogate

import "math"

var tanh = register(&method{name: "tanh", alpha: 1, even: true, grad: func(x, g, alpha float32) float32 {
	t := float32(math.Tanh(float64(x * alpha)))
	return g * (1 - float32(t*t))
}})

// Tanh is the derivative of a hyperbolic tangent in units of its slope: g·(1 − tanh²(alpha·x)).
//
// Source: Norse, functional/threshold.py, heavi_tanh_fn at 065a3b45.
func Tanh(alpha float32) Function { return tanh.with(alpha) }
