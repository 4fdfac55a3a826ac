package encode

import (
	"math"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// LIFExCurrentEncoder is LIFCurrentEncoder of the exponential neuron: the bracket becomes ((v_leak − v) + e) + x with
// e = δ_T·exp((v − v_th)/δ_T). It takes the option delta_T, 0.5, besides.
//
// Source: Norse, functional/lif_ex.py, lif_ex_current_encoder at 065a3b45.
func LIFExCurrentEncoder(x, v *tensor.Tensor, opts ...snn.Option) (*tensor.Tensor, *tensor.Tensor) {
	m := newMembrane().read("LIFExCurrentEncoder", opts, true, false)
	return m.step(x, v, true)
}

// exponential is the spike-initiation current of element i at membrane v.
func (m *membrane) exponential(l *laid, shape []int) func(i int, v float32) float32 {
	var hold [1]float32
	delta := option.Values(append([]float32(nil), m.deltaT.Over(&hold, "encode: delta_T", shape)...))
	return func(i int, v float32) float32 {
		d := delta.At(i)
		return d * float32(math.Exp(float64((v-l.vTh.At(i))/d)))
	}
}
