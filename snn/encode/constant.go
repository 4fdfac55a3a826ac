package encode

import "github.com/livespike/livespike/snn/tensor"

// ConstantEncode repeats x for every one of seqLength steps: output (seqLength, shape of x).
func ConstantEncode(x *tensor.Tensor, seqLength int) *tensor.Tensor {
	positive("ConstantEncode", seqLength)
	out := tensor.Zeros(over(seqLength, x.Shape())...)
	n := len(x.Data())
	for t := range seqLength {
		copy(out.Data()[t*n:], x.Data())
	}
	return out
}

// ConstantEncoder is ConstantEncode as a module.
func ConstantEncoder(seqLength int) *Encoder {
	return sequence("ConstantEncoder", seqLength, func(x *tensor.Tensor) *tensor.Tensor { return ConstantEncode(x, seqLength) })
}
