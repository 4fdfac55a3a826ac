package snn

import (
	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/gpu"
	"github.com/livespike/livespike/snn/tensor"
)

// packsOn is the place of the linear layer to which the spikes of layer k go as bits, a thirty-second of the memory, when x
// is on a GPU; 0 where they do not: where gradients are recorded or numbers are checked, or where a row of the linear
// layer's inputs does not begin with a word.
func (c *Chain) packsOn(k int, x *tensor.Tensor, s *State) int {
	l, ok := c.modules[k].(*Layer)
	d := deviceOf(x)
	if !ok || d == nil || l.record || x.Dim() == 0 || !l.onDevices() || !gpu.Has(l.kernelOn()+"_bits") || checks(l) || l.recording(x, s) {
		return 0
	}
	to, shape := k+1, x.Shape()
	for ; to < len(c.modules) && isReshape(c.modules[to]); to++ {
		shape = c.shapeAfter(to, shape)
	}
	if to == len(c.modules) {
		return 0
	}
	dense, ok := c.modules[to].(*Dense)
	if !ok || checks(dense) || deviceOf(dense.weight) != d || tensor.Recording(dense.weight, dense.bias) {
		return 0
	}
	n := size(x.Shape()[1:])
	if n == 0 || x.Len() == 0 || len(shape) == 0 || shape[len(shape)-1] != dense.in || dense.in != n && (dense.in%32 != 0 || n%dense.in != 0) {
		return 0
	}
	return to
}

// packedOn is Forward of the layers k and to, and of what reshapes between them.
func (c *Chain) packedOn(k, to int, x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	shape := x.Shape()
	bits, next := c.bitsOn(k, x, s)
	for at := k + 1; at <= to; at++ {
		shape = c.shapeAfter(at, shape)
	}
	defer atPlace("Sequential", to, c.modules[to])
	return c.modules[to].(*Dense).spikesOn(deviceOf(x), bits, shape), next
}

// bitsOn is Forward of the layer k with packed spikes as output.
func (c *Chain) bitsOn(k int, x *tensor.Tensor, s *State) (*gpu.Memory, *State) {
	defer atPlace("Sequential", k, c.modules[k])
	l, d, steps, shape := c.modules[k].(*Layer), deviceOf(x), x.Len(), x.Shape()[1:]
	next, n := l.nextOn(d, s, shape), size(shape)
	blocks, length := l.neuron.on(d, shape)
	bits := mustHave(d.Alloc(steps * ((n + 31) / 32)))
	run(d, l.kernelOn()+"_bits", cuda.Over(n), bits, gpu.Of(x), next.gpu, blocks, steps, n, n, length, l.order())
	return bits, next
}

// spikesOn is Forward of a linear layer for packed spikes, whose rows each begin with a word: the sums of the weights of
// those that spiked. It has the bits of the product where all weights are finite.
func (l *Dense) spikesOn(d *gpu.Device, bits *gpu.Memory, shape []int) *tensor.Tensor {
	turned, y := mustHave(d.Alloc(l.in*l.out)), mustHave(d.Alloc(size(shape)))
	run(d, "transpose", cuda.Over(l.in*l.out), turned, gpu.Of(l.weight), l.out, l.in)
	rows := size(shape) / l.out
	block := min(cuda.Block, (l.out+31)/32*32)
	run(d, "linear_spikes", cuda.Grid{X: (l.out + block - 1) / block, Y: min(rows, 65535), BlockX: block}, y, bits, turned, rows, l.in, l.out)
	if l.bias != nil {
		run(d, "add_rows", cuda.Over(rows*l.out), y, gpu.Of(l.bias), rows, l.out)
	}
	return onGPU(y, shape)
}
