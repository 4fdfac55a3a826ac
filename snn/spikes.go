package snn

import (
	"unsafe"

	"github.com/livespike/livespike/internal/pool"
	"github.com/livespike/livespike/internal/simd"
)

// Inside a Sequential the spikes of a layer that go into a linear one are packed, a bit for each neuron: a thirty-second
// of the memory, in which those that spiked are found without looking at the others.

// packing lets spikes be packed; a test switches it off to compare.
var packing = true

// canPack says that module k is a layer with kernels for bits, and which linear layer takes its spikes.
func (c *Chain) canPack(k int, w *scratch) (to int, ok bool) {
	l, ok := c.modules[k].(*Layer)
	if !ok || !packing || l.record || l.delayed || l.fast.Bits == nil || l.coupling != nil {
		return 0, false
	}
	for to = k + 1; to < len(c.modules) && isReshape(c.modules[to]); to++ {
	}
	if to == len(c.modules) {
		return 0, false
	}
	d, ok := c.modules[to].(*Dense)
	n := size(w.shapes[k][1:])
	return to, ok && d.in%8 == 0 && n%8 == 0 && n > 0 && w.shapes[k][0] > 0
}

// asBytes is memory for floats as bytes.
func asBytes(f []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(f))), 4*len(f))
}

// applyBits is apply with packed spikes as output.
func (l *Layer) applyBits(z []byte, x []float32, in []int, s *State) *State {
	if s == nil {
		s = l.initial(in[1:])
	} else {
		l.check(s, in[1:])
	}
	s.change(l)
	n, steps := s.stride(), in[0]
	if n >= 2*shareOfNeurons && isShared(steps*n*workOfNeuron) {
		l.share(nil, z, x, steps, s)
		return s
	}
	watch := watcher{per: 2 * n}
	for t := 0; t < steps; {
		p := part{0, n, min(2, steps-t)}
		t += l.runBits(z[t*n/8:(t+p.steps)*n/8], x[t*n:(t+p.steps)*n], p, s, &s.denormal)
		watch.step(l.name)
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
	_, _, _ = z[last/8], x[last], vars[(len(c.m.state)-1)*stride+p.end-1] // the assembly does not look
	*denormal = step((*float32)(unsafe.Pointer(&z[p.at/8])), &x[p.at], &vars[p.at], &wide[0], p.end-p.at, stride, stride, cstep) != 0 &&
		simd.Stalls()
	return p.steps
}
