package snn

import (
	"runtime"
	"sync"

	"github.com/livespike/livespike/internal/gemm"
	"github.com/livespike/livespike/internal/pool"
	"github.com/livespike/livespike/internal/simd"
)

// linearSparse is the share of non-zero inputs below which only those are visited.
const linearSparse = 0.30

// chunk is the length of the pieces that a sum is made of.
const chunk = 1024

// manyRows is the number of rows from which on rearranging the weights for sparse inputs pays.
const manyRows = 8

// linear writes x·wᵀ into dst: rows of in inputs, w of shape (out, in).
func linear(dst, x, w []float32, in, out int) {
	memory := borrow(packedBits(len(x)))
	defer giveBack(memory)
	of, few := packed(x, *memory, in)
	linearPacked(dst, of, few, w, in, out)
}

// linearPacked is linear for what packed has made.
func linearPacked(dst []float32, x inputs, few bool, w []float32, in, out int) {
	if few {
		linearSpikes(dst, x, w, in, out)
	} else {
		linearRows(dst, x.x, w, in, out)
	}
}

// isActive is the rule that chooses the path, from the whole input of a call.
func isActive(x []float32) bool { return areFew(simd.Count(x), len(x)) }

// areFew says so of n that are not zero of all.
func areFew(n, all int) bool { return float64(n) < linearSparse*float64(all) }

// linearRows is linear that visits every input.
func linearRows(dst, x, w []float32, in, out int) {
	rows := len(x) / in
	if rows == 0 {
		return
	}
	clear(dst)
	t := linearTasks.Get().(*linearTask)
	*t = linearTask{dst: dst, x: numbers(x), w: w, in: in, out: out, block: min(rows, max(96, 1<<27/(in*out)))}
	if isShared(rows*in*out) && rows > 1 {
		parts := 2 * runtime.GOMAXPROCS(0)
		t.block = min(t.block, max(24, (rows+parts-1)/parts))
	}
	t.do((rows + t.block - 1) / t.block)
	linearTasks.Put(t)
}

// linearOf is linear for inputs of any kind.
func linearOf(dst []float32, x inputs, w []float32, in, out int) {
	switch {
	case x.x != nil:
		linear(dst, x.x, w, in, out)
	case areFew(x.count(), x.n):
		linearSpikes(dst, x, w, in, out)
	default: // so many rows at a time as stay in the second cache
		rows := max(1, min(x.n, 1<<18)/in)
		p := borrow(rows * in)
		defer giveBack(p)
		for at := 0; at < x.n; at += rows * in {
			n := min(rows*in, x.n-at)
			x.rows(at, n).write((*p)[:n])
			linearRows(dst[at/in*out:][:n/in*out], (*p)[:n], w, in, out)
		}
	}
}

// linearSpikes is linear for inputs that are mostly zero.
func linearSpikes(dst []float32, x inputs, w []float32, in, out int) {
	rows := x.n / in
	if rows == 0 {
		return
	}
	task := linearTasks.Get().(*linearTask)
	*task = linearTask{dst: dst, x: x, w: w, in: in, out: out, block: rows, few: true}
	if rows >= manyRows {
		t := borrow(in * vectors(out))
		defer giveBack(t)
		transposed(*t, w, in, out)
		task.t = *t
	}
	if isShared(rows * in * out / 8) {
		parts := 4 * runtime.GOMAXPROCS(0)
		task.block = (rows + parts - 1) / parts
	}
	task.do((rows + task.block - 1) / task.block)
	linearTasks.Put(task)
}

// linearTask is the product of many rows with the weights, a piece for some of the rows.
type linearTask struct {
	dst, w         []float32
	x              inputs
	in, out, block int
	few            bool      // most inputs are zero
	t              []float32 // the weights transposed then, for many rows
}

var linearTasks = sync.Pool{New: func() any { return new(linearTask) }}

func (t *linearTask) do(pieces int) {
	if pieces > 1 {
		pool.Do(pieces, t)
	} else if pieces == 1 {
		t.Piece(0)
	}
	*t = linearTask{}
}

// Piece multiplies a block of rows.
func (t *linearTask) Piece(k int) {
	r := k * t.block
	n := min(t.block, t.x.n/t.in-r)
	to, from := t.dst[r*t.out:][:n*t.out], t.x.rows(r*t.in, n*t.in)
	switch {
	case t.t != nil:
		linearActiveRows(to, from, t.t, t.in, t.out)
	case t.few:
		clear(to)
		linearActive(to, from, t.w, t.in, t.out)
	default:
		gemm.Add(to, t.out, gemm.Matrix{Data: from.x, Row: t.in, Column: 1}, gemm.Matrix{Data: t.w, Row: 1, Column: t.in}, n, t.in, t.out, chunk)
	}
	stopIfInterrupted("Linear")
}

// vectors is n rounded up to whole vectors.
func vectors(n int) int { return (n + 7) &^ 7 }

// linearActive adds x·wᵀ to dst for a few rows of which most inputs are zero.
func linearActive(dst []float32, x inputs, w []float32, in, out int) {
	var index [chunk]int32
	values := ones
	for r := range x.n / in {
		for at := 0; at < in; at += chunk {
			n := x.active(&index, &values, r*in+at, min(chunk, in-at))
			simd.SumColumns(dst[r*out:][:out], w[at:], values[:n], index[:n], in)
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
func linearActiveRows(dst []float32, x inputs, t []float32, in, out int) {
	wide := vectors(out)
	p := borrow(2 * wide)
	defer giveBack(p)
	sums, work := (*p)[:wide], (*p)[wide:]
	var index [chunk]int32
	values := ones
	watch := watcher{per: in*out/16 + in}
	for r := range x.n / in {
		clear(sums)
		for at := 0; at < in; at += chunk {
			n := x.active(&index, &values, r*in+at, min(chunk, in-at))
			simd.SumRows(sums, t[at*wide:], values[:n], index[:n], wide, work)
		}
		copy(dst[r*out:][:out], sums)
		watch.step("Linear")
	}
}
