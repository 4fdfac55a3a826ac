package snn

import "math"

// exp32 is eˣ rounded to float32, within 0.501 units in the last place. It is made of separate float64 operations, so
// that every platform gives the same bits; the standard library's has assembly of its own on some.
//
// x = k·ln 2 + r with |r| ≤ ½ ln 2, and eʳ is the Taylor polynomial of degree 9, whose remainder is below 10⁻¹¹.
func exp32(x float32) float32 {
	switch {
	case x != x:
		return x
	case x > 89: // e⁸⁹ is above the largest float32
		return float32(math.Inf(1))
	case x < -104: // e⁻¹⁰⁴ is below half of the smallest
		return 0
	}
	v := float64(x)
	k := math.RoundToEven(float64(v * math.Log2E))
	r := v - float64(k*math.Ln2)
	p := float64(r*(1.0/362880)) + 1.0/40320
	p = float64(p*r) + 1.0/5040
	p = float64(p*r) + 1.0/720
	p = float64(p*r) + 1.0/120
	p = float64(p*r) + 1.0/24
	p = float64(p*r) + 1.0/6
	p = float64(p*r) + 0.5
	p = float64(p*r) + 1
	p = float64(p*r) + 1
	return float32(p * math.Float64frombits(uint64(1023+int64(k))<<52))
}
