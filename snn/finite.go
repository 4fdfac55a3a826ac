package snn

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/livespike/livespike/internal/cuda/gpu"
	"github.com/livespike/livespike/snn/tensor"
)

// CheckFinite switches a check on or off in a module and everything inside it: a NaN or an infinity in an input, a
// weight, an output, a state or, in the backward pass, a gradient is a panic whose value is an error that says where and
// at which step it appeared first:
//
//	snn: 1 LIF: NaN in the output at step 17, element [0 3]
//
// It costs one look at every number, in Forward and ForwardInto; fresh modules do not check. It returns m.
func CheckFinite(m Module, on bool) Module {
	walkModules(m, func(path string, m Module) {
		if c, ok := m.(moded); ok {
			c.modes().checking, c.modes().path = on, path
		}
	})
	return m
}

// notFinite is the panic of a check.
type notFinite string

// Error is the line.
func (e notFinite) Error() string { return string(e) }

// checked is the result of a module's Forward, looked at if the module checks. steps says that axis 0 is time.
func checked(m interface {
	Module
	moded
	namer
}, steps bool, x, y *tensor.Tensor, s *State,
) *tensor.Tensor {
	c := m.modes()
	if !c.checking {
		return y
	}
	place := c.place(m)
	checkBefore(m, place, x, steps)
	checkAfter(place, y, s, steps)
	if !tensor.Recording(y) {
		return y
	}
	out := y.Detach()
	tensor.Record(tensor.Node{
		Name: m.label(), Inputs: []*tensor.Tensor{y}, Outputs: []*tensor.Tensor{out},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			mustBeFinite(place, "the gradient of the output", dy[0], steps)
			return dy
		},
	})
	return out
}

// place is how an error calls the module.
func (c *mode) place(m namer) string {
	return placeOf(c.path, m.label())
}

// placeOf is how an error calls the module at a path, which is empty for the model itself.
func placeOf(path, label string) string {
	if path == "" {
		return "snn: " + label
	}
	return "snn: " + path + " " + label
}

func checkBefore(m any, place string, x *tensor.Tensor, steps bool) {
	mustBeFinite(place, "the input", x, steps)
	if parts, ok := m.(Composite); ok {
		for _, p := range parts.Parts() {
			if p.Tensor != nil {
				mustBeFinite(place, p.Name, p.Tensor, false)
			}
		}
	}
}

func checkAfter(place string, y *tensor.Tensor, s *State, steps bool) {
	mustBeFinite(place, "the output", y, steps)
	if s != nil && s.lay != nil {
		for k, name := range s.lay.fields {
			mustBeFinite(place, "the state's "+name, s.variable(k), steps && s.recorded(y))
		}
	}
}

// applyChecked is m.apply, looked at if m checks.
func applyChecked(m applier, dst, x []float32, in []int, s *State) *State {
	c, ok := m.(moded)
	if !ok || !c.modes().checking {
		return m.apply(dst, x, in, s)
	}
	place, steps := c.modes().place(m), hasSteps(m, len(in))
	checkBefore(m, place, share(x, in), steps)
	s = m.apply(dst, x, in, s)
	checkAfter(place, share(dst, m.outputShape(in)), s, steps)
	return s
}

// checks reports whether m, or a module inside it that works on memory alone, looks for what is not finite. Unlike
// isChecking it allocates nothing.
func checks(m Module) bool {
	switch c := m.(type) {
	case *Chain:
		return slices.ContainsFunc(c.modules, checks)
	case *Lifted:
		return checks(c.m)
	case moded:
		return c.modes().checking
	}
	return false
}

// atStep is deferred around a module's step: the error of a check says which step it was.
func atStep(t int) {
	switch e := recover().(type) {
	case nil:
	case notFinite:
		if !strings.Contains(string(e), " at step ") {
			e = notFinite(strings.Replace(string(e), ", element", fmt.Sprintf(" at step %d, element", t), 1))
		}
		panic(e)
	default:
		panic(e)
	}
}

// hasSteps reports whether axis 0 of an input with that many axes is time.
func hasSteps(m applier, axes int) bool {
	switch m.(type) {
	case *Layer, *Recurrent, *Filter:
		return true
	case *Dense, *Activation:
		return axes > 2
	case *Conv, *Pool:
		return axes > 4
	}
	return false
}

// recorded reports whether s is the state of every step of an output.
func (s *State) recorded(y *tensor.Tensor) bool { return len(s.shape) == y.Dim() }

func mustBeFinite(place, what string, t *tensor.Tensor, steps bool) {
	if m := gpu.Of(t); m != nil {
		if mustHave(m.Finite()) {
			return
		}
		t = t.Detach().CPU()
	}
	for k, v := range t.Data() {
		if v-v == 0 {
			continue
		}
		kind, index := "NaN", indexOf(k, t.Shape())
		if math.IsInf(float64(v), 0) {
			kind = fmt.Sprint(v)
		}
		if steps && len(index) > 0 {
			panic(notFinite(fmt.Sprintf("%s: %s in %s at step %d, element %v", place, kind, what, index[0], index[1:])))
		}
		panic(notFinite(fmt.Sprintf("%s: %s in %s, element %v", place, kind, what, index)))
	}
}

// indexOf is the index along every axis of element k.
func indexOf(k int, shape []int) []int {
	index := make([]int, len(shape))
	for a := len(shape) - 1; a >= 0; a-- {
		index[a] = k % shape[a]
		k /= shape[a]
	}
	return index
}
