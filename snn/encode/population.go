package encode

import (
	"fmt"
	"math"
	"slices"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// Scale is the top of the range that a population covers: a number, or a tensor that broadcasts over the input, so
// that every value has its own range. The default is the largest input.
func Scale(v any) snn.Option { return snn.NewOption("scale", v) }

// Kernel turns the scaled distances of a population into activities, all at once; GaussianRBF unless set.
func Kernel(f func(distances *tensor.Tensor) *tensor.Tensor) snn.Option {
	return snn.NewOption("kernel", f)
}

// Distance is the distance between inputs and centres, two tensors of one shape; EuclideanDistance unless set.
func Distance(f func(x, centres *tensor.Tensor) *tensor.Tensor) snn.Option {
	return snn.NewOption("distance", f)
}

// PopulationEncode represents every value by the activities of outFeatures neurons whose preferred values are spread
// evenly over [0, scale]: output (shape of x, outFeatures), values not spikes.
//
//	c = linspace(0, scale, outFeatures);  kernel(distance(x, c)·scale)
//
// Options: Scale, Kernel, Distance. Norse fails for a scale with more than one element; here each input has its own.
// Gradients reach x and the scale, also by way of the centres, which Norse takes for constants.
//
// Source: Norse, functional/encode.py, population_encode at 065a3b45.
func PopulationEncode(x *tensor.Tensor, outFeatures int, opts ...snn.Option) *tensor.Tensor {
	p := newPopulation("PopulationEncode", outFeatures, opts)
	shape := append(append([]int(nil), x.Shape()...), outFeatures)
	scale := p.over(x)
	d := p.distance(x.Unsqueeze(-1).Expand(shape...), centres(scale, outFeatures).Expand(shape...))
	if slices.Equal(d.Shape(), shape) {
		d = d.Mul(scale.Unsqueeze(-1))
	} else {
		panic(fmt.Sprintf("encode.PopulationEncode: distances have shape %v, the populations %v", d.Shape(), shape))
	}
	out := p.kernel(d)
	if tensor.Recording(x, scale) && !tensor.Recording(out) {
		panic("encode.PopulationEncode: the gradient is lost in the distance or the kernel, which do not record what they do; use Detach or NoGrad")
	}
	return out
}

// over is the scale as a tensor that broadcasts over x.
func (p population) over(x *tensor.Tensor) *tensor.Tensor {
	switch {
	case p.top && x.Numel() == 0:
		return tensor.Scalar(0)
	case p.top:
		return x.Max()
	case p.scale.Tensor != nil:
		var hold [1]float32
		p.scale.Over(&hold, "encode: scale", x.Shape()) // panics with both shapes
		return p.scale.Tensor
	}
	return tensor.Scalar(p.scale.Value)
}

// centres are n preferred values from 0 to every scale, on a new last axis.
func centres(scale *tensor.Tensor, n int) *tensor.Tensor {
	out := tensor.Zeros(append(append([]int(nil), scale.Shape()...), n)...)
	for i, v := range scale.Data() {
		linspace(out.Data()[i*n:(i+1)*n], 0, v)
	}
	tensor.Record(tensor.Node{
		Name: "encode.PopulationEncode", Inputs: []*tensor.Tensor{scale}, Outputs: []*tensor.Tensor{out},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			d := tensor.Zeros(scale.Shape()...)
			for i := range d.Data() {
				var sum float64
				for k := 1; k < n; k++ {
					sum += float64(dy[0].Data()[i*n+k]) * float64(k) / float64(n-1)
				}
				d.Data()[i] = float32(sum)
			}
			return []*tensor.Tensor{d}
		},
	})
	return out
}

type population struct {
	scale    option.Number
	top      bool // scale is the largest input
	kernel   func(*tensor.Tensor) *tensor.Tensor
	distance func(x, y *tensor.Tensor) *tensor.Tensor
}

func newPopulation(who string, outFeatures int, opts []snn.Option) population {
	if outFeatures < 1 {
		panic(fmt.Sprintf("encode.%s: %d neurons for a value; it starts at 1", who, outFeatures))
	}
	unset := math.Inf(-1)
	p := population{scale: option.Standard(unset), kernel: gaussian, distance: EuclideanDistance}
	var kernel, distance any
	option.Set{
		Who: "encode." + who, Numbers: map[string]*option.Number{"scale": &p.scale},
		Any: map[string]*any{"kernel": &kernel, "distance": &distance},
	}.Apply(opts)
	p.top = p.scale.Tensor == nil && p.scale.Value == unset
	if f, ok := kernel.(func(*tensor.Tensor) *tensor.Tensor); ok {
		p.kernel = f
	}
	if f, ok := distance.(func(x, y *tensor.Tensor) *tensor.Tensor); ok {
		p.distance = f
	}
	return p
}

func gaussian(d *tensor.Tensor) *tensor.Tensor { return GaussianRBF(d, 1) }

// linspace fills dst with evenly spaced values from both ends to the middle, as torch does in float32.
func linspace(dst []float32, start, end float32) {
	n := len(dst)
	if n == 1 {
		dst[0] = start
		return
	}
	step := (end - start) / float32(n-1)
	for i := range dst {
		if i < n/2 {
			dst[i] = start + float32(step*float32(i))
		} else {
			dst[i] = end - float32(step*float32(n-1-i))
		}
	}
}

// PopulationEncoder is PopulationEncode as a module.
func PopulationEncoder(outFeatures int, opts ...snn.Option) *Encoder {
	newPopulation("PopulationEncoder", outFeatures, opts)
	return &Encoder{
		text:   fmt.Sprintf("PopulationEncoder(out_features=%d)", outFeatures),
		encode: func(x *tensor.Tensor) *tensor.Tensor { return PopulationEncode(x, outFeatures, opts...) },
	}
}
