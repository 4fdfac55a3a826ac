package encode

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// poisson is the parameters of the random encoders.
type poisson struct {
	who      string
	fMax, dt option.Number
	seed     int
	uniforms *tensor.Tensor
}

const noSeed = math.MinInt

// Norse's defaults of f_max in Hz.
const (
	perSequence = 100
	perStep     = 1000
)

func newPoisson(who string, fMax float64, opts []snn.Option) poisson {
	p := poisson{who: who, fMax: option.Standard(fMax), dt: option.Standard(0.001), seed: noSeed}
	set := option.Set{
		Who: "encode." + who, Numbers: map[string]*option.Number{"f_max": &p.fMax, "dt": &p.dt},
		Tensors: map[string]**tensor.Tensor{"uniforms": &p.uniforms},
	}
	if fMax == perSequence { // a seeded single step would be the same step every time
		set.Counts = map[string]*int{"seed": &p.seed}
	}
	set.Apply(opts)
	p.fMax.Positive("encode."+who, "f_max")
	p.dt.Positive("encode."+who, "dt")
	return p
}

// draw gives the uniform numbers in [0, 1) for an output of that shape.
func (p poisson) draw(shape []int) []float32 {
	switch {
	case p.uniforms != nil:
		if size(p.uniforms.Shape()) != size(shape) {
			panic(fmt.Sprintf("encode.%s: uniforms %v, output %v", p.who, p.uniforms.Shape(), shape))
		}
		return p.uniforms.Data()
	case p.seed != noSeed:
		r := rand.New(rand.NewPCG(uint64(p.seed), 0x506f6973736f6e))
		u := make([]float32, size(shape))
		for i := range u {
			u[i] = r.Float32()
		}
		return u
	}
	return unseeded(size(shape))
}

// encode draws spikes for every element of x at every step of shape, which ends in x's shape. A spike comes where
// u < f32(dt·f_max)·|x|; dt·f_max is a float64 product.
func (p poisson) encode(x *tensor.Tensor, shape []int, signed bool) *tensor.Tensor {
	unrecorded(p.who, x)
	out, u := tensor.Zeros(shape...), p.draw(shape)
	rate, in := float32(p.dt.Value*p.fMax.Value), x.Data()
	for z := out.Data(); len(z) > 0; z, u = z[len(in):], u[len(in):] {
		for k, v := range in {
			if signed { // −0 for a negative input without a spike, as in Norse
				z[k] = spike(u[k] < rate*float32(math.Abs(float64(v)))) * sign(v)
			} else {
				z[k] = spike(u[k] < rate*v)
			}
		}
	}
	return out
}

// spike is 1 or 0, without a branch, which random numbers would mispredict.
func spike(b bool) float32 {
	var bits uint32
	if b {
		bits = 0x3f800000
	}
	return math.Float32frombits(bits)
}

// sign is 1, 0 or −1.
func sign(x float32) float32 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// PoissonEncode draws spike trains (seqLength, shape of x) whose rate is f_max times the input, which is meant to be
// in [0, 1]. Options: f_max 100 Hz, dt 0.001 s, Seed, Uniforms. Norse's defaults for a sequence and for a single step
// differ; see PoissonEncodeStep.
//
// Source: Norse, functional/encode.py, poisson_encode at 065a3b45.
func PoissonEncode(x *tensor.Tensor, seqLength int, opts ...snn.Option) *tensor.Tensor {
	positive("PoissonEncode", seqLength)
	return newPoisson("PoissonEncode", perSequence, opts).encode(x, over(seqLength, x.Shape()), false)
}

// PoissonEncodeStep draws one step, of the shape of x. Options: f_max 1000 Hz, dt 0.001 s, Uniforms.
func PoissonEncodeStep(x *tensor.Tensor, opts ...snn.Option) *tensor.Tensor {
	return newPoisson("PoissonEncodeStep", perStep, opts).encode(x, x.Shape(), false)
}

// PoissonEncoder is PoissonEncode as a module.
func PoissonEncoder(seqLength int, opts ...snn.Option) *Encoder {
	newPoisson("PoissonEncoder", perSequence, opts)
	return sequence("PoissonEncoder", seqLength, func(x *tensor.Tensor) *tensor.Tensor { return PoissonEncode(x, seqLength, opts...) })
}

// PoissonEncoderStep is PoissonEncodeStep as a module.
func PoissonEncoderStep(opts ...snn.Option) *Encoder {
	newPoisson("PoissonEncoderStep", perStep, opts)
	return &Encoder{text: "PoissonEncoderStep()", encode: func(x *tensor.Tensor) *tensor.Tensor { return PoissonEncodeStep(x, opts...) }}
}
