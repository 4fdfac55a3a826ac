package simd

// PeakFMA does 192·n floating-point operations as fast as one core can, fused multiplications and additions of vectors,
// and reports whether it could. It is a yardstick for benchmarks.
func PeakFMA(n int) bool {
	if !on || n < 1 {
		return false
	}
	peakFMA(n)
	return true
}
