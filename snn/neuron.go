package snn

import (
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/livespike/livespike/internal/pool"
	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// neuron is what a cell and a layer have in common: a model with its parameters. It never changes after it was made.
type neuron struct {
	mode
	m       *model
	name    string // LIFCell
	values  []value
	grad    surrogate.Function
	adjoint bool // the backward pass is the model's adjoint
	dt      value
	delayed bool
	live    []int // the parameters whose tensors the user may change: learned ones
	lay     *layout
	coefs   *coefs                 // of a neuron without live parameters
	made    *atomic.Pointer[coefs] // those last made of live ones
	fields  []field                // the variables of the state
	skip    int                    // variables in front of those that the kernel knows: z in a recurrent form
	jump    int                    // the variable the input is added to

	gpu      *placed        // what is kept on a device
	coupling *tensor.Tensor // (n, n) of a multi-compartment neuron, else nil
	step     kernel
	fast     simd.Neuron // step in assembly
	subtract bool        // step is the model's subtract
}

func newNeuron(m *model, name string, set optionSet, recurrent bool) *neuron {
	c := &neuron{gpu: &placed{}, m: m, name: name, delayed: m.late, lay: m.layout(recurrent), fields: m.variables(recurrent)}
	c.skip = len(c.fields) - len(m.state)
	c.dt = value{num: 0.001}
	c.usePreset(&set)
	if v, ok := set.given["dt"]; ok {
		c.dt = valueOf(set.who, "dt", v, positive)
		if c.dt.t != nil {
			panicf("%s: dt is a plain number, not a tensor", set.who)
		}
	}
	c.delayed = typed(set, "delayed", c.delayed)
	if m.jump != "" {
		c.jump = c.skip + m.field(m.jump)
	}
	c.values = make([]value, len(m.params))
	for k, p := range m.params {
		c.values[k] = c.parameter(p, set)
	}
	if v, ok := set.given["learn"]; ok {
		for _, n := range v.([]string) {
			c.learn(c.learnable(set.who, n))
		}
	}
	c.findLive(set.who)
	c.chooseReset(set)
	c.couple(set)
	c.coefs = makeCoefs(m.coefs, c.value)
	return c
}

// parameter is the value of p: the one given, or the default.
func (c *neuron) parameter(p param, set optionSet) value {
	given, ok := set.given[short(p.name)]
	switch short(p.name) {
	case "method":
		c.grad = chosenSurrogate(set)
		if c.adjoint = set.given["method"] == "adjoint"; c.adjoint && (c.m.adjoint == nil || set.given["reset_method"] == "reset_subtract") {
			panicf("%s: method \"adjoint\" is known for LIF, LIFRefrac and LSNN with reset_value only", set.who)
		}
		return value{}
	case "alpha":
		if !ok && set.given["method"] != nil {
			given, ok = shortest(c.grad.Alpha()), true
		}
	}
	if !ok {
		v := valueOf(set.who, short(p.name), set.orDefault(p), p.check)
		v.asT = !p.plain && !(c.m.bioPlain && set.defaults != nil)
		return v
	}
	v := valueOf(set.who, short(p.name), given, p.check)
	v.asT = !c.m.numbers
	if short(p.name) == "alpha" {
		a, one := v.single()
		if !one {
			panicf("%s: alpha is one number, not a tensor of shape %v", set.who, v.t.Shape())
		}
		c.grad = c.grad.WithAlpha(a)
	}
	return v
}

// shortest is the float64 that prints as f does.
func shortest(f float32) float64 {
	v, err := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'g', -1, 32), 64)
	if err != nil {
		return float64(f)
	}
	return v
}

