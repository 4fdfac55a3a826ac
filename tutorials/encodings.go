// %% [markdown]
// # Encodings: from numbers to spikes and back
// A spiking network needs spikes. There are several ways to make them of numbers, and they differ in what they cost, how fast they are and what they lose. The ones here are in package `encode`, under Norse's names.

// %%
import "github.com/livespike/livespike/snn/encode"

// The light of eight pixels in a row, from dark to bright.
light := tensor.Linspace(0, 1, 8)
light

// %% [markdown]
// ## Rate: how many
// Each value is a probability of a spike in each step. With `f_max` 100 Hz, 0.5 gives 50 spikes a second, by chance: the seed makes the chance the same each time.

// %%
rate := encode.PoissonEncode(light, 1000, encode.Seed(1))
plot.Raster(rate)

// %% [markdown]
// Counting gives the value back, but slowly: the error sinks with the square root of the time.

// %%
for _, steps := range []int{10, 100, 1000} {
	estimate := encode.RateDecode(rate.Slice(0, 0, steps), 0.001).Div(100)
	fmt.Printf("%4d ms: the worst of eight is off by %.2f\n", steps, estimate.Sub(light).Abs().Max().Item())
}

// %% [markdown]
// The intervals of such a train are random. Their coefficient of variation is near 1, that of a clock is 0.

// %%
plot.ISI(encode.PoissonEncode(tensor.Ones(50), 2000, encode.Seed(2)), 0.001)

// %% [markdown]
// ## Latency: how soon
// One spike for each value: the stronger the current, the earlier. A whole image is read after the first few spikes.

// %%
latency := encode.SpikeLatencyLIFEncode(light.Mul(4), 60)
soon := plot.Raster(latency)
soon.Title.Text = "The brightest pixel fires first; dark ones never"
soon

// %% [markdown]
// `SpikesToTimes` reads the times; a neuron that stayed silent has an infinite one.

// %%
encode.SpikesToTimes(latency, 1)

// %% [markdown]
// ## Population: who
// Eleven neurons that each like one value best. A value is a hill of activity, and its place can be read more finely than the neurons are spaced.

// %%
values := tensor.Of(0.2, 0.5, 0.85)
likes := 11
narrow := encode.Kernel(func(d *tensor.Tensor) *tensor.Tensor { return encode.GaussianRBF(d, 0.1) })
population := encode.PopulationEncode(values, likes, encode.Scale(1.0), narrow)
hills := plot.Trace(population.T()).Names("0.2", "0.5", "0.85")
hills.X.Label.Text = "neuron"
hills

// %%
places := tensor.Linspace(0, 1, likes)
population.Mul(places).Sum(1).Div(population.Sum(1)) // the centre of each hill

// %% [markdown]
// ## Change: when it differs
// An event camera's pixel says nothing while nothing changes, and a spike of either sign for every step of the logarithm of the light. What is sent can be added up again to within a threshold.

// %%
signal := tensor.Linspace(0, 12, 600).Sin().Mul(tensor.Linspace(0, 1, 600))
const threshold = 0.1
events := encode.ThresholdEncode(signal, threshold)
rebuilt := events.Cumsum(0).Mul(threshold).Add(signal.At1(0))
back := plot.Trace(signal, rebuilt).Names("signal", "rebuilt from the spikes")
back.X.Label.Text = "step"
back

// %%
fmt.Printf("%.0f spikes for 600 numbers; the largest error is %.3f\n", events.Abs().Sum().Item(), rebuilt.Sub(signal).Abs().Max().Item())

// %% [markdown]
// ## Which one?
// | encoding | spikes for a value | read after | good for |
// |---|---|---|---|
// | rate | many | long | training, noise that averages out |
// | latency | one | a few ms | single images, speed, energy |
// | population | a few in each step | one step | positions, directions, classes |
// | change | as many as there are changes | at once | signals over time, sensors |
//
// Try: `encode.SignedPoissonEncode` for values of both signs; `encode.DeltaEncode`, which loses slow changes; fewer neurons in the population.
