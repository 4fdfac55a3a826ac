package snn

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
)

// Part is something that a module is made of: a tensor of its own, or a module inside it.
type Part struct {
	Name   string // weight, or the place of a module: 0, lifted_module
	Tensor *tensor.Tensor
	Module Module

	// Fixed tensors belong to the model and are saved with it, but are not trained: the running mean of BatchNorm2d.
	Fixed bool
}

// Composite is a module with parts. A module of your own that has parameters or modules inside names them here, so that
// Parameters, Save, Load, Train and Summary find them. For a module that a script defines, use WithParts.
type Composite interface {
	Parts() []Part
}

// Composed is a module with parts that were named apart from it, made by WithParts.
type Composed struct {
	m     Module
	parts []Part
}

// WithParts is m with parts: what Composite is for modules whose Parts method cannot be seen, as is so with those that a
// script defines.
//
//	m := snn.WithParts(&gated{w, inner}, snn.Part{Name: "w", Tensor: w}, snn.Part{Name: "inner", Module: inner})
func WithParts(m Module, parts ...Part) *Composed {
	if m == nil {
		panicf("snn.WithParts: the module is nil")
	}
	return &Composed{m, append([]Part(nil), parts...)}
}

// Forward is that of the module.
func (c *Composed) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	return c.m.Forward(x, s)
}

// Parts are those that were named.
func (c *Composed) Parts() []Part { return c.parts }

func (c *Composed) label() string { return label(c.m) }

// String is the module's.
func (c *Composed) String() string { return fmt.Sprint(c.m) }

// Parameter is a tensor of a model, with its path: 1.weight.
type Parameter struct {
	Name  string
	Value *tensor.Tensor
}

// Parameters are the tensors of a module that training changes, in a fixed order, by PyTorch's names: 1.weight is that
// of the second module of a Sequential, 0.lifted_module.bias is inside a Lift. Of a neuron they are the parameters that
// Learn names. A module that appears twice is listed once, under its first name.
//
// Gradients flow to them after SetRequiresGrad(true), which Train and the optimisers of package train call. Those of a
// frozen module are left out.
func Parameters(m Module) []Parameter { return tensors(m, false) }

// tensors are the parameters or, if all are asked for, the frozen and fixed tensors too. What is computed from other
// tensors, such as a time constant from its logarithm, is not the module's.
func tensors(m Module, all bool) []Parameter {
	var found []Parameter
	seen := map[*tensor.Tensor]bool{}
	walk(m, "", func(path string, of Module, p Part) {
		if p.Tensor == nil || !p.Tensor.IsLeaf() || seen[p.Tensor] || !all && (p.Fixed || isFrozen(of)) {
			return
		}
		seen[p.Tensor] = true
		found = append(found, Parameter{path, p.Tensor})
	})
	return found
}

// walk calls f for every part of m and of the modules inside, with its path and the module it belongs to.
func walk(m Module, path string, f func(path string, of Module, p Part)) {
	c, ok := m.(Composite)
	if !ok {
		return
	}
	for _, p := range c.Parts() {
		at := path + p.Name
		f(at, m, p)
		if p.Module != nil {
			walk(p.Module, at+".", f)
		}
	}
}

// walkModules calls f for m, whose path is empty, and every module inside.
func walkModules(m Module, f func(path string, m Module)) {
	f("", m)
	walk(m, "", func(path string, _ Module, p Part) {
		if p.Module != nil {
			f(path, p.Module)
		}
	})
}

// recordable reports whether a step of m on x from s is recorded.
func recordable(m Module, x *tensor.Tensor, s *State) bool {
	if tensor.Recording(x) || s.recording() {
		return true
	}
	found := false
	walk(m, "", func(_ string, _ Module, p Part) { found = found || tensor.Recording(p.Tensor) })
	return found
}

// recording reports whether gradients flow through a tensor of the state.
func (s *State) recording() bool {
	if s == nil {
		return false
	}
	if tensor.Recording(s.out...) {
		return true
	}
	for _, c := range s.sub {
		if tensor.Recording(c.t) || c.s.recording() {
			return true
		}
	}
	return false
}

// States are the tensors of a state, by path: 1.v is the membrane potential of the second module of a Sequential.
func States(s *State) []Parameter {
	var all []Parameter
	for _, name := range s.Names() {
		all = append(all, Parameter{name, s.Get(name)})
	}
	return all
}

// Parts are the weight and the bias.
func (l *Dense) Parts() []Part { return weightAndBias(l.weight, l.bias) }

// Parts are the weight and the bias.
func (c *Conv) Parts() []Part { return weightAndBias(c.weight, c.bias) }

func weightAndBias(weight, bias *tensor.Tensor) []Part {
	parts := []Part{{Name: "weight", Tensor: weight}}
	if bias != nil {
		parts = append(parts, Part{Name: "bias", Tensor: bias})
	}
	return parts
}

// Parts are the parameters that are learned, and the coupling matrix of a multi-compartment neuron.
func (c *neuron) Parts() []Part {
	var parts []Part
	for _, k := range c.live {
		parts = append(parts, Part{Name: c.m.params[k].name, Tensor: c.values[k].t})
	}
	if c.coupling != nil {
		parts = append(parts, Part{Name: "g_coupling", Tensor: c.coupling})
	}
	return parts
}

// Parts are the weights and what the neurons have.
func (r *recurrence) Parts() []Part {
	parts := []Part{{Name: "input_weights", Tensor: r.win}}
	if r.wrec != nil {
		parts = append(parts, Part{Name: "recurrent_weights", Tensor: r.wrec})
	}
	return append(parts, r.neuron.Parts()...)
}

// Parts are the modules, by their place.
func (c *Chain) Parts() []Part { return places(c.modules, c.names) }

func places(modules []Module, names []string) []Part {
	parts := make([]Part, len(modules))
	for k, m := range modules {
		parts[k] = Part{Name: fmt.Sprint(k), Module: m}
		if names != nil {
			parts[k].Name = names[k]
		}
	}
	return parts
}

// Parts is the module for one step.
func (l *Lifted) Parts() []Part { return []Part{{Name: "lifted_module", Module: l.m}} }

// Parts are the modules, by their place.
func (c *RecurrentChain) Parts() []Part { return c.chain.Parts() }

// Parts is the module that is counted.
func (r *Regularized) Parts() []Part { return []Part{{Name: "module", Module: r.m}} }

// Parts are the weight and the bias of the linear layer.
func (f *Filter) Parts() []Part { return []Part{{Name: "linear", Module: f.linear}} }
