package snn

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
)

// RecurrentChain is a container whose output comes back to its input, made by RecurrentSequential.
type RecurrentChain struct {
	chain  *Chain
	output int
}

// RecurrentSequential applies the modules one after the other, one step at a time, to the input plus the output of the
// step before: x at the first step, then x + the last output, which must have x's shape. Lift runs it over a sequence.
//
// The state is RecurrentSequentialState(cache=…, state=[…]): the output that comes back, and that of the modules.
//
// Source: Norse, module/sequential.py at 065a3b45.
func RecurrentSequential(modules ...Module) *RecurrentChain {
	if len(modules) == 0 {
		panicf("snn.RecurrentSequential: no modules")
	}
	for k, m := range modules {
		if m == nil {
			panicf("snn.RecurrentSequential: module %d is nil", k)
		}
	}
	return &RecurrentChain{Sequential(modules...), len(modules) - 1}
}

// OutputModule is the same container with the output of module k, which counts from the end when negative, as the one
// that is returned and comes back. The modules behind it still run.
func (c *RecurrentChain) OutputModule(k int) *RecurrentChain {
	n := c.chain.Len()
	if k < -n || k >= n {
		panicf("snn.RecurrentSequential: no module %d; it has %d", k, n)
	}
	return &RecurrentChain{c.chain, (k + n) % n}
}

// Forward advances the modules by one step.
func (c *RecurrentChain) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(c, x)
	var inner *State
	if s != nil {
		if s.lay != nil || len(s.sub) != 2 || s.sub[0].name != "cache" || s.sub[0].t == nil {
			panicf("RecurrentSequential: the state is %s, not a RecurrentSequentialState", s.title())
		}
		inner = s.sub[1].s
		cache := s.sub[0].t
		if !sameShape(cache.Shape(), x.Shape()) {
			panicf("RecurrentSequential: input has shape %v, the output that comes back %v", x.Shape(), cache.Shape())
		}
		x = x.Add(cache)
	}
	c.chain.check(inner)
	next := listState(c.chain.Len())
	var out *tensor.Tensor
	for k := range c.chain.modules {
		var old *State
		if inner != nil {
			old = inner.sub[k].s
		}
		x, next.sub[k].s = c.chain.forward(k, x, old)
		if k == c.output {
			out = x
		}
	}
	return out, &State{kind: "RecurrentSequentialState", sub: []child{
		{name: "cache", t: out.Clone()}, {name: "state", s: next},
	}}
}

func (c *RecurrentChain) label() string { return "RecurrentSequential" }

// String is Norse's text.
func (c *RecurrentChain) String() string {
	return nestedText("RecurrentSequential", []string{fmt.Sprintf("(module): %v", c.chain)})
}
