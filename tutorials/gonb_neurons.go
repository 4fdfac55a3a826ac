// %% [markdown]
// # Neurons, under two kernels
// This notebook runs unchanged under Livespike, which interprets its cells, and under GoNB, which compiles each cell into a program of its own. GoNB keeps imports, functions and types from cell to cell, but no value. So a cell that does something begins with `%%`, what a later cell needs is a function, and a value is shown by name.

// %%
import (
	"fmt"

	"github.com/livespike/livespike/plot"
	"github.com/livespike/livespike/plot/display"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// %%
%%
display.Show(snn.LICell())
display.Show(snn.LIFCell())

// %% [markdown]
// One step after the other: the state goes in and comes out.

// %%
%%
data := tensor.Ones(1)
model := snn.LICell()
output, state := model.Forward(data, nil)
fmt.Println(output, state)
output, state = model.Forward(data, state)
fmt.Println(output, state)

// %% [markdown]
// The neuron of the talk, a hundred steps at once. `Delayed` is the step order of the Norse that printed the talk's slides.

// %%
func spikes(options ...snn.Option) *tensor.Tensor {
	z, _ := snn.LIF(options...).Forward(tensor.Ones(100, 1), nil)
	return z
}

func times(z *tensor.Tensor) []int {
	var steps []int
	for step, spike := range z.Data() {
		if spike > 0 {
			steps = append(steps, step)
		}
	}
	return steps
}

%%
fmt.Println(times(spikes()))
fmt.Println(times(spikes(snn.Delayed())))
display.Show(plot.Raster(spikes()))

// %% [markdown]
// Machine learning and biology in one model.

// %%
%%
net := snn.Sequential(
	snn.Lift(snn.Conv2d(1, 3, 5, snn.Padding(2))),
	snn.LIF(),
	snn.Flatten(1),
	snn.Linear(30000, 10),
	snn.Sigmoid(),
)
scores, _ := net.Forward(tensor.Ones(20, 1, 1, 100, 100), nil)
fmt.Println(scores.Shape())
