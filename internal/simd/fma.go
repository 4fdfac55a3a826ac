package simd

import "math"

// FMA is a·b + c, rounded once: what the fused operations of linear layers and convolutions give in assembly.
//
// The product of two float32 is exact in float64, and so the sum there is rounded once. Rounding it again to float32 goes
// wrong only where the first rounding made a tie, or among the denormals, where ties lie elsewhere.
func FMA(a, b, c float32) float32 {
	s := float64(a)*float64(b) + float64(c)
	if t := math.Float64bits(s); t<<35 == 1<<63 || t<<1 < denormal && t<<1 != 0 {
		return fmaTie(a, b, c, s)
	}
	return float32(s)
}

// denormal bounds the bits, without sign, of a float64 that is a denormal as a float32.
const denormal = (1023 - 126) << 53

// fmaTie rounds to odd before it rounds to float32, so that a remainder is not lost: Boldo and Melquiond, 2008.
func fmaTie(a, b, c float32, s float64) float32 {
	p, d := float64(a)*float64(b), float64(c)
	q := s - p
	rest := (p - (s - q)) + (d - q) // exact: Knuth's sum of two
	if t := math.Float64bits(s); rest != 0 && t&1 == 0 {
		if (rest > 0) == (s > 0) {
			t++
		} else {
			t--
		}
		s = math.Float64frombits(t)
	}
	return float32(s)
}
