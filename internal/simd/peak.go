package simd

// PeakFMA does some floating-point operations, about 192·n, as fast as one core can, fused multiplications and additions of the
// widest vectors in use, and returns how many, 0 where there is no assembly. It is a yardstick for benchmarks.
func PeakFMA(n int) (operations int) {
	if !on || n < 2 {
		return 0
	}
	if peakWide != nil {
		peakWide(n / 2)
		return n / 2 * 384
	}
	peakFMA(n)
	return 192 * n
}

// peakWide does 384 operations n times, in AVX-512; it is nil where there is none.
var peakWide func(n int)
