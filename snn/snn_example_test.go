package snn_test

import (
	"fmt"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

func ExampleLICell() {
	cell := snn.LICell()
	fmt.Println(cell)
	output, state := cell.Forward(tensor.Ones(1), nil)
	fmt.Println(output)
	fmt.Println(state)
	// Output:
	// LICell(p=LIParameters(tau_syn_inv=tensor(200.), tau_mem_inv=tensor(100.), v_leak=tensor(0.)), dt=0.001)
	// tensor([0.1000])
	// LIState(v=tensor([0.1000]), i=tensor([0.8000]))
}

func ExampleLIFCell() {
	cell := snn.LIFCell(snn.VTh(0.5))
	var output *tensor.Tensor
	var state *snn.State
	for range 4 {
		output, state = cell.Forward(tensor.Ones(2), state)
		fmt.Println(output, state.V())
	}
	// Output:
	// tensor([0., 0.]) tensor([0.1000, 0.1000])
	// tensor([0., 0.]) tensor([0.2700, 0.2700])
	// tensor([0., 0.]) tensor([0.4870, 0.4870])
	// tensor([1., 1.]) tensor([0., 0.])
}

func ExampleLIF() {
	x := tensor.Ones(10, 1) // ten steps, one neuron
	spikes, state := snn.LIF().Forward(x, nil)
	fmt.Println(spikes.T())
	fmt.Println(state)

	// the step order of Norse 0.0.7
	spikes, _ = snn.LIF(snn.Delayed()).Forward(x, nil)
	fmt.Println(spikes.T())
	// Output:
	// tensor([[0., 0., 0., 0., 0., 1., 0., 0., 1., 0.]])
	// LIFState(v=tensor([0.4463]), i=tensor([3.5705]))
	// tensor([[0., 0., 0., 0., 0., 0., 1., 0., 0., 1.]])
}

func ExampleSequential() {
	model := snn.Sequential(
		snn.LIFCell(),
		snn.Linear(3, 2, snn.Weight(tensor.Ones(2, 3)), snn.Bias(false)),
		snn.LICell(),
	)
	output, state := model.Forward(tensor.Of(5, 15, 15), nil)
	fmt.Println(output)
	fmt.Println(state)
	// Output:
	// tensor([0.2000, 0.2000])
	// [LIFState(v=tensor([0.5000, 0.0000, 0.0000]), i=tensor([ 4., 12., 12.])), None, LIState(v=tensor([0.2000, 0.2000]), i=tensor([1.6000, 1.6000]))]
}

func ExampleLift() {
	conv := snn.Lift(snn.Conv2d(1, 3, 5, snn.Padding(2)))
	video := tensor.Ones(100, 1, 20, 30) // time, channels, height, width
	output, _ := conv.Forward(video, nil)
	fmt.Println(output.Shape())
	// Output: [100 3 20 30]
}

func ExampleRecordStates() {
	_, states := snn.LI(snn.RecordStates()).Forward(tensor.Ones(4, 1), nil)
	fmt.Println(states.V().T())
	// Output: tensor([[0.1000, 0.2700, 0.4870, 0.7335]])
}

func ExampleTrain() {
	tensor.Seed(0)
	x := tensor.Bernoulli(0.3, 50, 8) // fifty steps of eight spike trains
	target := tensor.Full(0.5, 30, 1) // the potential wanted after twenty steps
	model := snn.Sequential(snn.Linear(8, 16), snn.LIF(), snn.Linear(16, 1), snn.LI())
	snn.Train(model)
	var first, last float32
	for step := range 100 {
		output, _ := model.Forward(x, nil)
		loss := tensor.MSE(output.Slice(0, 20, 50), target)
		loss.Backward()
		tensor.NoGrad(func() {
			for _, p := range snn.Parameters(model) {
				p.Value.SubInPlace(p.Value.Grad().Mul(0.02))
				p.Value.ZeroGrad()
			}
		})
		if last = loss.Item(); step == 0 {
			first = last
		}
	}
	fmt.Println(last < first/10)
	// Output: true
}

func ExampleLearn() {
	neuron := snn.LI(snn.Learn("tau_mem_inv"))
	v, _ := neuron.Forward(tensor.Ones(10, 1), nil)
	v.Index(-1).Sum().Backward() // how does the last potential depend on the time constant?
	fmt.Println(neuron.Param("tau_mem_inv"), neuron.Param("tau_mem_inv").Grad())
	// Output: tensor(100., requires_grad=True) tensor(0.0156)
}

func ExampleParameters() {
	model := snn.Sequential(snn.Linear(4, 3), snn.LIFRecurrent(3, 3, snn.Learn("v_th")))
	for _, p := range snn.Parameters(model) {
		fmt.Println(p.Name, p.Value.Shape())
	}
	// Output:
	// 0.weight [3 4]
	// 0.bias [3]
	// 1.input_weights [3 3]
	// 1.recurrent_weights [3 3]
	// 1.v_th []
}

func ExampleSummary() {
	model := snn.Sequential(snn.Conv2d(1, 2, 9), snn.LIFRefrac(), snn.Flatten(1), snn.Linear(2*24*24, 10))
	fmt.Println(snn.Summary(model, 100, 1, 32, 32))
	// Output:
	// path  module            output         parameters  SynOps/step
	// ──────────────────────────────────────────────────────────────
	// 0     Conv2d(1, 2, 9)   [100 2 24 24]         164       93 312
	// 1     LIFRefrac         [100 2 24 24]
	// 2     Flatten(1, -1)    [100 1152]
	// 3     Linear(1152, 10)  [100 10]           11 530       11 520
	// ──────────────────────────────────────────────────────────────
	//       total                                11 694      104 832
}
