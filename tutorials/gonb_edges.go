// %% [markdown]
// # An event camera's edges, under two kernels
// Two spiking detectors look at the events of moving bars, one for horizontal and one for vertical edges. The notebook runs unchanged under Livespike and under GoNB; `gonb_neurons` says how its cells are written.

// %%
import (
	"fmt"
	"time"

	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/plot"
	"github.com/livespike/livespike/plot/display"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// %% [markdown]
// A receptive field is the slope of a sigmoid, repeated; its transpose looks the other way.

// %%
func field() *tensor.Tensor {
	return tensor.Linspace(-10, 10, 10).Sigmoid().Diff().Sub(0.14).Repeat(9, 1)
}

func detectors() snn.Module {
	kernels := tensor.Stack(field(), field().T()).Unsqueeze(1)
	convolution := snn.Conv2d(1, 2, 9, snn.Weight(kernels), snn.Bias(false), snn.Dilation(3), snn.Padding(12))
	return snn.Sequential(snn.LIFRefracCell(), convolution)
}

%%
display.Show(plot.Image(field()))

// %% [markdown]
// The recording is built in. A cell opens the camera, uses it and closes it, as GoNB ends the cell's program; the live view moves while the loop runs, and its last picture stays.

// %% Live tags=["volatile"]
%%
camera := event.MustOpen("sample:bars")
display.Show(camera.Info())
model := detectors()
view := plot.Live()
var frame, output *tensor.Tensor
var state *snn.State
for f := range camera.Frames(5 * time.Millisecond) {
	frame = f
	output, state = model.Forward(frame, state)
	view.Show(frame)
}
view.Stop()
camera.Close()
fmt.Println(output.Shape())
display.Show(plot.Images(frame, output.Index(0), output.Index(1)))
