package snn

// scratch is memory that ForwardInto needs between the modules of a container. It stays with the state, so that the
// steady state allocates nothing, and is no part of its value: Clone and String leave it out.
type scratch struct {
	flat []float32

	// of a container: itself and the input's shape, which the rest is for, and what Chain.plan made of it
	of     *Chain
	in     []int
	shapes [][]int // of each module's input and of the last one's output
	steps  []int   // of a piece, for the first module of those that run in pieces
	ends   []int   // the module behind those
	piece  [][]int // each module's input of a piece
	packs  []bool  // the module's output is packed spikes
	packed []bool  // its input is
	checks bool    // the modules look for what is not finite
	lent   []*[]float32
}

// buffer is n floats of undefined content until release.
func (w *scratch) buffer(n int) []float32 {
	b := borrow(n)
	w.lent = append(w.lent, b)
	return *b
}

// release gives the buffers back.
func (w *scratch) release() {
	for _, b := range w.lent {
		giveBack(b)
	}
	w.lent = w.lent[:0]
}

// scratch is n floats of undefined content.
func (s *State) scratch(n int) []float32 {
	if s.work == nil {
		s.work = &scratch{}
	}
	if cap(s.work.flat) < n {
		s.work.flat = make([]float32, n)
	}
	return s.work.flat[:n]
}
