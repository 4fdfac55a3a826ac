package encode

import "github.com/livespike/livespike/snn/tensor"

// SumDecode sums over the time axis, the first one: spikes become counts.
//
// Source: Norse, functional/decode.py, sum_decode at 065a3b45.
func SumDecode(x *tensor.Tensor) *tensor.Tensor {
	n, each := steps("SumDecode", x)
	out := tensor.Zeros(x.Shape()[1:]...)
	for t := range n {
		for i, v := range x.Data()[t*each : (t+1)*each] {
			out.Data()[i] += v
		}
	}
	return out
}

// SumDecoder is SumDecode as a module.
func SumDecoder() *Encoder { return &Encoder{text: "SumDecoder()", encode: SumDecode} }

// RateDecode is the mean rate in Hz over the time axis, the first one, of spikes at steps of dt seconds.
func RateDecode(x *tensor.Tensor, dt float64) *tensor.Tensor {
	n, _ := steps("RateDecode", x)
	out := SumDecode(x)
	for i := range out.Data() {
		out.Data()[i] /= float32(float64(n) * dt)
	}
	return out
}
