package snn

import "github.com/livespike/livespike/snn/tensor"

// Recurrent is a population of neurons with weights of its own that runs over a sequence: axis 0 of its input is time.
// It is made by the constructors named …Recurrent, LILinear and CobaLIF, holds parameters and weights only, and may be
// used by several goroutines at once.
type Recurrent struct {
	*recurrence
	record bool
}

// recurrentLayer makes the form for a sequence.
func (m *model) recurrentLayer(name string, in, hidden int, w weighting, opts []Option) *Recurrent {
	r, set := m.recurrence(name, in, hidden, w, true, opts, "record_states")
	return &Recurrent{r, set.given["record_states"] != nil}
}

// Forward advances the neurons by as many steps as axis 0 of x is long. x has the shape (T, …, in), the output
// (T, …, hidden); the state, that of the last step, has the shape (…, hidden). A nil state is a fresh one. With
// RecordStates the state returned is that of all steps, with a leading time axis.
func (l *Recurrent) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(l, x)
	d := deviceOf(x)
	together(l, d, l.win)
	if d != nil {
		return l.forwardOn(d, x, s)
	}
	y, next := l.forward(x, s)
	return checked(l, true, x, y, next), next
}

func (l *Recurrent) forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	shape := l.outputShape(x.Shape())
	if l.recording(x, s) {
		var all *State
		if l.record {
			all = newState(l.lay, shape)
		}
		return l.recorded(x, s, shape[0], shape[1:], shape, all)
	}
	n := l.next(s, shape[1:])
	z := make([]float32, size(shape))
	if !l.record {
		l.run(z, x.Data(), shape[0], n, nil)
		return wrap(z, shape), n
	}
	all := newState(l.lay, shape)
	l.run(z, x.Data(), shape[0], n, all)
	return wrap(z, shape), all
}

// ForwardInto is Forward that writes the output into dst, which must not be x, and advances s in place. It returns s,
// or a fresh state if s is nil. It allocates nothing in steady state. It cannot record states.
func (l *Recurrent) ForwardInto(dst, x *tensor.Tensor, s *State) *State {
	return forwardInto(l, dst, x, s)
}

func (l *Recurrent) apply(dst, x []float32, in []int, s *State) *State {
	together(l, nil, l.win)
	if l.record {
		panicf("%s: ForwardInto cannot record states; use Forward", l.name)
	}
	shape := l.outputShape(in)
	if s == nil {
		s = l.initial(shape[1:])
	} else {
		l.check(s, shape[1:])
	}
	s.change(l)
	l.run(dst, x, in[0], s, nil)
	return s
}

// OutputShape is the shape of the output, that of the input with hidden in the place of the last axis.
func (l *Recurrent) OutputShape(in ...int) []int { return append([]int(nil), l.outputShape(in)...) }

func (l *Recurrent) outputShape(in []int) []int {
	if len(in) < 2 {
		panicf("%s: input has shape %v, a sequence has (T, …, %d)", l.label(), in, l.in)
	}
	return l.recurrence.outputShape(in)
}

// run is the time loop; it records into all unless that is nil.
func (l *Recurrent) run(z, x []float32, steps int, s, all *State) {
	n := s.stride()
	m := n / l.hidden * l.in
	watch := watcher{per: n * (l.in + l.hidden)}
	for t := range steps {
		l.advance(z[t*n:(t+1)*n], x[t*m:(t+1)*m], s)
		all.keep(t, s)
		watch.step(l.name)
	}
}

// InitialState is the state that Forward starts from when it is given none, for steps of that shape, (…, hidden).
func (l *Recurrent) InitialState(shape ...int) *State { return l.initial(shape) }

// String is Norse's text.
func (l *Recurrent) String() string {
	text := l.recurrence.String()
	if l.record {
		text = text[:len(text)-1] + ", record_states=True)"
	}
	return text
}
