package surrogate

import "math"

var erfc = register(&method{name: "heavi_erfc", alpha: 1, even: true, grad: func(x, g, alpha float32) float32 {
	t := float64(alpha) * float64(x)
	return g * float32(2/math.SqrtPi*math.Exp(-t*t))
}})

// Erfc is the derivative of the error function, g·2/√π·exp(−(alpha·x)²), 2/√π at the threshold whatever alpha. Its
// name is Norse's, heavi_erfc.
//
// Source: Norse, functional/threshold.py, heavi_erfc_fn at 065a3b45.
func Erfc(alpha float32) Function { return erfc.with(alpha) }
