package snn

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/simulated"
	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// The device of these tests is the interpreter of the PTX that ships; the oracle is the CPU, whose numbers the golden
// files hold.

func simulatedGPU(t *testing.T) tensor.Device {
	t.Helper()
	t.Cleanup(cuda.Use(simulated.Driver{}))
	d, err := CUDA(0)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func to(t *testing.T, x *tensor.Tensor, d tensor.Device) *tensor.Tensor {
	t.Helper()
	moved, err := x.To(d)
	if err != nil {
		t.Fatal(err)
	}
	return moved
}

// TestNeuronsOnGPU runs every model as a layer, as a cell and in two pieces, with one set of parameters and with one for
// each neuron.
func TestNeuronsOnGPU(t *testing.T) {
	gpu := simulatedGPU(t)
	tensor.Seed(3)
	tried := 0
	for _, name := range Models() {
		m := models[name]
		if m.coupled != uncoupled {
			continue // its panic is in TestGPUMisuse
		}
		scale := float32(3)
		if name == "Izhikevich" {
			scale = 20
		}
		for _, n := range []int{3, 8} {
			for _, opts := range optionsOnGPU(m, n) {
				x := tensor.Rand(7, 2, n).Mul(scale)
				layer, cell := m.layer(opts), m.cell(opts)
				want, after := layer.Forward(x, nil)
				got, state := layer.Forward(to(t, x, gpu), nil)
				who := fmt.Sprint(layer)
				mustMatch(t, who+" output", got.CPU(), want)
				mustMatchState(t, who, state, after)

				first, half := layer.Forward(to(t, x.Slice(0, 0, 3), gpu), nil)
				second, whole := layer.Forward(to(t, x.Slice(0, 3, 7), gpu), half)
				mustMatch(t, who+" in pieces", tensor.Cat(0, first.CPU(), second.CPU()), want)
				mustMatchState(t, who+" in pieces", whole, after)

				var s *State
				for k := range 7 {
					var z *tensor.Tensor
					z, s = cell.Forward(to(t, x.Index(k), gpu), s)
					mustMatch(t, fmt.Sprint(cell, " step ", k), z.CPU(), want.Index(k))
				}
				mustMatchState(t, fmt.Sprint(cell), s, after)
				tried++
			}
		}
	}
	t.Logf("%d configurations, each as a layer, in pieces and as a cell", tried)
}

// optionsOnGPU are sets of options that a model knows.
func optionsOnGPU(m *model, n int) [][]Option {
	all := [][]Option{nil}
	known := map[string]bool{}
	for _, o := range m.options() {
		known[o] = true
	}
	if known["delayed"] {
		all = append(all, []Option{Delayed()}, []Option{Immediate()})
	}
	if known["reset_method"] {
		all = append(all, []Option{ResetMethod("reset_subtract")})
	}
	if known["tau_mem_inv"] {
		all = append(all, []Option{TauMemInv(tensor.Rand(n).Mul(100).Add(50))}, []Option{TauMemInv(tensor.Rand(2, 1).Mul(100).Add(50))})
	}
	return all
}

func mustMatch(t *testing.T, what string, got, want *tensor.Tensor) {
	t.Helper()
	if !got.Equal(want) {
		t.Fatalf("%s:\n%v\nwant\n%v", what, got, want)
	}
}

func mustMatchState(t *testing.T, what string, got, want *State) {
	t.Helper()
	if got.Device().IsCPU() {
		t.Fatalf("%s: the state is on the CPU", what)
	}
	for _, name := range want.Names() {
		mustMatch(t, what+" "+name, got.Get(name).CPU(), want.Get(name))
	}
}

// TestModelOnGPU runs the talk's model, smaller, and the edge detector on the device.
func TestModelOnGPU(t *testing.T) {
	gpu := simulatedGPU(t)
	tensor.Seed(4)
	for name, c := range map[string]struct {
		model *Chain
		x     *tensor.Tensor
	}{
		"the talk's model": {
			Sequential(Lift(Conv2d(1, 3, 5, Padding(2))), LIF(), Flatten(1), Linear(3*12*9, 10), Sigmoid()),
			tensor.Rand(6, 1, 1, 12, 9).Mul(8),
		},
		"the edge detector": {Sequential(LIFRefracCell(), Conv2d(1, 2, 5, Bias(false), Dilation(3), Padding(6))), tensor.Rand(20, 17)},
		"deep": {
			Sequential(Linear(1100, 20), LIF(), Linear(20, 6, Bias(false)), LI(Delayed())), tensor.Rand(2, 2, 1100),
		},
		"strides and groups": {Sequential(Conv2d(4, 8, []int{3, 2}, Stride([]int{2, 1}), Groups(2)), LIFCell()), tensor.Rand(2, 4, 9, 8)},
	} {
		t.Run(name, func(t *testing.T) {
			want, after := c.model.Forward(c.x, nil)
			_, err := c.model.To(gpu)
			if err != nil {
				t.Fatal(err)
			}
			got, state := c.model.Forward(to(t, c.x, gpu), nil)
			mustMatch(t, "output", got.CPU(), want)
			again, _ := c.model.Forward(to(t, c.x, gpu), state)
			if _, err := c.model.To(tensor.Device{}); err != nil {
				t.Fatal(err)
			}
			more, _ := c.model.Forward(c.x, after)
			mustMatch(t, "the next piece", again.CPU(), more)
			if text, want := state.CPU().String(), after.String(); text != want {
				t.Errorf("state %s\nwant %s", text, want)
			}
		})
	}
}

// TestWeightsMove: To sends the weights themselves, which say so, and CopyFrom writes to them there.
func TestWeightsMove(t *testing.T) {
	gpu := simulatedGPU(t)
	l := Linear(3, 2)
	x, kept := tensor.Of(1, 2, 3), l.Weight().Clone()
	want, _ := l.Forward(x, nil)
	if _, err := l.To(gpu); err != nil {
		t.Fatal(err)
	}
	if l.Weight().Device() != gpu || l.Bias().Device() != gpu {
		t.Fatalf("the weights are on %v and %v", l.Weight().Device(), l.Bias().Device())
	}
	l.Weight().CopyFrom(kept.Mul(2))
	path := t.TempDir() + "/weights.safetensors"
	MustSave(path, l)
	l.Weight().CopyFrom(kept)
	got, _ := l.Forward(to(t, x, gpu), nil)
	mustMatch(t, "output", got.CPU(), want)
	MustLoad(path, l)
	mustMatch(t, "what was saved there and loaded there", l.Weight().CPU(), kept.Mul(2))
	mustMatch(t, "what came back", l.CPU().Weight(), kept.Mul(2))
}

// training is the gradients of a model's parameters and of its input after two pieces of a sequence, of which the second
// goes on from the state that the first left.
func training(model *Chain, x, up *tensor.Tensor, d tensor.Device) (grads map[string]*tensor.Tensor) {
	Train(model)
	for _, p := range Parameters(model) {
		p.Value.ZeroGrad()
	}
	in := x.Detach().SetRequiresGrad(true)
	half := x.Len() / 2
	there, err := in.To(d)
	if err != nil {
		panic(err)
	}
	first, s := model.Forward(there.Slice(0, 0, half), nil)
	second, _ := model.Forward(there.Slice(0, half, x.Len()), s)
	y := tensor.Cat(0, first, second).CPU()
	y.Mul(up.Reshape(y.Shape()...)).Sum().Backward()
	grads = map[string]*tensor.Tensor{"input": in.Grad()}
	for _, p := range Parameters(model) {
		grads[p.Name] = p.Value.Grad().CPU()
	}
	return grads
}

// TestTrainingOnGPU: the gradients of networks, with those that flow through the state, have the bits of the CPU.
func TestTrainingOnGPU(t *testing.T) {
	gpu := simulatedGPU(t)
	tensor.Seed(6)
	for name, c := range map[string]struct {
		model *Chain
		x     *tensor.Tensor
		out   int
	}{
		"dense":           {Sequential(Linear(5, 9), LIF(), Linear(9, 3, Bias(false)), LI(), Sigmoid()), tensor.Rand(8, 2, 5).Mul(20), 3},
		"convolutions":    {Sequential(Conv2d(2, 4, 3, Stride(2), Groups(2), Padding(1)), LIFRefrac(), MaxPool2d(2), Flatten(2), Linear(4*2*3, 3), LI()), tensor.Rand(6, 2, 2, 8, 12).Mul(40), 3},
		"lifted":          {Sequential(Lift(Sequential(Conv2d(1, 3, 3), Relu())), LSNN(), AvgPool2d(2), Flatten(2), Linear(12, 2), Tanh()), tensor.Rand(4, 2, 1, 6, 6).Mul(40), 2},
		"recurrent cells": {Sequential(Lift(Sequential(Linear(4, 5), LIFRecurrentCell(5, 6), Linear(6, 2)))), tensor.Bernoulli(0.5, 8, 2, 4).Mul(60), 2},
		"subtractive resets": {
			Sequential(Linear(4, 7), LIF(ResetMethod("reset_subtract")), Linear(7, 5), LIFBox(ResetMethod("reset_subtract"), VTh(0.01)), Linear(5, 6), IAF(ResetMethod("reset_subtract"), VTh(0.02), Surrogate(surrogate.Triangle(0.7))), Linear(6, 2)),
			tensor.Rand(10, 3, 4).Mul(60), 2,
		},
		"without synapse": {
			Sequential(Linear(6, 8), LIFBox(Surrogate(surrogate.Triangle(0.7))), Linear(8, 6), IAF(), Relu(), Linear(6, 2), LIBox()),
			tensor.Rand(10, 3, 6).Mul(8), 2,
		},
		"adaptive, in the delayed order": {
			Sequential(LILinear(4, 7), LIFAdEx(Delayed(), Surrogate(surrogate.FastSigmoid(3))), Linear(7, 2)), tensor.Rand(10, 2, 4).Mul(60), 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			up := tensor.Randn(c.x.Len(), c.x.Shape()[1], c.out)
			want := training(c.model, c.x, up, tensor.Device{})
			if _, err := c.model.To(gpu); err != nil {
				t.Fatal(err)
			}
			got := training(c.model, c.x, up, gpu)
			for name, w := range want {
				mustMatch(t, "gradient of "+name, got[name], w)
				if w.Abs().Sum().Item() == 0 {
					t.Errorf("the gradient of %s is 0 everywhere", name)
				}
			}
		})
	}
}

