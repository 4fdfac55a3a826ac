package snn

import (
	"slices"

	"github.com/livespike/livespike/snn/tensor"
)

// What a program needs to know about a module to write it down in another form, as package nir does.

// Model is the name of the neuron model, as Models lists it.
func (c *neuron) Model() string { return c.m.name }

// Options are those that make the same neurons again, without the weights of recurrent forms: dt, every parameter, the
// surrogate, and the step order and the reset where the model has a choice. A parameter is a number where it was given as
// one, else a tensor; a learned one is its own tensor, with Learn.
func (c *neuron) Options() []Option {
	all := []Option{{"dt", c.dt.num}}
	for k, p := range c.m.params {
		name, v := short(p.name), c.values[k]
		switch {
		case name == "alpha": // goes with the method
		case name == "method" && c.adjoint:
			all = append(all, Method("adjoint"), Alpha(float64(c.grad.Alpha())))
		case name == "method":
			all = append(all, Surrogate(c.grad))
		case slices.Contains(c.live, k):
			all = append(all, Option{name, v.t}, Learn(name))
		case v.t != nil:
			all = append(all, Option{name, copyOf(v.t)})
		case v.asT:
			all = append(all, Option{name, tensor.Scalar(v.num)})
		case v.isInt:
			all = append(all, Option{name, int(v.num)})
		default:
			all = append(all, Option{name, v.num})
		}
	}
	if c.m.jump != "" {
		all = append(all, Option{"delayed", c.delayed})
	}
	if c.subtract {
		all = append(all, ResetMethod("reset_subtract"))
	}
	if c.coupling != nil {
		all = append(all, Coupling(c.coupling))
	}
	return all
}

// Options are those that make the same convolution again.
func (c *Conv) Options() []Option {
	all := []Option{Weight(c.weight), Bias(false), Dilation([]int{c.dh, c.dw}), Stride([]int{c.sh, c.sw}), Groups(c.groups)}
	if c.bias != nil {
		all[1] = Bias(c.bias)
	}
	if c.padText != "" {
		return append(all, Padding(c.padText))
	}
	return append(all, Padding([]int{c.top, c.left}))
}

// Kind is the name of the function that made it: AvgPool2d.
func (p *Pool) Kind() string { return p.name() }

// Window is the size of the window, height and width; of an AdaptiveAvgPool2d that of the output.
func (p *Pool) Window() []int { return []int{p.kh, p.kw} }

// Options are those that make the same pool again; an AdaptiveAvgPool2d has none.
func (p *Pool) Options() []Option {
	if p.adaptive {
		return nil
	}
	all := []Option{Stride([]int{p.sh, p.sw}), Padding([]int{p.ph, p.pw})}
	if p.kind == poolMax {
		all = append(all, Dilation([]int{p.dh, p.dw}))
	}
	return all
}

// Axes are the first and the last axis that are joined, as they were given.
func (f *Flat) Axes() (start, end int) { return f.start, f.end }

// Factor is what the input is multiplied by.
func (g *Gain) Factor() *tensor.Tensor {
	if g.by.t != nil {
		return g.by.t
	}
	return tensor.Scalar(g.by.num)
}

// Kind is the name of the function that made it, Parallel or Residual, or Join.
func (b *Branches) Kind() string {
	if b.join {
		return "Join"
	}
	return b.label()
}
