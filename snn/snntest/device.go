package snntest

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
	"github.com/livespike/livespike/snn/train"
)

// OnDevice compares a device with the CPU, bit for bit: every registered neuron model as a layer, in pieces and as a cell,
// in either step order, with parameters for all and for each neuron, at numbers of neurons around the widths that kernels
// work in; and the layers that networks are made of. It returns the number of cases and what differs.
//
// The inputs of the neurons include 0, −0, NaN, infinities, the smallest numbers, and those that bring a membrane to its
// threshold exactly. Networks are trained there, with each optimiser; steps run as a graph; events are counted.
func OnDevice(d tensor.Device) (cases int, wrong []error) {
	tensor.Seed(1)
	try := func(name string, f func() error) {
		cases++
		if err := guarded(f); err != nil {
			wrong = append(wrong, fmt.Errorf("%s on %v: %w", name, d, err))
		}
	}
	for _, model := range snn.Models() {
		if slices.Contains(cpuOnly, model) {
			continue
		}
		for _, set := range deviceOptions(model) {
			for _, n := range []int{1, 3, 4, 33, 1023, 1024} {
				opts := set(n)
				layer, cell := snn.LayerByName(model, opts...), snn.CellByName(model, opts...)
				try(fmt.Sprintf("%v, %d neurons", layer, n), func() error { return sameNeurons(d, layer, cell, strange(9, n)) })
			}
		}
	}
	for name, c := range map[string]struct {
		model *snn.Chain
		x     *tensor.Tensor
	}{
		"convolutions": {
			snn.Sequential(snn.Lift(snn.Conv2d(1, 4, 5, snn.Padding(2))), snn.Relu(), snn.Conv2d(4, 6, 3, snn.Stride(2), snn.Groups(2), snn.Dilation(2))),
			tensor.Randn(3, 1, 1, 37, 29),
		},
		"recurrent": {
			snn.Sequential(snn.LIFRecurrent(6, 70), snn.LSNNRecurrent(70, 41), snn.LIFRefracRecurrent(41, 3)),
			tensor.Bernoulli(0.5, 12, 2, 6).Mul(9),
		},
		"dense":    {snn.Sequential(snn.Linear(2100, 65), snn.Tanh(), snn.Linear(65, 7, snn.Bias(false)), snn.Sigmoid()), tensor.Randn(5, 2100)},
		"the talk": {snn.Sequential(snn.Lift(snn.Conv2d(1, 3, 5, snn.Padding(2))), snn.LIF(), snn.Flatten(1), snn.Linear(3*20*20, 10), snn.Sigmoid()), tensor.Rand(20, 1, 1, 20, 20).Mul(5)},
		"pooling":  {snn.Sequential(snn.MaxPool2d(3, snn.Stride(2), snn.Padding(1)), snn.AvgPool2d(2), snn.SumPool2d(2)), tensor.Randn(2, 3, 33, 29)},
		"packed":   {snn.Sequential(snn.LSNN(), snn.Linear(1088, 37), snn.LIF(), snn.Flatten(1), snn.Linear(2*37, 5)), tensor.Rand(12, 2, 1088).Mul(30)},
		"edges":    {snn.Sequential(snn.LIFRefracCell(), snn.Conv2d(1, 2, 9, snn.Dilation(3), snn.Padding(12), snn.Bias(false))), tensor.Rand(48, 64)},
	} {
		try(name, func() error { return sameModel(d, c.model, c.x) })
	}
	for name, optimiser := range map[string]func(p []train.Parameter) *train.Optimizer{
		"training with SGD":   func(p []train.Parameter) *train.Optimizer { return train.SGD(p, train.LR(0.1), train.Momentum(0.9)) },
		"training with Adam":  func(p []train.Parameter) *train.Optimizer { return train.Adam(p, train.LR(0.01)) },
		"training with AdamW": func(p []train.Parameter) *train.Optimizer { return train.AdamW(p, train.LR(0.01)) },
	} {
		try(name, func() error { return sameTraining(d, optimiser) })
	}
	try("a loop", func() error { return sameLoop(d) })
	if d.Fast(true) == nil { // else there is no cuBLAS to look at
		try("products by cuBLAS", func() error { return closeProducts(d) })
		if err := d.Fast(false); err != nil {
			wrong = append(wrong, err)
		}
	}
	try("events", func() error { return sameCounts(d) })
	return cases, wrong
}