// TestRecurrentTrainingOnGPU: the gradients of populations, in both orders, have the bits of the CPU.
func TestRecurrentTrainingOnGPU(t *testing.T) {
	gpu := simulatedGPU(t)
	tensor.Seed(7)
	for name, l := range map[string]*Recurrent{
		"LIF":                     LIFRecurrent(4, 9),
		"LIF, delayed":            LIFRecurrent(4, 9, Delayed(), Surrogate(surrogate.Triangle(0.7)), Autapses(true)),
		"LIFRefrac":               LIFRefracRecurrent(4, 9, Surrogate(surrogate.FastSigmoid(2))),
		"LIFRefrac, delayed":      LIFRefracRecurrent(4, 9, Delayed()),
		"LSNN":                    LSNNRecurrent(4, 9),
		"LSNN, immediate":         LSNNRecurrent(4, 9, Immediate(), TauMemInv(tensor.Rand(9).Mul(100).Add(50))),
		"LIFAdEx":                 LIFAdExRecurrent(4, 9),
		"LIFAdEx, delayed":        LIFAdExRecurrent(4, 9, Delayed(), Surrogate(surrogate.Triangle(0.7))),
		"IAF":                     IAFRecurrent(4, 9, Autapses(true)),
		"IAF, subtracting":        IAFRecurrent(4, 9, ResetMethod("reset_subtract")),
		"LIF, subtracting delays": LIFRecurrent(4, 9, ResetMethod("reset_subtract"), Delayed()),
	} {
		t.Run(name, func(t *testing.T) {
			if l.m.holds && l.subtract {
				if err := recovered(func() { training(Sequential(l).CUDA(), tensor.Ones(2, 1, 4), tensor.Ones(2, 1, 9), gpu) }); !strings.Contains(err, "a recurrent LIF with method super and reset_subtract") {
					t.Errorf("panic %s", err)
				}
				return
			}
			model := Sequential(Linear(4, 4), l, Linear(9, 2))
			x, up := tensor.Bernoulli(0.5, 10, 3, 4).Mul(60), tensor.Randn(10, 3, 2)
			want := training(model, x, up, tensor.Device{})
			model.CUDA()
			got := training(model, x, up, gpu)
			for name, w := range want {
				mustMatch(t, "gradient of "+name, got[name], w)
				if w.Abs().Sum().Item() == 0 {
					t.Errorf("the gradient of %s is 0 everywhere", name)
				}
			}
		})
	}
}

