package encode

import "github.com/livespike/livespike/snn/tensor"

// unseeded draws from the generator of package tensor.
func unseeded(n int) []float32 { return tensor.Rand(n).Data() }
