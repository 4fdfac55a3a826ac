package encode

import "github.com/livespike/livespike/snn/tensor"

// SpikeLatencyEncode keeps the first spike of every element along the time axis, the first one, and removes the rest.
// Gradients pass to the steps up to and with the first spike.
//
// Source: Norse, functional/encode.py, spike_latency_encode at 065a3b45; Van Rullen and Thorpe, Neural Computation
// 13:1255 (2001).
func SpikeLatencyEncode(spikes *tensor.Tensor) *tensor.Tensor {
	n, each := steps("SpikeLatencyEncode", spikes)
	out, first := tensor.Zeros(spikes.Shape()...), make([]int, each) // first is how many steps are kept
	for i := range first {
		for first[i] < n {
			z := spikes.Data()[first[i]*each+i]
			out.Data()[first[i]*each+i] = z
			if first[i]++; z != 0 {
				break
			}
		}
	}
	tensor.Record(tensor.Node{
		Name: "encode.SpikeLatencyEncode", Inputs: []*tensor.Tensor{spikes}, Outputs: []*tensor.Tensor{out},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			dx := tensor.Zeros(spikes.Shape()...)
			for i, steps := range first {
				for k := i; k < steps*each; k += each {
					dx.Data()[k] = dy[0].Data()[k]
				}
			}
			return []*tensor.Tensor{dx}
		},
	})
	return out
}

// SpikeLatencyEncoder is SpikeLatencyEncode as a module.
func SpikeLatencyEncoder() *Encoder {
	return &Encoder{text: "SpikeLatencyEncoder()", encode: SpikeLatencyEncode}
}
