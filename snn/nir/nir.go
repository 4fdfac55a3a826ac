// Package nir exchanges networks with other tools and chips by files of the Neuromorphic Intermediate Representation.
//
//	model := nir.MustLoad("net.nir", nir.DT(0.001))      // one step; snn.Lift(model) runs a sequence
//	nir.MustSave("net.nir", model, []int{3})             // for inputs of shape (3)
//
// Between file and model stands a Graph, which Read, Write, FromNIR and ToNIR work with.
//
// NIR's neurons are differential equations in continuous time; here they are stepped by forward Euler with a dt, which
// the file does not hold. A synapse of NIR integrates its input over dt where one of LIF and LI jumps by it, so that these
// models are written with w_in = τ_syn/dt, and read with the factor w_in·dt/τ_syn before them. Norse writes w_in = 1 and
// means a jump of 1: NorseJump reads such files. NIR's IF, whose equation has no time constant, jumps by r·x, as in Norse.
//
//	NIR                        here
//	Affine, Linear             Linear
//	Conv1d, Conv2d             Conv2d (a Conv1d is read only)
//	SumPool2d, AvgPool2d       SumPool2d, AvgPool2d
//	Flatten, Scale             Flatten, Scale
//	LIF, LI, IF, I             LIFBox, LIBox, IAF; an I is read only
//	CubaLIF, CubaLI            LIF, LI
//	Threshold, Delay           read only, and written again
//	NIRGraph                   Network; Sequential for a plain chain; LIFRecurrent, IAFRecurrent
//
// What the equations do not say, such as dt and the surrogate gradient, travels in each node's metadata, so that a model
// that is saved and loaded here gives the same bits. The other models, and the subtractive reset, have no node in NIR:
// writing them is an error.
//
// Source: Pedersen et al., "Neuromorphic intermediate representation: a unified instruction set for interoperable
// brain-inspired computing", Nature Communications 15:8122 (2024); package nir 1.0, nir/ir and nir/serialization.py.
package nir

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/livespike/livespike/snn"
)

// Option sets how FromNIR reads a graph, or ToNIR writes one.
type Option struct {
	name string
	set  func(s *settings)
}

type settings struct {
	dt        float64 // 0: that of each node's metadata
	norseJump bool
	leading   int // -1: one for a model over time, else none
}

func settingsOf(who string, opts []Option, known ...string) settings {
	s := settings{leading: -1}
	for _, o := range opts {
		if !slices.Contains(known, o.name) {
			panic(fmt.Sprintf("nir.%s: unknown option %q; it knows %s", who, o.name, strings.Join(known, ", ")))
		}
		o.set(&s)
	}
	return s
}

// DT is the time step in seconds with which FromNIR steps the neurons. Without it each has the dt of its metadata, and one
// that has none is an error. It panics if dt is not positive.
func DT(dt float64) Option {
	if !(dt > 0 && dt < 1e30) {
		panic(fmt.Sprintf("nir.DT: the time step must be positive, not %v", dt))
	}
	return Option{"DT", func(s *settings) { s.dt = dt }}
}

// NorseJump makes FromNIR take w_in for what the current jumps by at a spike, which is what Norse means when it writes 1.
func NorseJump() Option { return Option{"NorseJump", func(s *settings) { s.norseJump = true }} }

// Leading says to ToNIR how many axes the model's inputs have in front of the shape, time and batch, so that it knows
// which axes a Flatten joins: 2 for inputs (time, batch, …). Without it that is 1 for a model over time, else 0. It panics
// if n is negative.
func Leading(n int) Option {
	if n < 0 {
		panic(fmt.Sprintf("nir.Leading: %d axes", n))
	}
	return Option{"Leading", func(s *settings) { s.leading = n }}
}

// Load reads a model for one step from a file: Read and FromNIR.
func Load(path string, opts ...Option) (snn.Module, error) {
	g, err := Read(path)
	if err != nil {
		return nil, err
	}
	m, err := FromNIR(g, opts...)
	if err != nil {
		return nil, fmt.Errorf("nir: %s: %w", path, err)
	}
	return m, nil
}

// MustLoad is Load that panics on an error.
func MustLoad(path string, opts ...Option) snn.Module {
	m, err := Load(path, opts...)
	if err != nil {
		panic(err)
	}
	return m
}

// Save writes a model into a file: ToNIR and Write. shape is that of one step's input, without time and batch.
func Save(path string, m snn.Module, shape []int, opts ...Option) error {
	g, err := ToNIR(m, shape, opts...)
	if err != nil {
		return fmt.Errorf("nir: %s: %w", path, err)
	}
	return g.Write(path)
}

// MustSave is Save that panics on an error.
func MustSave(path string, m snn.Module, shape []int, opts ...Option) {
	if err := Save(path, m, shape, opts...); err != nil {
		panic(err)
	}
}

// guarded turns the panic of a constructor, about a shape or a value of the file, into an error.
func guarded(f func() error) (err error) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case runtime.Error:
			panic(v)
		default:
			err = fmt.Errorf("%v", v)
		}
	}()
	return f()
}
