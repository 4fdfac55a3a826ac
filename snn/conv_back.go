package snn

import (
	"runtime"

	"github.com/livespike/livespike/internal/gemm"
	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/snn/tensor"
)

// backward is the gradients of input, weight and bias. Several processors share the images for that of the input, and the
// channels for the others, whose sums run over the images in order.
func (c *Conv) backward(x, dy *tensor.Tensor) []*tensor.Tensor {
	in := x.Shape()
	g := image{h: in[len(in)-2], w: in[len(in)-1]}
	g.oh = convSize(g.h, c.top+c.bottom, c.dh, c.kh, c.sh)
	g.ow = convSize(g.w, c.left+c.right, c.dw, c.kw, c.sw)
	t := convBack{c: c, g: g, x: x.Data(), dy: dy.Data(), size: c.in * g.h * g.w, outSize: c.out * g.oh * g.ow}
	t.images = len(t.dy) / t.outSize // those of x may be nothing but padding
	work := t.images * t.outSize * c.in / c.groups * c.kh * c.kw
	grads := make([]*tensor.Tensor, 3)
	if x.RequiresGrad() {
		to := backInput{convBack: t, dx: make([]float32, len(t.x))}
		to.arrange()
		doShared(t.images, work, &to)
		grads[0] = share(to.dx, x.Shape())
	}
	if c.weight.RequiresGrad() {
		dw, sparse := make([]float32, len(c.weight.Data())), c.isSparse(numbers(t.x), convBackSparse)
		if c.isDepth() && !sparse {
			to := backDepth{convBack: t, dw: dw}
			doShared(to.cut(convParts(work)), work, &to)
		} else {
			to := backWeight{convBack: t, dw: dw, sparse: sparse}
			doShared(to.cut(convParts(work)), work, &to)
		}
		grads[1] = share(dw, c.weight.Shape())
	}
	if c.bias != nil && c.bias.RequiresGrad() {
		to := backBias{convBack: t, db: make([]float32, c.out)}
		doShared((c.out+3)/4, len(t.dy), &to)
		grads[2] = share(to.db, c.bias.Shape())
	}
	return grads
}

// convBack is what the gradients of a convolution are made from.
type convBack struct {
	c                     *Conv
	g                     image
	x, dy                 []float32
	images, size, outSize int // size and outSize are those of an image
}

// backInput makes the gradient of the input, a piece for each image. It is a convolution too, of dy with zeros around it and
// the kernels turned around: every element is the sum over output channel, row and column of the taps, in that order. With
// a stride each of its phases is a convolution with some of the taps. The zeros meet every tap, so that a weight that is not
// finite shows at the border in elements, too, that no output reaches through it.
type backInput struct {
	convBack
	dx                   []float32
	top, left, rows, row int // of dy with zeros around it: where its first row and column lie, outside if below 0, and its size
	phases               []phase
}

// phase is the pixels of the input that the same taps see.
type phase struct {
	y, x, h, w int // the first one, and how many there are
	blocks     convBlocks
}

// arrange makes the phases.
func (t *backInput) arrange() {
	c, g := t.c, t.g
	t.top, t.left = -floor(c.top-(c.kh-1)*c.dh, c.sh), -floor(c.left-(c.kw-1)*c.dw, c.sw)
	t.rows, t.row = floor(g.h-1+c.top, c.sh)+t.top+1, floor(g.w-1+c.left, c.sw)+t.left+1
	t.row = max(t.row, t.left+8) // where a vector is wider than the image
	for y := range min(c.sh, g.h) {
		for x := range min(c.sw, g.w) {
			p := phase{y: y, x: x, h: (g.h - y + c.sh - 1) / c.sh, w: (g.w - x + c.sw - 1) / c.sw}
			t.turn(&p)
			t.phases = append(t.phases, p)
		}
	}
}

// turn finds the taps of a phase.
func (t *backInput) turn(p *phase) {
	c := t.c
	per, perOut := c.in/c.groups, c.out/c.groups
	taps := make([]int, 0, perOut*c.kh*c.kw) // where they are in the weights of a channel
	for o := range perOut {
		for ky := range c.kh {
			for kx := range c.kw {
				y, x := p.y+c.top-ky*c.dh, p.x+c.left-kx*c.dw
				if floor(y, c.sh)*c.sh == y && floor(x, c.sw)*c.sw == x {
					taps = append(taps, (o*per*c.kh+ky)*c.kw+kx)
					p.blocks.offset = append(p.blocks.offset, 4*int64((o*t.rows+floor(y, c.sh)+t.top)*t.row+floor(x, c.sw)+t.left))
				}
			}
		}
	}
	p.blocks.many = isMany(per, p.w, 1, len(taps))
	p.blocks.arrange(c.weight.Data(), nil, c.groups, per, c.kh*c.kw, taps)
}