func chosenSurrogate(set optionSet) surrogate.Function {
	switch v := set.given["method"].(type) {
	case nil:
		return surrogate.ByName("super")
	case surrogate.Function:
		if v.Name() == "" {
			panicf("%s: the zero surrogate.Function; use surrogate.SuperSpike(100) or one of its like", set.who)
		}
		return v
	case string:
		if v == "adjoint" {
			return surrogate.Heaviside()
		}
		if !surrogate.Known(v) {
			panicf("%s: unknown method %q; there are %s, adjoint", set.who, v, strings.Join(surrogate.Methods(), ", "))
		}
		return surrogate.ByName(v)
	default:
		panicf("%s: method is a name or a surrogate.Function, not %s", set.who, kindOf(v))
	}
	return surrogate.Function{}
}

func (c *neuron) learnable(who, name string) int {
	if name == "alpha" || name == "method" {
		panicf("%s: cannot learn %s: it shapes the gradient and not the output, so that it has no gradient of its own", who, name)
	}
	var all []string
	for k, p := range c.m.params {
		if n := short(p.name); n != "method" && n != "alpha" {
			if n == name || p.name == name {
				return k
			}
			all = append(all, n)
		}
	}
	panicf("%s: cannot learn %s; %s has %s", who, name, c.m.name, strings.Join(all, ", "))
	return 0
}

// value is the parameter of that full name, dt included.
func (c *neuron) value(name string) value {
	if name == "dt" {
		return c.dt
	}
	for k, p := range c.m.params {
		if p.name == name {
			return c.values[k]
		}
	}
	panic("snn: the model " + c.m.name + " has no parameter " + name)
}

// initial is a fresh state for neurons of that shape.
func (c *neuron) initial(shape []int) *State {
	s := newState(c.lay, shape)
	c.needCompartments(shape)
	for k, f := range c.fields {
		if f.from == "" {
			continue
		}
		v := c.value(f.from)
		dst := s.field(k)
		if one, ok := v.single(); ok {
			if one != 0 {
				for i := range dst {
					dst[i] = one
				}
			}
			continue
		}
		data, from := v.t.Data(), v.t.Shape()
		if full, ok := broadcastShapes(from, shape); !ok || !sameShape(full, shape) {
			panicf("%s: %s has shape %v, which does not broadcast to the state's %v", c.name, short(f.from), from, shape)
		}
		for i := range dst {
			dst[i] = data[broadcastIndex(i, shape, from)]
		}
	}
	return s
}

// check panics unless s is a state of this model and of that shape.
func (c *neuron) check(s *State, shape []int) {
	if s.lay != c.lay && (s.lay == nil || s.lay.kind != c.lay.kind || len(s.lay.fields) != len(c.lay.fields)) {
		if s.lay != nil && s.lay.kind == c.lay.kind {
			panicf("%s: the state has %v, not %v", c.name, s.lay.fields, c.lay.fields)
		}
		panicf("%s: the state is %s, not a %s", c.name, s.title(), c.lay.kind)
	}
	if !sameShape(s.shape, shape) {
		panicf("%s: input has shape %v, the state %v", c.name, shape, s.shape)
	}
	if s.gpu != nil {
		panicf("%s: the input is on the cpu, the state on %v", c.name, s.gpu.Device)
	}
}

// ready is s, or a fresh state, before it is changed in place.
func (c *neuron) ready(who namer, s *State, shape []int) *State {
	if s == nil {
		return c.initial(shape)
	}
	c.check(s, shape)
	s.change(who)
	return s
}

// next is s copied, or a fresh state, for an input step of that shape.
func (c *neuron) next(s *State, shape []int) *State {
	if s == nil {
		return c.initial(shape)
	}
	c.check(s, shape)
	return &State{lay: c.lay, shape: s.shape, buf: pool.Copy(s.buf)}
}

