package plasticity

import (
	"fmt"

	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// local panics if a gradient would be lost: a rule takes spikes, weights and traces as they are.
func local(t *tensor.Tensor) {
	if t.RequiresGrad() && tensor.Recording(t) {
		panic(fmt.Sprintf("plasticity: a tensor of shape %v requires gradients, which a local rule does not pass on; "+
			"use Detach or NoGrad, or snn.Eval for a whole model", t.Shape()))
	}
}

// operand is a parameter as the methods of tensors take it.
func operand(n option.Number) any {
	if n.Tensor != nil {
		return n.Tensor
	}
	return n.Value
}

// recorded is Step in operations that keep their gradients, with the bits of StepInto.
func (r *TsodyksMakramRule) recorded(z *tensor.Tensor, s *TsodyksMakramState) (*tensor.Tensor, *TsodyksMakramState) {
	fits("input", z.Shape(), "u", s.U.Shape())
	fits("input", z.Shape(), "x", s.X.Shape())
	u := s.U.Sub(s.U.Mul(operand(r.tauFInv)).Mul(r.dt.Value)).Add(s.U.Neg().Add(1).Mul(operand(r.use)).Mul(z))
	through := u.Mul(s.X).Mul(z)
	x := s.X.Add(s.X.Neg().Add(1).Mul(operand(r.tauDInv)).Mul(r.dt.Value)).Sub(through)
	return through, &TsodyksMakramState{U: u, X: x}
}
