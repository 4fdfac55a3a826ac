package snn

import "github.com/livespike/livespike/snn/tensor"

// linearBackInput adds dy·w to dx: the gradient of the input of linear, rows of out gradients, w of shape (out, in).
func linearBackInput(dx, dy, w []float32, in, out int) {
	if len(dy)*in < parallelWork { // a step of a recurrent layer: allocate nothing
		linearBackRows(dx, dy, w, in, out)
		return
	}
	parallel("Linear", len(dy)/max(out, 1), in*out, func(from, to int) {
		linearBackRows(dx[from*in:to*in], dy[from*out:to*out], w, in, out)
	})
}

func linearBackRows(dx, dy, w []float32, in, out int) {
	for r := range len(dy) / max(out, 1) {
		row, g := dx[r*in:][:in], dy[r*out:][:out]
		o := 0
		for ; o+3 < out; o += 4 {
			a, b, c, d := g[o], g[o+1], g[o+2], g[o+3]
			if a == 0 && b == 0 && c == 0 && d == 0 {
				continue
			}
			wa, wb, wc, wd := w[o*in:][:in], w[(o+1)*in:][:in], w[(o+2)*in:][:in], w[(o+3)*in:][:in]
			for k, v := range row {
				v += float32(a * wa[k])
				v += float32(b * wb[k])
				v += float32(c * wc[k])
				row[k] = v + float32(d*wd[k])
			}
		}
		for ; o < out; o++ {
			axpy(row, g[o], w[o*in:][:in])
		}
	}
}

// linearBackWeight adds dyᵀ·x to dw, (out, in): the gradient of the weight of linear. The rows are added in order; four
// at a time share one pass over dw. A zero input adds nothing.
func linearBackWeight(dw, dy, x []float32, in, out int) {
	rows := len(dy) / max(out, 1)
	if isActive(x) {
		linearBackActive(dw, dy, x, in, out)
		return
	}
	parallel("Linear", out, rows*in, func(from, to int) {
		r := 0
		for ; r+3 < rows; r += 4 {
			a, b, c, d := x[r*in:][:in], x[(r+1)*in:][:in], x[(r+2)*in:][:in], x[(r+3)*in:][:in]
			for o := from; o < to; o++ {
				ga, gb, gc, gd := dy[r*out+o], dy[(r+1)*out+o], dy[(r+2)*out+o], dy[(r+3)*out+o]
				if ga == 0 && gb == 0 && gc == 0 && gd == 0 {
					continue
				}
				row := dw[o*in:][:in]
				for k, v := range row {
					v += float32(ga * a[k])
					v += float32(gb * b[k])
					v += float32(gc * c[k])
					row[k] = v + float32(gd*d[k])
				}
			}
		}
		for ; r < rows; r++ {
			for o := from; o < to; o++ {
				axpy(dw[o*in:][:in], dy[r*out+o], x[r*in:][:in])
			}
		}
	})
}

// linearBackActive is linearBackWeight for inputs that are mostly zero. For each input it adds up the rows of dy at which
// the input was active, in order, four in one pass.
func linearBackActive(dw, dy, x []float32, in, out int) {
	lists := newColumns(x, in)
	defer lists.release()
	parallel("Linear", in, len(lists.rows)/in*out, func(from, to int) {
		p := borrow(out)
		defer giveBack(p)
		for k := from; k < to; k++ {
			at := lists.start[k]
			end := lists.start[k+1]
			if at == end {
				continue
			}
			acc := (*p)[:out]
			for o := range acc {
				acc[o] = dw[o*in+k]
			}
			for ; at+3 < end; at += 4 {
				r, v := lists.rows[at:][:4], lists.values[at:][:4]
				v0, v1, v2, v3 := v[0], v[1], v[2], v[3]
				a, b := dy[int(r[0])*out:][:len(acc)], dy[int(r[1])*out:][:len(acc)]
				c, d := dy[int(r[2])*out:][:len(acc)], dy[int(r[3])*out:][:len(acc)]
				for o, s := range acc {
					s += float32(v0 * a[o])
					s += float32(v1 * b[o])
					s += float32(v2 * c[o])
					acc[o] = s + float32(v3*d[o])
				}
			}
			for ; at < end; at++ {
				axpy(acc, lists.values[at], dy[int(lists.rows[at])*out:][:out])
			}
			for o, s := range acc {
				dw[o*in+k] = s
			}
		}
	})
}

// columns lists the elements of a matrix that are not zero, column by column.
type columns struct {
	start  []int   // where each column's begin; one more at the end
	rows   []int32 // of each element
	values []float32
	own    *[]float32
}

func newColumns(x []float32, width int) columns {
	c := columns{start: make([]int, width+1)}
	found := make([]int32, 0, len(x)/8) // positions in x, row by row
	for at := 0; at < len(x); at += chunk {
		var index [chunk]int32
		n := 0
		for k, v := range x[at:min(at+chunk, len(x))] {
			index[n&(chunk-1)] = int32(at + k)
			n += nonzero(v)
		}
		found = append(found, index[:n]...)
	}
	columnOf := make([]int32, len(found))
	row, end := 0, width
	rows := make([]int32, len(found))
	for i, p := range found {
		for int(p) >= end {
			row, end = row+1, end+width
		}
		columnOf[i], rows[i] = p-int32(end-width), int32(row)
		c.start[columnOf[i]+1]++
	}
	for k := range width {
		c.start[k+1] += c.start[k]
	}
	c.rows, c.own = make([]int32, len(found)), borrow(len(found))
	c.values = *c.own
	next := append([]int(nil), c.start[:width]...)
	for i, k := range columnOf {
		c.rows[next[k]], c.values[next[k]] = rows[i], x[found[i]]
		next[k]++
	}
	return c
}

func (c columns) release() { giveBack(c.own) }

// axpy adds a·x to y.
func axpy(y []float32, a float32, x []float32) {
	if a == 0 {
		return
	}
	x = x[:len(y)]
	for k, v := range x {
		y[k] += float32(a * v)
	}
}

// backward is the gradients of input, weight and bias.
func (l *Dense) backward(x, dy *tensor.Tensor) []*tensor.Tensor {
	grads := make([]*tensor.Tensor, 3)
	if x.RequiresGrad() {
		dx := make([]float32, len(x.Data()))
		linearBackInput(dx, dy.Data(), l.weight.Data(), l.in, l.out)
		grads[0] = share(dx, x.Shape())
	}
	if l.weight.RequiresGrad() {
		dw := make([]float32, len(l.weight.Data()))
		linearBackWeight(dw, dy.Data(), x.Data(), l.in, l.out)
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
