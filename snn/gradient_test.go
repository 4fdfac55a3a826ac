package snn

import (
	"fmt"
	"math"
	"testing"

	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// smooth is a threshold around the spikes of one run: a spike stays what it was there, plus what a smooth function of
// its argument has changed since. That function's derivative is the surrogate gradient, so the derivatives of a run
// through smooth are those that backpropagation with surrogates computes.
type smooth struct {
	spikes, at []float64
	next       int
	first      bool
	held       bool
	alpha      float64
}

func (s *smooth) value(x float64) float64 { return math.Tanh(s.alpha*x) / s.alpha }

func (s *smooth) spike(x float64) (z, reset float64) {
	if s.first {
		h := 0.0
		if x > 0 {
			h = 1
		}
		s.spikes, s.at = append(s.spikes, h), append(s.at, s.value(x))
	}
	h := s.spikes[s.next]
	z = h + s.value(x) - s.at[s.next]
	s.next++
	if s.held {
		return z, h
	}
	return z, z
}

// refLayer is a layer of neurons in float64 with everything that has a gradient, by name.
type refLayer struct {
	m               *model
	delayed, back   bool // back: with weights of its own
	leaves          map[string][]float64
	steps, n, width int // width inputs
	subtract        bool
	smooth          smooth
}

func (l *refLayer) param(k int) func(string) float64 {
	return func(name string) float64 {
		if name == "subtract" {
			if l.subtract {
				return 1
			}
			return 0
		}
		d := l.leaves[name]
		return d[k%len(d)]
	}
}

// times is w·x.
func times(w, x []float64, rows int) []float64 {
	y := make([]float64, rows)
	for r := range y {
		for k, v := range x {
			y[r] += w[r*len(x)+k] * v
		}
	}
	return y
}

func mapped(x []float64, f func(float64) float64) []float64 {
	y := make([]float64, len(x))
	for k, v := range x {
		y[k] = f(v)
	}
	return y
}

// run is the outputs of all steps and the last state: z, if the neurons have it, then the variables.
func (l *refLayer) run() []float64 {
	l.smooth.next = 0
	vars := len(l.m.state)
	s := make([][]float64, l.n)
	for k := range s {
		s[k] = make([]float64, vars)
		for f, field := range l.m.state {
			s[k][f] = l.leaves["state "+field.name][k]
		}
	}
	jump := 0
	if l.m.jump != "" {
		jump = l.m.field(l.m.jump)
	}
	z := append([]float64(nil), l.leaves["state z"]...)
	var out []float64
	for t := range l.steps {
		x := l.leaves["x"][t*l.width : (t+1)*l.width]
		inp, rec := x, make([]float64, l.n)
		if l.back {
			inp, rec = times(l.leaves["input_weights"], x, l.n), times(l.leaves["recurrent_weights"], z, l.n)
		}
		if l.m.split && l.back {
			neg := func(v float64) float64 { return refRelu(-v) }
			for _, from := range []struct{ w, x []float64 }{{l.leaves["input_weights"], x}, {l.leaves["recurrent_weights"], z}} {
				e, i := times(mapped(from.w, refRelu), from.x, l.n), times(mapped(from.w, neg), from.x, l.n)
				for k := range s {
					s[k][1] += e[k]
					s[k][2] += i[k]
				}
			}
			inp, rec = make([]float64, l.n), make([]float64, l.n)
		}
		coupled := l.m.coupled == coupledStep
		var pull []float64
		if coupled {
			pull = times(l.leaves["g_coupling"], membranes(s), l.n)
		}
		z = make([]float64, l.n)
		for k := range s {
			x, r := inp[k], rec[k]
			if coupled && !l.delayed {
				s[k][jump] += x + r
			}
			if coupled {
				x, r = pull[k], 0
			} else if l.delayed {
				x, r = 0, 0
			}
			z[k] = l.step()(l.param(k), s[k], x, r, l.smooth.spike)
			if l.delayed {
				s[k][jump] += inp[k] + rec[k]
			}
		}
		if l.m.coupled == coupledAfter {
			for k, g := range times(l.leaves["g_coupling"], membranes(s), l.n) {
				s[k][0] += refDT * g
			}
		}
		out = append(out, z...)
	}
	if l.back {
		out = append(out, z...)
	}
	for f := range vars {
		for k := range s {
			out = append(out, s[k][f])
		}
	}
	l.smooth.first = false
	return out
}

// step is the model's reference; where the coupling follows the step it is a plain LIF.
func (l *refLayer) step() refNeuron {
	if l.m.coupled == coupledAfter {
		return references["LIF"]
	}
	return references[l.m.name]
}

func membranes(s [][]float64) []float64 {
	v := make([]float64, len(s))
	for k := range s {
		v[k] = s[k][0]
	}
	return v
}

// gradient is the derivative of Σ dy·run by element k of a leaf.
func (l *refLayer) gradient(leaf string, k int, dy []float64) float64 {
	d := l.leaves[leaf]
	was, h := d[k], 1e-6*math.Max(1, math.Abs(d[k]))
	total := 0.0
	for _, side := range []float64{1, -1} {
		d[k] = was + side*h
		for i, y := range l.run() {
			total += side * dy[i] * y
		}
	}
	d[k] = was
	return total / (2 * h)
}

func doubles(t *tensor.Tensor) []float64 {
	d := make([]float64, t.Numel())
	for k, v := range t.Data() {
		d[k] = float64(v)
	}
	return d
}

const gradientSteps, gradientWidth, gradientNeurons = 14, 4, 3

// TestGradientsOfNeurons compares the gradients of every model, in every step order and with every reset, by input,
// initial state, parameters and weights, with the central differences of a second implementation in float64 whose
// thresholds are smooth.
func TestGradientsOfNeurons(t *testing.T) {
	for _, name := range Models() {
		for _, opts := range orders(models[name]) {
			for _, each := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s%v/each=%v", name, opts[:min(1, len(opts))], each), func(t *testing.T) {
					checkGradients(t, models[name], opts, each, false)
				})
				if _, ok := recurrentForms[name]; ok {
					t.Run(fmt.Sprintf("%sRecurrent%v/each=%v", name, opts[:min(1, len(opts))], each), func(t *testing.T) {
						checkGradients(t, models[name], opts, each, true)
					})
				}
			}
		}
	}
}

