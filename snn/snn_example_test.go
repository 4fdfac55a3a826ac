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
