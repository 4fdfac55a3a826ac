package snn

import "github.com/livespike/livespike/snn/tensor"

// RecurrentCell is a population of neurons with weights of its own that advances by one step at each call: a matrix
// from the inputs to the neurons and, in most models, one from the neurons to each other. It is made by the constructors
// named …RecurrentCell, LILinearCell and CobaLIFCell, holds parameters and weights only, and may be used by several
// goroutines at once.
type RecurrentCell struct{ *recurrence }

// recurrentCell makes the form for one step.
func (m *model) recurrentCell(name string, in, hidden int, w weighting, opts []Option) *RecurrentCell {
	r, _ := m.recurrence(name, in, hidden, w, true, opts)
	return &RecurrentCell{r}
}

// Forward advances the neurons by one step. x is one step's input of shape (…, in); the output and the state's tensors
// have the shape (…, hidden). A nil state is a fresh one. It panics if x has another number of inputs or does not fit s.
func (c *RecurrentCell) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(c, x)
	d := deviceOf(x)
	together(c, d, c.win)
	if d != nil {
		return c.forwardOn(d, x, s)
	}
	y, next := c.forward(x, s)
	return checked(c, false, x, y, next), next
}

func (c *RecurrentCell) forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	shape := c.outputShape(x.Shape())
	if c.recording(x, s) {
		return c.recorded(x, s, 1, shape, shape, nil)
	}
	n := c.next(s, shape)
	z := make([]float32, size(shape))
	c.advance(z, x.Data(), n)
	return wrap(z, shape), n
}

// ForwardInto is Forward that writes the output into dst, which must not be x, and advances s in place. It returns s,
// or a fresh state if s is nil. It allocates nothing in steady state.
func (c *RecurrentCell) ForwardInto(dst, x *tensor.Tensor, s *State) *State {
	return forwardInto(c, dst, x, s)
}

func (c *RecurrentCell) apply(dst, x []float32, in []int, s *State) *State {
	together(c, nil, c.win)
	shape := c.outputShape(in)
	if s == nil {
		s = c.initial(shape)
	} else {
		c.check(s, shape)
	}
	s.change(c)
	c.advance(dst, x, s)
	return s
}

// InitialState is the state that Forward starts from when it is given none, for an output of that shape, (…, hidden).
func (c *RecurrentCell) InitialState(shape ...int) *State { return c.initial(shape) }
