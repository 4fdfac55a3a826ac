package surrogate

var piecewiseLinear = register(&method{
	name: "piecewise_linear", alpha: 1, even: true,
	grad: func(x, g, alpha float32) float32 {
		return g * max(0, alpha-float32(float32(alpha*alpha)*abs(x)))
	},
})

// PiecewiseLinear is a hat of area 1: g·max(0, alpha − alpha²·|x|), alpha high and 1/alpha wide to each side. Triangle
// is a hat whose width is fixed.
//
// Source: Bohte, ICANN 2011; Esser et al., PNAS 2016.
func PiecewiseLinear(alpha float32) Function { return piecewiseLinear.with(alpha) }
