package snn

import (
	"sort"
	"strings"

	"github.com/livespike/livespike/internal/simd"
)

// model is a neuron model: one declaration in one file, from which the cell, the layer and the recurrent forms are
// made.
type model struct {
	name   string            // LIF: makes LIFCell, LIF, LIFParameters, LIFState
	form   string            // what cell and layer are called where that is not the name
	like   string            // the model whose parameters and state it has, by their names, where that is not itself
	params []param           // in the order in which Norse prints them
	state  []field           // the variables, in Norse's order
	nested map[string]string // what a nested parameter set or state is called: lif is a LIF
	// coefs are the products that step uses, in the order of its block c: "dt*tau_mem_inv".
	coefs []string
	// step advances the neurons by one step in place: x is the input, s holds the variables, each stride after the
	// one before, z receives the output. x and z may be the same slice; an element of x is read before its z is
	// written. All slices but s have the length of z. The input must jump in before the integration: the delayed
	// order is made from it (see Delayed in neuron.go).
	step kernel
	// fast is step in assembly, and fastSubtract subtract; empty where there is none for the model or the machine.
	fast, fastSubtract simd.Neuron
	// cuda is what the model's kernels in internal/cuda/kernels are called, lif for lif_f32.
	cuda string
	// keeps is how many numbers for each neuron and step its training kernel keeps for the backward one.
	keeps int
	// subtract is step with the subtractive reset, nil if the model has none.
	subtract kernel
	// back is the backward pass of step, and of subtract and both; see sweep.
	back back
	// fastBack is back in assembly with SuperSpike, the usual reset and no learned parameters, nil where there is none.
	fastBack simd.Back
	// adjoint is the backward pass of method "adjoint", nil if the model has none.
	adjoint back
	// holds says that the recurrent form takes the spike for a constant where it resets.
	holds bool
	// jump is the variable that the input is added to before the integration, empty if the model has none, in which
	// case the delayed order cannot be had.
	jump string
	late bool // the delayed order is the default
	// numbers says that a plain number given by the user takes part in products as a float64, since Norse does not
	// make a tensor of it first.
	numbers bool

	// both is step with the recurrent current r apart from the input, for models without a jump that have a recurrent
	// form.
	both func(z, x, r, s, c []float32, stride int)
	// recur is what the state of the recurrent form is called, if not like the feed-forward one's.
	recur string
	// again is the model of the recurrent form, where its step is another one.
	again *model
	// coupled says where the product of v and the coupling matrix of multi-compartment neurons goes.
	coupled coupled
	// split says that positive weights go to the first of two jumps, g_e, and negative ones to the second, g_i.
	split bool

	behaving bool   // takes a Behaviour
	bio      preset // the set of BioDefault, nil if there is none
	bioPlain bool   // its values are plain numbers in Norse
}

// field is a variable of the state and where its initial value comes from: a parameter, or zero.
type field struct{ name, from string }

// kernel is the step of n = len(z) neurons that share the coefficients c.
type kernel func(z, x, s, c []float32, stride int)

var models = map[string]*model{}

// register adds a model to the registry. A model that is incomplete or registered twice panics at start.
func register(m *model) *model {
	if m.name == "" || m.step == nil || m.back == nil || len(m.state) == 0 || len(m.coefs) == 0 || models[m.name] != nil {
		panic("snn: bad or double registration of the model " + m.name)
	}
	m.mustBeWhole()
	if m.again != nil {
		m.again.mustBeWhole()
	}
	models[m.name] = m
	return m
}

// mustBeWhole panics if a part of the declaration names what is not there.
func (m *model) mustBeWhole() {
	for _, f := range m.state {
		if f.from != "" {
			m.param(f.from)
		}
	}
	for _, c := range m.coefs {
		for _, name := range strings.Split(strings.TrimPrefix(c, "-"), "*") {
			if name != "dt" {
				m.param(name)
			}
		}
	}
	if m.jump != "" {
		m.field(m.jump)
	}
}

// Models lists the registered neuron models by name.
func Models() []string {
	names := make([]string, 0, len(models))
	for n := range models {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// feedForward is what the layer is called; the cell has Cell behind.
func (m *model) feedForward() string {
	if m.form != "" {
		return m.form
	}
	return m.name
}

func (m *model) param(name string) *param {
	for k := range m.params {
		if m.params[k].name == name {
			return &m.params[k]
		}
	}
	panic("snn: the model " + m.name + " has no parameter " + name)
}

func (m *model) field(name string) int {
	for k, f := range m.state {
		if f.name == name {
			return k
		}
	}
	panic("snn: the model " + m.name + " has no variable " + name)
}

// kind is what the model's parameters and state are called.
func (m *model) kind() string {
	if m.like != "" {
		return m.like
	}
	return m.name
}

// variables are those of the state; the recurrent forms have the spikes of the step before in front.
func (m *model) variables(recurrent bool) []field {
	if !recurrent {
		return m.state
	}
	first := m.state[0].name
	z := field{name: first[:len(first)-len(short(first))] + "z"}
	return append([]field{z}, m.state...)
}

// layout is the form of the model's state.
func (m *model) layout(recurrent bool) *layout {
	l := &layout{kind: m.kind() + "State", nested: map[string]string{}}
	if recurrent && m.recur != "" {
		l.kind = m.recur
	}
	for _, f := range m.variables(recurrent) {
		l.fields = append(l.fields, f.name)
	}
	for prefix, of := range m.nested {
		l.nested[prefix] = of + "State"
	}
	return l
}

// short is the last part of a parameter's name, which is the option's.
func short(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// options lists the options that all forms of the model know.
func (m *model) options() []string {
	names := []string{"dt", "learn"}
	if m.jump != "" {
		names = append(names, "delayed")
	}
	if m.subtract != nil {
		names = append(names, "reset_method")
	}
	if m.behaving {
		names = append(names, "behaviour")
	}
	if m.bio != nil {
		names = append(names, "bio_default")
	}
	if m.coupled != uncoupled {
		names = append(names, "g_coupling")
	}
	for _, p := range m.params {
		names = append(names, short(p.name))
	}
	return names
}
