// Package snntest is a conformance kit for neuron models: one call steps a model of yours, compiled or written in a script,
// through what must hold for every one.
//
//	err := snntest.Check(func() snn.Module { return snn.LIFCell() }, 4)
//
// The model is one that makes a step at a time, as the cells of package snn do.
package snntest

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// What every check runs.
const (
	steps = 40
	batch = 5 // with shapes of a few neurons, that fills the vectors of the processor and leaves some over
)

// Check runs every check and returns what does not hold, joined into one error, or nil. fresh makes a model; shape is one
// sample's input of one step, without a batch axis. A model whose outputs are all 0 or 1 counts as spiking.
//
//   - the same input gives the same bits, and no input and no state is changed
//   - without input nothing spikes, and numbers stay finite
//   - a batch gives what its samples give one by one
//   - a sequence, through snn.Lift, gives what single steps give, in one piece or two
//   - a model that was saved and loaded gives the same bits
//   - gradients are finite; of a model that does not spike they equal the finite difference, to 2 %
//   - ForwardInto, where there is one, gives Forward's bits and allocates nothing
//
// Rest, Rates and Options check what not every model has.
func Check(fresh func() snn.Module, shape ...int) error {
	k := &kit{fresh: fresh, shape: shape, rng: rand.New(rand.NewPCG(1, 2))}
	x := k.drive(shape...)
	y, err := k.run(fresh(), x)
	if err != nil {
		return fmt.Errorf("snntest: %w", err)
	}
	k.spiking = onlySpikes(y)
	var all []error
	for _, c := range []struct {
		name  string
		check func(x, y []*tensor.Tensor) error
	}{
		{"repeat", k.repeat},
		{"state", k.state},
		{"rest", k.rest},
		{"batch", k.batch},
		{"sequence", k.sequence},
		{"save and load", k.saveLoad},
		{"gradient", k.gradient},
		{"ForwardInto", k.into},
	} {
		if err := guarded(func() error { return c.check(x, y) }); err != nil {
			all = append(all, fmt.Errorf("snntest: %s: %w", c.name, err))
		}
	}
	return errors.Join(all...)
}

type kit struct {
	fresh   func() snn.Module
	shape   []int
	rng     *rand.Rand
	spiking bool
}

// guarded turns a panic into an error.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

// drive is a random input for each step, mostly positive.
func (k *kit) drive(shape ...int) []*tensor.Tensor {
	var list []*tensor.Tensor
	for range steps {
		x := tensor.Zeros(shape...)
		for i := range x.Data() {
			x.Data()[i] = k.rng.Float32()*2 - 0.2
		}
		list = append(list, x)
	}
	return list
}

// run steps a model from a fresh state.
func (k *kit) run(m snn.Module, x []*tensor.Tensor) (y []*tensor.Tensor, err error) {
	err = guarded(func() error {
		var s *snn.State
		for _, in := range x {
			var out *tensor.Tensor
			out, s = m.Forward(in, s)
			if out == nil {
				return errors.New("the output of Forward is nil")
			}
			y = append(y, out.Clone())
		}
		return nil
	})
	return y, err
}

func onlySpikes(y []*tensor.Tensor) bool {
	for _, t := range y {
		for _, v := range t.Data() {
			if v != 0 && v != 1 {
				return false
			}
		}
	}
	return true
}

// same compares bits.
func same(what string, got, want *tensor.Tensor) error {
	if fmt.Sprint(got.Shape()) != fmt.Sprint(want.Shape()) {
		return fmt.Errorf("%s has shape %v, want %v", what, got.Shape(), want.Shape())
	}
	for i, v := range want.Data() {
		if math.Float32bits(got.Data()[i]) != math.Float32bits(v) {
			return fmt.Errorf("%s, element %d: %v, want %v", what, i, got.Data()[i], v)
		}
	}
	return nil
}

func allSame(got, want []*tensor.Tensor) error {
	for t := range want {
		if err := same(fmt.Sprintf("step %d", t), got[t], want[t]); err != nil {
			return err
		}
	}
	return nil
}

func (k *kit) repeat(x, y []*tensor.Tensor) error {
	before := make([]*tensor.Tensor, len(x))
	for t := range x {
		before[t] = x[t].Clone()
	}
	m := k.fresh()
	for range 2 { // one model twice: its state must not live in it
		again, err := k.run(m, x)
		if err != nil {
			return err
		}
		if err := allSame(again, y); err != nil {
			return err
		}
	}
	if err := allSame(x, before); err != nil {
		return fmt.Errorf("the input was changed: %w", err)
	}
	return nil
}

// state looks whether Forward leaves the state that it is given alone.
func (k *kit) state(x, _ []*tensor.Tensor) error {
	m := k.fresh()
	var s *snn.State
	for t := range x {
		var before []*tensor.Tensor
		for _, v := range snn.States(s) {
			before = append(before, v.Value.Clone())
		}
		_, next := m.Forward(x[t], s)
		for i, v := range snn.States(s) {
			if err := same(v.Name, v.Value, before[i]); err != nil {
				return fmt.Errorf("step %d changed the state that it was given: %w", t, err)
			}
		}
		s = next
	}
	return nil
}

