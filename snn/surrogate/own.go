package surrogate

import "fmt"

// New is a surrogate of your own, with its slope: grad is the derivative that stands in for the step's at x, times the
// upstream gradient g. snntest.Surrogate checks it. A name of this package's methods, an empty one or a slope that is not
// positive panics. A grad that a script defines is interpreted, once for each neuron and step of the backward pass.
//
//	snn.LIF(snn.Surrogate(surrogate.New("box", 2, func(x, g, alpha float32) float32 {
//		if x*x*alpha*alpha > 1 {
//			return 0
//		}
//		return g * alpha
//	})))
func New(name string, alpha float32, grad func(x, g, alpha float32) float32) Function {
	if name == "" || methods[name] != nil || grad == nil || !(alpha > 0) {
		panic(fmt.Sprintf("surrogate.New: %q with slope %v: a name of its own, a gradient and a positive slope are needed", name, alpha))
	}
	return Function{name, alpha, grad}
}
