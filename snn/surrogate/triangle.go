package surrogate

var triangle = register(&method{name: "triangle", alpha: 0.3, even: true, grad: func(x, g, alpha float32) float32 {
	return float32(g*alpha) * max(0, 1-abs(x))
}})

// Triangle is a hat of height alpha and half-width 1: g·alpha·max(0, 1−|x|). Norse's own default for alpha is 0.3.
//
// Source: Bellec et al., NeurIPS 2018; Norse, functional/threshold.py at 065a3b45.
func Triangle(alpha float32) Function { return triangle.with(alpha) }