// advance takes s through one step on x and writes the output into z.
//
// The delayed order integrates with the old current and adds the input afterwards, so it is the same step on a silent
// input followed by the jump: bit for bit the same, since i + 0 is i and z holds the zeros until it is written.
func (c *neuron) advance(z, x []float32, s *State) {
	if c.m.coupled == coupledStep {
		c.advanceCoupled(z, x, s)
		return
	}
	if !c.delayed {
		c.integrate(z, x, s)
		return
	}
	if c.fast.Late != nil && s.trace == nil && len(z) >= 8 {
		c.runFast(z, x, part{end: len(z), steps: 1}, s, &s.denormal, true)
		return
	}
	var held []float32
	if n := len(z); n > 0 && &z[0] == &x[0] { // in place: keep x before z overwrites it
		held = s.scratch(n)
		copy(held, x)
		x = held
	}
	c.integrate(z, nil, s)
	add(s.field(c.jump), x)
}

// integrate runs the model's kernel with the coefficients of each run of neurons. A nil x is silence.
func (c *neuron) integrate(z, x []float32, s *State) {
	stride := s.stride()
	vars := s.buf[c.skip*stride:]
	if s.trace != nil {
		s.trace.keep(x, nil, vars)
	}
	if x == nil { // silence: z holds it until it is written
		clear(z)
		x = z
	}
	if c.fast.One != nil && len(z) >= 8 {
		c.runFast(z, x, part{end: len(z), steps: 1}, s, &s.denormal, false)
		return
	}
	k := c.coefficients()
	if k.block != nil {
		c.step(z, x, vars, k.block, stride)
		return
	}
	each := k.over(c.name, s.shape)
	at := 0
	for _, block := range each.blocks {
		end := at + each.run
		c.step(z[at:end], x[at:end], vars[at:], block, stride)
		at = end
	}
}

func add(dst, x []float32) { simd.Add(dst[:len(x)], x) }

// text is the part of the repr that names the parameters: p=LIFParameters(…), dt=0.001.
func (c *neuron) text() string {
	var b strings.Builder
	b.WriteString("p=")
	c.writeParams(&b, c.m.kind(), "")
	return b.String()
}

func (c *neuron) writeParams(b *strings.Builder, kind, prefix string) {
	b.WriteString(kind + "Parameters(")
	first, done := true, ""
	for k, p := range c.m.params {
		rest, ok := strings.CutPrefix(p.name, prefix)
		if !ok || p.hidden {
			continue
		}
		head, _, nested := strings.Cut(rest, ".")
		if nested && head == done {
			continue
		}
		if !first {
			b.WriteString(", ")
		}
		first = false
		b.WriteString(head + "=")
		switch {
		case nested:
			done = head
			c.writeParams(b, c.m.nested[head], prefix+head+".")
		case head == "method":
			b.WriteString("'" + c.method() + "'")
		default:
			b.WriteString(c.values[k].String())
		}
	}
	b.WriteByte(')')
}

// extraText names the step order and the reset method where they are not the model's own.
func (c *neuron) extraText() string {
	text := ""
	switch {
	case c.delayed && !c.m.late:
		text = ", delayed=True"
	case !c.delayed && c.m.late:
		text = ", delayed=False"
	}
	if c.subtract {
		text += ", reset_method='reset_subtract'"
	}
	return text
}

func (c *neuron) label() string { return c.name }

// parameter values for programs that inspect a model.

// Param is the value of the parameter of that name as a tensor, without axes for a single value. It panics if the
// model has none of that name. Of a learned parameter it is the tensor itself, of others a copy.
func (c *neuron) Param(name string) *tensor.Tensor {
	if name == "dt" {
		return wrap([]float32{float32(c.dt.num)}, nil)
	}
	for k, p := range c.m.params {
		if p.name != name && short(p.name) != name || short(name) == "method" {
			continue
		}
		if slices.Contains(c.live, k) {
			return c.values[k].t
		}
		if v := c.values[k]; v.t != nil {
			return copyOf(v.t)
		} else {
			return wrap([]float32{float32(v.num)}, nil)
		}
	}
	panicf("%s: no parameter %s", c.name, name)
	return nil
}
