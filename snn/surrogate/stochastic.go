package surrogate

import "github.com/livespike/livespike/snn/tensor"

// Stochastic is a threshold that spikes by chance: certainly far above 0, hardly ever far below, every other time at 0.
// Its gradient is that of a Function. Neurons cannot choose it; it is for networks of stochastic units.
type Stochastic struct {
	name        string
	probability func(x, alpha float32) float32
	grad        Function
}

// Name is the function's name in Norse.
func (s Stochastic) Name() string { return s.name }

// Alpha is the slope or width.
func (s Stochastic) Alpha() float32 { return s.grad.alpha }

// Probability is that of a spike at x.
func (s Stochastic) Probability(x float32) float32 { return s.probability(x, s.grad.alpha) }

// Spikes draws a spike for each element, from the generator that tensor.Seed sets.
func (s Stochastic) Spikes(x *tensor.Tensor) *tensor.Tensor {
	u := tensor.Rand(x.Shape()...)
	d := u.Data()
	for k, v := range x.Data() {
		if d[k] < s.Probability(v) {
			d[k] = 1
		} else {
			d[k] = 0
		}
	}
	tensor.Record(tensor.Node{
		Name: s.name, Inputs: []*tensor.Tensor{x}, Outputs: []*tensor.Tensor{u}, Saved: []*tensor.Tensor{x},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			return []*tensor.Tensor{s.grad.Backward(x.Detach(), dy[0])}
		},
	})
	return u
}

// Grad is the derivative that stands in for the spike's at x, times the upstream gradient g.
func (s Stochastic) Grad(x, g float32) float32 { return s.grad.Grad(x, g) }
