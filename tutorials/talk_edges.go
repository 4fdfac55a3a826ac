// %% [markdown]
// # Event-based camera processing: horizontal and vertical edges

// %%
field := tensor.Linspace(-10, 10, 10).Sigmoid().Diff().Sub(0.14)
kernel := field.Repeat(9, 1)
plot.Image(kernel)

// %%
kernels := tensor.Stack(kernel, kernel.T()).Unsqueeze(1)
convolution := snn.Conv2d(1, 2, 9, snn.Weight(kernels), snn.Bias(false), snn.Dilation(3), snn.Padding(12))
noiseFilter := snn.LIFRefracCell()
model := snn.Sequential(noiseFilter, convolution)
model

// %% [markdown]
// A recording is embedded, so this runs without a camera. A file, `-` or `sim:bars?size=640x480&seconds=2` open the same way.

// %%
camera := event.MustOpen("sample:bars")
camera.Info()

// %% [markdown]
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
plot.Images(frame, output.Index(0), output.Index(1))
