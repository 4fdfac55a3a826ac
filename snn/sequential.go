package snn

import (
	"fmt"
	"strings"

	"github.com/livespike/livespike/internal/cuda/gpu"
	"github.com/livespike/livespike/snn/tensor"
)

// Chain is a container that applies modules one after the other, made by Sequential.
type Chain struct {
	modules []Module
	names   []string // of the modules in paths, where they are not numbered
	memo    shapeMemo
}

// Sequential applies the modules one after the other, stateful and stateless ones alike. Its state is a list with one
// state per module, nil for the stateless ones: state.At(1) is that of the second. Norse calls it SequentialState.
//
// It panics if a module is nil.
func Sequential(modules ...Module) *Chain {
	for k, m := range modules {
		if m == nil {
			panicf("snn.Sequential: module %d is nil", k)
		}
	}
	return &Chain{modules: append([]Module(nil), modules...)}
}

// named gives the modules names for paths.
func (c *Chain) named(names ...string) *Chain {
	c.names = names
	return c
}

// Len is the number of modules.
func (c *Chain) Len() int { return len(c.modules) }

// At is the i-th module.
func (c *Chain) At(i int) Module {
	if i < 0 || i >= len(c.modules) {
		panicf("snn.Sequential: no module %d; it has %d", i, len(c.modules))
	}
	return c.modules[i]
}

// Forward runs the modules one after the other. A nil state is a fresh one for each. It panics if s has not one child
// for each module; a panic of a module is raised again with the module's place in front.
func (c *Chain) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	needInput(c, x)
	c.check(s)
	if gpu.Of(x) == nil && x.Numel() >= bigInput && c.canPass(x, s) {
		return c.pass(x, s)
	}
	next := listState(len(c.modules))
	for k := 0; k < len(c.modules); k++ {
		var old *State
		if s != nil {
			old = s.sub[k].s
		}
		if to := c.packsOn(k, x, old); to > 0 {
			x, next.sub[k].s = c.packedOn(k, to, x, old)
			k = to
			continue
		}
		x, next.sub[k].s = c.forward(k, x, old)
	}
	return x, next
}

func (c *Chain) forward(k int, x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	defer atPlace("Sequential", k, c.modules[k])
	return c.modules[k].Forward(x, s)
}

func (c *Chain) check(s *State) {
	if s == nil {
		return
	}
	if s.lay != nil || len(s.sub) != len(c.modules) {
		panicf("Sequential: the state is %s; it takes a list of %d", s.title(), len(c.modules))
	}
}

// ForwardInto is Forward that writes the output into dst and advances s in place. It returns s, or a fresh state if s
// is nil. When s is given and came from ForwardInto with an input of the same shape, it does not allocate, unless a
// module of the user's is among the modules.
func (c *Chain) ForwardInto(dst, x *tensor.Tensor, s *State) *State {
	return forwardInto(c, dst, x, s)
}

// OutputShape is the shape of the output for an input of that shape. It panics if a module has no
// OutputShape of its own.
func (c *Chain) OutputShape(in ...int) []int { return append([]int(nil), c.outputShape(in)...) }

func (c *Chain) outputShape(in []int) []int {
	if out := c.memo.find(in); out != nil {
		return out
	}
	out := in
	for k := range c.modules {
		out = c.shapeAfter(k, out)
	}
	return c.memo.keep(in, append([]int(nil), out...))
}

func (c *Chain) shapeAfter(k int, in []int) []int {
	defer atPlace("Sequential", k, c.modules[k])
	return shapeAfter(c.modules[k], in)
}

func shapeAfter(m Module, in []int) []int {
	if a, ok := m.(applier); ok {
		return a.outputShape(in)
	}
	if a, ok := m.(interface{ OutputShape(in ...int) []int }); ok {
		return a.OutputShape(in...)
	}
	panicf("%s: its output's shape is not known before it runs; use Forward", label(m))
	return nil
}

func (c *Chain) apply(dst, x []float32, in []int, s *State) *State {
	return c.applyFrom(dst, numbers(x), in, s)
}

