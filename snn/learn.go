package snn

import (
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/livespike/livespike/snn/tensor"
)

// learn makes parameter k a tensor that gradients arrive at.
func (c *neuron) learn(k int) {
	v := &c.values[k]
	if v.t == nil {
		v.t = share([]float32{float32(v.num)}, nil)
	}
	if !v.t.RequiresGrad() {
		v.t.SetRequiresGrad(true)
	}
}

// findLive notes the parameters that may change: those learned, and tensors of the user's that require gradients.
func (c *neuron) findLive(who string) {
	for k, v := range c.values {
		if v.t != nil && v.t.RequiresGrad() {
			c.live = append(c.live, k)
		}
	}
	if c.live == nil {
		return
	}
	if c.adjoint {
		panicf("%s: method \"adjoint\" has no gradients for parameters", who)
	}
	c.made = new(atomic.Pointer[coefs])
}

// coefficients is what the kernel multiplies with, made anew when a learned parameter has changed. It panics if one has
// left its range, such as a time constant that is not positive any more.
func (c *neuron) coefficients() *coefs {
	if c.live == nil {
		return c.coefs
	}
	return c.liveCoefficients()
}

func (c *neuron) liveCoefficients() *coefs {
	if k := c.made.Load(); k != nil && c.unchanged(k.from) {
		return k
	}
	var from []float32
	for _, p := range c.live {
		param := c.m.params[p]
		for _, v := range c.values[p].t.Data() {
			if math.IsNaN(float64(v)) {
				panicf("%s: %s became NaN", c.name, param.name)
			}
			checkRange(c.name, param.name, float64(v), param.check)
			from = append(from, v)
		}
	}
	k := makeCoefs(c.m.coefs, c.value)
	k.from = from
	c.made.Store(k)
	return k
}

// unchanged reports whether the live parameters have those values.
func (c *neuron) unchanged(from []float32) bool {
	for _, p := range c.live {
		d := c.values[p].t.Data()
		if !slices.Equal(d, from[:len(d)]) {
			return false
		}
		from = from[len(d):]
	}
	return true
}

// leaves are the tensors that the neuron's gradients go to, apart from input and state.
func (c *neuron) leaves() []*tensor.Tensor {
	var all []*tensor.Tensor
	for _, k := range c.live {
		all = append(all, c.values[k].t)
	}
	if c.coupling != nil {
		all = append(all, c.coupling)
	}
	return all
}

// recording reports whether a step on x from s is recorded.
func (c *neuron) recording(x *tensor.Tensor, s *State) bool {
	if c.live == nil && c.coupling == nil && (s == nil || s.out == nil) {
		return x.RequiresGrad() && tensor.Recording(x)
	}
	if tensor.Recording(x, c.coupling) {
		return true
	}
	if s != nil && s.out != nil && tensor.Recording(s.out...) {
		return true
	}
	for _, k := range c.live {
		if tensor.Recording(c.values[k].t) {
			return true
		}
	}
	return false
}

// parameterGradients turns the gradients of the coefficients, one block for each run of neurons, into those of the live
// parameters, in the order of leaves.
func (c *neuron) parameterGradients(k *coefs, blocks [][]float64, run int, shape []int) []*tensor.Tensor {
	grads := make([]*tensor.Tensor, len(c.live))
	for i, p := range c.live {
		sum := make([]float64, len(c.values[p].t.Data()))
		for j, expr := range c.m.coefs {
			c.addProduct(sum, expr, c.m.params[p].name, j, blocks, run, shape)
		}
		data := make([]float32, len(sum))
		for e, v := range sum {
			data[e] = float32(v)
		}
		grads[i] = share(data, c.values[p].t.Shape())
	}
	return grads
}

// addProduct adds the gradient that parameter name gets from coefficient j, which is the product expr.
func (c *neuron) addProduct(sum []float64, expr, name string, j int, blocks [][]float64, run int, shape []int) {
	expr, negative := strings.CutPrefix(expr, "-")
	factors := strings.Split(expr, "*")
	at := slices.Index(factors, name)
	if at < 0 {
		return
	}
	own := c.value(name)
	for b, block := range blocks {
		g := block[j]
		if negative {
			g = -g
		}
		for f, other := range factors {
			if f != at {
				g *= c.value(other).at(b*run, shape)
			}
		}
		sum[own.index(b*run, shape)] += g
	}
}

// index is where the value for element k of a state of that shape lies in the parameter's tensor.
func (v value) index(k int, shape []int) int {
	if v.t == nil || len(v.t.Data()) == 1 {
		return 0
	}
	return broadcastIndex(k, shape, v.t.Shape())
}

func (v value) at(k int, shape []int) float64 {
	if v.t == nil {
		return v.num
	}
	return float64(v.t.Data()[v.index(k, shape)])
}

// method is the name of the surrogate gradient, or "adjoint".
func (c *neuron) method() string {
	if c.adjoint {
		return "adjoint"
	}
	return c.grad.Name()
}