func (k *kit) rest([]*tensor.Tensor, []*tensor.Tensor) error {
	x := make([]*tensor.Tensor, steps)
	for t := range x {
		x[t] = tensor.Zeros(k.shape...)
	}
	y, err := k.run(k.fresh(), x)
	if err != nil {
		return err
	}
	for t, out := range y {
		for i, v := range out.Data() {
			switch {
			case math.IsNaN(float64(v)) || math.IsInf(float64(v), 0):
				return fmt.Errorf("without input, step %d, element %d: %v", t, i, v)
			case k.spiking && v != 0:
				return fmt.Errorf("without input, step %d, element %d spikes", t, i)
			}
		}
	}
	return nil
}

func (k *kit) batch([]*tensor.Tensor, []*tensor.Tensor) error {
	x := k.drive(append([]int{batch}, k.shape...)...)
	together, err := k.run(k.fresh(), x)
	if err != nil {
		return err
	}
	for b := range batch {
		one := make([]*tensor.Tensor, steps)
		for t := range x {
			one[t] = x[t].Index(b)
		}
		alone, err := k.run(k.fresh(), one)
		if err != nil {
			return err
		}
		for t := range alone {
			if err := same(fmt.Sprintf("sample %d, step %d", b, t), together[t].Index(b), alone[t]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *kit) sequence(x, y []*tensor.Tensor) error {
	m, whole := snn.Lift(k.fresh()), tensor.Stack(x...)
	out, _ := m.Forward(whole, nil)
	if err := same("the sequence", out, tensor.Stack(y...)); err != nil {
		return err
	}
	for _, at := range []int{1, steps / 2, steps - 1} {
		first, s := m.Forward(whole.Slice(0, 0, at), nil)
		second, _ := m.Forward(whole.Slice(0, at, steps), s)
		if err := same(fmt.Sprintf("the sequence split at step %d", at), tensor.Cat(0, first, second), out); err != nil {
			return err
		}
	}
	return nil
}

func (k *kit) saveLoad(x, _ []*tensor.Tensor) error {
	m, other := k.fresh(), k.fresh()
	if len(snn.Parameters(m)) == 0 {
		return nil
	}
	dir, err := os.MkdirTemp("", "snntest")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary folder
	file := filepath.Join(dir, "model.safetensors")
	if err := snn.Save(file, m); err != nil {
		return err
	}
	if err := snn.Load(file, other); err != nil {
		return err
	}
	want, err := k.run(m, x)
	if err != nil {
		return err
	}
	got, err := k.run(other, x)
	if err != nil {
		return err
	}
	return allSame(got, want)
}

// gradient compares the gradient of the sum of all outputs by the first input.
func (k *kit) gradient(x, _ []*tensor.Tensor) error {
	sum := func(first *tensor.Tensor) *tensor.Tensor {
		m := k.fresh()
		total := tensor.Scalar(0)
		var s *snn.State
		for t, in := range x {
			if t == 0 {
				in = first
			}
			var out *tensor.Tensor
			out, s = m.Forward(in, s)
			total = total.Add(out.Sum())
		}
		return total
	}
	first := x[0].Clone().SetRequiresGrad(true)
	total := sum(first)
	if !total.RequiresGrad() {
		return errors.New("the output does not depend on the input as far as gradients know")
	}
	total.Backward()
	for i, g := range first.Grad().Data() {
		if math.IsNaN(float64(g)) || math.IsInf(float64(g), 0) {
			return fmt.Errorf("element %d: %v", i, g)
		}
		if k.spiking {
			continue
		}
		const h = 1.0 / 64
		up, down := x[0].Clone(), x[0].Clone()
		up.Data()[i] += h
		down.Data()[i] -= h
		difference := (float64(sum(up).Item()) - float64(sum(down).Item())) / (2 * h)
		if math.Abs(difference-float64(g)) > 0.02*max(1, math.Abs(difference)) {
			return fmt.Errorf("element %d: %v, the finite difference is %v", i, g, difference)
		}
	}
	return nil
}

// into checks the form that writes into a tensor of the caller's.
func (k *kit) into(x, y []*tensor.Tensor) error {
	m, ok := k.fresh().(interface {
		ForwardInto(dst, x *tensor.Tensor, s *snn.State) *snn.State
	})
	if !ok {
		return nil
	}
	dst := tensor.ZerosLike(y[0])
	var s *snn.State
	for t := range x {
		s = m.ForwardInto(dst, x[t], s)
		if err := same(fmt.Sprintf("step %d", t), dst, y[t]); err != nil {
			return err
		}
	}
	const rounds = 100
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range rounds {
		s = m.ForwardInto(dst, x[0], s)
	}
	runtime.ReadMemStats(&after)
	if n := after.Mallocs - before.Mallocs; n > rounds/10 { // other goroutines may allocate meanwhile
		return fmt.Errorf("%d allocations in %d steps", n, rounds)
	}
	return nil
}
