package snn

import "github.com/livespike/livespike/internal/simd"

// weightTiles makes the weights' gradient of some channels from images whose channels lie side by side, so that what the taps of
// a kernel's row see of a pixel's neighbourhood lies in one piece: the right matrix of a product, with nothing to arrange.
type weightTiles struct {
	c              *Conv
	g              image
	ins, outs      int
	row, runs, run int       // elements of an image's row; runs of neighbouring taps in a kernel's row; elements of a run
	wide           int       // run, in whole tiles
	x              []float32 // an image with zeros around it
	dw             []float32 // by output channel, row of the kernel, run and element
}

// weightFew is the elements of a kernel's row below which tiles are too empty.
const weightFew = 8

// inTiles says that weightTiles does it, for so many input channels.
func (t *backWeight) inTiles(channels int) bool { return t.c.kw*channels >= weightFew }

// tiles makes the weights' gradient of some channels, the first of which are given.
func (t *backWeight) tiles(in, out, ins, outs int) {
	c, g := t.c, t.g
	w := weightTiles{c: c, g: g, ins: ins, outs: outs}
	image, gradient := w.size()
	work := borrow(image + gradient)
	defer giveBack(work)
	clear(*work)
	w.x, w.dw = (*work)[:image], (*work)[image:]
	for k := range t.images {
		w.add(t.x[k*t.size+in*g.h*g.w:], t.dy[k*t.outSize+out*g.oh*g.ow:])
		stopIfInterrupted("Conv2d")
	}
	per, taps := c.in/c.groups, c.kh*c.kw
	w.write(t.dw[(out*per+in%per)*taps:], per*taps)
}

// size finds how an image and the gradient lie, and how many elements they have.
func (w *weightTiles) size() (image, gradient int) {
	c := w.c
	w.row, w.runs, w.run = (w.g.w+c.left+c.right)*w.ins, 1, c.kw*w.ins
	if c.dw > 1 {
		w.runs, w.run = c.kw, w.ins
	}
	w.wide = (w.run + 15) &^ 15
	return (w.g.h+c.top+c.bottom)*w.row + simd.MaxProductColumns, w.outs * c.kh * w.runs * w.wide
}

// add adds what an image gives: x and dy begin with the first of the channels.
func (w *weightTiles) add(x, dy []float32) {
	c, g := w.c, w.g
	for y := range g.h {
		simd.Transpose(w.x[(y+c.top)*w.row+c.left*w.ins:], x[y*g.w:], w.ins, g.w, w.ins, g.h*g.w)
	}
	parts := (w.outs + simd.ProductRows() - 1) / simd.ProductRows()
	high, ldc, plane := (w.outs+parts-1)/parts, c.kh*w.runs*w.wide, g.oh*g.ow
	for o := 0; o < w.outs; o += high {
		for place := range c.kh * w.runs {
			ky, kx := place/w.runs, place%w.runs
			to := w.dw[o*ldc+place*w.wide:]
			for y := range g.oh {
				from, left := w.x[(y*c.sh+ky*c.dh)*w.row+kx*c.dw*w.ins:], dy[o*plane+y*g.ow:]
				for j, tile := 0, 0; j < w.run; j += tile {
					tile = simd.ProductColumns(w.run - j)
					simd.Product(to[j:], left, from[j:], min(high, w.outs-o), g.ow, tile, plane, 1, c.sw*w.ins, ldc, true)
				}
			}
		}
	}
}

// write writes the gradient into dw, where input channels lie as far apart as the kernel has taps and output channels apart.
func (w *weightTiles) write(dw []float32, apart int) {
	c := w.c
	for o := range w.outs {
		for ky := range c.kh {
			for kx := range c.kw {
				run, at := kx, 0
				if w.runs == 1 {
					run, at = 0, kx*w.ins
				}
				for i, v := range w.dw[((o*c.kh+ky)*w.runs+run)*w.wide+at:][:w.ins] {
					dw[o*apart+(i*c.kh+ky)*c.kw+kx] = v
				}
			}
		}
	}
}
