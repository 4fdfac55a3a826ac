package snn

// scratch is memory that ForwardInto needs between the modules of a container. It stays with the state, so that the
// steady state allocates nothing, and is no part of its value: Clone and String leave it out.
type scratch struct {
	flat   []float32
	in     []int       // the input's shape that the rest is for
	shapes [][]int     // of each module's input
	bufs   [][]float32 // each module's output
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
