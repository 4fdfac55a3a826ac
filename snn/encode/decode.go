package encode

import "github.com/livespike/livespike/snn/tensor"

// SumDecode sums over the time axis, the first one: spikes become counts.
//
// Source: Norse, functional/decode.py, sum_decode at 065a3b45.
func SumDecode(x *tensor.Tensor) *tensor.Tensor {
	steps("SumDecode", x)
	return x.Sum(0)
}

// SumDecoder is SumDecode as a module.
func SumDecoder() *Encoder { return &Encoder{text: "SumDecoder()", encode: SumDecode} }

// RateDecode is the mean rate in Hz over the time axis, the first one, of spikes at steps of dt seconds.
func RateDecode(x *tensor.Tensor, dt float64) *tensor.Tensor {
	n, _ := steps("RateDecode", x)
	return x.Sum(0).Div(float64(n) * dt)
}
