package encode

import (
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// SpikeLatencyLIFEncode is ConstantCurrentLIFEncode with only the first spike of each element: the stronger the
// current, the earlier it comes. Output (seqLength, shape of x). Options and gradients as LIFCurrentEncoder.
//
// Source: Norse, functional/encode.py, spike_latency_lif_encode at 065a3b45.
func SpikeLatencyLIFEncode(x *tensor.Tensor, seqLength int, opts ...snn.Option) *tensor.Tensor {
	positive("SpikeLatencyLIFEncode", seqLength)
	m := newMembrane().read("SpikeLatencyLIFEncode", opts, false, false)
	l := m.over(x.Shape())
	if m.recording(x) {
		return m.recordedTrain(x, seqLength, true)
	}
	out := tensor.Zeros(over(seqLength, x.Shape())...)
	n := len(x.Data())
	for i, in := range x.Data() {
		var v, z float32
		for t := 0; t < seqLength && z == 0; t++ {
			z, v = l.lif(i, in, v)
			out.Data()[t*n+i] = z
		}
	}
	return out
}

// SpikeLatencyLIFEncoder is SpikeLatencyLIFEncode as a module.
func SpikeLatencyLIFEncoder(seqLength int, opts ...snn.Option) *Encoder {
	newMembrane().read("SpikeLatencyLIFEncoder", opts, false, false)
	return sequence("SpikeLatencyLIFEncoder", seqLength, func(x *tensor.Tensor) *tensor.Tensor {
		return SpikeLatencyLIFEncode(x, seqLength, opts...)
	})
}
