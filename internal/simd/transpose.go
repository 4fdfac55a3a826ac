package simd

// transposeWide is transposeAsm for 16 rows and a multiple of 4 columns, in AVX-512; it is nil where there is none.
var transposeWide func(dst, src *float32, n, ds, ss int)

// Transpose writes a matrix of rows by columns, whose rows lie ss apart in src, as its transpose: rows ds apart in dst.
func Transpose(dst, src []float32, rows, columns, ds, ss int) {
	r, c := 0, columns&^3
	if transposeWide != nil && c > 0 && rows >= 16 {
		for ; r+16 <= rows; r += 16 {
			_, _ = dst[(c-1)*ds+r+15], src[(r+15)*ss+c-1]
			transposeWide(&dst[r], &src[r*ss], c, ds, ss)
		}
		transposeGo(dst, src, 0, r, c, columns, ds, ss)
	}
	done := r
	c = columns &^ 7
	if on && c > 0 {
		for ; r+8 <= rows; r += 8 {
			_, _ = dst[(c-1)*ds+r+7], src[(r+7)*ss+c-1]
			transposeAsm(&dst[r], &src[r*ss], c, ds, ss)
		}
	}
	transposeGo(dst, src, done, r, c, columns, ds, ss)
	transposeGo(dst, src, r, rows, 0, columns, ds, ss)
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
