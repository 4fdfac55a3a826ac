package snn

import (
	"sync"

	"github.com/livespike/livespike/internal/simd"
)

// convWork is a convolution's weights as the fast paths want them, and their scratch memory.
type convWork struct {
	blocks  convBlocks // of denseFast
	places  []int      // of its taps in the weights of a channel
	kernels []float32  // of scatter: flipped, with zeros between the taps, rows of width elements
	width   int        // 0 if the kernels are not made
}

var convWorks = sync.Pool{New: func() any { return new(convWork) }}

// grown is s with length n and undefined content.
func grown[E any](s []E, n int) []E {
	if cap(s) < n {
		return make([]E, n)
	}
	return s[:n]
}

// isMany reports whether denseFast has the channels in vectors.
func (c *Conv) isMany(g image) bool {
	return isMany(c.out/c.groups, g.ow, c.sw, c.in/c.groups*c.kh*c.kw)
}

// isFast says that denseFast does it: there are many channels, or the pixels of a row fill a vector.
func (c *Conv) isFast(g image) bool { return c.isMany(g) || simd.ConvFilled(g.ow) > 0 }

// splits says that denseFast wants the rows of its input in pieces, every sw-th pixel in one, where strips find neighbours.
func (c *Conv) splits(g image) bool { return c.sw > 1 && !c.isMany(g) && c.isFast(g) }

// row is the elements of a row of the input with zeros around it, and place that of one of them.
func (c *Conv) row(g image) int {
	row := g.w + c.left + c.right
	if c.splits(g) {
		row = (row + c.sw - 1) / c.sw * c.sw
	}
	return row
}

func (c *Conv) place(x int, g image) int {
	if c.splits(g) {
		return x%c.sw*(c.row(g)/c.sw) + x/c.sw
	}
	return x
}

// split copies the planes of all channels into p, which is zero, with zeros around them and their rows in pieces.
func (c *Conv) split(p, x []float32, g image) {
	ph, row, step := g.h+c.top+c.bottom, c.row(g), c.sw
	for first := range min(step, g.w) {
		piece, n := c.place(first+c.left, g), (g.w-first+step-1)/step
		for i := range c.in {
			for y := range g.h {
				from := x[(i*g.h+y)*g.w:][:g.w]
				to := p[(i*ph+y+c.top)*row+piece:][:n]
				for k, at := 0, first; k < len(to) && at < len(from); k, at = k+1, at+step {
					to[k] = from[at]
				}
			}
		}
	}
}

// arrange makes the weights, biases and offsets of denseFast.
func (w *convWork) arrange(c *Conv, g image) {
	ph, row := g.h+c.top+c.bottom, c.row(g)
	per := c.in / c.groups
	w.places, w.blocks.offset = w.places[:0], w.blocks.offset[:0]
	for i := range per {
		for ky := range c.kh {
			for kx := range c.kw {
				w.places = append(w.places, len(w.places))
				w.blocks.offset = append(w.blocks.offset, 4*int64((i*ph+ky*c.dh)*row+c.place(kx*c.dw, g)))
			}
		}
	}
	var bias []float32
	if c.bias != nil {
		bias = c.bias.Data()
	}
	w.blocks.many = c.isMany(g)
	w.blocks.arrange(c.weight.Data(), bias, c.groups, c.out/c.groups, len(w.places), w.places)
}

// convRows is the elements of the input's rows that all output channels are made of before the next rows are: they stay in
// the first cache.
const convRows = 1 << 12

// convLeast is the least rows of a band, if an image has them, and convPixels the least pixels where channels are many: the sums
// of fewer rows wait for each other, and fewer pixels are slow to transpose.
const convLeast, convPixels = 12, 128

// band is the rows that are made together, of n pixels, from that many elements of input each.
func (b *convBlocks) band(n, elements int) int {
	if b.many {
		return max(convRows/elements, convPixels/n, 1)
	}
	return max(convRows/elements, convLeast)
}

// denseFast is dense with sums that stay in registers; x is padded. Several processors share the rows of a large image.
func (c *Conv) denseFast(out, x []float32, g image, w *convWork) {
	t := bandTasks.Get().(*bandTask)
	*t = bandTask{c: c, out: out, x: x, g: g, w: w, rows: w.blocks.band(g.ow, c.in/c.groups*c.row(g)*c.sh)}
	doShared((g.oh+t.rows-1)/t.rows, c.out*g.oh*g.ow*len(w.places), t)
	*t = bandTask{}
	bandTasks.Put(t)
}

// bandTask is a convolution of an image, a piece for some rows.
type bandTask struct {
	c      *Conv
	out, x []float32
	g      image
	w      *convWork
	rows   int
}

var bandTasks = sync.Pool{New: func() any { return new(bandTask) }}

// Piece convolves a band of rows.
func (t *bandTask) Piece(k int) {
	c, g := t.c, t.g
	ph, row := g.h+c.top+c.bottom, c.row(g)
	per, perOut, plane := c.in/c.groups, c.out/c.groups, g.oh*g.ow
	y := k * t.rows
	for group := range c.groups {
		t.w.blocks.rows(t.out[group*perOut*plane+y*g.ow:], t.x[group*per*ph*row+y*c.sh*row:], group, plane, g.ow, min(t.rows, g.oh-y),
			c.sh*row, c.sw)
	}
}

// flip makes the kernels of scatter, where rows of taps that are not neighbours are not too thin for it.
func (w *convWork) flip(c *Conv) {
	w.width = 0
	wide := ((c.kw-1)*c.dw + 8) &^ 7
	if c.sh != 1 || c.sw != 1 || wide/8 > c.kw {
		return
	}
	w.width = wide
	n := c.kh * wide
	w.kernels = grown(w.kernels, c.out*c.in/c.groups*n)
	clear(w.kernels)
	for k, from := 0, c.weight.Data(); len(from) > 0; k, from = k+n, from[c.kh*c.kw:] {
		for ky := range c.kh {
			row := w.kernels[k+(c.kh-1-ky)*wide:][:wide]
			for kx := range c.kw {
				row[(c.kw-1-kx)*c.dw] = from[ky*c.kw+kx]
			}
		}
	}
}

// around adds v times a flipped kernel to the plane of one output channel, and reports whether it could: only where all
// of the kernel's block is inside. (y, x) is v's place in the padded input. The zeros between the taps change
// nothing, since v is finite, but for a sum that underflowed to −0, which they make +0; so they are there without assembly, too.
func (w *convWork) around(c *Conv, out []float32, kernel int, v float32, y, x int, g image) bool {
	y0, x0 := y-(c.kh-1)*c.dh, x-(c.kw-1)*c.dw
	if w.width == 0 || y0 < 0 || x0 < 0 || y >= g.oh || x0+w.width > g.ow || v-v != 0 {
		return false
	}
	n := c.kh * w.width
	simd.Spread(out[y0*g.ow+x0:], w.kernels[kernel*n:][:n], v, c.kh, w.width, c.dh*g.ow)
	return true
}
