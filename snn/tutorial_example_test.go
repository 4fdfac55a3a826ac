package snn_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

func ExampleLIFRefracCell() {
	cell := snn.LIFRefracCell(snn.RhoReset(5)) // silent for five steps after a spike
	var state *snn.State
	var z *tensor.Tensor
	for t := range 20 {
		z, state = cell.Forward(tensor.Ones(1), state)
		if z.Item() == 1 {
			fmt.Println("spike at", t)
		}
	}
	// Output:
	// spike at 5
	// spike at 13
}

func ExampleLIFAdEx() {
	spikes, states := snn.LIFAdEx(snn.RecordStates()).Forward(tensor.Ones(100, 1), nil)
	fmt.Println(spikes.Sum().Item(), states.Names())
	// Output:
	// 32 [v i a]
}

func ExampleAdaptationSpike() {
	input := tensor.Ones(1000, 1)
	little, _ := snn.LIFAdEx(snn.AdaptationSpike(0.02)).Forward(input, nil)
	much, _ := snn.LIFAdEx(snn.AdaptationSpike(0.5)).Forward(input, nil)
	fmt.Println(much.Sum().Item() < little.Sum().Item())
	// Output:
	// true
}

func ExampleIzhikevich() {
	spikes, states := snn.Izhikevich(snn.RecordStates()).Forward(tensor.Full(10, 1000, 1), nil)
	fmt.Println(spikes.Sum().Item(), "spikes;", states.Names())
	// Output:
	// 8 spikes; [v u]
}

func ExampleBehaviour() {
	input := tensor.Full(10, 1000, 1)
	for _, name := range []string{"tonic_spiking", "tonic_bursting"} {
		spikes, _ := snn.Izhikevich(snn.Behaviour(name)).Forward(input, nil)
		fmt.Println(name, spikes.Sum().Item())
	}
	// Output:
	// tonic_spiking 8
	// tonic_bursting 23
}

func ExampleTonicSpiking() {
	named, _ := snn.Izhikevich(snn.Behaviour("tonic_spiking")).Forward(tensor.Full(10, 500, 1), nil)
	spikes, _ := snn.Izhikevich(snn.TonicSpiking()).Forward(tensor.Full(10, 500, 1), nil)
	fmt.Println(spikes.Equal(named))
	// Output:
	// true
}

func ExampleDT() {
	// The same second, in steps of a millisecond and of a tenth of one. A step's input lifts the current by itself, so a
	// tenth of the step has a tenth of the input.
	coarse, _ := snn.LI().Forward(tensor.Full(0.1, 1000, 1), nil)
	fine, _ := snn.LI(snn.DT(0.0001)).Forward(tensor.Full(0.01, 10000, 1), nil)
	fmt.Printf("%.2f %.2f\n", coarse.At2(999, 0), fine.At2(9999, 0))
	// Output:
	// 0.50 0.50
}

func ExampleTauMemInv() {
	cell := snn.LICell(snn.TauMemInv(200)) // 5 ms instead of 10 ms
	v, _ := cell.Forward(tensor.Ones(1), nil)
	fmt.Println(v)
	// Output:
	// tensor([0.2000])
}

func ExampleTauSynInv() {
	_, state := snn.LICell(snn.TauSynInv(500)).Forward(tensor.Ones(1), nil) // the current decays in 2 ms
	fmt.Println(state.I())
	// Output:
	// tensor([0.5000])
}

func ExampleSurrogate() {
	x := tensor.Of(0.5).SetRequiresGrad(true)
	z, _ := snn.LIFCell(snn.VTh(0.04), snn.Surrogate(surrogate.SuperSpike(10))).Forward(x, nil)
	z.Backward()
	fmt.Println(z.Item(), x.Grad().Item() > 0)
	// Output:
	// 1 true
}

func ExampleDilation() {
	spread := snn.Conv2d(1, 1, 3, snn.Weight(tensor.Ones(1, 1, 3, 3)), snn.Bias(false), snn.Dilation(2))
	y, _ := spread.Forward(tensor.Ones(1, 7, 7), nil) // three taps, two pixels apart, reach over five
	fmt.Println(y.Shape(), y.At3(0, 0, 0))
	// Output:
	// [1 3 3] 9
}

func ExampleScale() {
	y, _ := snn.Scale(3.0).Forward(tensor.Of(1, 2), nil)
	fmt.Println(y)
	// Output:
	// tensor([3., 6.])
}

