package snn

import (
	"math"
	"runtime"
	"sync"

	"github.com/livespike/livespike/internal/gemm"
	"github.com/livespike/livespike/internal/simd"
)

// image is one image's geometry in a convolution.
type image struct {
	h, w   int // input
	oh, ow int // output
}

// convSparse is the share of non-zero inputs below which only those are visited: bench scaling finds both paths as fast at 2
// to 3 %.
const convSparse = 0.03

// convBackSparse is the same for the gradient of the weights, whose sums have another order then.
const convBackSparse = 0.08

func (c *Conv) apply(dst, x []float32, in []int, s *State) *State {
	c.take(dst, numbers(x), in)
	return s
}

// take is apply for inputs of any kind. An image of spikes as bits has a multiple of 8.
func (c *Conv) take(dst []float32, x inputs, in []int) {
	together(c, nil, c.weight)
	n := len(in)
	g := image{h: in[n-2], w: in[n-1]}
	g.oh = convSize(g.h, c.top+c.bottom, c.dh, c.kh, c.sh)
	g.ow = convSize(g.w, c.left+c.right, c.dw, c.kw, c.sw)
	size, outSize := c.in*g.h*g.w, c.out*g.oh*g.ow
	if size == 0 { // nothing but padding
		for ; len(dst) > 0; dst = dst[outSize:] {
			c.fillBias(dst, g, 0, c.out)
		}
		return
	}
	t := convTasks.Get().(*convTask)
	*t = convTask{c: c, dst: dst, x: x, g: g, size: size, outSize: outSize, work: convWorks.Get().(*convWork), sparse: c.isSparse(x, convSparse)}
	images, each := x.n/size, outSize*c.in/c.groups*c.kh*c.kw
	t.every, t.parts = 1+2_000_000/each, 1
	switch {
	case t.sparse:
		t.work.flip(c)
		procs := runtime.GOMAXPROCS(0)
		if each /= 20; isShared(images*each) && images < procs {
			t.parts = min(c.out, procs)
		}
	case c.isFast(g):
		t.work.arrange(c, g)
	}
	doShared(images*t.parts, images*each, t)
	convWorks.Put(t.work)
	*t = convTask{}
	convTasks.Put(t)
}

// convTask is a convolution of several images, a piece for each, or for some of an image's output channels.
type convTask struct {
	c             *Conv
	dst           []float32
	x             inputs
	g             image
	size, outSize int
	work          *convWork
	sparse        bool
	parts         int // pieces of an image
	every         int // images between looks for an interrupt
}

var convTasks = sync.Pool{New: func() any { return new(convTask) }}

// Piece convolves an image. Where little of the input is not zero (isSparse), scatter adds the kernels around what is.
// Else each output is the sum of its taps: denseFast makes them with the channels of the output as elements of vectors
// where there are many of them (isMany) and with the pixels of a row where those fill a vector (isFast), and what is left,
// small and with few channels, is unfolded and multiplied. The gradients are in conv_back.go.
func (t *convTask) Piece(k int) {
	k, part := k/t.parts, k%t.parts
	out, img := t.dst[k*t.outSize:(k+1)*t.outSize], t.x.rows(k*t.size, t.size)
	switch {
	case t.sparse:
		from, to := part*t.c.out/t.parts, (part+1)*t.c.out/t.parts
		t.c.fillBias(out, t.g, from, to)
		t.c.scatter(out, img, t.g, t.work, from, to)
	case img.x == nil:
		p := borrow(t.size)
		defer giveBack(p)
		img.write(*p)
		t.c.dense(out, *p, t.g, t.work)
	default:
		t.c.dense(out, img.x, t.g, t.work)
	}
	if k%t.every == t.every-1 {
		stopIfInterrupted("Conv2d")
	}
}

// isSparse is the fixed rule that chooses the path, from the whole input of a call: less than a share of it is not zero.
// Weights that are not finite take the dense path, where zero times infinity shows.
func (c *Conv) isSparse(x inputs, share float64) bool {
	if !x.fewer(int(share * float64(x.n))) {
		return false
	}
	for _, w := range c.weight.Data() {
		if math.IsNaN(float64(w)) || math.IsInf(float64(w), 0) {
			return false
		}
	}
	return true
}

// fillBias starts every sum of some output channels. Adding to zero makes a bias of −0 a +0, so that the sum does not depend
// on whether zeros are added to it.
func (c *Conv) fillBias(out []float32, g image, from, to int) {
	n := g.oh * g.ow
	for o := from; o < to; o++ {
		b := float32(0)
		if c.bias != nil {
			b += c.bias.Data()[o]
		}
		row := out[o*n : (o+1)*n]
		if b == 0 {
			clear(row)
			continue
		}
		repeat(row, b)
	}
}

// repeat writes v everywhere, most of it as a copy, which takes wide vectors.
func repeat(x []float32, v float32) {
	first := x[:min(len(x), 1024)]
	for k := range first {
		first[k] = v
	}
	for x = x[len(first):]; len(x) > 0; x = x[copy(x, first):] {
	}
}

