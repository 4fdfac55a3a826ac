package encode

import "github.com/livespike/livespike/snn/tensor"

// SpikeLatencyEncode keeps the first spike of every element along the time axis, the first one, and removes the rest.
//
// Source: Norse, functional/encode.py, spike_latency_encode at 065a3b45; Van Rullen and Thorpe, Neural Computation
// 13:1255 (2001).
func SpikeLatencyEncode(spikes *tensor.Tensor) *tensor.Tensor {
	n, each := steps("SpikeLatencyEncode", spikes)
	out := tensor.Zeros(spikes.Shape()...)
	for i := range each {
		for t := range n {
			if z := spikes.Data()[t*each+i]; z != 0 {
				out.Data()[t*each+i] = z
				break
			}
		}
	}
	return out
}

// SpikeLatencyEncoder is SpikeLatencyEncode as a module.
func SpikeLatencyEncoder() *Encoder {
	return &Encoder{text: "SpikeLatencyEncoder()", encode: SpikeLatencyEncode}
}