// applyFrom is apply for numbers or a list of what is not zero, which the first module takes.
func (c *Chain) applyFrom(dst []float32, from inputs, in []int, s *State) *State {
	c.check(s)
	if s == nil {
		s = listState(len(c.modules))
	}
	w := c.plan(s, in)
	defer w.release()
	x := from.x
	for k := 0; k < len(c.modules); {
		end := max(k+1, w.ends[k])
		if end > k+1 && w.checks { // an error names the step of the whole
			end = k + 1
		}
		out := dst
		switch {
		case end == len(c.modules):
		case isReshape(c.modules[k]):
			k = end
			continue
		default:
			n := size(w.shapes[end])
			if w.packs[end-1] {
				n = (n + 31) / 32
			}
			out = w.buffer(n)
		}
		switch {
		case x == nil && from.n > 0:
			s.sub[k].s = c.listAt(k, out, from, w, s.sub[k].s)
		case end > k+1:
			c.applyInPieces(k, end, out, x, w, s)
		default:
			s.sub[k].s = c.applyAs(k, out, x, w.shapes[k], w, s.sub[k].s)
		}
		x, k = out, end
	}
	if len(c.modules) == 0 {
		copy(dst, x)
	}
	return s
}

// applyAs is applyAt with spikes packed where the plan says so, as output of neurons and as input of what follows.
func (c *Chain) applyAs(k int, dst, x []float32, in []int, w *scratch, s *State) *State {
	switch {
	case w.packs[k]:
		return c.applyPacked(k, asBytes(dst)[:size(in)/8], x, in, s)
	case w.packed[k]:
		c.take(k, dst, spikes(asBytes(x)[:size(in)/8]), in)
		return s
	}
	return c.applyAt(k, dst, x, in, s)
}

func (c *Chain) take(k int, dst []float32, x inputs, in []int) {
	defer atPlace("Sequential", k, c.modules[k])
	c.modules[k].(taker).take(dst, x, in)
}

// applyPacked is a layer or a cell whose spikes are packed.
func (c *Chain) applyPacked(k int, dst []byte, x []float32, in []int, s *State) *State {
	defer atPlace("Sequential", k, c.modules[k])
	return c.modules[k].(interface {
		applyBits(z []byte, x []float32, in []int, s *State) *State
	}).applyBits(dst, x, in, s)
}

func (c *Chain) applyAt(k int, dst, x []float32, in []int, s *State) *State {
	defer atPlace("Sequential", k, c.modules[k])
	return applyChecked(c.modules[k].(applier), dst, x, in, s)
}

// plan is the shapes and buffers between the modules for an input of that shape, kept with the state.
func (c *Chain) plan(s *State, in []int) *scratch {
	if s.work == nil {
		s.work = &scratch{}
	}
	w := s.work
	if w.of == c && sameShape(w.in, in) && w.checks == checks(c) {
		return w
	}
	w.of, w.in, w.checks = c, append([]int(nil), in...), checks(c)
	w.shapes = nil
	shape := w.in
	for k := range c.modules {
		w.shapes = append(w.shapes, shape)
		shape = c.shapeAfter(k, shape)
	}
	w.shapes = append(w.shapes, shape)
	w.packs, w.packed = make([]bool, len(c.modules)), make([]bool, len(c.modules))
	for k := range c.modules {
		if to, ok := c.canPack(k, w); ok {
			w.packs[k], w.packed[to] = true, true
		}
	}
	c.planPieces(w)
	return w
}

func (c *Chain) label() string { return "Sequential" }

// String is Norse's text, one line per module.
func (c *Chain) String() string {
	var parts []string
	for k, m := range c.modules {
		parts = append(parts, fmt.Sprintf("(%d): %v", k, m))
	}
	return nestedText("SequentialState", parts)
}

// nestedText is PyTorch's layout of a module with modules inside.
func nestedText(name string, parts []string) string {
	if len(parts) == 0 {
		return name + "()"
	}
	var b strings.Builder
	b.WriteString(name + "(\n")
	for _, p := range parts {
		b.WriteString("  " + strings.ReplaceAll(p, "\n", "\n  ") + "\n")
	}
	b.WriteByte(')')
	return b.String()
}
