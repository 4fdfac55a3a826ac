package encode

import (
	"fmt"
	"math"

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
//
// Source: Norse, functional/encode.py, population_encode at 065a3b45.
func PopulationEncode(x *tensor.Tensor, outFeatures int, opts ...snn.Option) *tensor.Tensor {
	p := newPopulation("PopulationEncode", outFeatures, opts)
	shape := append(append([]int(nil), x.Shape()...), outFeatures)
	values, centres := tensor.Zeros(shape...), tensor.Zeros(shape...)
	var one [1]float32
	scale := p.scale.Over(&one, "encode: scale", x.Shape())
	if p.top {
		scale = option.Values{largest(x.Data())}
	}
	row := make([]float32, outFeatures)
	for i, v := range x.Data() {
		linspace(row, 0, scale.At(i))
		copy(centres.Data()[i*outFeatures:], row)
		for k := range row {
			values.Data()[i*outFeatures+k] = v
		}
	}
	d := p.distance(values, centres)
	same("distances", d, "populations", values)
	for i := range d.Data() {
		d.Data()[i] *= scale.At(i / outFeatures)
	}
	return p.kernel(d)
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

// largest is the greatest value, 0 of none.
func largest(data []float32) float32 {
	var top float32
	for i, v := range data {
		if i == 0 || v > top {
			top = v
		}
	}
	return top
}

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