func recovered(f func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	f()
	return ""
}

// TestDropoutOnGPU: the same chances as on the CPU.
func TestDropoutOnGPU(t *testing.T) {
	gpu := simulatedGPU(t)
	x, up := tensor.Rand(3, 5), tensor.Rand(3, 5)
	d := Dropout(0.4)
	var outs, grads [2]*tensor.Tensor
	for k, on := range []tensor.Device{{}, gpu} {
		tensor.Seed(8)
		in := x.Clone().SetRequiresGrad(true)
		there, err := in.To(on)
		if err != nil {
			t.Fatal(err)
		}
		y, _ := d.Forward(there, nil)
		outs[k] = y.CPU()
		outs[k].BackwardFrom(up)
		grads[k] = in.Grad()
	}
	mustMatch(t, "output", outs[1].Detach(), outs[0].Detach())
	mustMatch(t, "gradient", grads[1], grads[0])
}

func TestGPUText(t *testing.T) {
	gpu := simulatedGPU(t)
	x := to(t, tensor.Ones(1), gpu)
	y, s := LICell().Forward(x, nil)
	for _, c := range []struct{ got, want string }{
		{x.String(), "tensor([1.], device='cuda:0')"},
		{fmt.Sprint(y), "tensor([0.1000], device='cuda:0')"},
		{s.String(), "LIState(v=tensor([0.1000], device='cuda:0'), i=tensor([0.8000], device='cuda:0'))"},
		{s.CPU().String(), "LIState(v=tensor([0.1000]), i=tensor([0.8000]))"},
		{fmt.Sprint(y.At1(0), y.Item(), x.Device(), s.Device(), x.CPU().Device()), "0.1 0.1 cuda:0 cuda:0 cpu"},
		{strings.Join(Devices(), "; "), "cpu; cuda:0 PTX interpreter, 1.1 GB"},
	} {
		if c.got != c.want {
			t.Errorf("%s\nwant %s", c.got, c.want)
		}
	}
}

