package snn

import "github.com/livespike/livespike/internal/simd"

// backDepth makes the gradient of the weight where every input channel is a group of its own, a piece for some groups, whose
// channels are the elements of vectors. Its sums are those of backWeight.
type backDepth struct {
	convBack
	dw     []float32
	groups int // of a piece
}

// isDepth says that backDepth does it.
func (c *Conv) isDepth() bool { return c.in == c.groups && c.groups >= 8 && simd.HasChannels() }

// cut says how many pieces there are, for that many parts if there are so many whole vectors.
func (t *backDepth) cut(parts int) int {
	t.groups = padded16((t.c.groups + parts - 1) / parts)
	return (t.c.groups + t.groups - 1) / t.groups
}

// Piece makes the weights' gradient of some groups.
func (t *backDepth) Piece(k int) {
	c, g := t.c, t.g
	first := k * t.groups
	groups, outs, taps, plane := min(t.groups, c.groups-first), c.out/c.groups, c.kh*c.kw, g.oh*g.ow
	wide, row := padded16(groups), (g.w+c.left+c.right)*padded16(groups)
	sizes := [...]int{(g.h + c.top + c.bottom) * row, plane * wide, outs * taps * wide}
	work := borrow(sizes[0] + sizes[1] + sizes[2])
	defer giveBack(work)
	clear(*work)
	x, dy, dw := (*work)[:sizes[0]], (*work)[sizes[0]:][:sizes[1]], (*work)[sizes[0]+sizes[1]:]
	for image := range t.images {
		from := t.x[image*t.size+first*g.h*g.w:]
		for y := range g.h {
			simd.Transpose(x[(y+c.top)*row+c.left*wide:], from[y*g.w:], groups, g.w, wide, g.h*g.w)
		}
		for o := range outs {
			simd.Transpose(dy, t.dy[image*t.outSize+(first*outs+o)*plane:], groups, plane, wide, outs*plane)
			t.add(dw[o*taps*wide:], x, dy, wide)
		}
		stopIfInterrupted("Conv2d")
	}
	for group := range groups {
		for at := range outs * taps {
			t.dw[(first+group)*outs*taps+at] = dw[at*wide+group]
		}
	}
}

// add adds what an image gives, with wide channels side by side, to the taps of a kernel.
func (t *backDepth) add(dw, x, dy []float32, wide int) {
	c, g := t.c, t.g
	row := (g.w + c.left + c.right) * wide
	for j, tile := 0, 0; j < wide; j += tile {
		tile = simd.ProductColumns(wide - j)
		for ky := range c.kh {
			for kx := 0; kx < c.kw; kx += simd.ProductRows() {
				to, n := dw[(ky*c.kw+kx)*wide+j:], min(simd.ProductRows(), c.kw-kx)
				for y := range g.oh {
					from := x[(y*c.sh+ky*c.dh)*row+kx*c.dw*wide+j:]
					simd.ProductEach(to, from, dy[y*g.ow*wide+j:], n, g.ow, tile, c.dw*wide, c.sw*wide, wide, wide)
				}
			}
		}
	}
}
