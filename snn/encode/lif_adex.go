package encode

import (
	"fmt"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// AdExState is what LIFAdExCurrentEncoder keeps between two steps, each of the shape of the current.
type AdExState struct {
	V *tensor.Tensor // membrane
	A *tensor.Tensor // adaptation
}

// String prints both.
func (s *AdExState) String() string { return fmt.Sprintf("AdExState(v=%v, a=%v)", s.V, s.A) }

// LIFAdExCurrentEncoder is one step of the adaptive exponential neuron as Norse has it: the bracket is
// (((v_leak − v) + e) + x) − a, and after spike and reset
//
//	a' = τ_a⁻¹·(a_c·(v' − v_leak) − a) + z·a_s
//
// with the new membrane, without dt and without the old a as a summand, so that a does not integrate anything. It is
// kept for equality with Norse; LIFAdExCurrentEncoderIntegrated is the one that follows the model's equation. Options
// besides those of LIFExCurrentEncoder: tau_ada_inv 2, adaptation_current 4, adaptation_spike 0.02.
//
// Source: Norse, functional/lif_adex.py, lif_adex_current_encoder at 065a3b45.
func LIFAdExCurrentEncoder(x *tensor.Tensor, s *AdExState, opts ...snn.Option) (*tensor.Tensor, *AdExState) {
	return adaptive("LIFAdExCurrentEncoder", x, s, opts, false)
}

// LIFAdExCurrentEncoderIntegrated is LIFAdExCurrentEncoder with the adaptation of the model, as in snn.LIFAdExCell:
//
//	a' = (a + dt·τ_a⁻¹·(a_c·(v − v_leak) − a)) + z·a_s        old v, old a
func LIFAdExCurrentEncoderIntegrated(x *tensor.Tensor, s *AdExState, opts ...snn.Option) (*tensor.Tensor, *AdExState) {
	return adaptive("LIFAdExCurrentEncoderIntegrated", x, s, opts, true)
}

func adaptive(who string, x *tensor.Tensor, s *AdExState, opts []snn.Option, integrate bool) (*tensor.Tensor, *AdExState) {
	m := newMembrane().read(who, opts, true, true)
	if s == nil {
		s = &AdExState{V: tensor.Zeros(x.Shape()...), A: tensor.Zeros(x.Shape()...)}
	}
	same("current", x, "voltage", s.V)
	same("current", x, "adaptation", s.A)
	l := m.over(x.Shape())
	if m.recording(x, s.V, s.A) {
		z, v := m.recorded(x, s.V, s.A, true)
		after := &AdExState{V: v}
		after.A = m.recordedAdaptation(s, after, z, integrate)
		return z, after
	}
	e := m.exponential(l, x.Shape())
	var hold [4][1]float32
	tau := m.tauAdaInv.Over(&hold[0], "encode: tau_ada_inv", x.Shape())
	rate := m.tauAdaInv.Rate(m.dt.Value, &hold[1], "encode: tau_ada_inv", x.Shape())
	gain := m.current.Over(&hold[2], "encode: adaptation_current", x.Shape())
	jump := m.jump.Over(&hold[3], "encode: adaptation_spike", x.Shape())
	z, after := tensor.Zeros(x.Shape()...), &AdExState{V: tensor.Zeros(x.Shape()...), A: tensor.Zeros(x.Shape()...)}
	for i, in := range x.Data() {
		v, a := s.V.Data()[i], s.A.Data()[i]
		spike, next := l.fire(i, v+float32(l.c.At(i)*((((l.vLeak.At(i)-v)+e(i, v))+in)-a)))
		z.Data()[i], after.V.Data()[i] = spike, next
		if integrate {
			a += float32(rate.At(i) * (float32(gain.At(i)*(v-l.vLeak.At(i))) - a))
		} else {
			a = tau.At(i) * (float32(gain.At(i)*(next-l.vLeak.At(i))) - a)
		}
		after.A.Data()[i] = float32(a) + float32(spike*jump.At(i))
	}
	return z, after
}