// floor is a/b, rounded down.
func floor(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Piece makes the gradient of an image.
func (t *backInput) Piece(k int) {
	c, g := t.c, t.g
	around := borrow(c.out*t.rows*t.row + 8*simd.ConvChannels) // the last vector of the last row may see what is behind
	defer giveBack(around)
	clear(*around)
	for row := range c.out * g.oh {
		if y := row%g.oh + t.top; y >= 0 && y < t.rows {
			from, to := t.dy[k*t.outSize+row*g.ow:][:g.ow], (*around)[(row/g.oh*t.rows+y)*t.row:][:t.row]
			copy(to[max(0, t.left):], from[max(0, -t.left):])
		}
	}
	for i := range t.phases {
		t.fill(t.dx[k*t.size:][:t.size], *around, &t.phases[i])
	}
	stopIfInterrupted("Conv2d")
}

// fill makes the pixels of a phase.
func (t *backInput) fill(dx, around []float32, p *phase) {
	c, g := t.c, t.g
	if len(p.blocks.offset) == 0 {
		return
	}
	per, plane, wide := c.in/c.groups, g.h*g.w, p.w
	if !p.blocks.many && simd.ConvFilled(wide) == 0 {
		wide = max(wide, 8)
	}
	band := p.blocks.band(wide, c.out/c.groups*t.row)
	direct := c.sh == 1 && c.sw == 1 && p.w == wide
	apart := borrow(per * min(band, p.h) * wide)
	defer giveBack(apart)
	for group := range c.groups {
		from := around[group*c.out/c.groups*t.rows*t.row:]
		for y := 0; y < p.h; y += band {
			rows, to := min(band, p.h-y), dx[group*per*plane:]
			if direct {
				p.blocks.rows(to[y*g.w:], from[y*t.row:], group, plane, wide, rows, t.row, 1)
				continue
			}
			p.blocks.rows(*apart, from[y*t.row:], group, rows*wide, wide, rows, t.row, 1)
			for k := range per {
				for r := range rows {
					row := to[k*plane+(p.y+(y+r)*c.sh)*g.w+p.x:]
					for j, v := range (*apart)[(k*rows+r)*wide:][:p.w] {
						row[j*c.sw] = v
					}
				}
			}
		}
	}
}

// backWeight makes the gradient of the weight, a piece for some input and output channels: a sum for each row of the output,
// the images one after the other.
type backWeight struct {
	convBack
	dw        []float32
	sparse    bool // most of the input is zero, and only what is not is visited
	inputs    int  // channels of a piece
	outputs   int
	ins, outs int // pieces of a group
}

// convParts is how many pieces keep the processors busy.
func convParts(work int) int {
	if isShared(work) {
		return 2 * runtime.GOMAXPROCS(0)
	}
	return 1
}

// cut says how many pieces there are, for that many parts: cut by input channels first, since every piece arranges its inputs
// for itself.
func (t *backWeight) cut(parts int) int {
	c := t.c
	per, perOut := c.in/c.groups, c.out/c.groups
	parts = (parts + c.groups - 1) / c.groups
	t.ins = min(parts, per)
	switch {
	case t.sparse:
		t.ins = 1
	case t.inTiles(per):
		t.ins = min(parts, max(1, per/16)) // fewer do not fill a tile
	}
	t.outs = min((parts+t.ins-1)/t.ins, perOut)
	t.inputs, t.outputs = (per+t.ins-1)/t.ins, (perOut+t.outs-1)/t.outs
	t.ins, t.outs = (per+t.inputs-1)/t.inputs, (perOut+t.outputs-1)/t.outputs
	return c.groups * t.ins * t.outs
}

// Piece makes a part of the weights' gradient.
func (t *backWeight) Piece(k int) {
	c, g := t.c, t.g
	per, perOut, plane := c.in/c.groups, c.out/c.groups, g.oh*g.ow
	group := k / t.outs / t.ins
	i, o := k/t.outs%t.ins*t.inputs, k%t.outs*t.outputs
	ins, outs := min(t.inputs, per-i), min(t.outputs, perOut-o)
	first, firstOut := group*per+i, group*perOut+o
	switch {
	case t.sparse:
		t.active(group, firstOut, outs)
		return
	case t.inTiles(ins):
		t.tiles(first, firstOut, ins, outs)
		return
	}
	ph, pw, taps := g.h+c.top+c.bottom, g.w+c.left+c.right, c.kh*c.kw
	padded := borrow(ins * ph * pw)
	defer giveBack(padded)
	clear(*padded)
	for image := range t.images {
		x, dy := t.x[image*t.size:][:t.size], t.dy[image*t.outSize:][:t.outSize]
		c.pad(*padded, x[first*g.h*g.w:], g, ins)
		c.unfold(*padded, g, ins, func(y, rows int, turned []float32) {
			n := rows * g.ow
			gemm.Add(t.dw[(firstOut*per+i)*taps:], per*taps, gemm.Matrix{Data: dy[firstOut*plane+y*g.ow:], Row: plane, Column: 1},
				gemm.Matrix{Data: turned, Row: 1, Column: n}, outs, n, ins*taps, g.ow)
		})
		stopIfInterrupted("Conv2d")
	}
}

// backBias makes the gradient of the bias, a piece for four channels, which are added up side by side.
type backBias struct {
	convBack
	db []float32
}

// Piece adds up some channels.
func (t *backBias) Piece(k int) {
	first, plane := 4*k, t.g.oh*t.g.ow
	db := t.db[first:min(first+4, t.c.out)]
	for image := range t.images {
		dy := t.dy[image*t.outSize+first*plane:][:len(db)*plane]
		if len(db) == 4 {
			a, b, c, d := sums(dy[:plane], dy[plane:], dy[2*plane:], dy[3*plane:])
			db[0], db[1], db[2], db[3] = db[0]+a, db[1]+b, db[2]+c, db[3]+d
			continue
		}
		for o := range db {
			db[o] += sum(dy[o*plane:][:plane])
		}
	}
}

func sum(x []float32) float32 {
	var s float32
	for _, v := range x {
		s += v
	}
	return s
}

// sums is the sum of each, b, c and d being as long as a or longer.
func sums(a, b, c, d []float32) (sa, sb, sc, sd float32) {
	b, c, d = b[:len(a)], c[:len(a)], d[:len(a)]
	for k, v := range a {
		sa, sb, sc, sd = sa+v, sb+b[k], sc+c[k], sd+d[k]
	}
	return sa, sb, sc, sd
}
