// Package surrogate holds the stand-ins for the derivative of the spike: smooth functions that training uses in the
// backward pass in the place of the step's derivative, which is zero almost everywhere.
//
//	snn.LIF(snn.Surrogate(surrogate.Triangle(0.3)))
//
// The forward pass does not depend on them. Each one is a file of its own; Methods lists their names.
package surrogate

import (
	"fmt"
	"sort"
)

// Function is one surrogate gradient with its slope. The zero value is not useful; the package's functions make them.
type Function struct {
	name  string
	alpha float32
	grad  func(x, g, alpha float32) float32
}

// Name is the method's name, as in Norse: super, triangle …
func (f Function) Name() string { return f.name }

// Alpha is the slope or width; what it means is the function's own.
func (f Function) Alpha() float32 { return f.alpha }

// Grad is the derivative that stands in for the step's at x, the membrane's distance from the threshold, times the
// upstream gradient g.
func (f Function) Grad(x, g float32) float32 { return f.grad(x, g, f.alpha) }

// Scaled is the derivative with the slope as its last argument, for loops that keep both in registers.
func (f Function) Scaled() func(x, g, alpha float32) float32 { return f.grad }

// String is the name and the slope: super(100).
func (f Function) String() string { return fmt.Sprintf("%s(%g)", f.name, f.alpha) }

// method is what the package knows of one function.
type method struct {
	name  string
	alpha float32 // used when the user sets none
	grad  func(x, g, alpha float32) float32
	even  bool // the same on both sides of the threshold
}

var methods = map[string]*method{}

// register adds a method. It panics at start if the declaration is incomplete or the name is taken.
func register(m *method) *method {
	if m.name == "" || m.grad == nil || m.alpha <= 0 || methods[m.name] != nil {
		panic("surrogate: bad or double registration of " + m.name)
	}
	methods[m.name] = m
	return m
}

func (m *method) with(alpha float32) Function {
	if !(alpha > 0) {
		panic(fmt.Sprintf("surrogate: %s: alpha must be positive, not %v", m.name, alpha))
	}
	return Function{m.name, alpha, m.grad}
}

// ByName is the method of that name, with its default slope. It panics if there is none and lists those there are.
func ByName(name string) Function {
	m := methods[name]
	if m == nil {
		panic(fmt.Sprintf("surrogate: no method %q; there are %v", name, Methods()))
	}
	return Function{m.name, m.alpha, m.grad}
}

// Known reports whether there is a method of that name.
func Known(name string) bool { return methods[name] != nil }

// WithAlpha is the same method with another slope. It panics if alpha is not positive.
func (f Function) WithAlpha(alpha float32) Function {
	if f.grad == nil {
		panic("surrogate: WithAlpha of a Function that no constructor made")
	}
	return (&method{name: f.name, grad: f.grad}).with(alpha)
}

// Even reports whether the gradient is declared to be the same on both sides of the threshold. One of New is not.
func (f Function) Even() bool { return methods[f.name] != nil && methods[f.name].even }

// Methods lists the names, sorted.
func Methods() []string {
	names := make([]string, 0, len(methods))
	for n := range methods {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
