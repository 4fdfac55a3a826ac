package surrogate

var fastSigmoid = register(&method{name: "fast_sigmoid", alpha: 25, even: true, grad: func(x, g, alpha float32) float32 {
	t := float32(alpha*abs(x)) + 1
	return g / (t * t)
}})

// FastSigmoid is the derivative of x/(1 + alpha·|x|): g/(alpha·|x| + 1)². It is SuperSpike under the name and with the
// slope, 25, of snnTorch.
//
// Source: Zenke and Ganguli, SuperSpike, Neural Computation 2018.
func FastSigmoid(alpha float32) Function { return fastSigmoid.with(alpha) }
