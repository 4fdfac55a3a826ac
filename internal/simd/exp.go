package simd

import "math"

// Exp is e to the power x with a relative error below 2e-12, so that rounding it to float32 is off by at most 0.501 units
// in the last place. It is made of sums, products and fused ones, each rounded as the standard says, so that every machine
// gives the same bits, which the assembly of the standard library does not promise. Below -150 it is 0: nothing of that size
// shows in a float32.
//
// x = k·ln 2 + r with |r| ≤ ½ ln 2, and exp(r) is the polynomial 1 + r + … of degree 8 whose largest relative error there,
// 1.1e-12, is the least (Remez).
func Exp(x float64) float64 {
	switch {
	case x != x:
		return x
	case x < -150:
		return 0
	case x > 700:
		return math.Inf(1)
	}
	const whole = 3 << 51 // a number of this size has no bits behind the point: adding it rounds to an integer
	t := math.FMA(x, math.Log2E, whole)
	r := math.FMA(-(t - whole), math.Ln2, x)
	p := math.FMA(r, 2.47082893223604366e-05, 1.99089389415406348e-04)
	p = math.FMA(r, p, 1.38891971288205757e-03)
	p = math.FMA(r, p, 8.33328180808801077e-03)
	p = math.FMA(r, p, 4.16666644050889917e-02)
	p = math.FMA(r, p, 1.66666667844418169e-01)
	p = math.FMA(r, p, 5.00000000042680777e-01)
	p = math.FMA(r, p, 1)
	p = math.FMA(r, p, 1)
	// The last bits of t are k: they become the exponent.
	return p * math.Float64frombits((math.Float64bits(t)+1023)<<52)
}

// Sigmoid is 1/(1 + exp(-x)).
func Sigmoid(x float64) float64 { return 1 / (1 + Exp(-x)) }

// Tanh is the hyperbolic tangent, by exp, and near 0, where that cancels, by its Taylor polynomial of degree 9.
func Tanh(x float64) float64 {
	a := math.Abs(x)
	if a < 0.1 {
		if x == 0 {
			return x // keeps the sign
		}
		s := float64(x * x)
		p := float64(s*(62.0/2835)) - 17.0/315
		p = float64(p*s) + 2.0/15
		p = float64(p*s) - 1.0/3
		return x + float64(x*float64(p*s))
	}
	e := Exp(-2 * a)
	return math.Copysign((1-e)/(1+e), x)
}

// Exps writes Exp of every element of x, rounded to float32, into dst, which may be x. Sigmoids and Tanhs write those.
func Exps(dst, x []float32)     { mapped(dst, x, exps, Exp) }
func Sigmoids(dst, x []float32) { mapped(dst, x, sigmoids, Sigmoid) }
func Tanhs(dst, x []float32)    { mapped(dst, x, tanhs, Tanh) }

// Those functions of n elements, n a multiple of 8, in assembly; nil where there is none for this machine.
var exps, sigmoids, tanhs elementwise

type elementwise func(dst, x *float32, n int)

func mapped(dst, x []float32, fast elementwise, f func(float64) float64) {
	dst = dst[:len(x)]
	if n := len(x) &^ 7; fast != nil && n > 0 {
		fast(&dst[0], &x[0], n)
		dst, x = dst[n:], x[n:]
	}
	for k, v := range x {
		dst[k] = float32(f(float64(v)))
	}
}
