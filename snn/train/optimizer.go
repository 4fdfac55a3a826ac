package train

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// Parameter is a tensor that is learned, with its path in the model, such as 0.weight: snn.Parameters gives those of a
// model.
type Parameter = snn.Parameter

// Optimizer changes parameters by their gradients. SGD, Adam and AdamW make one.
type Optimizer struct {
	rule     rule
	settings settings
	params   []Parameter
	steps    []int         // taken, for each parameter
	slots    [][][]float32 // for each parameter what the rule remembers, of the parameter's size
}

// rule is how an optimiser works. A new one is a file with a constructor.
type rule struct {
	name     string
	settings settings
	slots    []string // names of what it remembers, as in PyTorch
	// update changes the weights w by the gradient g in the given step, from 1 on.
	update func(s settings, step int, w, g []float32, slots [][]float32)
}

func newOptimizer(r rule, params []Parameter, opts []Option) *Optimizer {
	o := &Optimizer{rule: r, settings: r.settings.with(r.name, opts), params: params}
	seen := map[string]bool{}
	for _, p := range params {
		switch {
		case p.Value == nil:
			panic(fmt.Sprintf("train.%s: parameter %s is nil", r.name, p.Name))
		case seen[p.Name]:
			panic(fmt.Sprintf("train.%s: two parameters are named %s", r.name, p.Name))
		case !p.Value.IsLeaf():
			panic(fmt.Sprintf("train.%s: parameter %s is computed from others; learn those", r.name, p.Name))
		}
		seen[p.Name] = true
		p.Value.SetRequiresGrad(true)
		slots := make([][]float32, len(r.slots))
		for i := range slots {
			slots[i] = make([]float32, p.Value.Numel())
		}
		o.slots = append(o.slots, slots)
	}
	o.steps = make([]int, len(params))
	return o
}

// Step changes every parameter that has a gradient. It does not allocate.
func (o *Optimizer) Step() {
	for i, p := range o.params {
		g := p.Value.Grad()
		if g == nil {
			continue
		}
		o.steps[i]++
		o.rule.update(o.settings, o.steps[i], p.Value.Data(), g.Data(), o.slots[i])
		p.Value.MarkChanged()
	}
}

// ZeroGrad forgets the gradients of all parameters.
func (o *Optimizer) ZeroGrad() {
	for _, p := range o.params {
		p.Value.ZeroGrad()
	}
}

// Parameters are the tensors that the optimiser changes.
func (o *Optimizer) Parameters() []Parameter { return o.params }

// LR is the learning rate of the next step.
func (o *Optimizer) LR() float64 { return o.settings.values["lr"] }

// SetLR changes the learning rate. It panics for a negative one.
func (o *Optimizer) SetLR(lr float64) {
	o.settings = o.settings.with(o.rule.name, []Option{LR(lr)})
}

// String is the optimiser with its settings.
func (o *Optimizer) String() string {
	text := o.rule.name + "("
	for i, name := range o.settings.names {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s=%v", name, o.settings.values[name])
	}
	return text + ")"
}

// ClipNorm scales all gradients together so that their norm, the root of the sum of all squares, is at most limit. It
// returns the norm before.
func ClipNorm(params []Parameter, limit float64) float64 {
	var sum float64
	for _, p := range params {
		if g := p.Value.Grad(); g != nil {
			for _, v := range g.Data() {
				sum += float64(float64(v) * float64(v))
			}
		}
	}
	norm := math.Sqrt(sum)
	if scale := limit / (norm + 1e-6); scale < 1 { // PyTorch's guard against a norm of 0
		for _, p := range params {
			if g := p.Value.Grad(); g != nil {
				g.MulInPlace(scale)
			}
		}
	}
	return norm
}

// ClipValue limits every element of the gradients to [-limit, limit].
func ClipValue(params []Parameter, limit float64) {
	l := float32(limit)
	for _, p := range params {
		if g := p.Value.Grad(); g != nil {
			for i, v := range g.Data() {
				g.Data()[i] = max(-l, min(l, v))
			}
		}
	}
}

// CheckFinite is an error that names the first parameter with a NaN or an infinity in its values or its gradient.
func CheckFinite(params []Parameter) error {
	for _, p := range params {
		if at := notFinite(p.Value); at >= 0 {
			return fmt.Errorf("train: parameter %s: element %d is %v", p.Name, at, p.Value.Data()[at])
		}
		if g := p.Value.Grad(); g != nil {
			if at := notFinite(g); at >= 0 {
				return fmt.Errorf("train: gradient of %s: element %d is %v", p.Name, at, g.Data()[at])
			}
		}
	}
	return nil
}

// notFinite is the first element that is no number, or -1.
func notFinite(t *tensor.Tensor) int {
	for i, v := range t.Data() {
		if v-v != 0 {
			return i
		}
	}
	return -1
}
