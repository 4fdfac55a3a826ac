package snn

import (
	"fmt"

	"github.com/livespike/livespike/snn/tensor"
)

// Branches is a container whose modules all see the same input, made by Parallel and Residual.
type Branches struct {
	modules []Module
	names   []string // of the modules in paths, where they are not numbered
	axis    int      // along which the outputs are joined
	join    bool
	through bool // the input is added
}

// Parallel gives the same input to every module and adds their outputs, which must have one shape; with Join they are
// put side by side. Its state is a list with one state per module.
func Parallel(modules ...Module) *Branches { return branches("Parallel", modules) }

// Residual applies the modules one after the other and adds the input to the output, which must have its shape:
// y = x + m(x). Its state is a list with that of a Sequential of the modules.
//
// Source: He et al., CVPR 2016; for spikes, Fang et al., NeurIPS 2021.
func Residual(modules ...Module) *Branches {
	b := branches("Residual", modules)
	b.through = true
	if len(modules) > 1 {
		b.modules = []Module{Sequential(modules...)}
	}
	return b
}

func branches(who string, modules []Module) *Branches {
	if len(modules) == 0 {
		panicf("snn.%s: no modules", who)
	}
	for k, m := range modules {
		if m == nil {
			panicf("snn.%s: module %d is nil", who, k)
		}
	}
	return &Branches{modules: append([]Module(nil), modules...)}
}

// Join is the same container with the outputs joined along an axis, which counts from the end when negative.
func (b *Branches) Join(axis int) *Branches {
	if b.through {
		panicf("snn.Residual: the input is added to the output; Parallel joins")
	}
	return &Branches{modules: b.modules, names: b.names, axis: axis, join: true}
}

// named gives the modules names for paths.
func (b *Branches) named(names ...string) *Branches {
	b.names = names
	return b
}

// Forward runs the modules on x. A nil state is a fresh one for each.
func (b *Branches) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(b, x)
	if s != nil && (s.lay != nil || len(s.sub) != len(b.modules)) {
		panicf("%s: the state is %s; it takes a list of %d", b.label(), s.title(), len(b.modules))
	}
	next, outs := listState(len(b.modules)), make([]*tensor.Tensor, len(b.modules))
	for k := range b.modules {
		var old *State
		if s != nil {
			old = s.sub[k].s
		}
		outs[k], next.sub[k].s = b.forward(k, x, old)
	}
	if b.join {
		axis := b.axis
		if axis < 0 {
			axis += outs[0].Dim()
		}
		return tensor.Cat(axis, outs...), next
	}
	y := outs[0]
	if b.through {
		outs = append(outs, x)
	}
	for _, o := range outs[1:] {
		if !sameShape(y.Shape(), o.Shape()) {
			panicf("%s: shapes %v and %v cannot be added", b.label(), o.Shape(), y.Shape())
		}
		y = y.Add(o)
	}
	return y, next
}

func (b *Branches) forward(k int, x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	defer atPlace(b.label(), k, b.modules[k])
	return b.modules[k].Forward(x, s)
}

// Parts are the modules, by their place.
func (b *Branches) Parts() []Part { return places(b.modules, b.names) }

func (b *Branches) label() string {
	if b.through {
		return "Residual"
	}
	return "Parallel"
}

// String shows the modules, one per line.
func (b *Branches) String() string {
	var parts []string
	for k, m := range b.modules {
		parts = append(parts, fmt.Sprintf("(%d): %v", k, m))
	}
	return nestedText(b.label(), parts)
}
