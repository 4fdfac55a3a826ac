package train

import (
	"fmt"
	"strconv"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// parts calls f for every part of a model, with its path.
func parts(m snn.Module, path string, f func(path string, p snn.Part)) {
	c, ok := m.(snn.Composite)
	if !ok {
		return
	}
	for _, p := range c.Parts() {
		f(path+p.Name, p)
		if p.Module != nil {
			parts(p.Module, path+p.Name+".", f)
		}
	}
}

// others are the model's tensors that the optimiser does not change, by path: what is frozen, and what the model
// gathers itself, such as the running mean of a batch norm.
func others(m snn.Module, opt *Optimizer) []Parameter {
	seen := map[*tensor.Tensor]bool{}
	for _, p := range opt.params {
		seen[p.Value] = true
	}
	var found []Parameter
	parts(m, "", func(path string, p snn.Part) {
		if p.Tensor != nil && p.Tensor.IsLeaf() && !seen[p.Tensor] {
			seen[p.Tensor] = true
			found = append(found, Parameter{Name: path, Value: p.Tensor})
		}
	})
	return found
}

// timeStep is the time step of the model's neurons in s, 0 if there are none or they differ.
func timeStep(m snn.Module) float64 {
	dt, same := 0.0, true
	look := func(m snn.Module) {
		n, ok := m.(interface {
			Param(name string) *tensor.Tensor
		})
		if !ok {
			return
		}
		v := shortest(n.Param("dt").Item())
		same = same && (dt == 0 || dt == v)
		dt = v
	}
	look(m)
	parts(m, "", func(_ string, p snn.Part) {
		if p.Module != nil {
			look(p.Module)
		}
	})
	if !same {
		return 0
	}
	return dt
}

// shortest is the float64 that prints as f does: 0.001.
func shortest(f float32) float64 {
	v, err := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'g', -1, 32), 64)
	if err != nil {
		return float64(f)
	}
	return v
}

// prepare makes the model ready to learn what the optimiser changes, and nothing else.
func (f *fit) prepare() {
	snn.Train(f.model)
	learned := map[*tensor.Tensor]bool{}
	for _, p := range f.opt.params {
		learned[p.Value] = true
		p.Value.SetRequiresGrad(true)
	}
	for _, p := range snn.Parameters(f.model) {
		if !learned[p.Value] {
			p.Value.SetRequiresGrad(false)
		}
	}
}

// watched runs a part of Fit and returns what the check of the model's numbers panics with as an error.
func watched(run func() error) (err error) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		// The check's panics have a type of their own, which says what it is in its name only.
		if e, ok := r.(error); ok && fmt.Sprintf("%T", r) == "snn.notFinite" {
			err = fmt.Errorf("train: %w", e)
			return
		}
		panic(r)
	}()
	return run()
}
