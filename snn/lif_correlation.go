package snn

import "github.com/livespike/livespike/snn/tensor"

// Correlated is a population of recurrent LIF neurons whose synapses measure correlation, made by LIFCorrelation.
type Correlated struct {
	*recurrence
	etaP, etaM float32
	cc, ca     float32 // dt·τ⁻¹ of the two traces
}

// sensorLayout is the state of a correlation sensor, one value for each synapse: (…, pre, post).
var sensorLayout = &layout{
	kind:   "CorrelationSensorState",
	fields: []string{"post_pre", "correlation_trace", "anti_correlation_trace"},
}

// LIFCorrelation is LIFRecurrentCell with a correlation sensor in every synapse, one step at a time: x is (…, in), the
// output (…, hidden). A sensor adds up causal pairs of spikes in c and anti-causal ones in ac:
//
//	c'  = (c + (1 − pp)·((dt·τc⁻¹)·(−c))) + eta_p·pre
//	ac' = (ac + pp·((dt·τac⁻¹)·(−ac))) + eta_m·post
//	pp' = 1 if (pp + post) − pre > 0, else 0
//
// pre is the input, or for the recurrent synapses the spikes of the step before; post is the spikes of this step.
//
// The state has the children lif_state (z, v, i), input_correlation_state, (…, in, hidden), and
// recurrent_correlation_state, (…, hidden, hidden); the sensors' variables are post_pre, correlation_trace and
// anti_correlation_trace, from 0. Package plasticity turns them into weight changes.
//
// Options: those of LIFRecurrentCell and, as single numbers, eta_p 1, eta_m 1, tau_c_inv 10 1/s, tau_ac_inv 10 1/s, the
// same for both sensors. Autapses are on unless switched off.
//
// Source: Norse, module/lif_correlation.py and functional/lif_correlation.py at 065a3b45, whose sensor fails for more
// than one sample.
func LIFCorrelation(in, hidden int, opts ...Option) *Correlated {
	const name = "LIFCorrelation"
	w := norseWeights(hidden)
	w.autapses = true
	r, set := lif.recurrence(name, in, hidden, w, true, opts, "eta_p", "eta_m", "tau_c_inv", "tau_ac_inv")
	number := func(name string, def float64, c check) float32 {
		v, ok := valueOf(set.who, name, set.or(name, def), c).single()
		if !ok {
			panicf("%s: %s is one number", set.who, name)
		}
		return v
	}
	dt := float32(r.dt.num)
	return &Correlated{
		recurrence: r, etaP: number("eta_p", 1, anyNumber), etaM: number("eta_m", 1, anyNumber),
		cc: dt * number("tau_c_inv", 10, positive), ca: dt * number("tau_ac_inv", 10, positive),
	}
}

// Forward advances the neurons and their sensors by one step. A nil state is a fresh one.
func (l *Correlated) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(l, x)
	out := l.outputShape(x.Shape())
	if tensor.Recording(x, l.win, l.wrec) || s.recording() {
		return l.recorded(x, s, out)
	}
	z := make([]float32, size(out))
	next := l.apply(z, x.Data(), x.Shape(), s.Clone())
	return wrap(z, out), next
}

// recorded is Forward for gradients, which flow through the neurons; what the sensors measure is taken as constant.
func (l *Correlated) recorded(x *tensor.Tensor, s *State, out []int) (*tensor.Tensor, *State) {
	if s == nil {
		s = l.InitialState(out...)
	}
	lif := l.neurons(s)
	before := append([]float32(nil), lif.field(0)...)
	z, next := (&RecurrentCell{l.recurrence}).Forward(x, lif)
	rest := []*State{s.sub[1].s.Clone(), s.sub[2].s.Clone()}
	l.sense(rest[0], x.Data(), z.Data(), l.in)
	l.sense(rest[1], before, z.Data(), l.hidden)
	return z, correlated(next, rest[0], rest[1])
}

func correlated(lif, input, recurrent *State) *State {
	return &State{kind: "LIFCorrelationState", sub: []child{
		{name: "lif_state", s: lif},
		{name: "input_correlation_state", s: input},
		{name: "recurrent_correlation_state", s: recurrent},
	}}
}

// neurons is the state of the neurons in s.
func (l *Correlated) neurons(s *State) *State {
	if s.lay != nil || len(s.sub) != 3 || s.sub[0].s == nil || s.sub[0].name != "lif_state" {
		panicf("%s: the state is %s, not a LIFCorrelationState", l.name, s.title())
	}
	return s.sub[0].s
}

// ForwardWeights is Forward with the weights given, input (hidden, in) and recurrent (hidden, hidden), as in Norse.
func (l *Correlated) ForwardWeights(x, input, recurrent *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	for _, c := range []struct{ got, want *tensor.Tensor }{{input, l.win}, {recurrent, l.wrec}} {
		if !sameShape(c.got.Shape(), c.want.Shape()) {
			panicf("%s: weights have shape %v, want %v", l.label(), c.got.Shape(), c.want.Shape())
		}
	}
	with := *l
	with.recurrence = &recurrence{neuron: l.neuron, in: l.in, hidden: l.hidden, win: input, wrec: recurrent, autapses: true}
	return with.Forward(x, s)
}

// ForwardInto is Forward that writes the output into dst, which must not be x, and advances s in place. It returns s,
// or a fresh state if s is nil. It allocates nothing in steady state.
func (l *Correlated) ForwardInto(dst, x *tensor.Tensor, s *State) *State {
	return forwardInto(l, dst, x, s)
}

// InitialState is the state that Forward starts from when it is given none, for an output of that shape, (…, hidden).
func (l *Correlated) InitialState(shape ...int) *State {
	if n := len(shape); n == 0 || shape[n-1] != l.hidden {
		panicf("%s: the state has shape %v, want (…, %d)", l.label(), shape, l.hidden)
	}
	lead := shape[:len(shape)-1]
	sensor := func(pre int) *State {
		return newState(sensorLayout, append(append([]int{}, lead...), pre, l.hidden))
	}
	return correlated(l.initial(shape), sensor(l.in), sensor(l.hidden))
}

func (l *Correlated) apply(dst, x []float32, in []int, s *State) *State {
	shape := l.outputShape(in)
	if s == nil {
		s = l.InitialState(shape...)
	}
	lif := l.neurons(s)
	l.check(lif, shape)
	lif.change(l)
	before := s.sub[2].s.scratch(len(dst))
	copy(before, lif.field(0))
	l.advance(dst, x, lif)
	l.sense(s.sub[1].s, x, dst, l.in)
	l.sense(s.sub[2].s, before, dst, l.hidden)
	return s
}

// sense advances a sensor: pre has rows of width values, post rows of hidden.
func (l *Correlated) sense(s *State, pre, post []float32, width int) {
	pp, c, ac := s.field(0), s.field(1), s.field(2)
	k := 0
	for at, p := range pre {
		row := post[at/width*l.hidden:][:l.hidden]
		for _, q := range row {
			c[k] = (c[k] + float32((1-pp[k])*float32(l.cc*-c[k]))) + float32(l.etaP*p)
			ac[k] = (ac[k] + float32(pp[k]*float32(l.ca*-ac[k]))) + float32(l.etaM*q)
			pp[k] = above((pp[k]+q)-p, 0)
			k++
		}
	}
}
