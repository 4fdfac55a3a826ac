package encode

import (
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// ConstantCurrentLIFEncode drives one LIF neuron for each element of x with that element as a constant current, from
// a membrane of 0, and returns their spikes (seqLength, shape of x). Options and gradients as LIFCurrentEncoder.
//
// Source: Norse, functional/encode.py, constant_current_lif_encode at 065a3b45.
func ConstantCurrentLIFEncode(x *tensor.Tensor, seqLength int, opts ...snn.Option) *tensor.Tensor {
	positive("ConstantCurrentLIFEncode", seqLength)
	m := newMembrane().read("ConstantCurrentLIFEncode", opts, false, false)
	l := m.over(x.Shape())
	if m.recording(x) {
		return m.recordedTrain(x, seqLength, false)
	}
	out := tensor.Zeros(over(seqLength, x.Shape())...)
	n := len(x.Data())
	for i, in := range x.Data() {
		var v float32
		for t := range seqLength {
			out.Data()[t*n+i], v = l.lif(i, in, v)
		}
	}
	return out
}

// ConstantCurrentLIFEncoder is ConstantCurrentLIFEncode as a module.
func ConstantCurrentLIFEncoder(seqLength int, opts ...snn.Option) *Encoder {
	newMembrane().read("ConstantCurrentLIFEncoder", opts, false, false)
	return sequence("ConstantCurrentLIFEncoder", seqLength, func(x *tensor.Tensor) *tensor.Tensor {
		return ConstantCurrentLIFEncode(x, seqLength, opts...)
	})
}
