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
	checkedOn(c, false, x, y, next)
	return y, next
}

func (l *Recurrent) forwardOn(d *gpu.Device, x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	if l.record {
		panicf("%s: the states of all steps are recorded on the CPU only; the input is on %v", l.name, d)
	}
	shape := l.outputShape(x.Shape())
	l.needTime(x.Shape())
	y, next := l.recurrence.forwardOn(d, x, s, shape[0], shape[1:])
	checkedOn(l, true, x, y, next)
	return y, next
}

func (l *Recurrent) needTime(in []int) {
	if len(in) < 2 {
		panicf("%s: input has no time axis; its shape is %v, a sequence has (T, …, %d)", l.label(), in, l.in)
	}
}

// forwardOn is Forward on a GPU for a number of steps of that shape, the output's. The input's product is one for all
// steps; the others are one for each.
func (r *recurrence) forwardOn(d *gpu.Device, x *tensor.Tensor, s *State, steps int, shape []int) (*tensor.Tensor, *State) {
	if !r.onDevices() {
		panicf("%s runs on the CPU only; the input is on %v", r.label(), d)
	}
	win, wrec := r.weights(r)
	n := size(shape)
	out := r.outputShape(x.Shape())
	inp := mustHave(d.Alloc(steps * n))
	multiplyOn(d, inp, gpu.Of(x), win, steps*n/r.hidden, r.in, r.hidden)
	if wrec == nil {
		return r.neuron.forwardOn(d, onGPU(inp, out), s, steps, shape)
	}
	r.noGradients()
	next := r.nextOn(d, s, shape)
	z, back := mustHave(d.Alloc(steps*n)), mustHave(d.Alloc(n))
	past, vars := next.gpu.Slice(0, n), next.gpu.Slice(n, next.gpu.Len())
	blocks, length := r.on(d, shape)
	for t := range steps {
		if n == 0 {
			break
		}
		multiplyOn(d, back, past, wrec, n/r.hidden, r.hidden, r.hidden)
		run(d, r.m.cuda+"_rec", cuda.Over(n), z.Slice(t*n, (t+1)*n), past, inp.Slice(t*n, (t+1)*n), back, vars, blocks,
			n, n, length, r.order())
	}
	return onGPU(z, out), next
}
