package simd

import "math"

// Adam changes the weights w by their gradients g, of which mean and square are running means:
//
//	x = w*keep                                d = g + decay*x
//	mean = mean + fresh1*(d - mean)           square = keep2*square + fresh2*d*d
//	w = x - rate*mean/(sqrt(square)/root + eps)
//
// c holds keep, decay, fresh1, keep2, fresh2, rate, root and eps.
func Adam(w, g, mean, square []float32, c *[8]float32) {
	if n := len(w) &^ 7; on && n > 0 {
		_, _, _ = g[n-1], mean[n-1], square[n-1] // the assembly does not look
		adamAsm(&w[0], &g[0], &mean[0], &square[0], &c[0], n)
		w, g, mean, square = w[n:], g[n:], mean[n:], square[n:]
	}
	adamGo(w, g, mean, square, c)
}

func adamGo(w, g, mean, square []float32, c *[8]float32) {
	keep, decay, fresh1, keep2, fresh2, rate, root, eps := c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]
	for i, d := range g[:len(w)] {
		x := float32(w[i] * keep)
		d += float32(decay * x)
		m := mean[i] + float32(fresh1*(d-mean[i]))
		v := float32(keep2*square[i]) + float32(float32(fresh2*d)*d)
		mean[i], square[i] = m, v
		w[i] = x - float32(float32(rate*m)/(float32(math.Sqrt(float64(v)))/root+eps))
	}
}
