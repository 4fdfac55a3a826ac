package snn

import (
	"runtime"
	"sync"

	"github.com/livespike/livespike/internal/gemm"
	"github.com/livespike/livespike/internal/pool"
	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/snn/tensor"
)

// linearBackInput adds dy·w to dx: the gradient of the input of linear, rows of out gradients, w of shape (out, in).
func linearBackInput(dx, dy, w []float32, in, out int) {
	if len(dy)*in < parallelWork { // a step of a recurrent layer: allocate nothing
		linearBackRows(dx, dy, w, in, out)
		return
	}
	parallel("Linear", len(dy)/max(out, 1), in*out, func(from, to int) {
		gemm.Add(dx[from*in:], in, gemm.Matrix{Data: dy[from*out:], Row: out, Column: 1}, gemm.Matrix{Data: w, Row: in, Column: 1},
			to-from, out, in, 0)
	})
}

func linearBackRows(dx, dy, w []float32, in, out int) {
	var index [chunk]int32
	var values [chunk]float32
	for r := range len(dy) / max(out, 1) {
		for at := 0; at < out; at += chunk {
			n := simd.Active(index[:], values[:], dy[r*out+at:][:min(chunk, out-at)], 0)
			simd.AddRows(dx[r*in:][:in], w[at*in:], values[:n], index[:n], in)
		}
	}
}

// linearBackWeight adds dyᵀ·x to dw, (out, in): the gradient of the weight of linear. The rows are added in order. A zero
// input adds nothing.
func linearBackWeight(dw, dy, x []float32, in, out int) {
	linearBackPacked(dw, dy, numbers(x), isActive(x), in, out)
}

// linearBackPacked is linearBackWeight for what packed has made.
func linearBackPacked(dw, dy []float32, of inputs, few bool, in, out int) {
	rows, x := len(dy)/max(out, 1), of.x
	if few {
		linearBackActive(dw, dy, of, in, out)
		return
	}
	parallel("Linear", out, rows*in, func(from, to int) {
		gemm.Add(dw[from*in:], in, gemm.Matrix{Data: dy[from:], Row: 1, Column: out}, gemm.Matrix{Data: x, Row: in, Column: 1},
			to-from, rows, in, 0)
	})
}

// backBlock is the number of gradients that linearBackActive takes at a time, so that they stay in the second cache.
const backBlock = 1 << 17

// linearBackActive is linearBackWeight for inputs that are mostly zero. For each input it adds up the rows of dy at which
// the input was active, in order, a block of rows after the other.
func linearBackActive(dw, dy []float32, x inputs, in, out int) {
	wide := vectors(out)
	turned := borrow(in * wide) // dw with the outputs as neighbours
	defer giveBack(turned)
	transposed(*turned, dw, in, out)
	rows := len(dy) / out
	list := listing{x: x, in: in, rows: rows, block: max(1, backBlock/out), of: make([]columns, 1)}
	if isShared(x.n / 8) {
		list.of = make([]columns, runtime.GOMAXPROCS(0))
	}
	for ; list.at < rows; list.at += len(list.of) * list.block {
		pool.Do(min(len(list.of), (rows-list.at+list.block-1)/list.block), &list)
		for i, of := range list.of {
			dy := dy[min(list.at+i*list.block, rows)*out:]
			if len(dy) == 0 {
				break
			}
			parallel("Linear", in, len(of.rows)/in*out, func(from, to int) {
				for k := from; k < to; k++ {
					at, end := of.start[k], of.start[k+1]
					simd.AddRows((*turned)[k*wide:][:out], dy, of.values[at:end], of.rows[at:end], out)
				}
			})
			of.release()
		}
	}
	simd.Transpose(dw, *turned, in, out, in, wide)
}

// listing makes the columns of some blocks of rows, those from row at on, a piece for each.
type listing struct {
	x                   inputs
	in, rows, block, at int
	of                  []columns
}

// Piece lists a block.
func (l *listing) Piece(k int) {
	r := l.at + k*l.block
	l.of[k] = newColumns(l.x.rows(r*l.in, min(l.block, l.rows-r)*l.in), l.in)
}

// columns lists the elements of a matrix that are not zero, column by column.
type columns struct {
	start  []int32 // where each column's begin; one more at the end
	rows   []int32 // of each element
	values []float32
	own    *columnsWork
}

// columnsWork is the memory of columns, and of the list row by row that they are made from.
type columnsWork struct {
	start, next, rows, of, width []int32
	values, found                []float32
}

var columnsWorks = sync.Pool{New: func() any { return new(columnsWork) }}

func newColumns(x inputs, width int) columns {
	w := columnsWorks.Get().(*columnsWork)
	w.of, w.found = grown(w.of, x.n), grown(w.found, x.n)
	w.start, w.width = grown(w.start, width+1), grown(w.width, x.n/width)
	clear(w.start)
	n := 0
	for row := range w.width {
		before := n
		switch from := row * width; {
		case x.bits != nil:
			n += simd.ActiveBits(w.of[n:], x.bits[from/8:][:width/8])
		default:
			n += simd.Active(w.of[n:], w.found[n:], x.x[from:][:width], 0)
		}
		w.width[row] = int32(n - before)
		for _, k := range w.of[before:n] {
			w.start[k+1]++
		}
	}
	for k := range width {
		w.start[k+1] += w.start[k]
	}
	w.next, w.rows, w.values = append(w.next[:0], w.start...), grown(w.rows, n), grown(w.values, n)
	i := 0
	for row, count := range w.width {
		for range count {
			k := w.of[i]
			at := w.next[k]
			w.rows[at] = int32(row)
			if x.bits == nil {
				w.values[at] = w.found[i]
			}
			w.next[k] = at + 1
			i++
		}
	}
	if x.bits != nil {
		for k := range w.values {
			w.values[k] = 1
		}
	}
	return columns{w.start, w.rows, w.values, w}
}

func (c columns) release() { columnsWorks.Put(c.own) }

// backward is the gradients of input, weight and bias.
func (l *Dense) backward(x *tensor.Tensor, of inputs, few bool, dy *tensor.Tensor) []*tensor.Tensor {
	grads := make([]*tensor.Tensor, 3)
	if x.RequiresGrad() {
		dx := make([]float32, len(x.Data()))
		linearBackInput(dx, dy.Data(), l.weight.Data(), l.in, l.out)
		grads[0] = share(dx, x.Shape())
	}
	if l.weight.RequiresGrad() {
		dw := make([]float32, len(l.weight.Data()))
		linearBackPacked(dw, dy.Data(), of, few, l.in, l.out)
		grads[1] = share(dw, l.weight.Shape())
	}
	if l.bias != nil && l.bias.RequiresGrad() {
		grads[2] = sumRows(dy.Data(), l.out)
	}
	return grads
}

// sumRows is the gradient of a bias: the sum of the rows.
func sumRows(dy []float32, out int) *tensor.Tensor {
	sum := make([]float32, out)
	for ; len(dy) > 0; dy = dy[out:] {
		add(sum, dy[:out])
	}
	return share(sum, []int{out})
}