func TestGPUMisuse(t *testing.T) {
	gpu := simulatedGPU(t)
	x := to(t, tensor.Ones(2, 3), gpu)
	_, onGPU := LIF().Forward(x, nil)
	_, onCPU := LIF().Forward(tensor.Ones(2, 3), nil)
	sent := Linear(3, 2)
	if _, err := sent.To(gpu); err != nil {
		t.Fatal(err)
	}
	learned := LIF(Learn("tau_mem_inv"))
	Train(learned)
	recurrent := LIFExRecurrent(3, 4)
	if _, err := recurrent.To(gpu); err != nil {
		t.Fatal(err)
	}
	there := func() *tensor.Tensor { return tensor.Ones(2, 3).SetRequiresGrad(true).CUDA() }
	for _, c := range []struct {
		name string
		f    func()
		want string
	}{
		{"elements", func() { x.Data() }, "tensor.Data: a tensor of shape [2 3] is on cuda:0, and this works on the CPU only; CPU() brings a copy"},
		{"arithmetic", func() { x.Add(1) }, "tensor.Add: a tensor of shape [2 3] is on cuda:0, and this works on the CPU only; CPU() brings a copy"},
		{"a state left there", func() { LIF().Forward(tensor.Ones(2, 3), onGPU) }, "LIF: the input is on the cpu, the state on cuda:0"},
		{"weights left here", func() { Linear(3, 2).Forward(x, nil) }, "Linear(3, 2): the input is on cuda:0, the weights on cpu; send one of them with To"},
		{"weights left there", func() { sent.Forward(tensor.Ones(3), nil) }, "Linear(3, 2): the input is on cpu, the weights on cuda:0; send one of them with To"},
		{"deep inside", func() { Sequential(LIF(), Linear(3, 2)).Forward(x, nil) }, "Sequential[1] Linear(3, 2): the input is on cuda:0, the weights on cpu; send one of them with To"},
		{"a module without kernels", func() { Sequential(Softmax(-1)).Forward(x, nil) }, "Sequential[0] Softmax"},
		{"coupling", func() { LIFMC(3).Forward(x, nil) }, "LIFMC runs on the CPU only; the input is on cuda:0"},
		{"a loss", func() { tensor.MSE(x, x) }, "tensor.MSE: a tensor of shape [2 3] is on cuda:0"},
		{"a learned parameter", func() { learned.Forward(x, nil) }, "LIF: the gradient of a learned parameter, tau_mem_inv, is computed on the CPU only; the input is on cuda:0; CPU() brings a copy"},
		{"a surrogate without a kernel", func() { LIF(Surrogate(surrogate.Tanh(1))).Forward(there(), nil) }, "LIF: gradients of LIF with method tanh are computed on the CPU only; the input is on cuda:0; CPU() brings a copy"},
		{"a model without a backward kernel", func() { Izhikevich().Forward(there(), nil) }, "Izhikevich: gradients of Izhikevich with method super are computed on the CPU only"},
		{"a reset without one", func() { LIFEx(ResetMethod("reset_subtract")).Forward(there(), nil) }, "LIFEx: gradients of LIFEx with method super and reset_subtract are"},
		{"a recurrent population", func() { recurrent.Forward(there(), nil) }, "LIFExRecurrent: gradients of a recurrent LIFEx with method super are computed on the CPU only; the input is on cuda:0"},
		{"a gradient left here", func() { there().BackwardFrom(tensor.Ones(2, 3)) }, "tensor.BackwardFrom: gradient on cpu for a tensor on cuda:0"},
		{"tensors on two devices", func() { tensor.Stack(x, tensor.Ones(2, 3)) }, "tensor.Stack: tensors on cuda:0 and cpu; send one of them with To"},
		{"windows of any size", func() { AdaptiveAvgPool2d(1).Forward(x, nil) }, "AdaptiveAvgPool2d(1) runs on the CPU only; the input is on cuda:0; CPU() brings a copy"},
		{"states of all steps", func() { LIF(RecordStates()).Forward(x, nil) }, "LIF: the states of all steps are recorded on the CPU only; the input is on cuda:0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if r := fmt.Sprint(recover()); !strings.HasPrefix(r, c.want) {
					t.Errorf("panic %s\nwant %s", r, c.want)
				}
			}()
			c.f()
		})
	}
	if _, s := LIF().Forward(x, onCPU); s.Device() != gpu {
		t.Error("a state on the CPU did not move with its first step")
	}
	for want, send := range map[string]func() error{
		"snn: 1 BatchNorm2d(2) runs on the CPU only":  func() error { _, err := Sequential(LIF(), BatchNorm2d(2)).To(gpu); return err },
		"snn: LIFMC runs on the CPU only":             func() error { _, err := LIFMC(3).To(gpu); return err },
		"snn: CobaLIFCell(3, 2) runs on the CPU only": func() error { _, err := CobaLIFCell(3, 2).To(gpu); return err },
	} {
		if err := send(); err == nil || err.Error() != want {
			t.Errorf("a module that cannot go there: %v, want %s", err, want)
		}
	}
}

