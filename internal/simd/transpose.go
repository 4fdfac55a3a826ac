package simd

// transposeWide is transposeAsm for 16 rows and a multiple of 4 columns, in AVX-512; it is nil where there is none.
var transposeWide func(dst, src *float32, n, ds, ss int)

// Transpose writes a matrix of rows by columns, whose rows lie ss apart in src, as its transpose: rows ds apart in dst.
func Transpose(dst, src []float32, rows, columns, ds, ss int) {
	r := 0
	if transposeWide != nil {
		r = transposeBy(16, transposeWide, dst, src, r, rows, columns, columns&^3, ds, ss)
	}
	if on {
		r = transposeBy(8, transposeAsm, dst, src, r, rows, columns, columns&^7, ds, ss)
	}
	transposeGo(dst, src, r, rows, 0, columns, ds, ss)
}

// transposeBy does the rows from r on, so many at a time, and returns where it ends. The assembly does the columns before c.
func transposeBy(n int, asm func(dst, src *float32, n, ds, ss int), dst, src []float32, r, rows, columns, c, ds, ss int) int {
	if c == 0 {
		return r
	}
	first := r
	for ; r+n <= rows; r += n {
		_, _ = dst[(c-1)*ds+r+n-1], src[(r+n-1)*ss+c-1]
		asm(&dst[r], &src[r*ss], c, ds, ss)
	}
	transposeGo(dst, src, first, r, c, columns, ds, ss)
	return r
}

// transposeGo does the rows from r to rows and the columns from c to columns.
func transposeGo(dst, src []float32, r, rows, c, columns, ds, ss int) {
	if c == columns {
		return
	}
	for ; r < rows; r++ {
		for k, v := range src[r*ss:][c:columns] {
			dst[(c+k)*ds+r] = v
		}
	}
}
