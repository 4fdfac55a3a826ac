package encode

import (
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// SignedPoissonEncode is PoissonEncode for inputs in [−1, 1]: the rate follows the magnitude, and spikes carry the
// sign, so that values are −1, 0 and 1. A negative input without a spike gives −0, as in Norse.
//
// Source: Norse, functional/encode.py, signed_poisson_encode at 065a3b45.
func SignedPoissonEncode(x *tensor.Tensor, seqLength int, opts ...snn.Option) *tensor.Tensor {
	positive("SignedPoissonEncode", seqLength)
	return newPoisson("SignedPoissonEncode", perSequence, opts).encode(x, over(seqLength, x.Shape()), true)
}

// SignedPoissonEncodeStep draws one step, of the shape of x. Options as PoissonEncodeStep.
func SignedPoissonEncodeStep(x *tensor.Tensor, opts ...snn.Option) *tensor.Tensor {
	return newPoisson("SignedPoissonEncodeStep", perStep, opts).encode(x, x.Shape(), true)
}

// SignedPoissonEncoder is SignedPoissonEncode as a module.
func SignedPoissonEncoder(seqLength int, opts ...snn.Option) *Encoder {
	newPoisson("SignedPoissonEncoder", perSequence, opts)
	return sequence("SignedPoissonEncoder", seqLength, func(x *tensor.Tensor) *tensor.Tensor {
		return SignedPoissonEncode(x, seqLength, opts...)
	})
}

// SignedPoissonEncoderStep is SignedPoissonEncodeStep as a module.
func SignedPoissonEncoderStep(opts ...snn.Option) *Encoder {
	newPoisson("SignedPoissonEncoderStep", perStep, opts)
	return &Encoder{text: "SignedPoissonEncoderStep()", encode: func(x *tensor.Tensor) *tensor.Tensor {
		return SignedPoissonEncodeStep(x, opts...)
	}}
}
