package encode

import (
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// recording reports whether gradients are asked for, of the given tensors or of an option.
func (m *membrane) recording(inputs ...*tensor.Tensor) bool {
	return tensor.Recording(inputs...) || tensor.Recording(m.tauMemInv.Tensor, m.vLeak.Tensor, m.vTh.Tensor, m.vReset.Tensor,
		m.deltaT.Tensor, m.tauAdaInv.Tensor, m.current.Tensor, m.jump.Tensor)
}

// recorded is a step in operations that keep their gradients, with the bits of lif and fire. a may be nil.
func (m *membrane) recorded(x, v, a *tensor.Tensor, exponential bool) (z, after *tensor.Tensor) {
	bracket := v.Neg().Add(operand(m.vLeak))
	if exponential {
		delta := operand(m.deltaT)
		bracket = bracket.Add(v.Sub(operand(m.vTh)).Div(delta).Exp().Mul(delta))
	}
	bracket = bracket.Add(x)
	if a != nil {
		bracket = bracket.Sub(a)
	}
	u := v.Add(bracket.Mul(m.rate(m.tauMemInv)))
	z = m.surrogate.Spikes(u.Sub(operand(m.vTh)))
	return z, u.Sub(z.Mul(u.Sub(operand(m.vReset))))
}

// recordedAdaptation is the adaptation after a step of adaptive, with the same bits.
func (m *membrane) recordedAdaptation(s, after *AdExState, z *tensor.Tensor, integrate bool) *tensor.Tensor {
	pull := func(v *tensor.Tensor) *tensor.Tensor {
		return v.Sub(operand(m.vLeak)).Mul(operand(m.current)).Sub(s.A)
	}
	var a *tensor.Tensor
	if integrate {
		a = s.A.Add(pull(s.V).Mul(m.rate(m.tauAdaInv)))
	} else {
		a = pull(after.V).Mul(operand(m.tauAdaInv))
	}
	return a.Add(z.Mul(operand(m.jump)))
}

// operand is a number as the methods of tensors take it.
func operand(n option.Number) any {
	if n.Tensor != nil {
		return n.Tensor
	}
	return n.Value
}

// rate is dt times a number, rounded as option.Number.Rate does.
func (m *membrane) rate(n option.Number) any {
	if n.Tensor != nil {
		return n.Tensor.Mul(m.dt.Value)
	}
	var hold [1]float32
	return n.Rate(m.dt.Value, &hold, "", nil)[0]
}

// recordedTrain is the spikes of seqLength steps on a constant current, from a membrane of 0; of each element all of
// them, or the first.
func (m *membrane) recordedTrain(x *tensor.Tensor, seqLength int, first bool) *tensor.Tensor {
	v, spikes := tensor.ZerosLike(x), make([]*tensor.Tensor, seqLength)
	for t := range spikes {
		spikes[t], v = m.recorded(x, v, nil, false)
	}
	all := tensor.Stack(spikes...)
	if first {
		return SpikeLatencyEncode(all)
	}
	return all
}
