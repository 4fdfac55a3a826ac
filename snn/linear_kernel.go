package snn

import (
	"github.com/livespike/livespike/internal/gemm"
	"github.com/livespike/livespike/internal/simd"
)

// linearSparse is the share of non-zero inputs below which only those are visited (spec/performance.md 4.7).
const linearSparse = 0.30

// chunk is the length of the pieces that a sum is made of.
const chunk = 1024

// manyRows is the number of rows from which on rearranging the weights for the assembly pays.
const manyRows = 8

// linear writes x·wᵀ into dst: rows of in inputs, w of shape (out, in).
func linear(dst, x, w []float32, in, out int) {
	linearRows(dst, x, w, in, out, isActive(x))
}

// isActive is the rule that chooses the path, from the whole input of a call.
func isActive(x []float32) bool { return float64(simd.Count(x)) < linearSparse*float64(len(x)) }

// linearRows is linear with the path given.
func linearRows(dst, x, w []float32, in, out int, sparse bool) {
	rows := len(x) / in
	if simd.On() && rows >= manyRows {
		linearFast(dst, x, w, in, out, sparse)
		return
	}
	clear(dst)
	watch := watcher{per: chunk * out / 4}
	for at := 0; at < in; at += chunk {
		n := min(chunk, in-at)
		if sparse {
			for r := range rows {
				linearActive(dst[r*out:(r+1)*out], x[r*in+at:][:n], w, at, in)
				watch.step("Linear")
			}
			continue
		}
		r := 0
		for ; r+1 < rows; r += 2 {
			linearPair(dst[r*out:][:2*out], x[r*in+at:][:n], x[(r+1)*in+at:][:n], w, at, in, out)
			watch.step("Linear")
		}
		if r < rows {
			linearRow(dst[r*out:][:out], x[r*in+at:][:n], w, at, in)
		}
	}
}

// linearFast is linearRows in assembly, for many rows.
func linearFast(dst, x, w []float32, in, out int, sparse bool) {
	rows := len(x) / in
	block := min(rows, max(96, 1<<27/(in*out)))
	watch := watcher{per: block * in / 16 * out}
	if sparse {
		t := borrow(in * vectors(out))
		defer giveBack(t)
		transposed(*t, w, in, out)
		for r := 0; r < rows; r += block {
			n := min(block, rows-r)
			linearActiveRows(dst[r*out:][:n*out], x[r*in:][:n*in], *t, in, out)
			watch.step("Linear")
		}
		return
	}
	clear(dst)
	for r := 0; r < rows; r += block {
		gemm.Add(dst[r*out:], out, gemm.Matrix{Data: x[r*in:], Row: in, Column: 1}, gemm.Matrix{Data: w, Row: 1, Column: in},
			min(block, rows-r), in, out, chunk)
		watch.step("Linear")
	}
}

// vectors is n rounded up to whole vectors.
func vectors(n int) int { return (n + 7) &^ 7 }

// linearPair adds one piece of two rows, four outputs at a time: eight sums that do not wait for each other.
func linearPair(dst, x, y, w []float32, at, in, out int) {
	n := len(x)
	y = y[:n]
	o := 0
	for ; o+3 < out; o += 4 {
		a, b, c, d := w[o*in+at:][:n], w[(o+1)*in+at:][:n], w[(o+2)*in+at:][:n], w[(o+3)*in+at:][:n]
		var xa, xb, xc, xd, ya, yb, yc, yd float32
		for k, u := range x {
			v := y[k]
			wa, wb, wc, wd := a[k], b[k], c[k], d[k]
			xa += float32(u * wa)
			xb += float32(u * wb)
			xc += float32(u * wc)
			xd += float32(u * wd)
			ya += float32(v * wa)
			yb += float32(v * wb)
			yc += float32(v * wc)
			yd += float32(v * wd)
		}
		p, q := dst[o:][:4], dst[out+o:][:4]
		p[0], p[1], p[2], p[3] = p[0]+xa, p[1]+xb, p[2]+xc, p[3]+xd
		q[0], q[1], q[2], q[3] = q[0]+ya, q[1]+yb, q[2]+yc, q[3]+yd
	}
	for ; o < out; o++ {
		a := w[o*in+at:][:n]
		var xa, ya float32
		for k, u := range x {
			xa += float32(u * a[k])
			ya += float32(y[k] * a[k])
		}
		dst[o] += xa
		dst[out+o] += ya
	}
}

// linearRow adds one piece of one row.
func linearRow(dst, x, w []float32, at, in int) {
	n, o := len(x), 0
	for ; o+3 < len(dst); o += 4 {
		a, b, c, d := w[o*in+at:][:n], w[(o+1)*in+at:][:n], w[(o+2)*in+at:][:n], w[(o+3)*in+at:][:n]
		var xa, xb, xc, xd float32
		for k, u := range x {
			xa += float32(u * a[k])
			xb += float32(u * b[k])
			xc += float32(u * c[k])
			xd += float32(u * d[k])
		}
		p := dst[o:][:4]
		p[0], p[1], p[2], p[3] = p[0]+xa, p[1]+xb, p[2]+xc, p[3]+xd
	}
	for ; o < len(dst); o++ {
		a := w[o*in+at:][:n]
		var xa float32
		for k, u := range x {
			xa += float32(u * a[k])
		}
		dst[o] += xa
	}
}

// linearActive adds one piece of one row of which most inputs are zero.
func linearActive(dst, x, w []float32, at, in int) {
	var index [chunk]int32
	var values [chunk]float32
	n := simd.Active(index[:], values[:], x, 0)
	if n == 0 {
		return
	}
	o := 0
	for ; o+3 < len(dst); o += 4 {
		m := len(x)
		a, b, c, d := w[o*in+at:][:m], w[(o+1)*in+at:][:m], w[(o+2)*in+at:][:m], w[(o+3)*in+at:][:m]
		var xa, xb, xc, xd float32
		for _, k := range index[:n] {
			u := x[k]
			xa += float32(u * a[k])
			xb += float32(u * b[k])
			xc += float32(u * c[k])
			xd += float32(u * d[k])
		}
		p := dst[o:][:4]
		p[0], p[1], p[2], p[3] = p[0]+xa, p[1]+xb, p[2]+xc, p[3]+xd
	}
	for ; o < len(dst); o++ {
		a := w[o*in+at:][:len(x)]
		var xa float32
		for _, k := range index[:n] {
			xa += float32(x[k] * a[k])
		}
		dst[o] += xa
	}
}

// transposed is w, (out, in), as (in, out), with rows of whole vectors that end in zeros.
func transposed(t, w []float32, in, out int) {
	wide := vectors(out)
	if wide > out {
		clear(t)
	}
	simd.Transpose(t, w, out, in, wide, in)
}

// linearActiveRows is linearRows for inputs that are mostly zero, with the weights transposed: the same sums in the same
// order.
func linearActiveRows(dst, x, t []float32, in, out int) {
	wide := vectors(out)
	p := borrow(2 * wide)
	defer giveBack(p)
	sums, work := (*p)[:wide], (*p)[wide:]
	var index [chunk]int32
	var values [chunk]float32
	for r := range len(x) / in {
		clear(sums)
		for at := 0; at < in; at += chunk {
			piece := x[r*in+at:][:min(chunk, in-at)]
			n := simd.Active(index[:], values[:], piece, 0)
			simd.SumRows(sums, t[at*wide:], values[:n], index[:n], wide, work)
		}
		copy(dst[r*out:][:out], sums)
	}
}