// TestGPUFaults: what the device refuses is told, and the CPU goes on.
func TestGPUFaults(t *testing.T) {
	gpu := simulatedGPU(t)
	_, err := tensor.Zeros(simulated.Memory/4 + 1).To(gpu)
	if !errors.Is(err, cuda.ErrMemory) {
		t.Errorf("too large: %v", err)
	}
	if free, total, err := gpu.Memory(); err != nil || total != simulated.Memory || free > total {
		t.Errorf("memory %d of %d: %v", free, total, err)
	}
	if _, err := CUDA(1); err == nil {
		t.Error("a second device was opened")
	}
	if _, err := Device("tpu"); err == nil || !strings.Contains(err.Error(), `no device "tpu"`) {
		t.Errorf("an unknown device: %v", err)
	}
	if d, err := Device("auto"); err != nil || !d.IsCPU() {
		t.Errorf("auto is %v, %v", d, err)
	}
	t.Setenv("LIVESPIKE_DEVICE", "cuda:0")
	if d, err := Device("auto"); err != nil || d != gpu {
		t.Errorf("auto is %v, %v", d, err)
	}
}

// TestNoCUDA is what most people see.
func TestNoCUDA(t *testing.T) {
	if _, err := cuda.Devices(); err == nil {
		t.Skip("skipped: this machine has a GPU")
	}
	if _, err := CUDA(0); !errors.Is(err, ErrNoCUDA) {
		t.Errorf("error %v", err)
	}
	defer func() {
		if err, _ := recover().(error); !errors.Is(err, ErrNoCUDA) {
			t.Errorf("panic %v", err)
		}
		if got := strings.Join(Devices(), " "); got != "cpu" {
			t.Errorf("devices %s", got)
		}
	}()
	tensor.Ones(1).CUDA()
}