// sameTraining fits a network with kernels of every kind for gradients, and holds its weights against those of the CPU.
func sameTraining(d tensor.Device, optimiser func(p []train.Parameter) *train.Optimizer) error {
	data := train.Data{X: tensor.Rand(6, 8, 2, 12, 9).Mul(30), Y: tensor.Of(0, 1, 2, 0, 1, 2)}
	fit := func(on tensor.Device) ([]train.Parameter, error) {
		tensor.Seed(2)
		m := snn.Sequential(
			snn.Conv2d(2, 4, 3, snn.Groups(2), snn.Padding(1)), snn.LIF(), snn.MaxPool2d(2), snn.Conv2d(4, 3, 2, snn.Stride(2)), snn.LIFRefrac(),
			snn.Flatten(2), snn.Linear(3*3*2, 37), snn.LIFAdEx(snn.Method("triangle")), snn.Dropout(0.1), snn.Linear(37, 9, snn.Bias(false)),
			snn.LSNN(), snn.Linear(9, 6), snn.IAF(), snn.Tanh(), snn.LIFRecurrent(6, 6), snn.Linear(6, 6), snn.LIFBox(), snn.Linear(6, 3), snn.LI(),
		)
		if _, err := m.To(on); err != nil {
			return nil, err
		}
		_, err := train.Fit(m, optimiser(snn.Parameters(m)), data, train.MeanCrossEntropy, train.Epochs(2), train.Batch(4))
		return snn.Parameters(m), err
	}
	want, err := fit(tensor.Device{})
	if err != nil {
		return err
	}
	got, err := fit(d)
	if err != nil {
		return err
	}
	for k, p := range want {
		if err := sameOn(p.Name, got[k].Value, p.Value); err != nil {
			return err
		}
	}
	return nil
}

// sameLoop runs steps as a graph, two under way.
func sameLoop(d tensor.Device) (err error) {
	m, x := snn.Sequential(snn.Linear(33, 40), snn.LIFRecurrentCell(40, 21), snn.LICell()), tensor.Rand(9, 2, 33).Mul(20)
	want := make([]*tensor.Tensor, x.Len())
	var s *snn.State
	for k := range want {
		want[k], s = m.Forward(x.Index(k), s)
	}
	if _, err := m.To(d); err != nil {
		return err
	}
	loop, err := snn.Loop(d, m, 2, 33)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, loop.Close()) }()
	for k := range len(want) + 1 {
		if k < len(want) {
			if err := loop.Push(x.Index(k)); err != nil {
				return err
			}
		}
		if k == 0 {
			continue
		}
		y, err := loop.Pull()
		if err != nil {
			return err
		}
		if err := sameOn(fmt.Sprintf("step %d", k-1), y, want[k-1]); err != nil {
			return err
		}
	}
	return sameState(loop.State(), s)
}

// closeProducts compares a linear layer and its gradients, whose sums are not the CPU's, within 1e-5 of the sum of the
// products' magnitudes.
func closeProducts(d tensor.Device) error {
	run := func(on tensor.Device) (all []*tensor.Tensor, err error) {
		tensor.Seed(3)
		l, in := snn.Linear(321, 37), tensor.Rand(2, 70, 321).SetRequiresGrad(true)
		snn.Train(l)
		if _, err := l.To(on); err != nil {
			return nil, err
		}
		x, err := in.To(on)
		if err != nil {
			return nil, err
		}
		y, _ := l.Forward(x, nil)
		out := y.CPU()
		out.Sum().Backward()
		return []*tensor.Tensor{out.Detach(), in.Grad(), l.Weight().Grad().CPU(), l.Bias().Grad().CPU()}, nil
	}
	want, err := run(tensor.Device{})
	if err != nil {
		return err
	}
	got, err := run(d)
	if err != nil {
		return err
	}
	for k, w := range want {
		if !got[k].AllCloseTol(w, 1e-5, 1e-5) {
			return fmt.Errorf("%s: further from the CPU's than 1e-5", [...]string{"output", "gradient of the input", "gradient of the weight", "gradient of the bias"}[k])
		}
	}
	return nil
}

