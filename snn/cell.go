package snn

import (
	"github.com/livespike/livespike/internal/pool"
	"github.com/livespike/livespike/snn/tensor"
)

// Cell is a neuron model that advances by one step at each call. It is made by the constructors named …Cell, holds
// only parameters, and may be used by several goroutines at once.
type Cell struct{ neuron }

// cell makes the form for one step.
func (m *model) cell(opts []Option) *Cell {
	name := m.feedForward() + "Cell"
	return &Cell{*newNeuron(m, name, options("snn."+name, m.name, opts, m.options()), false)}
}

// Forward advances the neurons by one step. x is one step's input of any shape, one neuron per element; the output and
// the state's tensors have that shape. A nil state is a fresh one. It panics if x and s differ in shape.
func (c *Cell) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(c, x)
	if d := deviceOf(x); d != nil {
		return c.forwardOn(d, x, s)
	}
	y, next := c.forward(x, s)
	return checked(c, false, x, y, next), next
}

func (c *Cell) forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	shape := x.Shape()
	if c.recording(x, s) {
		return c.recorded(x, s, 1, shape, nil)
	}
	n := c.next(s, shape)
	z := pool.Uncleared(len(x.Data()))
	c.step1(z, x.Data(), n)
	return wrap(z, shape), n
}

// ForwardInto is Forward that writes the output into dst, which may be x, and advances s in place. It returns s, or a
// fresh state if s is nil. It does not allocate when s is given.
func (c *Cell) ForwardInto(dst, x *tensor.Tensor, s *State) *State {
	return forwardInto(c, dst, x, s)
}

// OutputShape is the shape of the output, that of the input.
func (c *Cell) OutputShape(in ...int) []int { return in }

func (c *Cell) outputShape(in []int) []int { return in }

func (c *Cell) apply(dst, x []float32, in []int, s *State) *State {
	s = c.ready(c, s, in)
	c.step1(dst, x, s)
	return s
}

// step1 is a step, which several processors share where there are many neurons.
func (c *Cell) step1(z, x []float32, s *State) {
	if n := s.stride(); c.canShare(s) && isManyNeurons(n, 1) {
		c.share(z, nil, x, 1, s)
	} else {
		c.advance(z, x, s)
	}
}

// InitialState is the state that Forward starts from when it is given none, for inputs of that shape.
func (c *Cell) InitialState(shape ...int) *State { return c.initial(shape) }

// String is Norse's text: LICell(p=LIParameters(tau_syn_inv=tensor(200.), …), dt=0.001).
func (c *Cell) String() string {
	return c.name + "(" + c.text() + ", dt=" + c.dt.String() + c.extraText() + ")"
}
