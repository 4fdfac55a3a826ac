package snn

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// CheckFinite switches a check on or off in a module and everything inside it: a NaN or an infinity in an input, a
// weight, an output, a state or, in the backward pass, a gradient is a panic whose value is an error that says where and
// at which step it appeared first:
//
//	snn: 1 LIF: NaN in the output at step 17, element [0 3]
//
// It costs one look at every number; fresh modules do not check, and ForwardInto, which loops use that must not wait, never
// does. It returns m.
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
	place := "snn: " + m.label()
	if c.path != "" {
		place = "snn: " + c.path + " " + m.label()
	}
	mustBeFinite(place, "the input", x, steps)
	if parts, ok := m.(Composite); ok {
		for _, p := range parts.Parts() {
			if p.Tensor != nil {
				mustBeFinite(place, p.Name, p.Tensor, false)
			}
		}
	}
	mustBeFinite(place, "the output", y, steps)
	if s != nil && s.lay != nil {
		for k, name := range s.lay.fields {
			mustBeFinite(place, "the state's "+name, share(s.field(k), s.shape), steps && s.recorded(y))
		}
	}
	if !tensor.Recording(y) {
		return y
	}
	out := share(y.Data(), y.Shape())
	tensor.Record(tensor.Node{
		Name: m.label(), Inputs: []*tensor.Tensor{y}, Outputs: []*tensor.Tensor{out},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			mustBeFinite(place, "the gradient of the output", dy[0], steps)
			return dy
		},
	})
	return out
}

// recorded reports whether s is the state of every step of an output.
func (s *State) recorded(y *tensor.Tensor) bool { return len(s.shape) == y.Dim() }

func mustBeFinite(place, what string, t *tensor.Tensor, steps bool) {
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
