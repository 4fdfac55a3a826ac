package snn

import (
	"github.com/livespike/livespike/internal/gemm"
	"github.com/livespike/livespike/internal/simd"
)

// linearSparse is the share of non-zero inputs below which only those are visited (spec/performance.md 4.7).
const linearSparse = 0.30

// chunk is the length of the pieces that a sum is made of.
const chunk = 1024

// manyRows is the number of rows from which on rearranging the weights for sparse inputs pays.
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
	if sparse && rows >= manyRows {
		t := borrow(in * vectors(out))
		defer giveBack(t)
		transposed(*t, w, in, out)
		linearActiveRows(dst, x, *t, in, out)
		return
	}
	clear(dst)
	block := min(rows, max(96, 1<<27/(in*out)))
	watch := watcher{per: block * in / 16 * out}
	for r := 0; r < rows; r += block {
		n := min(block, rows-r)
		to, from := dst[r*out:][:n*out], x[r*in:][:n*in]
		if sparse {
			linearActive(to, from, w, in, out)
		} else {
			gemm.Add(to, out, gemm.Matrix{Data: from, Row: in, Column: 1}, gemm.Matrix{Data: w, Row: 1, Column: in}, n, in, out, chunk)
		}
		watch.step("Linear")
	}
}

// vectors is n rounded up to whole vectors.
func vectors(n int) int { return (n + 7) &^ 7 }

// linearActive adds x·wᵀ to dst for a few rows of which most inputs are zero.
func linearActive(dst, x, w []float32, in, out int) {
	var index [chunk]int32
	var values [chunk]float32
	for ; len(x) > 0; x, dst = x[in:], dst[out:] {
		for at := 0; at < in; at += chunk {
			n := simd.Active(index[:], values[:], x[at:][:min(chunk, in-at)], 0)
			simd.SumColumns(dst[:out], w[at:], values[:n], index[:n], in)
		}
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
	watch := watcher{per: in*out/16 + in}
	for r := range len(x) / in {
		clear(sums)
		for at := 0; at < in; at += chunk {
			piece := x[r*in+at:][:min(chunk, in-at)]
			n := simd.Active(index[:], values[:], piece, 0)
			simd.SumRows(sums, t[at*wide:], values[:n], index[:n], wide, work)
		}
		copy(dst[r*out:][:out], sums)
		watch.step("Linear")
	}
}
