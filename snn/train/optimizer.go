package train

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/internal/cuda/gpu"
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
	steps    []int              // taken, for each parameter
	slots    [][]*tensor.Tensor // for each parameter what the rule remembers, of the parameter's shape, where that is
	numbers  [][]float32        // of Step, so that it does not allocate
}

// rule is how an optimiser works. A new one is a file with a constructor.
type rule struct {
	name     string
	settings settings
	slots    []string // names of what it remembers, as in PyTorch
	// update changes the weights w by the gradient g in the given step, from 1 on.
	update func(s settings, step int, w, g []float32, slots [][]float32)
	// updateOn is update on a GPU.
	updateOn func(s settings, step int, w, g *gpu.Memory, slots []*gpu.Memory) error
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
		slots := make([]*tensor.Tensor, len(r.slots))
		for i := range slots {
			slots[i] = tensor.Zeros(p.Value.Shape()...)
		}
		o.slots = append(o.slots, slots)
	}
	o.steps = make([]int, len(params))
	return o
}

// Step changes every parameter that has a gradient, where it is. It does not allocate on the CPU. It panics with the error
// of a GPU that has failed.
func (o *Optimizer) Step() {
	for i, p := range o.params {
		g := p.Value.Grad()
		if g == nil {
			continue
		}
		o.steps[i]++
		if w := gpu.Of(p.Value); w != nil {
			o.stepOn(i, p.Value.Device(), w, gpu.Of(g))
		} else {
			o.rule.update(o.settings, o.steps[i], p.Value.Data(), g.Data(), o.remembered(i))
		}
		p.Value.MarkChanged()
	}
}

// remembered is what the rule remembers of parameter i, which is on the CPU.
func (o *Optimizer) remembered(i int) [][]float32 {
	slots := o.numbers[:0]
	for k, slot := range o.slots[i] {
		if !slot.Device().IsCPU() {
			slot = slot.CPU()
			o.slots[i][k] = slot
		}
		slots = append(slots, slot.Data())
	}
	o.numbers = slots
	return slots
}

// stepOn is the step of parameter i on a GPU, to which what the rule remembers follows it.
func (o *Optimizer) stepOn(i int, d tensor.Device, w, g *gpu.Memory) {
	slots := make([]*gpu.Memory, len(o.slots[i]))
	for k, slot := range o.slots[i] {
		there, err := slot.To(d)
		if err != nil {
			panic(err)
		}
		o.slots[i][k], slots[k] = there, gpu.Of(there)
	}
	if err := o.rule.updateOn(o.settings, o.steps[i], w, g, slots); err != nil {
		panic(err)
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
			for _, v := range g.CPU().Data() {
				sum += float64(float64(v) * float64(v))
			}
		}
	}
	norm := math.Sqrt(sum)
	if scale := limit / (norm + 1e-6); scale < 1 { // PyTorch's guard against a norm of 0
		for _, p := range params {
			if g := p.Value.Grad(); g != nil {
				onCPU(g, func(g *tensor.Tensor) { g.MulInPlace(scale) })
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
			onCPU(g, func(g *tensor.Tensor) {
				for i, v := range g.Data() {
					g.Data()[i] = max(-l, min(l, v))
				}
			})
		}
	}
}

// onCPU lets f change a tensor, or a copy that is then put in its place on its device.
func onCPU(t *tensor.Tensor, f func(t *tensor.Tensor)) {
	c := t.CPU()
	f(c)
	if c != t {
		t.CopyFrom(c)
	}
}

// CheckFinite is an error that names the first parameter with a NaN or an infinity in its values or its gradient.
func CheckFinite(params []Parameter) error {
	for _, p := range params {
		if at := notFinite(p.Value); at >= 0 {
			return fmt.Errorf("train: parameter %s: element %d is %v", p.Name, at, value(p.Value, at))
		}
		if g := p.Value.Grad(); g != nil {
			if at := notFinite(g); at >= 0 {
				return fmt.Errorf("train: gradient of %s: element %d is %v", p.Name, at, value(g, at))
			}
		}
	}
	return nil
}

// notFinite is the first element that is no number, or -1.
func notFinite(t *tensor.Tensor) int {
	if m := gpu.Of(t); m != nil {
		if ok, err := m.Finite(); err != nil {
			panic(err)
		} else if ok {
			return -1
		}
	}
	for i, v := range t.Detach().CPU().Data() {
		if v-v != 0 {
			return i
		}
	}
	return -1
}

// value is one element, wherever it is.
func value(t *tensor.Tensor, at int) float32 { return t.Detach().CPU().Data()[at] }
