package snn

import (
	"runtime"

	"github.com/livespike/livespike/internal/pool"
)

// While a layer records, its neurons are taken in pieces, over all steps both ways: the variables of a piece stay in the
// first cache, and several processors share the pieces. That changes no bits.

// pieceOfNeurons is the neurons of a piece, fewer where there are not enough for all processors.
const pieceOfNeurons = 2048

func piecesOf(n, steps int) (each, pieces int) {
	each = pieceOfNeurons
	if isManyNeurons(n, steps) {
		each = min(each, max(shareOfNeurons, (n/(2*runtime.GOMAXPROCS(0))+63)&^63))
	}
	return each, (n + each - 1) / each
}

// doPieces does them, by several processors where there is much to do.
func doPieces(pieces, n, steps int, t pool.Task) {
	if isManyNeurons(n, steps) {
		pool.Do(pieces, t)
		return
	}
	for k := range pieces {
		t.Piece(k)
	}
}

// keepsInPieces says that the way there may be taken in pieces.
func (c *neuron) keepsInPieces() bool {
	return c.fast.One != nil && c.m.coupled == uncoupled && !c.delayed && c.skip == 0
}

// keepInPieces runs the neurons over the steps of x and keeps in t what their kernel was given.
func (c *neuron) keepInPieces(z, x []float32, s *State, t *trace) {
	for k := range t.steps {
		t.x = append(t.x, x[k*t.n:(k+1)*t.n])
	}
	t.k = t.steps
	each, pieces := piecesOf(t.n, t.steps)
	doPieces(pieces, t.n, t.steps, &keeping{c, z, s, t, each})
}

type keeping struct {
	c    *neuron
	z    []float32
	s    *State
	t    *trace
	each int
}

// Piece runs some neurons over all steps.
func (p *keeping) Piece(k int) {
	n := p.t.n
	some := part{at: k * p.each, end: min((k+1)*p.each, n), steps: 1}
	watch, denormal := watcher{per: some.end - some.at}, false
	for t, x := range p.t.x {
		to := p.t.state(t)
		for at := 0; at < len(to); at += n {
			copy(to[at+some.at:at+some.end], p.s.buf[at+some.at:])
		}
		p.c.runFast(p.z[t*n:(t+1)*n], x, some, p.s, &denormal, false)
		watch.step(p.c.name)
	}
}

// turnsInPieces says that the way back may be: all neurons have the same coefficients, of which none is learned.
func (r *reverse) turnsInPieces() bool {
	return !r.c.adjoint && r.c.m.coupled == uncoupled && !r.c.delayed && r.c.skip == 0 && r.k.block != nil && r.dc == nil && r.t.r == nil
}

// turnInPieces takes the gradients dz of the output back over all steps: dx receives those of the input.
func (r *reverse) turnInPieces(dx, dz []float32) {
	each, pieces := piecesOf(r.t.n, r.t.steps)
	doPieces(pieces, r.t.n, r.t.steps, &turning{r, dx, dz, each})
}

type turning struct {
	r      *reverse
	dx, dz []float32
	each   int
}

// Piece takes some neurons back over all steps.
func (p *turning) Piece(k int) {
	r, n := p.r, p.r.t.n
	at, end := k*p.each, min((k+1)*p.each, n)
	g, watch := r.g, watcher{per: end - at}
	g.c = r.k.block
	for t := r.t.steps - 1; t >= 0; t-- {
		row := t * n
		g.x, g.dz, g.dx, g.s, g.ds = r.t.x[t][at:end], p.dz[row+at:row+end], p.dx[row+at:row+end], r.t.state(t)[at:], r.ds[at:]
		r.c.m.run(&g)
		watch.step(r.c.name)
	}
}
