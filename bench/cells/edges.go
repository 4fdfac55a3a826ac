// %% [markdown]
// # How many frames a second the edge detector takes
// `snnrepl run --figures figures bench/cells/edges.go [RECORDING]`: any recording or address; without one, the simulated camera
// at 640×480. Reading and detection are timed apart.

// %%
source := "sim:bars?size=640x480&seconds=2&seed=1"
if len(os.Args) > 1 {
	source = os.Args[1]
}
field := tensor.Linspace(-10, 10, 10).Sigmoid().Diff().Sub(0.14)
kernel := field.Repeat(9, 1)
kernels := tensor.Stack(kernel, kernel.T()).Unsqueeze(1)
model := snn.Sequential(
	snn.LIFRefracCell(),
	snn.Conv2d(1, 2, 9, snn.Weight(kernels), snn.Bias(false), snn.Dilation(3), snn.Padding(12)),
)

// %%
camera := event.MustOpen(source)
fmt.Println(camera.Info())
var frames []*tensor.Tensor
events := 0.0
start := time.Now()
for f := range camera.Frames(5 * time.Millisecond) {
	frames = append(frames, f.Clone())
	events += float64(f.Sum().Item())
}
reading := time.Since(start)
fmt.Println(camera.Stats())
camera.Close()

// %%
var edges *tensor.Tensor
var state *snn.State
brightest, most := 0, float32(0)
start = time.Now()
for i, f := range frames {
	edges, state = model.Forward(f, state)
	if n := f.Sum().Item(); n > most {
		brightest, most = i, n
	}
}
detecting := time.Since(start)
n := float64(len(frames))
fmt.Printf("%d frames of 5 ms, %.0f events\n", len(frames), events)
fmt.Printf("reading    %6.0f frames/s %8.2f Mev/s\n", n/reading.Seconds(), events/reading.Seconds()/1e6)
fmt.Printf("detecting  %6.0f frames/s %8.2f Mev/s, %.1f times the camera's speed\n",
	n/detecting.Seconds(), events/detecting.Seconds()/1e6, n*0.005/detecting.Seconds())

// %% The busiest frame, with what the model says of the frames up to it
state = nil
for _, f := range frames[:brightest+1] {
	edges, state = model.Forward(f, state)
}
plot.Images(frames[brightest], edges.Index(0), edges.Index(1))
