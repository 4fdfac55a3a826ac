package snn

import "github.com/livespike/livespike/snn/tensor"

// linearBackInput adds dy·w to dx: the gradient of the input of linear, rows of out gradients, w of shape (out, in).
func linearBackInput(dx, dy, w []float32, in, out int) {
	rows := len(dy) / max(out, 1)
	watch := watcher{per: in * out / 4}
	for r := range rows {
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
		watch.step("Linear")
	}
}

// linearBackWeight adds dyᵀ·x to dw, (out, in): the gradient of the weight of linear. The rows are added in order; four
// at a time share one pass over dw. A zero input adds nothing.
func linearBackWeight(dw, dy, x []float32, in, out int) {
	rows := len(dy) / max(out, 1)
	if float64(countActive(x)) < linearSparse*float64(len(x)) {
		linearBackActive(dw, dy, x, in, out)
		return
	}
	watch := watcher{per: in * out}
	r := 0
	for ; r+3 < rows; r += 4 {
		a, b, c, d := x[r*in:][:in], x[(r+1)*in:][:in], x[(r+2)*in:][:in], x[(r+3)*in:][:in]
		for o := range out {
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
		watch.step("Linear")
	}
	for ; r < rows; r++ {
		for o := range out {
			axpy(dw[o*in:][:in], dy[r*out+o], x[r*in:][:in])
		}
	}
}

// linearBackActive is linearBackWeight for inputs that are mostly zero: the sums run over a transposed copy, so that
// one input's go to neighbours.
func linearBackActive(dw, dy, x []float32, in, out int) {
	p := borrow(in * out)
	defer giveBack(p)
	sums := *p
	for o := range out {
		for k := range in {
			sums[k*out+o] = dw[o*in+k]
		}
	}
	watch := watcher{per: in + out}
	for r := range len(dy) / max(out, 1) {
		g := dy[r*out:][:out]
		for k, v := range x[r*in:][:in] {
			if v != 0 {
				axpy(sums[k*out:][:out], v, g)
			}
		}
		watch.step("Linear")
	}
	for o := range out {
		for k := range in {
			dw[o*in+k] = sums[k*out+o]
		}
	}
}

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
