package snn

import (
	"github.com/livespike/livespike/internal/gemm"
	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/snn/tensor"
)

// backward is the gradients of input, weight and bias.
func (c *Conv) backward(x, dy *tensor.Tensor) []*tensor.Tensor {
	in := x.Shape()
	g := image{h: in[len(in)-2], w: in[len(in)-1]}
	g.oh = convSize(g.h, c.top+c.bottom, c.dh, c.kh, c.sh)
	g.ow = convSize(g.w, c.left+c.right, c.dw, c.kw, c.sw)
	size, outSize := c.in*g.h*g.w, c.out*g.oh*g.ow
	var dx, dw, db []float32
	if x.RequiresGrad() {
		dx = make([]float32, len(x.Data()))
	}
	if c.weight.RequiresGrad() {
		dw = make([]float32, len(c.weight.Data()))
	}
	if c.bias != nil && c.bias.RequiresGrad() {
		db = make([]float32, c.out)
	}
	sparse := dw != nil && c.isSparse(numbers(x.Data()))
	padded := borrow(c.in * (g.h + c.top + c.bottom) * (g.w + c.left + c.right))
	defer giveBack(padded)
	watch := watcher{per: outSize * c.in / c.groups * c.kh * c.kw / 2}
	for k := 0; size > 0 && k < len(x.Data())/size; k++ {
		out, img := dy.Data()[k*outSize:(k+1)*outSize], x.Data()[k*size:(k+1)*size]
		for o := range db {
			db[o] += sum(out[o*g.oh*g.ow:][:g.oh*g.ow])
		}
		switch {
		case dw == nil:
		case sparse:
			c.backActive(dw, out, img, g)
		default:
			c.pad(*padded, img, g, g.h+c.top+c.bottom, g.w+c.left+c.right)
			c.backWeight(dw, out, *padded, g)
		}
		if dx != nil {
			clear(*padded)
			c.backInput(*padded, out, g)
			c.unpad(dx[k*size:(k+1)*size], *padded, g)
		}
		watch.step("Conv2d")
	}
	grads := make([]*tensor.Tensor, 3)
	for k, d := range [][]float32{dx, dw, db} {
		if d != nil {
			grads[k] = share(d, []*tensor.Tensor{x, c.weight, c.bias}[k].Shape())
		}
	}
	return grads
}

func sum(x []float32) float32 {
	var s float32
	for _, v := range x {
		s += v
	}
	return s
}

// rows calls f for every row of an output channel and every row of taps: the row's position in dy, the position in the
// padded input that its first tap sees, and the position of the taps in the weight.
func (c *Conv) rows(g image, f func(y, x, w int)) {
	ph, pw := g.h+c.top+c.bottom, g.w+c.left+c.right
	per := c.in / c.groups
	for o := range c.out {
		first := o / (c.out / c.groups) * per
		for i := range per {
			for ky := range c.kh {
				for y := range g.oh {
					f((o*g.oh+y)*g.ow, ((first+i)*ph+y*c.sh+ky*c.dh)*pw, ((o*per+i)*c.kh+ky)*c.kw)
				}
			}
		}
	}
}

// backWeight adds the gradient of the weight, a sum for each row of the output after the other; x is padded.
func (c *Conv) backWeight(dw, dy, x []float32, g image) {
	per, perOut, plane := c.in/c.groups, c.out/c.groups, g.oh*g.ow
	taps := per * c.kh * c.kw
	c.unfold(x, g, func(group, y, rows int, turned []float32) {
		n := rows * g.ow
		gemm.Add(dw[group*perOut*taps:], taps, gemm.Matrix{Data: dy[group*perOut*plane+y*g.ow:], Row: plane, Column: 1},
			gemm.Matrix{Data: turned, Row: 1, Column: n}, perOut, n, taps, g.ow)
	})
}

// backInput adds the gradient of the padded input.
func (c *Conv) backInput(dx, dy []float32, g image) {
	weight := c.weight.Data()
	c.rows(g, func(y, at, w int) {
		row := dy[y:][:g.ow]
		for kx := range c.kw {
			to, tap := dx[at+kx*c.dw:], weight[w+kx]
			if c.sw == 1 {
				axpy(to[:len(row)], tap, row)
				continue
			}
			for k, d := range row {
				to[k*c.sw] = simd.FMA(tap, d, to[k*c.sw])
			}
		}
	})
}

// unpad copies the planes without what is around them.
func (c *Conv) unpad(dx, padded []float32, g image) {
	ph, pw := g.h+c.top+c.bottom, g.w+c.left+c.right
	for i := range c.in {
		for y := range g.h {
			copy(dx[(i*g.h+y)*g.w:][:g.w], padded[(i*ph+y+c.top)*pw+c.left:][:g.w])
		}
	}
}

// backActive is backWeight for an input, not padded, that is mostly zero: only what is not is visited.
func (c *Conv) backActive(dw, dy, x []float32, g image) {
	per, perOut := c.in/c.groups, c.out/c.groups
	for at, v := range x {
		if v == 0 {
			continue
		}
		i, y, xx := at/(g.h*g.w), at/g.w%g.h+c.top, at%g.w+c.left
		ky0, ky1 := tapRange(y, c.dh, c.sh, c.kh, g.oh)
		kx0, kx1 := tapRange(xx, c.dw, c.sw, c.kw, g.ow)
		group := i / per
		for o := group * perOut; o < (group+1)*perOut; o++ {
			w := dw[(o*per+i%per)*c.kh*c.kw:][:c.kh*c.kw]
			for ky := ky0; ky < ky1; ky++ {
				oy := y - ky*c.dh
				if oy%c.sh != 0 {
					continue
				}
				row := dy[(o*g.oh+oy/c.sh)*g.ow:][:g.ow]
				for kx := kx0; kx < kx1; kx++ {
					if ox := xx - kx*c.dw; ox%c.sw == 0 {
						w[ky*c.kw+kx] = simd.FMA(v, row[ox/c.sw], w[ky*c.kw+kx])
					}
				}
			}
		}
	}
}
