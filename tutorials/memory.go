// %% [markdown]
// # Remembering: store and recall
// Of the bits that pass, the network must keep one: the bit that is shown while a store signal is on. Long after, a recall signal asks for it. Half of the neurons are plain, half adapt: each of their spikes raises their threshold for a fifth of a second, and what a threshold has gone through is a memory that outlasts synapses and membranes by far (Bellec et al., NeurIPS 2018).

// %%
import (
	"math/rand"

	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/train"
)

const periods, steps, group = 6, 20, 5 // periods of 20 steps of 1 ms; four groups of five inputs: bit 0, bit 1, store, recall

// %% [markdown]
// ## The data
// In each period one of the two bits is shown. In one of the first five it must be stored; the last asks for it. A group that is on spikes at 100 Hz. The seed fixes the bits and when they are stored, and the spikes.

// %%
func collect(examples int, seed int64) train.Data {
	rng := rand.New(rand.NewSource(seed))
	on, stored := tensor.Zeros(examples, periods, 1, 4, 1), tensor.Zeros(examples)
	for e := range examples {
		store := rng.Intn(periods - 1)
		for p := range periods - 1 {
			bit := rng.Intn(2)
			on.Set(1, e, p, 0, bit, 0)
			if p == store {
				on.Set(1, e, p, 0, 2, 0)
				stored.Set(float32(bit), e)
			}
		}
		on.Set(1, e, periods-1, 0, 3, 0)
	}
	tensor.Seed(seed)
	spikes := tensor.Rand(examples, periods, steps, 4, group).Lt(on.Mul(0.1)) // 100 Hz in steps of 1 ms
	return train.Data{X: spikes.Reshape(examples, periods*steps, 4*group), Y: stored}
}

learn, test := collect(800, 1), collect(400, 2)
example := plot.Raster(learn.X.Index(0))
example.Title.Text = "One example: bit 0, bit 1, store, recall, five inputs each"
example

// %% [markdown]
// ## The network
// Any parameter may differ from neuron to neuron: `beta`, what a spike adds to the threshold, is a tensor here. A leaky integrator for each answer is read while the recall signal is on.

// %%
const hidden = 30
tensor.Seed(1)
beta := tensor.Cat(0, tensor.Zeros(hidden/2), tensor.Full(1.8, hidden/2))
adapting := snn.LSNNRecurrent(4*group, hidden, snn.TauAdaptInv(5), snn.Beta(beta), snn.Surrogate(surrogate.SuperSpike(10)))
model := snn.Sequential(adapting, snn.Linear(hidden, 2), snn.LI())
snn.Summary(model, periods*steps, 1, 4*group)

// %%
func answer(output *tensor.Tensor) *tensor.Tensor { return output.Slice(0, (periods-1)*steps, periods*steps).Mean(0) }
func loss(output, stored *tensor.Tensor) *tensor.Tensor { return tensor.CrossEntropy(answer(output), stored) }
func accuracy(output, stored *tensor.Tensor) float64 { return train.Accuracy(answer(output), stored) }

history, err := train.Fit(model, train.Adam(snn.Parameters(model), train.LR(0.01)), learn, loss,
	train.Epochs(20), train.Clip(1), train.Validate(test), train.Measure("accuracy", accuracy))
if err != nil {
	panic(err)
}
curve := plot.Trace(history.Losses(), history.Validations(), history.Measured()).Names("loss, seen", "loss, new", "accuracy, new")
curve.X.Label.Text = "epoch"
curve

// %%
output, _ := model.Forward(test.X.Transpose(0, 1), nil)
fmt.Printf("%.1f %% of %d bits that it never saw come back\n", 100*accuracy(output, test.Y), test.Y.Len())

// %% [markdown]
// ## Where the memory is
// The thresholds of the adapting neurons through the first test. They rise when the bit is stored, and stay up until it is asked for.

// %%
recorded := snn.LSNNRecurrent(4*group, hidden, snn.TauAdaptInv(5), snn.Beta(beta), snn.RecordStates(),
	snn.InputWeights(adapting.InputWeights()), snn.RecurrentWeights(adapting.RecurrentWeights()))
_, states := recorded.Forward(test.X.Slice(0, 0, 1).Transpose(0, 1), nil)
thresholds := plot.Image(states.Get("b").Squeeze(1).Slice(1, hidden/2, hidden).T())
thresholds.Title.Text = fmt.Sprintf("Thresholds of 15 neurons over 120 ms, bit %v", test.Y.At1(0))
thresholds
