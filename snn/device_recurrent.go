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
		return r.trainOn(d, x, s, steps, shape)
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

// trained is what the forward pass of a recurrent population on a GPU leaves for the backward one.
type trained struct {
	pass
	r        *recurrence
	d        *gpu.Device
	x        *tensor.Tensor
	z, first *gpu.Memory // the output, and the z before the first step
}

// trainOn is forwardOn that keeps what the backward pass needs, and records both as one operation. The sums are those of
// the CPU: (i + input) + recurrent.
func (r *recurrence) trainOn(d *gpu.Device, x *tensor.Tensor, s *State, steps int, shape []int) (*tensor.Tensor, *State) {
	n, h := size(shape), r.hidden
	p := &trained{pass: pass{kernel: r.backOn(d), steps: steps, n: n}, r: r, d: d, x: x}
	next := r.nextOn(d, s, shape)
	inp, back := mustHave(d.Alloc(steps*n)), mustHave(d.Alloc(n))
	multiplyOn(d, inp, gpu.Of(x), gpu.Of(r.win), steps*n/h, r.in, h)
	past, vars := next.gpu.Slice(0, n), next.gpu.Slice(n, next.gpu.Len())
	jump := next.gpu.Slice(r.jump*n, (r.jump+1)*n)
	p.z, p.first, p.kept = mustHave(d.Alloc(steps*n)), mustHave(past.Clone()), mustHave(d.Alloc(steps*r.m.keeps*n))
	p.blocks, p.length = r.neuron.on(d, shape)
	for t := range steps {
		if n == 0 {
			break
		}
		multiplyOn(d, back, past, gpu.Of(r.wrec), n/h, h, h)
		seen := back
		if input := inp.Slice(t*n, (t+1)*n); r.delayed {
			seen = input // which the kernel adds behind the step
		} else {
			must(jump.Add(input))
		}
		y := p.z.Slice(t*n, (t+1)*n)
		run(d, r.kernelOn()+"_train", cuda.Over(n), y, p.kept.Slice(t*r.m.keeps*n, (t+1)*r.m.keeps*n), seen, vars, p.blocks,
			1, n, n, p.length, r.order())
		if r.delayed {
			must(jump.Add(back))
		}
		must(past.Copy(y))
	}
	out := onGPU(p.z, r.outputShape(x.Shape()))
	inputs := []*tensor.Tensor{x}
	if s != nil {
		inputs = append(inputs, s.out...)
	}
	inputs = append(inputs, r.win, r.wrec)
	next.share()
	tensor.Record(tensor.Node{
		Name: r.name, Inputs: inputs, Saved: []*tensor.Tensor{x, r.win, r.wrec},
		Outputs:  append([]*tensor.Tensor{out}, next.out...),
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor { return p.backward(dy, len(inputs)-3, next.shape) },
	})
	return out, next
}

// backward goes through the steps from the last to the first. The gradients of the currents of all steps are collected, so
// that those of input and weights are one product each. states is how many variables the first step began from.
func (p *trained) backward(dy []*tensor.Tensor, states int, shape []int) []*tensor.Tensor {
	r, d, n, h := p.r, p.d, p.n, p.r.hidden
	current, dz := mustHave(d.Alloc(p.steps*n)), mustHave(d.Alloc(n))
	ds := mustHave(d.Zeros(len(r.fields) * n))
	for k, g := range dy[1:] {
		if g != nil {
			must(ds.Slice(k*n, (k+1)*n).Add(gpu.Of(g)))
		}
	}
	seen, vars, up := ds.Slice(0, n), ds.Slice(n, ds.Len()), arrived(d, dy[0], p.steps*n)
	for t := p.steps - 1; t >= 0 && n > 0; t-- {
		at := current.Slice(t*n, (t+1)*n)
		must(dz.Copy(up.Slice(t*n, (t+1)*n)))
		must(dz.Add(seen)) // the spikes that the next step saw
		run(d, p.kernel, cuda.Over(n), at, dz, p.kept.Slice(t*r.m.keeps*n, (t+1)*r.m.keeps*n), vars, p.blocks, r.grad.Alpha(),
			1, n, n, p.length, r.order())
		gemmOn(d, seen, at, gpu.Of(r.wrec), n/h, h, h, [4]int{h, 1, h, 1}, 0)
	}
	rows := p.steps * n / h
	grads := make([]*tensor.Tensor, 3+states)
	for k := range states {
		grads[1+k] = onGPU(ds.Slice(k*n, (k+1)*n), shape)
	}
	if p.x.RequiresGrad() {
		grads[0] = productOn(d, p.x.Shape(), current, gpu.Of(r.win), rows, r.in, h, [4]int{h, 1, r.in, 1})
	}
	if r.win.RequiresGrad() {
		grads[1+states] = productOn(d, r.win.Shape(), current, gpu.Of(p.x), h, r.in, rows, [4]int{1, h, r.in, 1})
	}
	if r.wrec.RequiresGrad() {
		grads[2+states] = p.recurrentWeights(current, rows)
	}
	return grads
}

// recurrentWeights is the gradient of the matrix on the way back, whose input is the z of the step before. Without autapses
// its diagonal has none.
func (p *trained) recurrentWeights(current *gpu.Memory, rows int) *tensor.Tensor {
	d, n, h := p.d, p.n, p.r.hidden
	before := mustHave(d.Alloc(p.steps * n))
	if p.steps > 0 {
		must(before.Slice(0, n).Copy(p.first))
		must(before.Slice(n, p.steps*n).Copy(p.z.Slice(0, (p.steps-1)*n)))
	}
	dw := productOn(d, p.r.wrec.Shape(), current, before, h, h, rows, [4]int{1, h, h, 1})
	if !p.r.autapses {
		run(d, "cut_diagonal", cuda.Over(h), gpu.Of(dw), h)
	}
	return dw
}
