package snn

import (
	"sync"

	"github.com/livespike/livespike/internal/simd"
)

// activeWork is the memory of backWeight for images that are mostly zero.
type activeWork struct {
	index, y, x, rows []int32
	values, seen      []float32
}

var activeWorks = sync.Pool{New: func() any { return new(activeWork) }}

// active makes the weights' gradient of outs output channels of a group, from the first one on. For every tap it adds up the
// rows of dy, which has the output channels as neighbours, at the pixels that see through the tap what is not zero, image
// after image and pixel after pixel.
func (t *backWeight) active(group, first, outs int) {
	c, g := t.c, t.g
	per, plane, size, taps, wide := c.in/c.groups, g.oh*g.ow, g.h*g.w, c.kh*c.kw, vectors(outs)
	dw, dy := borrow(per*taps*wide), borrow(plane*wide)
	defer giveBack(dw)
	defer giveBack(dy)
	clear(*dw)
	clear(*dy)
	w := activeWorks.Get().(*activeWork)
	defer activeWorks.Put(w)
	w.index, w.y, w.x, w.rows = grown(w.index, size), grown(w.y, size), grown(w.x, size), grown(w.rows, size)
	w.values, w.seen = grown(w.values, size), grown(w.seen, size)
	for image := range t.images {
		simd.Transpose(*dy, t.dy[image*t.outSize+first*plane:], outs, plane, wide, plane)
		x := t.x[image*t.size+group*per*size:]
		for i := range per {
			n := simd.Active(w.index, w.values, x[i*size:][:size], 0)
			for k, at := range w.index[:n] {
				w.y[k], w.x[k] = at/int32(g.w), at%int32(g.w)
			}
			for tap := range taps {
				m := w.through(c, g, tap/c.kw*c.dh-c.top, tap%c.kw*c.dw-c.left, n)
				simd.AddRows((*dw)[(i*taps+tap)*wide:][:wide], *dy, w.seen[:m], w.rows[:m], wide)
			}
		}
		stopIfInterrupted("Conv2d")
	}
	simd.Transpose(t.dw[first*per*taps:], *dw, per*taps, outs, per*taps, wide)
}

// through lists the pixels of the output that see the first n of what is not zero through a tap, which is so many rows and
// columns behind the pixel's place.
func (w *activeWork) through(c *Conv, g image, down, right, n int) (m int) {
	for k, v := range w.values[:n] {
		y, x := int(w.y[k])-down, int(w.x[k])-right
		if c.sh != 1 || c.sw != 1 {
			if y < 0 || x < 0 || y%c.sh != 0 || x%c.sw != 0 {
				continue
			}
			y, x = y/c.sh, x/c.sw
		}
		if uint(y) < uint(g.oh) && uint(x) < uint(g.ow) {
			w.rows[m], w.seen[m] = int32(y*g.ow+x), v
			m++
		}
	}
	return m
}
