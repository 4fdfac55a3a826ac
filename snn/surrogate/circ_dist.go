package surrogate

import "math"

// CircDist spikes with the probability ½ + ½·x/√(x² + alpha²); its gradient is that of Circ.
//
// Source: Norse, functional/threshold.py, circ_dist_fn at 065a3b45.
func CircDist(alpha float32) Stochastic {
	return Stochastic{"circ_dist_fn", func(x, alpha float32) float32 {
		v, a := float64(x), float64(alpha)
		return float32(0.5 + 0.5*v/math.Sqrt(float64(v*v)+float64(a*a)))
	}, Circ(alpha)}
}
