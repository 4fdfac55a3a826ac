// %% [markdown]
// # Filters and edge detection
// Cameras are noisy, and most events say little. Filters take out what is not wanted before it costs anything; a convolution then finds what is. This tutorial builds an edge detector for eight directions and measures what it does.

// %% [markdown]
// ## Noise
// Two bars, and ten events a second in every pixel that nothing causes: a third of all events. A signal has neighbours, noise has none.

// %%
noisy := func() *event.Stream { return event.MustOpen("sim:bars?size=160x120&seconds=1&noise=10&seed=4&width=20") }
frame := func(c *event.Stream) *tensor.Tensor { // the events from 200 to 220 ms
	defer c.Close()
	return c.Window(200*time.Millisecond, 220*time.Millisecond).Total()
}
raw, clean := frame(noisy()), frame(noisy().Denoise(3*time.Millisecond))
plot.Images(raw, clean).Titles(fmt.Sprintf("%.0f events", raw.Sum().Item()), fmt.Sprintf("%.0f after Denoise(3 ms)", clean.Sum().Item()))

// %% [markdown]
// How well does it work? The simulator can leave the noise out, so what should stay is known.

// %%
count := func(c *event.Stream) float64 { defer c.Close(); return float64(c.Total().Sum().Item()) }
quiet := func() *event.Stream { return event.MustOpen("sim:bars?size=160x120&seconds=1&noise=0&seed=4&width=20") }
alone := func() *event.Stream { return event.MustOpen("sim:noise?size=160x120&seconds=1&rate=192000&seed=5") }
fmt.Println("window    signal kept    noise kept")
for _, window := range []time.Duration{time.Millisecond, 3 * time.Millisecond, 10 * time.Millisecond} {
	signal := count(quiet().Denoise(window)) / count(quiet())
	noise := count(alone().Denoise(window)) / count(alone())
	fmt.Printf("%6v    %9.1f %%    %8.1f %%\n", window, 100*signal, 100*noise)
}

// %% [markdown]
// ## A neuron as a filter
// The talk uses a refractory neuron for each pixel: a single event does not reach its threshold, several within milliseconds do, and after a spike it is silent for five steps. The filter is a layer of the network like any other.

// %%
filter := snn.LIFRefracCell()
var memory *snn.State
var spikes *tensor.Tensor
through, came := 0.0, 0.0
camera := noisy()
for f := range camera.Frames(time.Millisecond) {
	spikes, memory = filter.Forward(f.Mul(3), memory)
	through, came = through+float64(spikes.Sum().Item()), came+float64(f.Sum().Item())
}
camera.Close()
fmt.Printf("%.0f events, %.0f spikes\n", came, through)
plot.Images(memory.Get("lif.v"), spikes).Titles("voltage after one second", "spikes in the last millisecond")

// %% [markdown]
// ## Edges of every direction
// The derivative of a Gaussian answers to edges of one direction. Package `encode` makes such receptive fields for any scale, angle and order; these are four angles, half a circle.

// %%
import "github.com/livespike/livespike/snn/encode"

angles := tensor.Of(0, math.Pi/4, math.Pi/2, 3*math.Pi/4)
fields := encode.SpatialParameters(tensor.Of(2), angles, tensor.Of(0.5), tensor.FromSlice([]float32{1, 0}, 1, 2))
detector := encode.SpatialReceptiveField2d(1, 13, fields, snn.Bias(false), snn.Padding(6))
plot.Fields(detector.Weight(), 13, 13)

// %%
edges, _ := detector.Forward(clean.Unsqueeze(0), nil)
edges = edges.Abs()
plot.Images(edges).Titles("0°", "45°", "90°", "135°")

// %% [markdown]
// A turning bar says whether the detector is right: the strongest channel follows its angle. Half a turn a second, so each channel wins for a quarter of a second.

// %%
turning := event.MustOpen("sim:rotating?size=100x100&seconds=2&speed=0.5&width=8")
var answers []*tensor.Tensor
for f := range turning.Frames(20 * time.Millisecond) {
	y, _ := detector.Forward(f.Unsqueeze(0), nil)
	answers = append(answers, y.Abs().Sum(1, 2))
}
turning.Close()
strength := plot.Trace(tensor.Stack(answers...)).Names("0°", "45°", "90°", "135°")
strength.X.Label.Text = "step of 20 ms"
strength

// %% [markdown]
// ## The whole chain, as one model
// Filter, fields, a layer of neurons that keeps the strong answers. In between a module of our own: an edge from dark to bright counts as much as one from bright to dark. Whatever has a method `Forward` is a module.

// %%
type magnitude struct{}

func (magnitude) Forward(x *tensor.Tensor, s *snn.State) (*tensor.Tensor, *snn.State) { return x.Abs(), s }

model := snn.Sequential(snn.Scale(3.0), snn.LIFRefracCell(), detector, magnitude{}, snn.LIFCell(snn.VTh(0.5)))
var state *snn.State
camera = noisy()
edgeSpikes := tensor.Zeros(4, 120, 160)
for f := range camera.Window(0, 300*time.Millisecond).Frames(2 * time.Millisecond) {
	var out *tensor.Tensor
	out, state = model.Forward(f.Unsqueeze(0), state)
	edgeSpikes.AddInPlace(out)
}
camera.Close()
fmt.Println("spikes by direction:", edgeSpikes.Sum(1, 2))
plot.Images(edgeSpikes).Titles("0°", "45°", "90°", "135°")

// %% [markdown]
// `tutorials/talk_edges.go` is the same with the talk's kernels.
//
// Try: other scales; `HotPixels` and `Refractory` before the model; the second derivative, `[]float32{2, 0}`, which answers to lines and not to edges.
