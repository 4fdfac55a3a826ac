package snn

import "github.com/livespike/livespike/internal/simd"

// canPair says that runFast takes two steps at a time.
func (c *neuron) canPair(s *State) bool {
	if c.delayed {
		return c.fast.LatePair != nil && s.trace == nil
	}
	return c.fast.Pair != nil && s.trace == nil && c.m.coupled == uncoupled
}

// runFast runs the model's kernel in assembly over one step or two, which lie one behind the other in z and x, and its
// twin for the last few neurons, which do not fill a vector. It returns how many steps it took. late adds the input behind
// the step.
//
// Where denormals stall the processor, it takes the kernels that mind them while some are about, one step at a time. That
// changes no bits.
func (c *neuron) runFast(z, x []float32, steps int, s *State, late bool) int {
	stride := s.stride()
	k, vars := c.coefficients(), s.buf[c.skip*stride:]
	wide, cstep, blocks := k.wide, 0, (*spread)(nil)
	if k.block == nil {
		blocks = k.over(c.name, s.shape)
		wide, cstep = blocks.wide, 32*len(k.names)
	}
	one, pair, tiny := c.fast.One, c.fast.Pair, c.fast.Tiny
	if late {
		one, pair, tiny = c.fast.Late, c.fast.LatePair, c.fast.LateTiny
	}
	whole := stride &^ 7
	if pair == nil || s.denormal && tiny != nil {
		steps = 1
	}
	if whole > 0 {
		_, _, _ = z[(steps-1)*stride+whole-1], x[(steps-1)*stride+whole-1], vars[(len(c.m.state)-1)*stride+whole-1] // the assembly does not look
		step := one
		switch {
		case steps == 2:
			step = pair
		case s.denormal && tiny != nil:
			step = tiny
		}
		s.denormal = step(&z[0], &x[0], &vars[0], &wide[0], whole, stride, stride, cstep) != 0 && simd.Stalls()
	}
	for t := 0; t < steps && whole < stride; t++ {
		c.last(z[t*stride:][:stride], x[t*stride:][:stride], vars, whole, k, blocks, stride, late)
	}
	return steps
}

// silence is the input of a delayed step.
var silence [8]float32

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
