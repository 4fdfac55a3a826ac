package surrogate

var super = register(&method{name: "super", alpha: 100, even: true, grad: func(x, g, alpha float32) float32 {
	t := float32(alpha*abs(x)) + 1
	return g / (t * t)
}})

// SuperSpike is the derivative of a fast sigmoid, g/(alpha·|x| + 1)². Norse's default, with alpha 100.
//
// Source: Zenke and Ganguli, SuperSpike, Neural Computation 2018; Norse, functional/superspike.py at 065a3b45.
func SuperSpike(alpha float32) Function { return super.with(alpha) }

func abs(x float32) float32 {
	if x < 0 {
		return -x
	}
	return x
}