func TestActivationsOnGPU(t *testing.T) {
	gpu := simulatedGPU(t)
	x := tensor.Linspace(-12, 12, 1001)
	for k, v := range []float32{0, 0.1, -0.1, 1e-30, 200, -200} {
		x.Data()[k] = v
	}
	for _, a := range []*Activation{Sigmoid(), Tanh(), Relu()} {
		want, _ := a.Forward(x, nil)
		got, _ := a.Forward(to(t, x, gpu), nil)
		mustMatch(t, a.String(), got.CPU(), want)
	}
}

// TestRecurrentOnGPU runs every recurrent form, as a layer and as a cell.
func TestRecurrentOnGPU(t *testing.T) {
	gpu := simulatedGPU(t)
	tensor.Seed(5)
	for _, c := range []struct {
		layer *Recurrent
		cell  *RecurrentCell
	}{
		{LIFRecurrent(5, 6), LIFRecurrentCell(5, 6)},
		{LIFRecurrent(5, 6, Delayed(), Autapses(true)), LIFRecurrentCell(5, 6, Delayed(), Autapses(true))},
		{LIFRefracRecurrent(5, 6), LIFRefracRecurrentCell(5, 6)},
		{LIFExRecurrent(5, 6), LIFExRecurrentCell(5, 6)},
		{LIFAdExRecurrent(5, 6), LIFAdExRecurrentCell(5, 6)},
		{LIFAdExRefracRecurrent(5, 6), LIFAdExRefracRecurrentCell(5, 6)},
		{LSNNRecurrent(5, 6), LSNNRecurrentCell(5, 6)},
		{IzhikevichRecurrent(5, 6, Behaviour("tonic_spiking")), IzhikevichRecurrentCell(5, 6, Behaviour("tonic_spiking"))},
		{IAFRecurrent(5, 6), IAFRecurrentCell(5, 6)},
		{AdaLIFRecurrent(5, 6), AdaLIFRecurrentCell(5, 6)},
		{LILinear(5, 6), LILinearCell(5, 6)},
	} {
		x := tensor.Bernoulli(0.5, 9, 3, 5).Mul(60)
		c.cell.win = c.layer.win
		c.cell.wrec = c.layer.wrec
		want, after := c.layer.Forward(x, nil)
		for _, err := range []error{move(c.layer, gpu), move(c.cell, gpu)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		who := c.layer.String()
		got, state := c.layer.Forward(to(t, x, gpu), nil)
		mustMatch(t, who, got.CPU(), want)
		mustMatchState(t, who, state, after)
		var s *State
		for k := range 9 {
			var z *tensor.Tensor
			z, s = c.cell.Forward(to(t, x.Index(k), gpu), s)
			mustMatch(t, fmt.Sprint(c.cell, " step ", k), z.CPU(), want.Index(k))
		}
		mustMatchState(t, fmt.Sprint(c.cell), s, after)
		if want.Sum().Item() == 0 {
			t.Errorf("%s never spiked", who)
		}
	}
}

// TestPackedSpikesOnGPU: where the spikes of a layer go into a linear one they go as bits, and nowhere else.
func TestPackedSpikesOnGPU(t *testing.T) {
	var log []string
	t.Cleanup(cuda.Use(simulated.Driver{Log: &log}))
	gpu, err := CUDA(0)
	if err != nil {
		t.Fatal(err)
	}
	tensor.Seed(9)
	for name, c := range map[string]struct {
		model  *Chain
		x      *tensor.Tensor
		packed bool
	}{
		"one row a step":      {Sequential(LIF(), Flatten(1), Linear(3*7, 5), LI()), tensor.Rand(9, 3, 7).Mul(30), true},
		"rows of whole words": {Sequential(LSNN(), Linear(64, 9, Bias(false))), tensor.Rand(9, 3, 64).Mul(30), true},
		"rows of other sizes": {Sequential(LIF(), Linear(21, 5)), tensor.Rand(9, 3, 21).Mul(30), false},
		"not spikes":          {Sequential(LI(), Linear(32, 5)), tensor.Rand(9, 32).Mul(30), false},
		"pieces of a sum":     {Sequential(LIF(ResetMethod("reset_subtract"), Delayed()), Linear(2080, 3)), tensor.Rand(4, 2080).Mul(60), true},
	} {
		t.Run(name, func(t *testing.T) {
			want, after := c.model.Forward(c.x, nil)
			c.model.CUDA()
			log = nil
			got, state := c.model.Forward(to(t, c.x, gpu), nil)
			mustMatch(t, "output", got.CPU(), want)
			mustMatchState(t, "state", state.At(0), after.At(0))
			if packed := slices.Contains(log, "linear_spikes"); packed != c.packed {
				t.Errorf("packed %v, want %v: %v", packed, c.packed, log)
			}
			log = nil
			Train(c.model)
			c.model.Forward(to(t, c.x, gpu), nil)
			if slices.Contains(log, "linear_spikes") {
				t.Errorf("packed while gradients are recorded: %v", log)
			}
		})
	}
}

// TestPopulationsOnGPU: a small population does its steps in one launch, but for a first one from a state that somebody
// else may have made; a larger one does them one by one.
func TestPopulationsOnGPU(t *testing.T) {
	var log []string
	t.Cleanup(cuda.Use(simulated.Driver{Log: &log}))
	gpu, err := CUDA(0)
	if err != nil {
		t.Fatal(err)
	}
	tensor.Seed(10)
	before := blockOfNeurons
	blockOfNeurons = 70
	t.Cleanup(func() { blockOfNeurons = before })
	count := func() (steps, blocks int) {
		for _, name := range log {
			switch name {
			case "lif_rec":
				steps++
			case "lif_rec_block":
				blocks++
			}
		}
		return steps, blocks
	}
	for _, c := range []struct{ hidden, steps, first, firstBlocks, second, secondBlocks int }{
		{70, 6, 0, 1, 1, 1}, {70, 1, 0, 1, 1, 0}, {71, 2, 2, 0, 2, 0},
	} {
		l := LIFRecurrent(3, c.hidden)
		x := tensor.Rand(c.steps, 2, 3).Mul(30)
		_, half := l.Forward(x, nil)
		half = half.With("z", tensor.Full(0.5, 2, c.hidden)) // no spikes
		want, after := l.Forward(x, half)
		l.CUDA()
		log = nil
		l.Forward(to(t, x, gpu), nil)
		if a, b := count(); a != c.first || b != c.firstBlocks {
			t.Errorf("%+v: %d steps and %d blocks", c, a, b)
		}
		log = nil
		got, state := l.Forward(to(t, x, gpu), half)
		if a, b := count(); a != c.second || b != c.secondBlocks {
			t.Errorf("%+v from a state: %d steps and %d blocks", c, a, b)
		}
		mustMatch(t, "output", got.CPU(), want)
		mustMatchState(t, "state", state, after)
	}
}

// TestFastOnGPU: with Fast the products are the library's, in every form that layers and their gradients need, and after it
// they have the bits of the CPU again.
func TestFastOnGPU(t *testing.T) {
	var log []string
	t.Cleanup(cuda.Use(simulated.Driver{Log: &log, Blas: true}))
	gpu, err := CUDA(0)
	if err != nil {
		t.Fatal(err)
	}
	tensor.Seed(21)
	for name, c := range map[string]struct {
		model *Chain
		in    int
		out   int
	}{
		"dense":      {Sequential(Linear(40, 7), Linear(7, 3, Bias(false))), 40, 3},
		"one input":  {Sequential(Linear(1, 5)), 1, 5},
		"one output": {Sequential(LILinear(6, 9), Linear(9, 1)), 6, 1},
	} {
		t.Run(name, func(t *testing.T) {
			x, up := tensor.Rand(8, 5, c.in), tensor.Randn(8, 5, c.out)
			want := training(c.model, x, up, tensor.Device{})
			c.model.CUDA()
			log = nil
			if err := gpu.Fast(true); err != nil {
				t.Fatal(err)
			}
			got := training(c.model, x, up, gpu)
			for name, w := range want {
				if !got[name].AllCloseTol(w, 1e-4, 1e-4) {
					t.Errorf("gradient of %s\n%v\nwant about\n%v", name, got[name], w)
				}
			}
			if slices.Contains(log, "gemm_f32") || !slices.Contains(log, "Multiply") {
				t.Errorf("not the library's products: %v", log)
			}
			if err := gpu.Fast(false); err != nil {
				t.Fatal(err)
			}
			for name, g := range training(c.model, x, up, gpu) {
				mustMatch(t, "gradient of "+name, g, want[name])
			}
		})
	}
	cuda.Use(simulated.Driver{})
	without, err := CUDA(0)
	if err != nil {
		t.Fatal(err)
	}
	if err := without.Fast(true); !errors.Is(err, cuda.ErrBlas) || err.Error() != "no cuBLAS: the interpreter has none" {
		t.Errorf("without a library: %v", err)
	}
	if err := (tensor.Device{}).Fast(true); err == nil {
		t.Error("the CPU has cuBLAS")
	}
}

// TestSparseOnGPU: to a model there, the list of what is not zero travels, and the output is that of the CPU.
func TestSparseOnGPU(t *testing.T) {
	var log []string
	t.Cleanup(cuda.Use(simulated.Driver{Log: &log}))
	tensor.Seed(22)
	model, cell := Sequential(Conv2d(1, 2, 3), LIFCell(VTh(0.1))), LIFCell()
	x := []*tensor.Sparse{tensor.NewSparse([]int32{3, 8, 29}, []float32{20, -1, 0.5}, 5, 6), tensor.NewSparse(nil, nil, 5, 6)}
	run := func() (all []*tensor.Tensor) {
		var s, c *State
		for _, x := range x {
			var y *tensor.Tensor
			y, s = ForwardSparse(model, x, s)
			all = append(all, y.CPU())
			if c == nil {
				_, c = cell.Forward(tensor.Zeros(5, 6), nil)
				if d := y.Device(); !d.IsCPU() {
					c = c.CUDA()
				}
			}
			y, c = ForwardSparse(cell, x, c)
			all = append(all, y.CPU())
		}
		return append(all, c.V().CPU(), s.At(1).V().CPU())
	}
	want := run()
	model.CUDA()
	for k, got := range run() {
		mustMatch(t, fmt.Sprint("output ", k), got, want[k])
	}
	if !slices.Contains(log, "spread") {
		t.Errorf("the list did not travel: %v", log)
	}
}