// dense makes every sum from all of its taps, by channel, row and column.
func (c *Conv) dense(out, x []float32, g image, work *convWork) {
	ph, pw := g.h+c.top+c.bottom, g.w+c.left+c.right
	if split := c.splits(g); split || c.top+c.bottom+c.left+c.right > 0 {
		p := borrow(c.in * ph * c.row(g))
		defer giveBack(p)
		clear(*p)
		if split {
			c.split(*p, x, g)
		} else {
			c.pad(*p, x, g, c.in)
		}
		x = *p
	}
	if c.isFast(g) {
		c.denseFast(out, x, g, work)
		return
	}
	c.fillBias(out, g, 0, c.out)
	per, perOut, plane := c.in/c.groups, c.out/c.groups, g.oh*g.ow
	taps := per * c.kh * c.kw
	for group := range c.groups {
		c.unfold(x[group*per*ph*pw:], g, per, func(y, rows int, turned []float32) {
			n := rows * g.ow
			gemm.Add(out[group*perOut*plane+y*g.ow:], plane, gemm.Matrix{Data: c.weight.Data()[group*perOut*taps:], Row: taps, Column: 1},
				gemm.Matrix{Data: turned, Row: n, Column: 1}, perOut, taps, n, 0)
		})
	}
}

// unfolded is the most elements that unfold makes at a time, so that they stay in the second cache.
const unfolded = 1 << 16

// unfold calls f for some rows of the output after the other with what their pixels see of some channels of the padded
// input: a matrix of taps, by channel, row and column, by pixels.
func (c *Conv) unfold(x []float32, g image, channels int, f func(y, rows int, turned []float32)) {
	ph, pw := g.h+c.top+c.bottom, g.w+c.left+c.right
	taps := channels * c.kh * c.kw
	most := min(g.oh, max(1, unfolded/(taps*g.ow)))
	p := borrow(taps * most * g.ow)
	defer giveBack(p)
	for y := 0; y < g.oh; y += most {
		rows := min(most, g.oh-y)
		to := *p
		for i := range channels {
			plane := x[i*ph*pw:][:ph*pw]
			for ky := range c.kh {
				for kx := range c.kw {
					for r := range rows {
						row, from := to[:g.ow], plane[((y+r)*c.sh+ky*c.dh)*pw+kx*c.dw:]
						if c.sw == 1 {
							copy(row, from)
						} else {
							for k := range row {
								row[k] = from[k*c.sw]
							}
						}
						to = to[g.ow:]
					}
				}
			}
		}
		f(y, rows, *p)
	}
}

// pad copies the planes of some channels into p, which is zero around them.
func (c *Conv) pad(p, x []float32, g image, channels int) {
	ph, pw := g.h+c.top+c.bottom, g.w+c.left+c.right
	for i := range channels {
		for y := range g.h {
			copy(p[(i*ph+y+c.top)*pw+c.left:][:g.w], x[(i*g.h+y)*g.w:][:g.w])
		}
	}
}

// scatter adds the kernels of some output channels around every input that is not zero. The inputs are visited by channel,
// row and column, so each output sees its taps in the order of the dense sum; the products left out are zeros.
func (c *Conv) scatter(out []float32, x inputs, g image, work *convWork, from, to int) {
	weight, per, perOut, plane := c.weight.Data(), c.in/c.groups, c.out/c.groups, g.oh*g.ow
	var index [chunk]int32
	values := ones
	row, i, y := 0, 0, 0 // row is the place of the row's first element
	for at := 0; at < x.n; at += chunk {
		n := x.active(&index, &values, at, min(chunk, x.n-at))
		for k, place := range index[:n] {
			place, v := at+int(place), values[k]
			for ; place >= row+g.w; row += g.w {
				if y++; y == g.h {
					i, y = i+1, 0
				}
			}
			first := i / per * perOut
			for o := max(from, first); o < min(to, first+perOut); o++ {
				kernel, out, x := o*per+i%per, out[o*plane:][:plane], place-row+c.left
				if !work.around(c, out, kernel, v, y+c.top, x, g) {
					c.spread(out, weight[kernel*c.kh*c.kw:][:c.kh*c.kw], v, y+c.top, x, g)
				}
			}
		}
	}
}

// spread adds v times the kernel to the plane of one output channel; (y, x) is v's place in the padded input.
func (c *Conv) spread(out, w []float32, v float32, y, x int, g image) {
	ky0, ky1 := tapRange(y, c.dh, c.sh, c.kh, g.oh)
	kx0, kx1 := tapRange(x, c.dw, c.sw, c.kw, g.ow)
	if kx0 >= kx1 {
		return
	}
	for ky := ky0; ky < ky1; ky++ {
		oy := y - ky*c.dh
		if c.sh != 1 {
			if oy%c.sh != 0 {
				continue
			}
			oy /= c.sh
		}
		taps, row := w[ky*c.kw:][:c.kw], out[oy*g.ow:][:g.ow]
		if c.sw == 1 {
			at := x - kx0*c.dw
			for _, t := range taps[kx0:kx1] {
				row[at] = simd.FMA(t, v, row[at])
				at -= c.dw
			}
			continue
		}
		for kx := kx0; kx < kx1; kx++ {
			if ox := x - kx*c.dw; ox%c.sw == 0 {
				row[ox/c.sw] = simd.FMA(taps[kx], v, row[ox/c.sw])
			}
		}
	}
}

// tapRange is the taps k for which at − k·dilation lies between 0 and (n−1)·stride.
func tapRange(at, dilation, stride, kernel, n int) (from, to int) {
	if over := at - (n-1)*stride; over > 0 {
		from = (over + dilation - 1) / dilation
	}
	return from, min(kernel, at/dilation+1)
}
