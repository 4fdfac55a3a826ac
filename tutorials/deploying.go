// %% [markdown]
// # Deploying: from the session to the robot
// What was found out in a session has to run without it: on a robot, without a screen, from power on. The program is one static file, so deploying is copying.

// %% [markdown]
// ## 1. Keep the model
// `snn.Save` writes the parameters in the safetensors format under PyTorch's names, so `safetensors.torch.load_file` in Python reads it, too. `snn.Load` fills a model of the same form, and refuses one of another.

// %%
tensor.Seed(3)
build := func() *snn.Chain {
	return snn.Sequential(snn.Linear(8, 16), snn.LIF(), snn.Linear(16, 4), snn.LI())
}
model := build()
folder, err := os.MkdirTemp("", "deploy")
if err != nil {
	panic(err)
}
file := filepath.Join(folder, "model.safetensors")
snn.MustSave(file, model)

// %%
tensor.Seed(99) // other weights
loaded := build()
snn.MustLoad(file, loaded)
x := tensor.Rand(50, 1, 8)
before, _ := model.Forward(x, nil)
after, _ := loaded.Forward(x, nil)
fmt.Println("the same bits:", before.Equal(after))

// %%
snn.Load(file, snn.Sequential(snn.Linear(8, 17), snn.LIF(), snn.Linear(17, 4), snn.LI()))

// %% [markdown]
// ## 2. Choose how it runs
// | | needs on the robot | change it there | speed |
// |---|---|---|---|
// | the script: `snnrepl run drive.go` | `snnrepl` and the script | with any editor | loops interpreted, networks compiled |
// | a program: `go build` | the program | no | all compiled |
//
// A script is a file of cells like this one. For a program, `%save drive.go` in a session writes what was typed as Go that compiles. The guide `docs/deploying.md` has the commands, from the cross-compilation to the unit for systemd.

// %% [markdown]
// ## 3. Know what it costs
// One step at a time, as on the robot: the time, and whether it lasts. `snnrepl bench` measures more of the machine.

// %%
cells := snn.Sequential(snn.Linear(8, 16), snn.LIFCell(), snn.Linear(16, 4), snn.LICell())
step := tensor.Rand(1, 8)
_, state := cells.Forward(step, nil)
%timeit -n 2000 -r 3 cells.Forward(step, state)

// %%
snn.Summary(cells, 1, 8)

// %% [markdown]
// ## 4. Rehearse
// The simulated robot speaks the robot's protocol over real sockets, with its faults: lost and late telemetry, dead sensors, a stalled network. A program that survives this has a chance in the corridor.

// %%
drive := func(address string) *durin.Robot {
	robot := durin.MustDial(address)
	network := snn.LICell()
	var charge *snn.State
	var v *tensor.Tensor
	for range 150 {
		obs := robot.Next()
		v, charge = network.Forward(durin.Near(obs.Nearest(1), obs.Nearest(7)).Div(5), charge)
		turn := 80 * (v.At1(1) - v.At1(0))
		robot.Send(durin.Move{Y: 120, Rot: turn})
	}
	robot.Close()
	return robot
}
good := drive("sim:room?seed=2&start=3")
bad := drive("sim:room?seed=2&start=3&loss=0.3&delay=100ms&dead=1")
fmt.Println(good.Track())
fmt.Println(bad.Track())

// %%
bad.Track()

// %% [markdown]
// ## 5. What stops the wheels
// Closing, an interrupt, a panic of the script, SIGTERM: the client sends zero. A killed process: the robot's own watchdog, after 1.5 s. Telemetry older than 0.5 s: the client. `go doc ./io/durin` lists the rules; they were tested on the simulated robot and never on a real one.

// %%
_ = os.RemoveAll(folder)

// %% [markdown]
// Try: `snnrepl sim durin room` in one terminal and `"127.0.0.1"` for the address here; `drive` on it, and Ctrl-C in the middle.
