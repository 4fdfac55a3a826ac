package snn

import (
	"runtime"

	"github.com/livespike/livespike/internal/pool"
	"github.com/livespike/livespike/snn/tensor"
)

const (
	bigInput  = 1 << 14 // elements of an input from which on Chain.Forward looks for a shorter way
	pieceSize = 1 << 16 // elements of the largest buffer between modules that run in pieces: it stays in the second cache
)

// inPieces lets modules run in pieces; a test switches it off to compare.
var inPieces = true

// canPass says that Forward may run the modules on memory alone: they are of this package, nothing records gradients, and
// nobody asked for checks or for all states.
func (c *Chain) canPass(x *tensor.Tensor, s *State) bool {
	return len(c.modules) > 1 && passes(c) && !recordable(c, x, s) && !isChecking(c)
}

func passes(m Module) bool {
	switch m := m.(type) {
	case *Cell, *Conv, *Dense, *Flat, *Activation, *Pool:
		return true
	case *Layer:
		return !m.record
	case *Lifted:
		return passes(m.m)
	case *Chain:
		for _, inner := range m.modules {
			if !passes(inner) {
				return false
			}
		}
		return true
	}
	return false
}

// pass is Forward without tensors between the modules.
func (c *Chain) pass(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	out := c.outputShape(x.Shape())
	dst := pool.Uncleared(size(out))
	s = c.apply(dst, x.Data(), x.Shape(), s.Clone())
	return wrap(dst, out), s
}

// isReshape reports whether a module leaves the elements as they are.
func isReshape(m Module) bool {
	if l, ok := m.(*Lifted); ok {
		m = l.m
	}
	_, ok := m.(*Flat)
	return ok
}

// isStepwise reports whether a module makes step t of its output, axis 0, of the steps of its input up to t, so that a
// sequence may be given to it in pieces.
func isStepwise(m Module) bool {
	switch m := m.(type) {
	case *Lifted:
		return true
	case *Layer:
		return !m.record
	}
	return false
}

// planPieces finds the modules in a row that run over the same steps, and how many steps they take at a time.
func (c *Chain) planPieces(w *scratch) {
	w.steps, w.ends = make([]int, len(c.modules)), make([]int, len(c.modules))
	w.piece = make([][]int, len(c.modules)+1)
	for k := 0; k < len(c.modules); k++ {
		if isReshape(c.modules[k]) {
			continue
		}
		end, largest := k, 0
		for end < len(c.modules) && isStepwise(c.modules[end]) {
			end++
			if end < len(c.modules) {
				largest = max(largest, size(w.shapes[end]))
			}
		}
		for end < len(c.modules) && end > k && isReshape(c.modules[end-1]) {
			end--
		}
		if end-k < 2 || w.shapes[k][0] == 0 {
			continue
		}
		all := w.shapes[k][0]
		steps := max(1, pieceSize*runtime.GOMAXPROCS(0)/max(1, largest/all)) // each processor has a second cache
		if steps >= all || !inPieces {
			continue
		}
		w.steps[k], w.ends[k] = steps, end
		for i := k; i <= end; i++ {
			w.piece[i] = append([]int(nil), w.shapes[i]...)
		}
		k = end - 1
	}
}

// applyInPieces runs the modules from first to end over a few steps after the other, so that what lies between them need
// not leave the cache. It is the same as one after the other over all steps.
func (c *Chain) applyInPieces(first, end int, dst, x []float32, w *scratch, s *State) {
	all, steps := w.shapes[first][0], w.steps[first]
	in, out := len(x)/all, size(w.shapes[end])/all
	held := len(w.lent)
	for at := 0; at < all; at += steps {
		n := min(steps, all-at)
		from, slot := x[at*in:(at+n)*in], held
		for k := first; k < end; k++ {
			w.piece[k][0] = n
			to := dst
			switch {
			case k == end-1 && w.packs[k]:
				s.sub[k].s = c.applyPacked(k, asBytes(dst)[at*out/8:(at+n)*out/8], from, w.piece[k], s.sub[k].s)
				continue
			case k == end-1:
				to = dst[at*out : (at+n)*out]
			case isReshape(c.modules[k]):
				continue
			default:
				per := size(w.shapes[k+1]) / all
				to = w.between(slot, per*steps)[:per*n]
				slot++
			}
			s.sub[k].s = c.applyAt(k, to, from, w.piece[k], s.sub[k].s)
			from = to
		}
	}
}

// between is the i-th buffer that is lent, borrowed when it is first asked for.
func (w *scratch) between(i, n int) []float32 {
	if len(w.lent) == i {
		w.buffer(n)
	}
	return *w.lent[i]
}