func ExampleSigmoid() {
	y, _ := snn.Sigmoid().Forward(tensor.Zeros(2), nil)
	fmt.Println(y)
	// Output:
	// tensor([0.5000, 0.5000])
}

func ExampleEval() {
	model := snn.Train(snn.Sequential(snn.Linear(2, 2), snn.Dropout(0.5)))
	snn.Eval(model) // no dropout, no gradients
	x := tensor.Ones(4, 2)
	a, _ := model.Forward(x, nil)
	b, _ := model.Forward(x, nil)
	fmt.Println(a.Equal(b), a.RequiresGrad())
	// Output:
	// true false
}

func ExampleNewState() {
	s := snn.NewState("Resonator").With("u", tensor.Zeros(2)).With("v", tensor.Ones(2))
	fmt.Println(s)
	// Output:
	// Resonator(u=tensor([0., 0.]), v=tensor([1., 1.]))
}

func ExampleMustSave() {
	dir, err := os.MkdirTemp("", "model")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "model.safetensors")
	model, other := snn.Linear(3, 2), snn.Linear(3, 2)
	snn.MustSave(file, model)
	snn.MustLoad(file, other)
	fmt.Println(other.Weight().Equal(model.Weight()))
	// Output:
	// true
}

func ExampleLoad() {
	err := snn.Load("nowhere.safetensors", snn.Linear(3, 2))
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output:
	// true
}

// absolute is a module of one's own: whatever has Forward is one.
type absolute struct{}

func (absolute) Forward(x *tensor.Tensor, s *snn.State) (*tensor.Tensor, *snn.State) {
	return x.Abs(), s
}

func ExampleModule() {
	model := snn.Sequential(snn.Scale(2.0), absolute{})
	y, _ := model.Forward(tensor.Of(-1, 1), nil)
	fmt.Println(y)
	// Output:
	// tensor([2., 2.])
}

// A function that passes options on.
func ExampleOption() {
	step := func(options ...snn.Option) *tensor.Tensor {
		_, state := snn.LIFCell(options...).Forward(tensor.Of(1), nil)
		return state.I()
	}
	fmt.Println(step(), step(snn.TauSynInv(100)))
	// Output:
	// tensor([0.8000]) tensor([0.9000])
}

func ExampleBehaviours() {
	fmt.Println(slices.Contains(snn.Behaviours(), "tonic_bursting"))
	fmt.Println(snn.IzhikevichCell(snn.TonicBursting())) // the name is an option, too
	// Output:
	// true
	// IzhikevichCell(p=IzhikevichParameters(a=0.02, b=0.2, c=-50, d=2, sq=0.04, mn=5, bias=140, v_th=30, tau_inv=250, method='super', alpha=100.0), dt=0.001)
}

// A network built twice: the weights of one go into a file and into the other.
func ExampleSave() {
	build := func() *snn.Chain { return snn.Sequential(snn.Linear(2, 4), snn.LIF(), snn.Linear(4, 1), snn.LI()) }
	folder, err := os.MkdirTemp("", "weights")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "net.safetensors")
	learned, fresh := build(), build()
	fmt.Println(snn.Save(file, learned), snn.Load(file, fresh))
	x := tensor.Ones(10, 2)
	a, _ := learned.Forward(x, nil)
	b, _ := fresh.Forward(x, nil)
	fmt.Println(a.Equal(b))
	// Output:
	// <nil> <nil>
	// true
}

// Two neurons whose threshold rises with every spike. The weights let the input reach the first alone.
func ExampleLSNNRecurrent() {
	layer := snn.LSNNRecurrent(1, 2, snn.TauAdaptInv(5), snn.Beta(1.8),
		snn.InputWeights(tensor.Of(4, 0).Reshape(2, 1)), snn.RecurrentWeights(tensor.Zeros(2, 2)))
	spikes, state := layer.Forward(tensor.Ones(100, 1), nil)
	fmt.Println("the first fires:", spikes.Slice(1, 0, 1).Sum().Item() > 0, "the second:", spikes.Slice(1, 1, 2).Sum().Item() > 0)
	fmt.Println("its threshold has risen:", state.Get("b").At1(0) > state.Get("b").At1(1))
	// Output:
	// the first fires: true the second: false
	// its threshold has risen: true
}