func checkGradients(t *testing.T, m *model, opts []Option, each, back bool) {
	tensor.Seed(5)
	l := &refLayer{
		m: m, back: back, steps: gradientSteps, n: gradientNeurons, width: gradientNeurons,
		leaves: map[string][]float64{}, smooth: smooth{first: true, alpha: 2},
	}
	leaf := map[string]*tensor.Tensor{}
	put := func(name string, v *tensor.Tensor) *tensor.Tensor {
		leaf[name], l.leaves[name] = v, doubles(v)
		return v
	}
	var all []Option
	for _, o := range opts {
		if o.name != "g_coupling" { // of other neurons
			all = append(all, o)
		}
	}
	if m.spikes() {
		all = append(all, Surrogate(surrogate.Tanh(2)))
	}
	if m.coupled != uncoupled {
		all = append(all, Coupling(put("g_coupling", tensor.Randn(l.n, l.n).Mul(20))))
	}
	var learned []string
	for _, p := range m.params {
		name := short(p.name)
		if name == "method" || name == "alpha" || p.hidden {
			continue
		}
		v := float32(valueOf("", "", p.value, anyNumber).num)
		if name == "rho_reset" {
			v = 2.5 // a whole number would end where relu has no derivative
		}
		value := tensor.Full(float64(v))
		if each {
			value = tensor.Of(v, v*1.02, v*0.97)
		}
		learned = append(learned, name)
		all = append(all, Set(name, put(name, value)))
	}
	all = append(all, Learn(learned...))

	var module Module
	var initial *State
	if back {
		l.width = gradientWidth
		if m.again != nil {
			l.m = m.again
		}
		r := recurrentForms[m.name].layer(l.width, l.n, all...)
		put("input_weights", r.InputWeights().SetRequiresGrad(true))
		put("recurrent_weights", r.RecurrentWeights().SetRequiresGrad(true))
		module, initial = r, r.InitialState(l.n)
		l.delayed, l.subtract, l.smooth.held = r.delayed, r.subtract, m.holds || m.again != nil
		leaf["g_coupling"] = r.coupling
		for _, p := range r.Parts() {
			leaf[short(p.Name)] = p.Tensor
		}
	} else {
		n := m.layer(all)
		module, initial = n, n.InitialState(l.n)
		l.delayed, l.subtract = n.delayed, n.subtract
		for _, p := range n.Parts() {
			leaf[short(p.Name)] = p.Tensor
		}
	}
	for _, v := range leaf {
		if v != nil {
			v.SetRequiresGrad(true)
		}
	}

	x := tensor.Randn(l.steps, l.width).Mul(2).Add(0.8)
	if m.behaving || m.split {
		x = x.Mul(20).Add(10)
	}
	put("x", x).SetRequiresGrad(true)
	s := initial
	for _, f := range initial.lay.fields {
		start := initial.Get(f).Add(tensor.Rand(l.n).Mul(0.3))
		switch short(f) {
		case "rho":
			start = tensor.Of(0, 2.3, 0)
		case "z":
			start = tensor.Of(1, 0, 1)
		case "v":
			if m.split {
				start = tensor.Of(-20, -30, -15)
			}
		}
		key := "state " + f
		if short(f) == "z" {
			key = "state z"
		}
		s = s.With(f, put(key, start).SetRequiresGrad(true))
	}

	out, last := module.Forward(x, s)
	want := l.run()
	spikes := 0.0
	for k, v := range out.Data() {
		if math.Abs(float64(v)-want[k]) > 1e-3*(1+math.Abs(want[k])) {
			t.Fatalf("output %d is %v, the reference's %v", k, v, want[k])
		}
		spikes += want[k]
	}
	if m.spikes() && (spikes == 0 || int(spikes) == out.Numel()) {
		t.Errorf("%v spikes of %d: the drive tests nothing", spikes, out.Numel())
	}
	dy := tensor.Randn(out.Shape()...)
	weights := doubles(dy)
	loss := out.Mul(dy).Sum()
	for _, f := range last.lay.fields {
		d := tensor.Randn(l.n)
		weights = append(weights, doubles(d)...)
		loss = loss.Add(last.Get(f).Mul(d).Sum())
	}
	loss.Backward()

	for name, v := range leaf {
		if v == nil {
			continue
		}
		got := v.Grad()
		if got == nil {
			t.Errorf("%s has no gradient", name)
			continue
		}
		wants, top := make([]float64, v.Numel()), 0.0
		for k := range wants {
			if name == "recurrent_weights" && k%(l.n+1) == 0 && v.Data()[k] == 0 {
				continue // no autapses
			}
			wants[k] = l.gradient(name, k, weights)
			top = math.Max(top, math.Abs(wants[k]))
		}
		for k, w := range wants {
			if g := float64(got.Data()[k]); !(math.Abs(g-w) <= 2e-3*top+1e-6) {
				t.Errorf("%s[%d]: gradient %v, by differences %v (largest %v)", name, k, g, w, top)
			}
		}
	}
}
