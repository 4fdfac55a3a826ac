// %% [markdown]
// # From Norse, AEStream and Durin
// For whoever knows the Python packages: the same lines, side by side. Names, units and defaults are theirs wherever they have one. `docs/norse.md`, `docs/aestream.md` and `docs/durin.md` have the tables.

// %% [markdown]
// ## Norse: one step
// ```python
// import torch, norse.torch as norse
// cell = norse.LIFCell(norse.LIFParameters(tau_mem_inv=torch.tensor(100.), v_th=torch.tensor(0.5)))
// spikes, state = cell(torch.ones(1, 3))
// ```
// Parameters are options by their names, numbers or tensors. A cell is called by `Forward`; `nil` is a fresh state.

// %%
cell := snn.LIFCell(snn.TauMemInv(100), snn.VTh(0.5))
spikes, state := cell.Forward(tensor.Ones(1, 3), nil)
state

// %% [markdown]
// ## Norse: over time, and stacked
// ```python
// model = norse.SequentialState(torch.nn.Linear(3, 5), norse.LIF(), torch.nn.Linear(5, 2), norse.LI())
// voltages, state = model(torch.ones(100, 1, 3))
// ```

// %%
tensor.Seed(1)
model := snn.Sequential(snn.Linear(3, 5), snn.LIF(), snn.Linear(5, 2), snn.LI())
voltages, state := model.Forward(tensor.Ones(100, 1, 3), nil)
plot.Trace(voltages.Squeeze(1)).Names("output 0", "output 1")

// %% [markdown]
// ## PyTorch: what is called how
// | PyTorch | here |
// |---|---|
// | `torch.ones(2, 3)`, `torch.tensor([1., 2.])` | `tensor.Ones(2, 3)`, `tensor.Of(1, 2)` |
// | `x + 1`, `a @ b`, `x.sum(0)` | `x.Add(1)`, `a.MatMul(b)`, `x.Sum(0)` |
// | `x[3]`, `x[:, 2:5]` | `x.Index(3)`, `x.Slice(1, 2, 5)` |
// | `x.reshape(-1)`, `x.unsqueeze(0)` | `x.Reshape(-1)`, `x.Unsqueeze(0)` |
// | `x.item()`, `x.shape` | `x.Item()`, `x.Shape()` |
// | `loss.backward()`, `with torch.no_grad():` | `loss.Backward()`, `tensor.NoGrad(func() { … })` |
// | `torch.manual_seed(1)` | `tensor.Seed(1)` |
// | `model.train()`, `model.eval()` | `snn.Train(model)`, `snn.Eval(model)` |
// | `torch.save(model.state_dict(), f)` | `snn.Save(f, model)`, in the safetensors format |
//
// Tensors print as PyTorch prints them.

// %%
x := tensor.Linspace(0, 1, 6).Reshape(2, 3)
x.MatMul(x.T()).Softmax(1)

// %% [markdown]
// A shape that does not fit says which module, and both shapes.

// %% What an error looks like
func message(f func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	f()
	return
}
message(func() { model.Forward(tensor.Ones(100, 1, 4), nil) })

// %% [markdown]
// ## The talk's numbers
// The Norse of 2022 (0.0.7) applied an input after the step, and its first spike of a constant input is at 6; that of today is at 5. `Delayed` is the old order.

// %%
first := func(z *tensor.Tensor) int { return int(z.ArgMax(0).Item()) }
now, _ := snn.LIF().Forward(tensor.Ones(100, 1), nil)
then, _ := snn.LIF(snn.Delayed()).Forward(tensor.Ones(100, 1), nil)
fmt.Println("first spike at", first(now), "and with Delayed at", first(then))

// %% [markdown]
// ## AEStream: a camera
// ```python
// with aestream.USBInput((640, 480)) as camera:        # or FileInput("f.aedat4", (640, 480)), UDPInput((640, 480), port=3333)
//     while True:
//         frame = camera.read()                         # everything since the last read, as a tensor
// ```
// An address says what is opened. `Read` is the same; `Frames` cuts a recording by its own clock. Frames are (height, width), as in every image library; `event.XYOrder()` makes them (width, height), as AEStream's are.

// %%
camera := event.MustOpen("sample:bars") // "f.aedat4", "udp://:3333?size=640x480", "sim:dots"
frame := camera.Read()
turned := event.MustOpen("sample:bars", event.XYOrder())
fmt.Println("here", frame.Shape(), "as AEStream", turned.Read().Shape())
turned.Close()
camera.Close()
plot.Image(frame)

// %% [markdown]
// Its command line, `aestream input file f.aedat4 output udp 10.0.0.1`, is `snnrepl events send f.aedat4 udp://10.0.0.1:3333`.

// %% [markdown]
// ## Durin: a robot
// ```python
// with Durin("durin5.local") as durin:
//     while True:
//         observation, dvs, cmd = durin.read()
//         durin(Move(0, 100, 0))
// ```
// `Next` waits for a new measurement, so that a network is stepped once for each; `Read` does not wait, as there. Commands are values of the same names. `sim:` is a robot that speaks the same protocol, and `snnrepl sim durin` one that the Python package can drive.

// %%
robot := durin.MustDial("sim:room?seed=1") // or "durin5.local"
for range 75 {
	observation := robot.Next()
	robot.Send(durin.Move{X: 0, Y: min(150, observation.Nearest(0)/4), Rot: 20})
}
robot.Close()
robot.Track()

// %% [markdown]
// ## What is different on purpose
// - States are values that belong to you. No module remembers anything, and `Forward` changes neither its input nor the state.
// - Nothing runs on another device than the one that was asked for.
// - A camera that loses events says so (`camera.Stats()`), and a robot whose data is old is not driven.
// - Everything random follows from a seed.
