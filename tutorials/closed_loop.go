// %% [markdown]
// # Closed-loop control
// A network that drives a robot changes what it sees next. In a closed loop, how late an answer is matters as much as what it says. Here a robot keeps its distance from a wall: first by arithmetic, then by neurons, then with a delay.

// %% [markdown]
// ## Sense, think, act
// A world can be a drawing of characters, 100 mm each: `#` is a wall and `^` a robot that looks up. This one is a room of 2 m by 3 m, with the robot 2 m away from a wall.

// %%
row := func(inside string) string { return "#" + inside + "#\n" }
drawing := strings.Repeat("#", 22) + "\n" +
	strings.Repeat(row(strings.Repeat(" ", 20)), 20) + row(strings.Repeat(" ", 10)+"^"+strings.Repeat(" ", 9)) + strings.Repeat(row(strings.Repeat(" ", 20)), 9) +
	strings.Repeat("#", 22) + "\n"
folder, err := os.MkdirTemp("", "world")
if err != nil {
	panic(err)
}
world := filepath.Join(folder, "hall.txt")
if err := os.WriteFile(world, []byte(drawing), 0o644); err != nil {
	panic(err)
}

// %% [markdown]
// Sensor 0 looks ahead, and its zone in the middle is the distance in mm. `Move` drives the robot as a body: `Y` forward, in mm/s. The robot measures 15 times a second, and `Next` waits for each measurement.
//
// `hold` is the loop for any controller. The error is how much too far away the wall is, in metres; the controller answers with a speed in m/s.

// %%
const goal, limit = 0.6, 0.4 // m, m/s

func hold(controller func(err float32) float32, frames int) *tensor.Tensor {
	robot := durin.MustDial("sim:" + world + "?seed=1")
	defer robot.Close()
	var distances []float32
	for range frames {
		distance := robot.Next().Tof(0, 3, 3) / 1000
		distances = append(distances, distance)
		speed := max(-limit, min(limit, controller(distance-goal)))
		robot.Send(durin.Move{Y: 1000 * speed})
	}
	return tensor.FromSlice(distances)
}

// %% [markdown]
// ## By arithmetic
// Proportional control: the speed is the error times a gain. Little gain is slow. Much gain is quick, and passes the noise of the sensor on to the wheels.

// %%
proportional := func(gain float32) func(float32) float32 {
	return func(err float32) float32 { return gain * err }
}
slow, right, wild := hold(proportional(0.5), 200), hold(proportional(2), 200), hold(proportional(25), 200)
gains := plot.Trace(slow, right, wild).Names("gain 0.5", "gain 2", "gain 25")
gains.X.Max = 120
gains.X.Label.Text, gains.Y.Label.Text = "measurement, 15 a second", "distance (m)"
gains

// %% [markdown]
// ## By neurons
// Neurons do not have negative rates, so there are two populations, one for too far and one for too near, as muscles come in pairs. Each neuron has a threshold of its own, so that together they answer to small and to large errors. A step of the loop is 66 steps of the network, a millisecond each: as long as the robot needs for a measurement.

// %%
const size = 50
thresholds := tensor.Linspace(0.02, 1, size)
spiking := func(gain float32) func(float32) float32 {
	far, near := snn.LIF(snn.VTh(thresholds)), snn.LIF(snn.VTh(thresholds))
	var farState, nearState *snn.State
	var forward, back *tensor.Tensor
	return func(err float32) float32 {
		drive := tensor.Full(float64(err), 66, size)
		forward, farState = far.Forward(drive.Relu(), farState)
		back, nearState = near.Forward(drive.Neg().Relu(), nearState)
		return gain * (forward.Mean().Item() - back.Mean().Item())
	}
}
neurons := hold(spiking(2), 200)
compare := plot.Trace(right, neurons).Names("arithmetic, gain 2", "100 neurons")
compare.X.Label.Text, compare.Y.Label.Text = "measurement, 15 a second", "distance (m)"
compare

// %% [markdown]
// How near is near enough? The mean of the last hundred measurements, and how much they move.

// %%
precision := func(run *tensor.Tensor) string {
	end := run.Slice(0, 100, 200)
	spread := end.Sub(end.Mean()).Pow(2).Mean().Sqrt()
	return fmt.Sprintf("%.3f m, ± %.3f m", end.Mean().Item(), spread.Item())
}
fmt.Println("arithmetic", precision(right))
fmt.Println("neurons   ", precision(neurons))

// %% [markdown]
// ## Late
// The same controllers, but every answer comes so many measurements late, as over a slow network or behind a slow program. A loop that was quiet begins to swing.

// %%
late := func(controller func(float32) float32, by int) func(float32) float32 {
	var queue []float32
	return func(err float32) float32 {
		queue = append(queue, controller(err))
		if len(queue) <= by {
			return 0
		}
		answer := queue[0]
		queue = queue[1:]
		return answer
	}
}
punctual, three, ten := hold(spiking(2), 300), hold(late(spiking(2), 3), 300), hold(late(spiking(2), 10), 300)
delays := plot.Trace(punctual, three, ten).Names("at once", "0.2 s late", "0.7 s late")
delays.X.Label.Text, delays.Y.Label.Text = "measurement, 15 a second", "distance (m)"
delays

// %%
_ = os.RemoveAll(folder)

// %% [markdown]
// This is why `tutorials/real_time.go` measures how late a loop is, and why `durin` stops the wheels when its data is old.
//
// Try: fewer neurons; all thresholds the same, `snn.VTh(0.5)`; a robot whose telemetry comes late or not at all, `"?seed=1&delay=300ms&loss=0.3"` behind the world; the real one, `durin5.local`.
