package snn

import (
	"unsafe"

	"github.com/livespike/livespike/internal/simd"
)

// canPair says that runFast takes two steps at a time.
func (c *neuron) canPair(s *State) bool {
	if c.delayed {
		return c.fast.LatePair != nil && s.trace == nil
	}
	return c.fast.Pair != nil && s.trace == nil && c.m.coupled == uncoupled
}

// canShare says that runFast takes some of the neurons apart from the others.
func (c *neuron) canShare(s *State) bool {
	if c.delayed {
		return c.fast.Late != nil && s.trace == nil
	}
	return c.fast.One != nil && s.trace == nil && c.m.coupled == uncoupled
}

// part is some of the neurons of a state, and how many steps are to be done.
type part struct {
	at, end, steps int
	past           bool // the output goes past the caches; see goesPast
}

// pastFrom is the bytes of an output from which on it goes past the caches: with its input it fills a third cache.
const pastFrom = 16 << 20

// goesPast says that n steps' output z is so large that it is better written past the caches.
func (c *neuron) goesPast(z []float32, n int) bool {
	return 4*len(z) >= pastFrom && c.fast.Past != nil && !c.delayed && n%16 == 0 && uintptr(unsafe.Pointer(&z[0]))%64 == 0
}

// runFast runs the model's kernel in assembly over one step or two, which lie one behind the other in z and x, and its
// twin for the last few neurons, which do not fill a vector. It returns how many steps it took. late adds the input behind
// the step.
//
// Where denormals stall the processor, it takes the kernels that mind them while some are about, one step at a time. That
// changes no bits. A nil x is silence, for a step of a multiple of 8 neurons that silence is long enough for.
func (c *neuron) runFast(z, x []float32, p part, s *State, denormal *bool, late bool) int {
	stride := s.stride()
	k, vars := c.coefficients(), s.buf[c.skip*stride:]
	wide, cstep, blocks := k.wide, 0, (*spread)(nil)
	if k.block == nil {
		blocks = k.over(c.name, s.shape)
		cstep = 32 * len(k.names)
		wide = blocks.wide[min(p.at*len(k.names), len(blocks.wide)):]
	}
	one, pair, tiny := c.fast.One, c.fast.Pair, c.fast.Tiny
	if late {
		one, pair, tiny = c.fast.Late, c.fast.LatePair, c.fast.LateTiny
	}
	minding := *denormal && tiny != nil
	if pair == nil || minding {
		p.steps = 1
	}
	whole := (p.end - p.at) &^ 7
	if whole > 0 {
		last := (p.steps-1)*stride + p.at + whole - 1
		_, _ = z[last], vars[(len(c.m.state)-1)*stride+p.at+whole-1] // the assembly does not look
		step := one
		switch {
		case p.steps == 2 && p.past:
			step = c.fast.Past
		case p.steps == 2:
			step = pair
		case minding:
			step = tiny
		}
		*denormal = step(&z[p.at], inputOf(x, p.at, last), &vars[p.at], &wide[0], whole, stride, stride, cstep) != 0 && simd.Stalls()
	}
	for t := 0; t < p.steps && p.at+whole < p.end; t++ {
		c.last(z[t*stride:][:p.end], x[t*stride:][:p.end], vars, p.at+whole, k, blocks, stride, late)
	}
	return p.steps
}

// silence is the input of steps that get none, for so many neurons at a time.
var silence [4096]float32

// inputOf is where a kernel finds the input x from element at on to the last. A nil x is silence.
func inputOf(x []float32, at, last int) *float32 {
	if x == nil {
		_ = silence[last-at]
		return &silence[0]
	}
	_ = x[last]
	return &x[at]
}

// last is a step of the neurons from first on.
func (c *neuron) last(z, x, vars []float32, first int, k *coefs, each *spread, stride int, late bool) {
	in := x[first:]
	var jumps []float32
	if late {
		var held [8]float32
		jumps = held[:copy(held[:], in)] // x may be z
		in = silence[:len(in)]
	}
	if each == nil {
		c.step(z[first:], in, vars[first:], k.block, stride)
	} else {
		for at := first; at < len(z); at++ {
			c.step(z[at:at+1], in[at-first:], vars[at:], each.blocks[at/each.run], stride)
		}
	}
	if late {
		add(vars[(c.jump-c.skip)*stride+first:][:len(jumps)], jumps)
	}
}

// wide is the coefficients of every 8 neurons in the order of the assembly; what is left of the last 8 is not in it.
func (s *spread) widen(coefs int) {
	n := len(s.blocks) * s.run &^ 7
	if !simd.On() {
		return
	}
	s.wide = make([]float32, n*coefs)
	for at := range n {
		block := s.wide[at/8*8*coefs:]
		for k, v := range s.blocks[at/s.run] {
			block[8*k+at%8] = v
		}
	}
}
