package encode

import "github.com/livespike/livespike/snn/tensor"

// ConstantEncode repeats x for every one of seqLength steps: output (seqLength, shape of x).
func ConstantEncode(x *tensor.Tensor, seqLength int) *tensor.Tensor {
	positive("ConstantEncode", seqLength)
	return x.Unsqueeze(0).Expand(over(seqLength, x.Shape())...)
}

// ConstantEncoder is ConstantEncode as a module.
func ConstantEncoder(seqLength int) *Encoder {
	return sequence("ConstantEncoder", seqLength, func(x *tensor.Tensor) *tensor.Tensor { return ConstantEncode(x, seqLength) })
}
