package snn

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/simulated"
	"github.com/livespike/livespike/snn/tensor"
)

// TestLoop: the steps of a loop, one by one or two under way, have the bits of Forward on the CPU, for models with and
// without a state, and for inputs here and there.
func TestLoop(t *testing.T) {
	gpu := simulatedGPU(t)
	tensor.Seed(20)
	for name, c := range map[string]struct {
		model *Chain
		in    []int
	}{
		"an edge detector": {Sequential(LIFRefracCell(), Conv2d(1, 2, 3)), []int{6, 7}},
		"pieces":           {Sequential(Linear(5, 32), LIF(), Linear(32, 3), LI(), Sigmoid()), []int{4, 2, 5}},
		"a population":     {Sequential(LIFRecurrentCell(4, 9), LICell()), []int{2, 4}},
		"no state":         {Sequential(Flatten(0), Linear(6, 2)), []int{2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			x := make([]*tensor.Tensor, 7)
			want := make([]*tensor.Tensor, len(x))
			var s *State
			for k := range x {
				x[k] = tensor.Rand(c.in...).Mul(20)
				want[k], s = c.model.Forward(x[k], s)
			}
			if _, err := c.model.To(gpu); err != nil {
				t.Fatal(err)
			}
			loop, err := Loop(gpu, c.model, c.in...)
			if err != nil {
				t.Fatal(err)
			}
			if loop.State() != nil {
				t.Error("a state before the first step")
			}
			get := func(y *tensor.Tensor, err error) *tensor.Tensor {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				return y
			}
			push := func(x *tensor.Tensor) {
				t.Helper()
				if err := loop.Push(x); err != nil {
					t.Fatal(err)
				}
			}
			for k := range 3 {
				in := x[k]
				if k == 1 {
					in = to(t, in, gpu)
				}
				mustMatch(t, fmt.Sprint("step ", k), get(loop.Step(in)), want[k])
			}
			push(x[3])
			for k := 4; k < len(x); k++ {
				push(x[k])
				mustMatch(t, fmt.Sprint("step ", k-1), get(loop.Pull()), want[k-1])
			}
			mustMatch(t, "the last step", get(loop.Pull()), want[len(x)-1])
			if got := loop.State().CPU(); fmt.Sprint(got) != fmt.Sprint(s) {
				t.Errorf("state %v\nwant %v", got, s)
			}
			push(x[0])
			if err := loop.Close(); err != nil {
				t.Fatal(err)
			}
			if err := loop.Push(x[0]); err == nil || err.Error() != "snn.Loop: the loop is closed" {
				t.Errorf("a closed loop: %v", err)
			}
		})
	}
}

// TestLoopIsOneGraph: after the first step nothing is asked for but replays, and weights that were changed in their places
// are what they compute with.
func TestLoopIsOneGraph(t *testing.T) {
	var log []string
	t.Cleanup(cuda.Use(simulated.Driver{Log: &log}))
	gpu, err := CUDA(0)
	if err != nil {
		t.Fatal(err)
	}
	l := Linear(3, 2, Bias(false)).CUDA()
	loop, err := Loop(gpu, l, 3)
	if err != nil {
		t.Fatal(err)
	}
	x := tensor.Of(1, 2, 3)
	step := func() *tensor.Tensor {
		y, err := loop.Step(x)
		if err != nil {
			t.Fatal(err)
		}
		return y
	}
	step()
	log = nil
	before := step()
	l.Weight().CopyFrom(l.Weight().CPU().Mul(2))
	mustMatch(t, "with weights twice as large", step(), before.Mul(2))
	if want := []string{"gemm_f32", "gemm_f32"}; !slices.Equal(log, want) {
		t.Errorf("kernels %v, want %v", log, want)
	}
}

// moody panics at every other call.
type moody struct{ calls *int }

func (m moody) Forward(x *tensor.Tensor, s *State) (*tensor.Tensor, *State) {
	if *m.calls++; *m.calls%2 == 0 {
		panic("in a mood")
	}
	return x, s
}

