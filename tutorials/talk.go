// %% [markdown]
// # Real-time neuromorphics in a few cells
// A neuron, an event camera, a robot. `talk_neurons.go`, `talk_edges.go` and `talk_braitenberg.go` tell each at length.

// %% [markdown]
// ## A neuron that fires
// A leaky integrate-and-fire neuron gets an input of 1 at each of a hundred steps. Where it crosses its threshold it fires, a spike, and begins anew. The state is what it remembers: its voltage v and its current i after the last step.

// %%
spikes, state := snn.LIF().Forward(tensor.Ones(100, 1), nil)
state

// %%
plot.Raster(spikes)

// %% [markdown]
// ## A camera
// An event camera's pixels send events where the light changes. This is a recording of moving bars that is in the program.

// %%
camera := event.MustOpen("sample:bars")
camera.Info()

// %% [markdown]
// ## Upright and level edges
// A spiking neuron for each pixel takes out the noise, and a convolution answers to edges of two directions. The events come as frames of five milliseconds each; the neurons remember from frame to frame.

// %%
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

// %% [markdown]
// ## A robot
// Two neurons steer a simulated robot by two of its distance sensors, for twenty seconds of its time. The path goes from dark to bright.

// %%
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
