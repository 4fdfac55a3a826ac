package surrogate

import "math"

var atan = register(&method{name: "atan", alpha: 2, even: true, grad: func(x, g, alpha float32) float32 {
	t := math.Pi / 2 * float64(alpha) * float64(x)
	return g * float32(float64(alpha)/2/(1+float64(t*t)))
}})

// Atan is the derivative of arctan(π/2·alpha·x)/π: g·alpha/2/(1 + (π/2·alpha·x)²). It is the default of SpikingJelly's
// parametric LIF and of snnTorch, with alpha 2.
//
// Source: Fang et al., ICCV 2021.
func Atan(alpha float32) Function { return atan.with(alpha) }