// TestLoopPanics: a panic while the graph is recorded ends the recording, and the device goes on.
func TestLoopPanics(t *testing.T) {
	gpu := simulatedGPU(t)
	loop, err := Loop(gpu, moody{new(int)}, 3)
	if err != nil {
		t.Fatal(err)
	}
	x := tensor.Of(1, 2, 3)
	if text := recovered(func() { _ = loop.Push(x) }); text != "in a mood" {
		t.Errorf("panic %s", text)
	}
	got, _ := LIFCell().Forward(to(t, x, gpu), nil)
	want, _ := LIFCell().Forward(x, nil)
	mustMatch(t, "what comes after it", got.CPU(), want)
}

func TestLoopMisuse(t *testing.T) {
	gpu := simulatedGPU(t)
	if _, err := Loop(tensor.Device{}, LIFCell(), 3); err == nil || !strings.Contains(err.Error(), "ForwardInto") {
		t.Errorf("on the CPU: %v", err)
	}
	loop := func(m Module) *Looped {
		l, err := Loop(gpu, m, 3)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	x := tensor.Ones(3)
	if err := loop(CheckFinite(LIFCell(), true)).Push(x); err == nil || !strings.Contains(err.Error(), "is CheckFinite on") {
		t.Errorf("a check that copies: %v", err)
	}
	if err := loop(Sequential(LIFCell(), Dropout())).Push(x); err == nil || !strings.Contains(err.Error(), "Dropout in training mode") {
		t.Errorf("chances that do not come again: %v", err)
	}
	busy := loop(LIFCell())
	for range 2 {
		if err := busy.Push(x); err != nil {
			t.Fatal(err)
		}
	}
	for want, f := range map[string]func(){
		"snn.Loop: the model is nil":                                     func() { _, _ = Loop(gpu, nil, 3) },
		"snn.Loop: input has shape [2], the loop [3]":                    func() { _ = busy.Push(tensor.Ones(2)) },
		"snn.Loop: two steps are under way; Pull one first":              func() { _ = busy.Push(x) },
		"snn.Loop: Step while 2 steps are under way; Pull them first":    func() { _, _ = busy.Step(x) },
		"snn.Loop: Pull without a step under way":                        func() { _, _ = loop(LIFCell()).Pull() },
		"Linear(3, 2): the input is on cuda:0, the weights on cpu; send": func() { _ = loop(Linear(3, 2)).Push(x) },
	} {
		func() {
			defer func() {
				if r := fmt.Sprint(recover()); !strings.HasPrefix(r, want) {
					t.Errorf("panic %s\nwant %s", r, want)
				}
			}()
			f()
		}()
	}
}

// TestLoopHoldsWhatItReads: what a graph reads is not given out again, also when a neuron's coefficients are sent anew for
// inputs of another shape, or weights went away.
func TestLoopHoldsWhatItReads(t *testing.T) {
	gpu := simulatedGPU(t)
	tensor.Seed(21)
	m, ref := Sequential(Linear(8, 8), LIFCell(TauMemInv(tensor.Rand(8).Mul(100)))), (*State)(nil)
	x, want := make([]*tensor.Tensor, 6), make([]*tensor.Tensor, 6)
	for k := range x {
		x[k] = tensor.Rand(8).Mul(20)
		want[k], ref = m.Forward(x[k], ref)
	}
	m.To(gpu)
	loop, err := Loop(gpu, m, 8)
	if err != nil {
		t.Fatal(err)
	}
	defer loop.Close()
	for k := range x {
		y, err := loop.Step(x[k])
		if err != nil {
			t.Fatal(err)
		}
		mustMatch(t, "step", y, want[k])
		if k == 2 {
			m.Forward(to(t, tensor.Rand(3, 8), gpu), nil)
			m.CPU().To(gpu)
			for range 3 { // what was dropped has been given back
				done := make(chan bool)
				runtime.AddCleanup(new([64]byte), func(c chan bool) { close(c) }, done)
				runtime.GC()
				<-done
			}
			for n := range 40 {
				defer runtime.KeepAlive(to(t, tensor.Full(1e6, 1+8*n), gpu))
			}
		}
	}
}
