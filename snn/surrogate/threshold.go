package surrogate

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
)

// Spikes is the spike of each element of x, 1 if it is above 0, else 0, with f as its gradient: what a neuron of your own
// uses as its threshold.
//
//	z := surrogate.SuperSpike(100).Spikes(v.Sub(1))
func (f Function) Spikes(x *tensor.Tensor) *tensor.Tensor {
	z := Threshold(x.Detach())
	tensor.Record(tensor.Node{
		Name: f.name, Inputs: []*tensor.Tensor{x}, Outputs: []*tensor.Tensor{z}, Saved: []*tensor.Tensor{x},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			return []*tensor.Tensor{f.Backward(x.Detach(), dy[0])}
		},
	})
	return z
}

// Threshold is the spike of each element: 1 if it is above 0, else 0, also for NaN. All functions of this package have
// this forward pass; they differ in the backward one. It has no gradient; Spikes has.
func Threshold(x *tensor.Tensor) *tensor.Tensor {
	return x.Map(func(v float32) float32 {
		if v > 0 {
			return 1
		}
		return 0
	})
}

// Sign is 2·Threshold(x) − 1: 1 above 0, else −1.
//
// Source: Norse, functional/threshold.py, sign at 065a3b45.
func Sign(x *tensor.Tensor) *tensor.Tensor {
	return x.Map(func(v float32) float32 {
		if v > 0 {
			return 1
		}
		return -1
	})
}

// Backward is the gradient that f passes back through Threshold(x) for the gradient dy of its output, which has the
// shape of x.
func (f Function) Backward(x, dy *tensor.Tensor) *tensor.Tensor {
	dx := x.Clone()
	d, g := dx.Data(), dy.Data()
	if len(d) != len(g) {
		panic(fmt.Sprintf("surrogate: %s: input has shape %v, the gradient %v", f.name, x.Shape(), dy.Shape()))
	}
	for k, v := range d {
		d[k] = f.Grad(v, g[k])
	}
	return dx
}
