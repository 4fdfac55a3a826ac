// %% [markdown]
// # Neurons as dynamical systems
// A neuron model is a few differential equations and a rule for what happens at a spike. This tutorial looks at their variables over time, at the same variables against each other, and at how the answer depends on the input.

// %% [markdown]
// ## Variables over time
// A leaky integrate-and-fire neuron has a current `i`, which every input raises and which decays in 5 ms, and a membrane voltage `v`, which follows the current in 10 ms. When `v` is above 1 the neuron spikes and `v` goes back to 0. `RecordStates` keeps the variables of every step, in tensors of (time, neurons).

// %%
drive := tensor.Full(0.3, 100, 1) // 100 steps of a millisecond, one neuron
spikes, states := snn.LIF(snn.RecordStates()).Forward(drive, nil)
trace := plot.Trace(states.V(), states.I()).Names("voltage v", "current i")
trace.X.Label.Text = "time (ms)"
trace

// %% [markdown]
// Each step the input is added and a fifth of the current decays, so it settles at 0.3 / 0.2 = 1.5 before the decay, which is what the voltage follows, and at 1.2 after it, which is what is recorded. 1.5 is above the threshold of 1, so the neuron fires for ever. Try 0.19 and 0.21.

// %%
fmt.Println(spikes.Sum().Item(), "spikes; current at the end:", states.I().At2(99, 0))

// %% [markdown]
// ## How fast by how much: f–I curves
// 61 neurons that differ in nothing but their input, for one second. A pause after each spike (`LIFRefrac`) bounds the rate, adaptation bends the curve. The stairs are whole steps: an interval is 5 ms or 6 ms, never 5.5 ms; `snn.DT(0.0001)` makes them finer.

// %%
currents := tensor.Linspace(0, 0.6, 61)
second := currents.Repeat(1000, 1)
free, _ := snn.LIF().Forward(second, nil)
paused, _ := snn.LIFRefrac().Forward(second, nil)
adapting, _ := snn.LIFAdEx().Forward(second, nil)
plot.FI(currents, 0.001, free, paused, adapting).Names("LIF", "LIF, pauses 5 ms", "adaptive exponential")

// %% [markdown]
// ## Adaptation
// The adaptive exponential neuron has a third variable, `a`: spikes and a raised voltage feed it, and it holds the neuron back. The same step of current gives a fast answer that slows down.

// %%
step := tensor.Cat(0, tensor.Zeros(50, 1), tensor.Full(1, 450, 1))
answer, inside := snn.LIFAdEx(snn.RecordStates(), snn.AdaptationSpike(0.2)).Forward(step, nil)
adaptation := plot.Trace(inside.V(), inside.Get("a")).Names("voltage v", "adaptation a")
adaptation.X.Label.Text = "time (ms)"
adaptation

// %%
plot.ISI(answer, 0.001)

// %% [markdown]
// ## Variables against each other: the phase plane
// Izhikevich's neuron has a voltage `v` in mV and a recovery `u`. Where `v` stands still (`dv/dt = 0`) is a parabola, where `u` does a line. Without input the two meet in a point of rest and, on its right, a point of no return; an input lifts the parabola, until they meet no more and nothing is left but to go round: spikes.

// %%
const input = 10
kick, fast := tensor.Full(input, 240, 1), snn.RecordStates()
_, orbit := snn.Izhikevich(fast, snn.TonicSpiking()).Forward(kick, nil)
plane := plot.Phase(orbit.V().Squeeze(1), orbit.Get("u").Squeeze(1))
plane.X.Label.Text, plane.Y.Label.Text = "voltage v (mV)", "recovery u"
plane.X.Min, plane.X.Max, plane.Y.Min, plane.Y.Max = -85, 35, -22, 8
plane.Nullclines(
	func(v, u float64) float64 { return 0.04*v*v + 5*v + 140 - u + input },
	func(v, u float64) float64 { return 0.02 * (0.2*v - u) },
)

// %% [markdown]
// ## One equation, many characters
// Four parameters make Izhikevich's neuron another one. `snn.Behaviours()` lists the names; each row here is one neuron under the same input. A step is a quarter of a millisecond of the model (`tau_inv` is 250/s where the paper has 1000).

// %%
names := []string{"tonic_spiking", "phasic_spiking", "tonic_bursting", "mixed_mode", "spike_frequency_adaptation", "resonator"}
var trains []*tensor.Tensor
for _, name := range names {
	z, _ := snn.Izhikevich(snn.Behaviour(name)).Forward(tensor.Cat(0, tensor.Zeros(100, 1), tensor.Full(10, 900, 1)), nil)
	trains = append(trains, z)
	fmt.Printf("%-28s %3.0f spikes\n", name, z.Sum().Item())
}
raster := plot.Raster(tensor.Cat(1, trains...))
raster.Title.Text = "In the order of the list, from below"
raster

// %% [markdown]
// ## The current moves the plane: a film
// The point of rest and the point of no return come closer as the input grows, meet near 4 and are gone: a saddle-node bifurcation. Where the parabola has left the line, the neuron fires.

// %%
var planes []*plot.Figure
for current := 0.0; current <= 8; current += 2 {
	_, s := snn.Izhikevich(snn.RecordStates()).Forward(tensor.Full(current, 400, 1), nil)
	p := plot.Phase(s.V().Squeeze(1), s.Get("u").Squeeze(1))
	p.Title.Text = fmt.Sprintf("input %.0f", current)
	p.X.Label.Text, p.Y.Label.Text = "voltage v (mV)", "recovery u"
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -85, 35, -22, 8
	planes = append(planes, p.Nullclines(
		func(v, u float64) float64 { return 0.04*v*v + 5*v + 140 - u + current },
		func(v, u float64) float64 { return 0.02 * (0.2*v - u) },
	))
}
plot.Film(planes...).Rate(2)

// %% [markdown]
// Try: another name in the phase plane, with its a and b in the nullclines (`snn.TonicBursting?` says where they are from); `snn.DT(0.0001)` and ten times the steps; the phase plane of the leaky neuron, `plot.Phase(states.I(), states.V())`.
