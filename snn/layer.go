package snn

import (
	"runtime"
	"sync"

	"github.com/livespike/livespike/internal/pool"
	"github.com/livespike/livespike/snn/tensor"
)

// Layer is a neuron model that runs over a sequence: axis 0 of its input is time. It is made by the constructors named
// after the model alone, such as LIF, holds only parameters, and may be used by several goroutines at once.
type Layer struct {
	neuron
	record bool
}

// layer makes the form for a sequence.
func (m *model) layer(opts []Option) *Layer {
	name := m.feedForward()
	set := options("snn."+name, m.name, opts, append(m.options(), "record_states"))
	return &Layer{*newNeuron(m, name, set, false), set.given["record_states"] != nil}
}

// Forward advances the neurons by as many steps as axis 0 of x is long. x has the shape (T, …), as has the output; the
// state, that of the last step, has the shape (…). A nil state is a fresh one. With RecordStates the state returned is
// that of all steps, with a leading time axis.
//
// Forward panics if x has no axes or does not fit s.
func (l *Layer) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(l, x)
	if d := deviceOf(x); d != nil {
		return l.forwardOn(d, x, s)
	}
	y, next := l.forward(x, s)
	return checked(l, true, x, y, next), next
}

func (l *Layer) forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	shape := x.Shape()
	l.needTime(shape)
	if l.recording(x, s) {
		var all *State
		if l.record {
			all = newState(l.lay, shape)
		}
		return l.recorded(x, s, shape[0], shape[1:], all)
	}
	n := l.next(s, shape[1:])
	z := pool.Uncleared(len(x.Data()))
	if l.record {
		return wrap(z, shape), l.runRecorded(z, x.Data(), shape, n)
	}
	l.run(z, x.Data(), shape[0], n)
	return wrap(z, shape), n
}

// ForwardInto is Forward that writes the output into dst, which may be x, and advances s in place. It returns s, or a
// fresh state if s is nil. It does not allocate when s is given. It cannot record states.
func (l *Layer) ForwardInto(dst, x *tensor.Tensor, s *State) *State {
	return forwardInto(l, dst, x, s)
}

func (l *Layer) apply(dst, x []float32, in []int, s *State) *State {
	if l.record {
		panicf("%s: ForwardInto cannot record states; use Forward", l.name)
	}
	s = l.ready(l, s, in[1:])
	l.run(dst, x, in[0], s)
	return s
}

func (l *Layer) needTime(shape []int) {
	if len(shape) == 0 {
		panicf("%s: input has no time axis; its shape is %v, a sequence has (T, …)", l.name, shape)
	}
}

// run is the time loop. Where there is much to do, several processors share the neurons.
func (l *Layer) run(z, x []float32, steps int, s *State) {
	n := s.stride()
	if l.canShare(s) && (l.goesPast(z, n) || isManyNeurons(n, steps)) {
		l.share(z, nil, x, steps, s)
		return
	}
	watch := watcher{per: n}
	for t := 0; t < steps; {
		if t+1 < steps && n >= 8 && l.canPair(s) {
			t += l.runFast(z[t*n:(t+2)*n], x[t*n:(t+2)*n], part{end: n, steps: 2}, s, &s.denormal, l.delayed)
			watch.step(l.name)
		} else {
			l.advance(z[t*n:(t+1)*n], x[t*n:(t+1)*n], s)
			t++
		}
		watch.step(l.name)
	}
}

const (
	shareOfNeurons = 256     // neurons, at least, that one processor takes at a time
	workOfNeuron   = 11      // multiplications that take as long as a neuron's step
	pastState      = 1 << 17 // bytes of the variables of a piece whose output goes past the caches
)

// isManyNeurons says that several processors share the neurons.
func isManyNeurons(n, steps int) bool {
	return n >= 2*shareOfNeurons && isShared(steps*n*workOfNeuron)
}

// shared is the steps of neurons while they are taken in pieces.
type shared struct {
	c     *neuron
	z, x  []float32
	bits  []byte // in the place of z, where the spikes are packed
	steps int
	s     *State
	each  int // neurons of a piece
	past  bool
}

var sharedTasks = sync.Pool{New: func() any { return new(shared) }}

// share runs the neurons over all steps in pieces.
func (c *neuron) share(z []float32, bits []byte, x []float32, steps int, s *State) {
	n := s.stride()
	each := max(shareOfNeurons, (n/(2*runtime.GOMAXPROCS(0))+63)&^63)
	past := bits == nil && c.goesPast(z, n)
	if past {
		each = min(each, pastState/(4*len(c.m.state))&^63)
	}
	t := sharedTasks.Get().(*shared)
	*t = shared{c: c, z: z, bits: bits, x: x, steps: steps, s: s, each: each, past: past}
	pool.Do((n+each-1)/each, t)
	*t = shared{}
	sharedTasks.Put(t)
}

// Piece runs some neurons over all steps.
func (t *shared) Piece(k int) {
	n := t.s.stride()
	p := part{at: k * t.each, end: min((k+1)*t.each, n), past: t.past}
	denormal := t.s.denormal
	watch := watcher{per: p.end - p.at}
	for at := 0; at < t.steps; {
		p.steps = min(2, t.steps-at)
		if t.bits != nil {
			at += t.c.runBits(t.bits[at*n/8:(at+p.steps)*n/8], t.x[at*n:(at+p.steps)*n], p, t.s, &denormal)
			continue
		}
		at += t.c.runFast(t.z[at*n:(at+p.steps)*n], t.x[at*n:(at+p.steps)*n], p, t.s, &denormal, t.c.delayed)
		watch.step(t.c.name)
		watch.step(t.c.name)
	}
}

// runRecorded is run that keeps every state.
func (l *Layer) runRecorded(z, x []float32, shape []int, s *State) *State {
	n, steps := s.stride(), shape[0]
	all := newState(l.lay, shape)
	for t := range steps {
		l.advance(z[t*n:(t+1)*n], x[t*n:(t+1)*n], s)
		all.keep(t, s)
	}
	return all
}

// OutputShape is the shape of the output, that of the input.
func (l *Layer) OutputShape(in ...int) []int { return l.outputShape(in) }

func (l *Layer) outputShape(in []int) []int {
	l.needTime(in)
	return in
}

// InitialState is the state that Forward starts from when it is given none, for steps of that shape (the input's
// without its time axis).
func (l *Layer) InitialState(shape ...int) *State { return l.initial(shape) }

// String is Norse's text: LIF(p=LIFParameters(tau_syn_inv=tensor(200.), …), dt=0.001).
func (l *Layer) String() string {
	text := l.name + "(" + l.text() + ", dt=" + l.dt.String() + l.extraText()
	if l.record {
		text += ", record_states=True"
	}
	return text + ")"
}

// watcher stops a long loop when the running cell is interrupted. It looks at the context about once a millisecond's
// worth of work (500 000 elements), not at every step.
type watcher struct{ per, done int }

func (w *watcher) step(who string) {
	if w.done += w.per + 16; w.done < 500_000 {
		return
	}
	w.done = 0
	stopIfInterrupted(who)
}

// interrupted is the panic with which a long computation leaves when the cell that runs it is interrupted. It wraps
// the context's error.
type interrupted struct {
	who string
	err error
}

func (e interrupted) Error() string { return e.who + ": " + e.err.Error() }
func (e interrupted) Unwrap() error { return e.err }
