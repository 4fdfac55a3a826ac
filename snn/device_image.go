package snn

import (
	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/gpu"
	"github.com/livespike/livespike/snn/tensor"
)

// convTile is how many pixels of the input a block of conv_direct keeps.
const convTile = 4096

// convOn is a convolution of images on a GPU, with the numbers that its kernels take.
type convOn struct {
	c      *Conv
	d      *gpu.Device
	images int
	shape  []any
	g      image
}

func (c *Conv) on(d *gpu.Device, in, out []int) convOn {
	g := image{h: in[len(in)-2], w: in[len(in)-1], oh: out[len(out)-2], ow: out[len(out)-1]}
	images := size(out) / (c.out * g.oh * g.ow)
	return convOn{c, d, images, []any{
		c.in, c.out, c.groups, g.h, g.w, g.oh, g.ow, c.kh, c.kw, c.sh, c.sw, c.dh, c.dw, c.top, c.left,
	}, g}
}

// run launches a kernel for some of the images.
func (o convOn) run(kernel string, g cuda.Grid, images int, buffers ...any) {
	run(o.d, kernel, g, append(append(buffers, images), o.shape...)...)
}

func (c *Conv) forwardOn(d *gpu.Device, x *tensor.Tensor) *tensor.Tensor {
	shape := c.outputShape(x.Shape())
	if tall, wide := 15*c.sh+(c.kh-1)*c.dh+1, 15*c.sw+(c.kw-1)*c.dw+1; tall*wide > convTile {
		panicf("%s: a kernel that reaches over %d × %d pixels runs on the CPU only; CPU() brings a copy", c.label(), tall, wide)
	}
	o := c.on(d, x.Shape(), shape)
	y, weight, bias := mustHave(d.Alloc(size(shape))), gpu.Of(c.weight), (*gpu.Memory)(nil)
	if c.bias != nil {
		bias = gpu.Of(c.bias)
	}
	blocks := c.groups * ((c.out/c.groups + 3) / 4) // of an image
	for from, most := 0, max(1, 65535/blocks); from < o.images; from += most {
		n := min(most, o.images-from)
		g := cuda.Grid{X: (o.g.ow + 15) / 16, Y: (o.g.oh + 15) / 16, Z: n * blocks, BlockX: 16, BlockY: 16}
		o.run("conv_direct", g, n, o.of(y, from, n, c.out*o.g.oh*o.g.ow), o.of(gpu.Of(x), from, n, c.in*o.g.h*o.g.w), weight, bias)
	}
	out := onGPU(y, shape)
	tensor.Record(tensor.Node{
		Name: "Conv2d", Inputs: []*tensor.Tensor{x, c.weight, c.bias}, Outputs: []*tensor.Tensor{out},
		Saved:    []*tensor.Tensor{x, c.weight},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor { return o.backward(x, dy[0]) },
	})
	return checked(c, x.Dim() > 4, x, out, nil)
}

// of is the numbers of some images, of which each has so many.
func (o convOn) of(m *gpu.Memory, from, n, each int) *gpu.Memory {
	return m.Slice(from*each, (from+n)*each)
}

// backParts is how many numbers of parts of the weights' gradient are kept at a time.
const backParts = 16 << 20

// backward has the sums of Conv.backward where that takes the input for dense.
func (o convOn) backward(x, dy *tensor.Tensor) []*tensor.Tensor {
	c, up, grads := o.c, gpu.Of(dy), make([]*tensor.Tensor, 3)
	if x.RequiresGrad() {
		dx := mustHave(o.d.Alloc(x.Numel()))
		if o.images > 0 {
			o.run("conv_back_input", cuda.Over(x.Numel()), o.images, dx, up, gpu.Of(c.weight))
		}
		grads[0] = onGPU(dx, x.Shape())
	}
	if c.weight.RequiresGrad() {
		taps := c.weight.Numel()
		dw, each := mustHave(o.d.Zeros(taps)), o.g.oh*taps // of an image
		most := max(1, min(o.images, backParts/each))
		parts := mustHave(o.d.Alloc(most * each))
		for from := 0; from < o.images; from += most {
			n := min(most, o.images-from)
			o.run("conv_back_weight", cuda.Over(n*each), n, parts, o.of(up, from, n, c.out*o.g.oh*o.g.ow), o.of(gpu.Of(x), from, n, c.in*o.g.h*o.g.w))
			run(o.d, "add_columns", cuda.Over(taps), dw, parts, n*o.g.oh, taps)
		}
		grads[1] = onGPU(dw, c.weight.Shape())
	}
	if c.bias != nil && c.bias.RequiresGrad() {
		sums := mustHave(o.d.Alloc(o.images * c.out))
		if o.images > 0 {
			run(o.d, "sum_rows", cuda.Over(o.images*c.out), sums, up, o.images*c.out, o.g.oh*o.g.ow)
		}
		grads[2] = sumOn(o.d, c.bias.Shape(), sums, o.images, c.out)
	}
	return grads
}

func (p *Pool) forwardOn(d *gpu.Device, x *tensor.Tensor) *tensor.Tensor {
	if p.adaptive {
		panicf("%s runs on the CPU only; the input is on %v; CPU() brings a copy", p.label(), d)
	}
	in, shape := x.Shape(), p.outputShape(x.Shape())
	n := len(in)
	planes := size(in[:n-2])
	numbers := []any{int(p.kind), planes, in[n-2], in[n-1], shape[n-2], shape[n-1], p.kh, p.kw, p.sh, p.sw, p.dh, p.dw, p.ph, p.pw}
	y := mustHave(d.Alloc(size(shape)))
	if planes > 0 {
		run(d, "pool", cuda.Over(size(shape)), append([]any{y, gpu.Of(x)}, numbers...)...)
	}
	out := onGPU(y, shape)
	tensor.Record(tensor.Node{
		Name: p.name(), Inputs: []*tensor.Tensor{x}, Outputs: []*tensor.Tensor{out}, Saved: []*tensor.Tensor{x},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			dx := mustHave(d.Alloc(x.Numel()))
			if planes > 0 {
				run(d, "pool_back", cuda.Over(x.Numel()), append([]any{dx, gpu.Of(dy[0]), gpu.Of(x)}, numbers...)...)
			}
			return []*tensor.Tensor{onGPU(dx, in)}
		},
	})
	return checked(p, x.Dim() > 4, x, out, nil)
}
