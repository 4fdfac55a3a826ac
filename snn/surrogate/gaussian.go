package surrogate

import "math"

var gaussian = register(&method{name: "gaussian", alpha: 0.5, even: true, grad: func(x, g, alpha float32) float32 {
	t := float64(x) / float64(alpha)
	return g * float32(math.Exp(-t*t/2)/(float64(alpha)*math.Sqrt(2*math.Pi)))
}})

// Gaussian is the density of a normal distribution of standard deviation alpha: g·exp(−x²/(2·alpha²))/(alpha·√(2π)).
//
// Source: Yin, Corradi and Bohte, ICONS 2020.
func Gaussian(alpha float32) Function { return gaussian.with(alpha) }
