package snn

import (
	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/gpu"
	"github.com/livespike/livespike/snn/tensor"
)

// To sends the weights to a device, in place, and returns the neurons.
func (c *RecurrentCell) To(d tensor.Device) (*RecurrentCell, error) { return c, move(c, d) }

// CUDA is To the first GPU. It panics with the error where that fails.
func (c *RecurrentCell) CUDA() *RecurrentCell { return sent(c, "cuda:0") }

// CPU is To the CPU.
func (c *RecurrentCell) CPU() *RecurrentCell { return sent(c, "cpu") }

// To sends the weights to a device, in place, and returns the neurons.
func (l *Recurrent) To(d tensor.Device) (*Recurrent, error) { return l, move(l, d) }

// CUDA is To the first GPU. It panics with the error where that fails.
func (l *Recurrent) CUDA() *Recurrent { return sent(l, "cuda:0") }

// CPU is To the CPU.
func (l *Recurrent) CPU() *Recurrent { return sent(l, "cpu") }

func (c *RecurrentCell) forwardOn(d *gpu.Device, x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	y, next := c.recurrence.forwardOn(d, x, s, 1, c.outputShape(x.Shape()))
	return checked(c, false, x, y, next), next
}

func (l *Recurrent) forwardOn(d *gpu.Device, x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	if l.record {
		panicf("%s: the states of all steps are recorded on the CPU only; the input is on %v; CPU() brings a copy", l.name, d)
	}
	shape := l.outputShape(x.Shape())
	y, next := l.recurrence.forwardOn(d, x, s, shape[0], shape[1:])
	return checked(l, true, x, y, next), next
}

// blockOfNeurons is how large a population may be that runs all steps in one launch; a test lowers it.
var blockOfNeurons = 1024

// forwardOn is Forward on a GPU for a number of steps of that shape, the output's. The input's product is one for all
// steps; a small population does them all in one launch, a larger one has two launches for each.
func (r *recurrence) forwardOn(d *gpu.Device, x *tensor.Tensor, s *State, steps int, shape []int) (*tensor.Tensor, *State) {
	if !r.onDevices() {
		panicf("%s runs on the CPU only; the input is on %v; CPU() brings a copy", r.label(), d)
	}
	out := r.outputShape(x.Shape())
	if r.wrec == nil {
		return r.neuron.forwardOn(d, linearOn(d, r.name, x, r.win, nil, out), s, steps, shape)
	}
	if r.recording(x, s) {
		panicf("%s: gradients of recurrent neurons are computed on the CPU only; the input is on %v; CPU() brings a copy, Eval and tensor.NoGrad record nothing",
			r.label(), d)
	}
	n := size(shape)
	inp := mustHave(d.Alloc(steps * n))
	multiplyOn(d, inp, gpu.Of(x), gpu.Of(r.win), steps*n/r.hidden, r.in, r.hidden)
	next := r.nextOn(d, s, shape)
	z := mustHave(d.Alloc(steps * n))
	if n == 0 || steps == 0 {
		return onGPU(z, out), next
	}
	past, vars := next.gpu.Slice(0, n), next.gpu.Slice(n, next.gpu.Len())
	alone := steps
	if r.hidden <= blockOfNeurons && n/r.hidden <= 65535 {
		alone = 0
		if s != nil { // what is no spike in its z counts as it is
			alone = 1
		}
	}
	r.stepsOn(d, z, past, inp, vars, alone, shape)
	if alone < steps {
		r.blockOn(d, z.Slice(alone*n, steps*n), past, inp.Slice(alone*n, steps*n), vars, steps-alone, shape)
	}
	return onGPU(z, out), next
}

// blockOn is all steps in one launch: a block of threads is a population.
func (r *recurrence) blockOn(d *gpu.Device, z, past, inp, vars *gpu.Memory, steps int, shape []int) {
	blocks, length := r.neuron.on(d, shape)
	h, n := r.hidden, size(shape)
	turned := mustHave(d.Alloc(h * h))
	run(d, "transpose", cuda.Over(h*h), turned, gpu.Of(r.wrec), h, h)
	run(d, r.m.cuda+"_rec_block", cuda.Grid{Y: n / h, BlockX: (h + 31) / 32 * 32}, z, past, inp, turned, vars, blocks,
		steps, h, n, length, r.order())
}

// stepsOn is a product and a step of the neurons, again and again.
func (r *recurrence) stepsOn(d *gpu.Device, z, past, inp, vars *gpu.Memory, steps int, shape []int) {
	blocks, length := r.neuron.on(d, shape)
	h, n := r.hidden, size(shape)
	back := mustHave(d.Alloc(n))
	for t := range steps {
		multiplyOn(d, back, past, gpu.Of(r.wrec), n/h, h, h)
		run(d, r.m.cuda+"_rec", cuda.Over(n), z.Slice(t*n, (t+1)*n), past, inp.Slice(t*n, (t+1)*n), back, vars, blocks,
			n, n, length, r.order())
	}
}
