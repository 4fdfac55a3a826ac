// %% [markdown]
// # Event-based camera processing: horizontal and vertical edges
// The third part of the talk. A camera's pixels send events where the light changes. What moves has edges, and a convolution with the right kernel answers to the edges of one direction.

// %% [markdown]
// ## A kernel
// The slope of a sigmoid, and below zero beside it: it adds up what lies on a line and takes off what lies next to it.

// %%
field := tensor.Linspace(-10, 10, 10).Sigmoid().Diff().Sub(0.14)
kernel := field.Repeat(9, 1)
plot.Image(kernel)

// %% [markdown]
// ## A network
// The kernel and its transpose are the weights of a convolution with two channels. Before it stands a filter against noise: a refractory neuron for each pixel, which single events do not make fire. `Dilation(3)` spreads the 9×9 weights over 25×25 pixels, and `Padding(12)` keeps the picture's size.

// %%
plot.Images(kernel, kernel.T()).Titles("answers to upright edges", "to level edges")

// %%
kernels := tensor.Stack(kernel, kernel.T()).Unsqueeze(1)
convolution := snn.Conv2d(1, 2, 9, snn.Weight(kernels), snn.Bias(false), snn.Dilation(3), snn.Padding(12))
noiseFilter := snn.LIFRefracCell()
model := snn.Sequential(noiseFilter, convolution)
model

// %% [markdown]
// ## A camera
// A recording is embedded, so this runs without a camera. A file, `-` or `sim:bars?size=640x480&seconds=2` open the same way.

// %%
camera := event.MustOpen("sample:bars")
camera.Info()

// %% [markdown]
// ## From the camera through the network
// One read, as on the slide.

// %%
frame := camera.Read()
output, state := model.Forward(frame, nil)
output.Shape()

// %% [markdown]
// Then the rest of the stream, five milliseconds at a time.

// %%
for f := range camera.Frames(5 * time.Millisecond) {
	frame = f
	output, state = model.Forward(frame, state)
}
camera.Close()
plot.Images(frame, output.Index(0), output.Index(1)).Titles("events", "upright edges", "level edges")
