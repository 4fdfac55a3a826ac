package surrogate

import "math"

var circ = register(&method{name: "circ", alpha: 1, even: true, grad: func(x, g, alpha float32) float32 {
	a := float64(alpha)
	r := 1 / math.Sqrt(1+float64(x)*float64(x)/(a*a))
	return g * float32(r*r*r)
}})

// Circ is the derivative of x/√(x² + alpha²) in units of its slope: g·alpha³/(alpha² + x²)^1.5. A larger alpha is a
// wider function.
//
// Source: Norse, functional/threshold.py, heavi_circ_fn at 065a3b45.
func Circ(alpha float32) Function { return circ.with(alpha) }
