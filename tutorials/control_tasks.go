// %% [markdown]
// # A weight matrix for every task
// Package `env` has control tasks in the shape of Gymnasium: `Reset` gives an observation, `Step` takes an action and gives the next observation and a reward. The networks here have the same layers in each of them; only a matrix is different.

// %%
fmt.Println(strings.Join(env.Tasks(), "\n"))

// %% [markdown]
// What goes in and comes out of a task is a box of numbers with names.

// %%
task := env.MustMake("mouse-cheese")
fmt.Println(task.ObservationSpace())
fmt.Println(task.ActionSpace())
obs, _ := task.Reset(1)
obs

// %% [markdown]
// ## One network
// Sensory neurons spike, weights carry the spikes to motor neurons, and these leak: their voltage is the action. Between two steps of a task 20 ms pass for the neurons. `play` is a whole run; `gain` makes currents of what a task shows, which is angles of less than a turn.

// %%
const perStep = 20

func play(name string, gain float32, weights, bias *tensor.Tensor, seed uint64, opts ...env.Option) (env.Info, *env.Picture) {
	in, out := weights.Shape()[1], weights.Shape()[0]
	network := snn.Sequential(snn.LIF(), snn.Linear(in, out, snn.Weight(weights), snn.Bias(bias)), snn.LI())
	task := env.MustMake(name, opts...)
	defer task.Close()
	obs, info := task.Reset(seed)
	var state *snn.State
	for done := false; !done; {
		x := tensor.Zeros(perStep, in)
		for t := range perStep {
			for i := range in {
				x.Set(gain*obs.At1(i), t, i)
			}
		}
		var v *tensor.Tensor
		v, state = network.Forward(x, state)
		var terminated, truncated bool
		obs, _, terminated, truncated, info = task.Step(v.Slice(0, perStep-1, perStep).Reshape(out))
		done = terminated || truncated
	}
	return info, task.Render()
}

// %% [markdown]
// ## Mice and cheese
// A mouse smells on which side the nearest cheese is, and by how much: nothing on either side is straight ahead. It turns to the side of the slower feet. Without smell both feet go at the speed of the bias, 0.2 times 5, which is how much a leaky integrator amplifies.
//
// The rows of the matrix are the left and the right feet, its columns the smell on the left and on the right. Each smell slows down the feet on its own side.

// %%
feet := tensor.Of(0.2, 0.2)
toward := tensor.FromSlice([]float32{
	-1, 0,
	0, -1,
}, 2, 2)
score, picture := play("mouse-cheese", 2, toward, feet, 1)
fmt.Println(score)
picture

// %% [markdown]
// With the wires crossed it runs away from the cheese; with none it finds what lies in its way.

// %%
away := tensor.FromSlice([]float32{
	0, -1,
	-1, 0,
}, 2, 2)
none := tensor.Zeros(2, 2)
for _, wiring := range []struct {
	name    string
	weights *tensor.Tensor
}{{"toward", toward}, {"away", away}, {"none", none}} {
	var eaten, steps float64
	for seed := uint64(1); seed <= 3; seed++ {
		info, _ := play("mouse-cheese", 2, wiring.weights, feet, seed, env.MaxSteps(1000))
		eaten, steps = eaten+info.Return, steps+float64(info.Steps)
	}
	fmt.Printf("%-7s %4.1f pieces in %4.0f steps\n", wiring.name, eaten/3, steps/3)
}

// %% [markdown]
// ## The maze
// Now there are walls, and a whisker on either side that feels them: two more columns, the right whisker and the left. A whisker that touches speeds up the feet on its own side and slows down the others, so that the mouse turns away from the wall. Level 4 is three rooms.

// %%
whiskers := tensor.FromSlice([]float32{
	-1, 0, -1, 4,
	0, -1, 4, -1,
}, 2, 4)
score, picture = play("maze", 2, whiskers, feet, 1, env.Level(4))
fmt.Println(score)
picture

// %% [markdown]
// The smell goes through walls, so what leads to the cheese may lead into a corner. How far this wiring gets in each level:

// %%
for level := 1; level <= 5; level++ {
	info, _ := play("maze", 2, whiskers, feet, 1, env.Level(level), env.MaxSteps(2000))
	fmt.Printf("level %d: %.0f pieces in %d steps, score %.1f\n", level, info.Return, info.Steps, info.Score)
}

// %% [markdown]
// ## Cart and pole
// The cart is pushed to the right for a positive action, else to the left. What leans to the left has a neuron, what leans to the right another, and so has what falls to either side. Pushing to where the pole leans is not enough: the weights of the speeds stop it in time.

// %%
for _, speed := range []float32{0.1, 0.3, 1} {
	lean := tensor.FromSlice([]float32{-1, 1, -speed, speed}, 1, 4)
	info, _ := play("cartpole", 100, lean, tensor.Of(0), 1)
	fmt.Printf("speeds weigh %.1f: %.1f s upright\n", speed, info.Time.Seconds())
}

// %% [markdown]
// ## A robot
// `durin-braitenberg` is a Durin in a room: how near things are in eight directions, and the speed of the wheels on either side. The robot may be a real one, `env.Robot("durin5.local")`: the network does not know.

// %%
wheels := tensor.FromSlice([]float32{
	// front, front left, left, back left, back, back right, right, front right
	0.2, 0.4, 0.1, 0, 0, 0, 0, -0.4,
	-0.4, -0.4, 0, 0, 0, 0, 0.1, 0.4,
}, 2, 8)
score, picture = play("durin-braitenberg", 0.6, wheels, tensor.Of(0.12, 0.12), 1, env.MaxSteps(450))
fmt.Println(score)
picture

// %% [markdown]
// Try: a mouse that circles its cheese; whiskers that get you through level 3; a higher score in the maze, which counts how early you are; the pole with `snn.TauMemInv(50)` in the leaky integrators. The score is the sum of the rewards, times how much of the time was left.
