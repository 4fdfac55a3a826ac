package snn

import (
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// coupled says where the product of the membrane potentials and the coupling matrix of a multi-compartment neuron goes.
type coupled int

const (
	uncoupled    coupled = iota
	coupledStep          // it is the kernel's x; the input is added to the jump apart
	coupledAfter         // v' = v' + dt·(v'·gᵀ) follows the step
)

// Coupling sets the matrix g of a multi-compartment neuron, (n, n), which is copied: g[i, j] is how compartment j acts
// on compartment i.
func Coupling(g *tensor.Tensor) Option { return Option{"g_coupling", g} }

// withCoupling puts a random coupling matrix, N(0, 1)/√n, in front of the options, where the user's own beats it.
func withCoupling(who string, n int, opts []Option) []Option {
	if n < 1 {
		panicf("%s: %d neurons; there must be at least 1", who, n)
	}
	for _, o := range opts {
		if o.name == "g_coupling" {
			if t, ok := o.value.(*tensor.Tensor); ok && t != nil && sameShape(t.Shape(), []int{n, n}) {
				return opts
			} else if ok && t != nil {
				panicf("%s: g_coupling has shape %v, want [%d %d]", who, t.Shape(), n, n)
			}
		}
	}
	return append([]Option{{"g_coupling", fallback{normal(1/math.Sqrt(float64(n)), n, n)}}}, opts...)
}

// normal is random numbers with that standard deviation from the seeded generator.
func normal(deviation float64, shape ...int) *tensor.Tensor {
	return tensor.Randn(shape...).Mul(deviation)
}

// couple reads the coupling matrix.
func (c *neuron) couple(set optionSet) {
	if c.m.coupled == uncoupled {
		return
	}
	t, ok := set.given["g_coupling"].(*tensor.Tensor)
	if !ok || t == nil {
		panicf("%s: it needs a coupling matrix, snn.Coupling(g)", set.who)
	}
	if s := t.Shape(); len(s) != 2 || s[0] != s[1] {
		panicf("%s: g_coupling has shape %v, want one like [n n]", set.who, s)
	}
	c.coupling = copyOf(t)
}

// Coupling is the matrix of a multi-compartment neuron, (n, n), nil for others. Changing its elements changes the
// neuron.
func (c *neuron) Coupling() *tensor.Tensor { return c.coupling }

// needCompartments panics unless the last axis of the state is that of the coupling matrix.
func (c *neuron) needCompartments(shape []int) {
	if c.coupling == nil {
		return
	}
	if n := c.coupling.Shape()[0]; len(shape) == 0 || shape[len(shape)-1] != n {
		panicf("%s: the state has shape %v; its last axis must be the coupling matrix's %d", c.name, shape, n)
	}
}

// advanceCoupled is advance for a model whose kernel takes the coupling product as its x.
func (c *neuron) advanceCoupled(z, x []float32, s *State) {
	n, width := len(z), c.coupling.Shape()[0]
	work := s.scratch(2 * n)
	product, held := work[:n], work[n:]
	linear(product, s.field(c.skip), c.coupling.Data(), width, width)
	if !c.delayed {
		add(s.field(c.jump), x)
		c.integrate(z, product, s)
		return
	}
	copy(held, x) // z may be x
	c.integrate(z, product, s)
	add(s.field(c.jump), held)
}

// coupleAfter adds dt·(v·gᵀ) to v.
func (c *neuron) coupleAfter(product []float32, s *State) {
	width := c.coupling.Shape()[0]
	v := s.field(c.skip)
	if s.trace != nil {
		s.trace.before = append(s.trace.before, s.trace.copy(v))
	}
	linear(product, v, c.coupling.Data(), width, width)
	dt := float32(c.dt.num)
	for k, p := range product {
		v[k] += float32(dt * p)
	}
}
