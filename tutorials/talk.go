// %% [markdown]
// # Real-time neuromorphics in a few cells
// A neuron, an event camera, a robot. `talk_neurons.go`, `talk_edges.go` and `talk_braitenberg.go` tell each at length.

// %% A neuron that fires
spikes, state := snn.LIF().Forward(tensor.Ones(100, 1), nil)
state

// %%
plot.Raster(spikes)

// %% A camera: a recording that is in the binary
camera := event.MustOpen("sample:bars")
camera.Info()

// %% Horizontal and vertical edges
field := tensor.Linspace(-10, 10, 10).Sigmoid().Diff().Sub(0.14)
kernel := field.Repeat(9, 1)
kernels := tensor.Stack(kernel, kernel.T()).Unsqueeze(1)
model := snn.Sequential(
	snn.LIFRefracCell(), // what flickers alone never reaches the threshold
	snn.Conv2d(1, 2, 9, snn.Weight(kernels), snn.Bias(false), snn.Dilation(3), snn.Padding(12)),
)
model

// %%
var frame, edges *tensor.Tensor
var memory *snn.State
frames := 0
for f := range camera.Frames(5 * time.Millisecond) {
	frame = f
	edges, memory = model.Forward(frame, memory)
	frames++
}
fmt.Println(frames, "frames;", camera.Stats())
camera.Close()
plot.Images(frame, edges.Index(0), edges.Index(1)).Titles("events", "upright edges", "level edges")

// %% A robot: two neurons steer by two distance sensors
network := snn.LICell(snn.TauMemInv(100))
robot := durin.MustDial("sim:arena?seed=1")
var charge *snn.State
var drive *tensor.Tensor
for range 300 {
	obs := robot.Next()
	near := tensor.Of(obs.ToF[1][3][3], obs.ToF[6][3][3]).Div(1000).Tanh().Neg().Add(1)
	drive, charge = network.Forward(near, charge)
	left, right := drive.At1(0)*100, drive.At1(1)*100
	robot.Send(durin.MoveWheels{NE: left, NW: right, SW: right, SE: left})
}
robot.Close()
robot.Track()