// sameCounts counts events that meet on few pixels.
func sameCounts(d tensor.Device) error {
	places := make([]uint32, 5000)
	for k := range places {
		places[k] = uint32(k*k*31%97) | uint32(k%3/2)<<31
	}
	want := tensor.Full(-3, 10, 10)
	got, err := want.To(d)
	if err != nil {
		return err
	}
	want.CountInPlace(places)
	got.CountInPlace(places)
	return sameOn("counts", got, want)
}

// cpuOnly are the models whose steps contain a product with a coupling matrix.
var cpuOnly = []string{"LIFMC", "LIFMCRefrac"}

// deviceOptions are ways to set a model up for n neurons.
func deviceOptions(model string) []func(n int) []snn.Option {
	all := []func(n int) []snn.Option{func(int) []snn.Option { return nil }}
	for _, set := range []func(n int) []snn.Option{
		func(int) []snn.Option { return []snn.Option{snn.Delayed()} },
		func(int) []snn.Option { return []snn.Option{snn.ResetMethod("reset_subtract")} },
		func(n int) []snn.Option { return []snn.Option{snn.TauMemInv(tensor.Rand(n).Mul(100).Add(50))} },
	} {
		if guarded(func() error { snn.LayerByName(model, set(1)...); return nil }) == nil { // else it does not know the option
			all = append(all, set)
		}
	}
	return all
}

// strange is an input of that many steps with numbers that arithmetic gets wrong first among ordinary ones.
func strange(steps, n int) *tensor.Tensor {
	x := tensor.Rand(steps, n).Mul(4)
	data := x.Data()
	odd := []float32{0, negativeZero, nan, inf, -inf, 1e-45, -1e-40, 10, 1}
	for k := range data {
		switch {
		case k%n%5 == 1 && k < 3*n:
			data[k] = odd[k%len(odd)]
		case k%n%5 == 2:
			data[k] = 10 * float32(k/n%2) // brings a fresh LIF to its threshold exactly, and not above
		}
	}
	return x
}

func sameNeurons(d tensor.Device, layer *snn.Layer, cell *snn.Cell, x *tensor.Tensor) error {
	want, after := layer.Forward(x, nil)
	there, err := x.To(d)
	if err != nil {
		return err
	}
	got, state := layer.Forward(there, nil)
	if err := sameOn("output", got, want); err != nil {
		return err
	}
	if err := sameState(state, after); err != nil {
		return err
	}
	_, half := layer.Forward(there.Slice(0, 0, 4), nil)
	if _, whole := layer.Forward(there.Slice(0, 4, x.Len()), half); sameState(whole, after) != nil {
		return fmt.Errorf("in pieces: %w", sameState(whole, after))
	}
	var s *snn.State
	for t := range x.Len() {
		var z *tensor.Tensor
		z, s = cell.Forward(there.Index(t), s)
		if err := sameOn(fmt.Sprintf("step %d", t), z, want.Index(t)); err != nil {
			return err
		}
	}
	return sameState(s, after)
}

func sameModel(d tensor.Device, model *snn.Chain, x *tensor.Tensor) error {
	want, _ := model.Forward(x, nil)
	if _, err := model.To(d); err != nil {
		return err
	}
	there, err := x.To(d)
	if err != nil {
		return err
	}
	got, _ := model.Forward(there, nil)
	return sameOn("output", got, want)
}

func sameState(got, want *snn.State) error {
	for _, name := range want.Names() {
		if err := sameOn(name, got.Get(name), want.Get(name)); err != nil {
			return err
		}
	}
	return nil
}

// sameOn compares the bits; a NaN is like any other.
func sameOn(what string, got, want *tensor.Tensor) error {
	host, err := got.To(tensor.Device{})
	if err != nil {
		return err
	}
	for k, v := range want.Data() {
		if g := host.Data()[k]; g != v && (g == g || v == v) || signs(g, v) {
			return fmt.Errorf("%s: element %d of %v is %v, want %v", what, k, want.Shape(), g, v)
		}
	}
	return nil
}

var (
	negativeZero = float32(math.Copysign(0, -1))
	nan          = float32(math.NaN())
	inf          = float32(math.Inf(1))
)

// signs reports two zeros of different signs.
func signs(a, b float32) bool {
	return a == 0 && b == 0 && math.Signbit(float64(a)) != math.Signbit(float64(b))
}
