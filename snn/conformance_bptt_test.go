package snn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/livespike/livespike/internal/golden"
	"github.com/livespike/livespike/snn/tensor"
)

// conformGradients runs a case of backpropagation through time.
func conformGradients(c golden.Case, what string) error {
	x, err := goldenTensor(c, "input")
	if err != nil {
		return err
	}
	x.SetRequiresGrad(true)
	var m Module
	leaves := map[string]*tensor.Tensor{}
	switch what {
	case "":
		m, leaves, err = goldenNetwork(c)
	case "params":
		var opts []Option
		for _, key := range c.Sub("params").Keys() {
			opts = append(opts, Option{key, tensor.Of(float32(c.Sub("params").Number(key, 0))).Reshape()}, Learn(key))
		}
		layer := LIF(opts...)
		for _, key := range c.Sub("params").Keys() {
			leaves[key] = layer.Param(key)
		}
		m = layer
	case "layer", "cell":
		m, err = goldenNeuron(c, what)
	case "recurrent":
		m, leaves, err = goldenRecurrent(c)
	default:
		err = fmt.Errorf("unknown operation bptt.%s", what)
	}
	if err != nil {
		return err
	}
	out, _ := m.Forward(x, nil)
	if err := goldenBackward(c, out); err != nil {
		return err
	}
	if err := compare(c, "output", out); err != nil {
		return err
	}
	if err := compare(c, "input_grad", x.Grad()); err != nil {
		return err
	}
	grads := c.Sub("grads")
	if got, want := len(leaves), len(grads.Keys()); got != want {
		return fmt.Errorf("%d gradients, want %d", got, want)
	}
	for _, key := range grads.Keys() {
		leaf := leaves[key]
		if leaf == nil || leaf.Grad() == nil {
			return fmt.Errorf("no gradient for %s", key)
		}
		if err := compare(golden.Case(withTolerance(grads, c)), key, leaf.Grad()); err != nil {
			return err
		}
	}
	return nil
}

// withTolerance is a sub-case with the tolerance of its case.
func withTolerance(sub, c golden.Case) golden.Case {
	all := golden.Case{"tol": c["tol"]}
	for k, v := range sub {
		all[k] = v
	}
	return all
}

// goldenBackward compares the loss and runs backward from it, or from the given gradient of the output.
func goldenBackward(c golden.Case, out *tensor.Tensor) error {
	if c.Has("dy") {
		dy, err := goldenTensor(c, "dy")
		if err != nil {
			return err
		}
		out.BackwardFrom(dy)
		return nil
	}
	target, err := goldenTensor(c, "target")
	if err != nil {
		return err
	}
	var loss *tensor.Tensor
	switch c.Text("loss") {
	case "mse":
		loss = tensor.MSE(out, target)
	case "ce_max":
		loss = tensor.CrossEntropy(out.Max(0), target)
	default:
		return fmt.Errorf("unknown loss %q", c.Text("loss"))
	}
	want := golden.Tensor{Data: []float32{float32(c.Number("loss_value", 0))}}
	if err := golden.Compare("loss_value", c.Text("tol"), nil, loss.Data(), want); err != nil {
		return err
	}
	loss.Backward()
	return nil
}

// goldenNetwork is the Sequential that the case's layers and weights describe.
func goldenNetwork(c golden.Case) (Module, map[string]*tensor.Tensor, error) {
	leaves := map[string]*tensor.Tensor{}
	weights := c.Sub("weights")
	load := func(key string) (*tensor.Tensor, error) { return goldenTensor(weights, key) }
	var modules []Module
	for _, entry := range strings.Split(strings.Trim(string(c["layers"]), "[]"), ",") {
		kind, at, _ := strings.Cut(strings.Trim(strings.TrimSpace(entry), `"`), ":")
		prefix := at + "."
		if strings.HasPrefix(kind, "Lift(") {
			prefix += "lifted_module."
		}
		if m := models[kind]; m != nil {
			var opts []Option
			if m.spikes() {
				opts = []Option{Method(c.Text("method")), Alpha(c.Number("alpha", 100))}
			}
			modules = append(modules, m.layer(opts))
			continue
		}
		var axis int
		if n, _ := fmt.Sscanf(kind, "Flatten(%d)", &axis); n == 1 {
			modules = append(modules, Flatten(axis))
			continue
		}
		w, err := load(prefix + "weight")
		if err != nil {
			return nil, nil, err
		}
		b, err := load(prefix + "bias")
		if err != nil {
			return nil, nil, err
		}
		s := w.Shape()
		var m interface {
			Module
			Weight() *tensor.Tensor
			Bias() *tensor.Tensor
		}
		switch kind {
		case "Linear":
			m = Linear(s[1], s[0], Weight(w), Bias(b))
			modules = append(modules, m)
		case "Lift(Conv2d)":
			m = Conv2d(s[1], s[0], s[2:], Weight(w), Bias(b), Padding("same")) // the case keeps the size
			modules = append(modules, Lift(m))
		default:
			return nil, nil, fmt.Errorf("unknown layer %q", kind)
		}
		leaves[prefix+"weight"] = m.Weight().SetRequiresGrad(true)
		leaves[prefix+"bias"] = m.Bias().SetRequiresGrad(true)
	}
	return Sequential(modules...), leaves, nil
}

// goldenNeuron is a layer, or a cell lifted over time.
func goldenNeuron(c golden.Case, what string) (Module, error) {
	name, adjoint := strings.CutSuffix(c.Text("layer"), ".adjoint")
	model := models[name]
	if model == nil {
		return nil, fmt.Errorf("unknown model %q", name)
	}
	opts, err := goldenOptions(c, plainNumbers(c, name))
	if err != nil {
		return nil, err
	}
	if adjoint {
		opts = append(slices.DeleteFunc(opts, func(o Option) bool { return o.name == "method" }), Method("adjoint"))
	}
	if what == "cell" {
		return &stepByStep{model.cell(opts)}, nil
	}
	return model.layer(opts), nil
}

// stepByStep runs a module for one step over a sequence, every step an operation of its own.
type stepByStep struct{ m Module }

func (r *stepByStep) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	var out []*tensor.Tensor
	for t := range x.Len() {
		var y *tensor.Tensor
		y, s = r.m.Forward(x.Index(t), s)
		out = append(out, y)
	}
	return tensor.Stack(out...), s
}

func goldenRecurrent(c golden.Case) (Module, map[string]*tensor.Tensor, error) {
	form, ok := recurrentForms[c.Text("layer")]
	if !ok {
		return nil, nil, fmt.Errorf("unknown model %q", c.Text("layer"))
	}
	opts, err := goldenOptions(c, plainNumbers(c, c.Text("layer")))
	if err != nil {
		return nil, nil, err
	}
	win, err := goldenTensor(c, "input_weights")
	if err != nil {
		return nil, nil, err
	}
	wrec, err := goldenTensor(c, "recurrent_weights")
	if err != nil {
		return nil, nil, err
	}
	opts = append(opts, InputWeights(win), RecurrentWeights(wrec), Autapses(c.Bool("autapses", true)))
	layer := form.layer(win.Shape()[1], win.Shape()[0], opts...)
	return layer, map[string]*tensor.Tensor{
		"input_weights":     layer.InputWeights().SetRequiresGrad(true),
		"recurrent_weights": layer.RecurrentWeights().SetRequiresGrad(true),
	}, nil
}
