package snn

import (
	"unsafe"

	"github.com/livespike/livespike/internal/pool"
	"github.com/livespike/livespike/internal/simd"
)

// Inside a Sequential the spikes of neurons that go into a linear layer or a convolution are packed, a bit for each neuron:
// a thirty-second of the memory, in which those that spiked are found without looking at the others.

// packing lets spikes be packed; a test switches it off to compare.
var packing = true

// canPack says that module k is a layer or a cell with kernels for bits, and which linear layer or convolution takes its
// spikes.
func (c *Chain) canPack(k int, w *scratch) (to int, ok bool) {
	m, step := packer(c.modules[k]), w.shapes[k]
	if _, isCell := c.modules[k].(*Cell); !isCell && len(step) > 0 {
		step = step[1:]
	}
	if m == nil || !packing || checks(c) || m.delayed || m.fast.Bits == nil || m.coupling != nil {
		return 0, false
	}
	for to = k + 1; to < len(c.modules) && isReshape(c.modules[to]); to++ {
	}
	if to == len(c.modules) || size(w.shapes[k]) == 0 || size(step)%8 != 0 {
		return 0, false
	}
	switch d := c.modules[to].(type) {
	case *Dense:
		return to, d.in%8 == 0
	case *Conv:
		in := w.shapes[to]
		return to, d.in*in[len(in)-2]*in[len(in)-1]%8 == 0
	}
	return 0, false
}

// packer is the neurons of a module whose spikes may be packed, nil if it has none.
func packer(m Module) *neuron {
	switch m := m.(type) {
	case *Cell:
		return &m.neuron
	case *Layer:
		if !m.record {
			return &m.neuron
		}
	}
	return nil
}

// taker is a layer that takes inputs of any kind.
type taker interface {
	take(dst []float32, x inputs, in []int)
}

// asBytes is memory for floats as bytes.
func asBytes(f []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(f))), 4*len(f))
}

// applyBits is apply with packed spikes as output.
func (l *Layer) applyBits(z []byte, x []float32, in []int, s *State) *State {
	s = l.ready(l, s, in[1:])
	n, steps := s.stride(), in[0]
	if isManyNeurons(n, steps) {
		l.share(nil, z, x, steps, s)
		return s
	}
	watch := watcher{per: 2 * n}
	for t := 0; t < steps; {
		p := part{end: n, steps: min(2, steps-t)}
		t += l.runBits(z[t*n/8:(t+p.steps)*n/8], x[t*n:(t+p.steps)*n], p, s, &s.denormal)
		watch.step(l.name)
	}
	return s
}

// applyBits is apply with packed spikes as output.
func (c *Cell) applyBits(z []byte, x []float32, in []int, s *State) *State {
	s = c.ready(c, s, in)
	if n := s.stride(); isManyNeurons(n, 1) {
		c.share(nil, z, x, 1, s)
	} else {
		c.runBits(z, x, part{end: n, steps: 1}, s, &s.denormal)
	}
	return s
}

// runBits is runFast with packed spikes as output. The neurons' number and the part's ends are multiples of 8.
func (c *neuron) runBits(z []byte, x []float32, p part, s *State, denormal *bool) int {
	stride := s.stride()
	if *denormal && c.fast.Tiny != nil {
		own := pool.Borrow(stride)
		defer pool.GiveBack(own)
		p.steps = 1
		c.runFast(*own, x, p, s, denormal, false)
		simd.Pack(z[p.at/8:], (*own)[p.at:p.end])
		return 1
	}
	k, vars := c.coefficients(), s.buf[c.skip*stride:]
	wide, cstep := k.wide, 0
	if k.block == nil {
		cstep = 32 * len(k.names)
		wide = k.over(c.name, s.shape).wide[p.at*len(k.names):]
	}
	step := c.fast.Bits
	if p.steps == 2 {
		step = c.fast.PairBits
	}
	last := (p.steps-1)*stride + p.end - 1
	_, _ = z[last/8], vars[(len(c.m.state)-1)*stride+p.end-1] // the assembly does not look
	*denormal = step((*float32)(unsafe.Pointer(&z[p.at/8])), inputOf(x, p.at, last), &vars[p.at], &wide[0], p.end-p.at, stride, stride, cstep) != 0 &&
		simd.Stalls()
	return p.steps
}
