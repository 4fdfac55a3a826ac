// %% [markdown]
// # Training a network of spiking neurons
// A simulated event camera looks at two moving bars, and a network learns to say where they move: to the right and down,
// to the left and down, to the right and up, or to the left and up. Nothing is downloaded, and everything random follows
// from seeds, so two runs print the same.

// %%
import "github.com/livespike/livespike/snn/train"

tensor.Seed(1)
const size, steps = 20, 20 // pixels on each side; steps of 10 ms
names := []string{"right, down", "left, down", "right, up", "left, up"}

// %% [markdown]
// ## The data
// An example is 0.2 s of events: 20 frames of 10 ms, in which a pixel that gets brighter counts up and one that gets
// darker counts down. A recording of one second gives five of them, which begin anywhere in the bars' way. The
// simulator's bars move to the right and down; mirrors make the other three.

// %%
func record(class, seed int, speed float64) []*tensor.Tensor {
	camera := event.MustOpen(fmt.Sprintf("sim:bars?size=%dx%d&seconds=1&width=5&speed=%v&noise=2&seed=%d", size, size, speed, seed), event.Signed())
	defer camera.Close()
	if class%2 == 1 {
		camera = camera.FlipX()
	}
	if class >= 2 {
		camera = camera.FlipY()
	}
	var frames []*tensor.Tensor
	for frame := range camera.Frames(10 * time.Millisecond) {
		frames = append(frames, frame)
	}
	var examples []*tensor.Tensor
	for len(frames) >= steps {
		examples = append(examples, tensor.Stack(frames[:steps]...))
		frames = frames[steps:]
	}
	return examples
}

func collect(seed int, speeds ...float64) train.Data {
	var x []*tensor.Tensor
	var y []float32
	for _, speed := range speeds {
		for class := range names {
			seed++
			for _, example := range record(class, seed, speed) {
				x, y = append(x, example), append(y, float32(class))
			}
		}
	}
	return train.Data{X: tensor.Stack(x...), Y: tensor.FromSlice(y)}
}

// %% [markdown]
// The network will be tested on bars of speeds that it has never seen.

// %%
learn := collect(100, 60, 80, 100, 120, 140, 160, 180, 200)
test := collect(200, 70, 110, 150, 190)
fmt.Println("examples to learn from:", learn.X.Shape(), "to test with:", test.X.Shape())
example := learn.X.Index(0)
plot.Images(example.Index(2), example.Index(6), example.Index(10)).Titles("30 ms", "70 ms", "110 ms")

// %% [markdown]
// ## The network
// A layer of 32 spiking neurons, and four that do not spike: their membranes are the answer. Synapses forget in
// 20 ms, membranes in 50 ms. A spike has no slope to learn by; in the backward pass a surrogate stands in for it, SuperSpike.

// %%
import "github.com/livespike/livespike/snn/surrogate"

synapse, membrane, dt := snn.TauSynInv(50), snn.TauMemInv(20), snn.DT(0.01)
model := snn.Sequential(
	snn.Flatten(2),
	snn.Linear(size*size, 32),
	snn.LIF(synapse, membrane, dt, snn.Surrogate(surrogate.SuperSpike(10))),
	snn.Linear(32, len(names)),
	snn.LI(synapse, membrane, dt),
)
snn.Summary(model, steps, 1, size, size)

// %%
func accuracy(output, labels *tensor.Tensor) float64 { return train.Accuracy(output.Max(0), labels) }

func answer(d train.Data) *tensor.Tensor {
	output, _ := snn.Eval(model).Forward(d.X.Transpose(0, 1), nil)
	return output.Max(0)
}

fmt.Printf("before training: %.1f %% right\n", 100*train.Accuracy(answer(test), test.Y))

// %% [markdown]
// ## Learning
// The loss looks at the largest membrane over time. Every epoch goes through all examples in a new order, and is tested.

// %%
history, err := train.Fit(model, train.Adam(snn.Parameters(model), train.LR(0.01)), learn, train.MaxCrossEntropy,
	train.Epochs(12), train.Batch(16), train.Validate(test), train.Measure("accuracy", accuracy))
if err != nil {
	panic(err)
}
history

// %%
curve := plot.Trace(history.Losses(), history.Validations(), history.Measured()).Names("loss, seen speeds", "loss, new speeds", "accuracy, new speeds")
curve.Title.Text = "Training"
curve.X.Label.Text = "epoch"
curve

// %% [markdown]
// ## What it has learned
// All eighty test examples are right, on the speeds that were left out.

// %%
right := answer(test).ArgMax(1).Eq(test.Y)
for class, name := range names {
	of := test.Y.Eq(class)
	fmt.Printf("%-12s %3.0f of %3.0f right\n", name, right.Mul(of).Sum().Item(), of.Sum().Item())
}
fmt.Printf("after training: %.1f %% right\n", 100*right.Mean().Item())

// %% [markdown]
// The spikes of the hidden neurons while one example passes, and the four membranes that answer.

// %%
video := test.X.Slice(0, 0, 1).Transpose(0, 1)
hidden, _ := snn.Sequential(model.At(0), model.At(1), model.At(2)).Forward(video, nil)
spikes := plot.Raster(hidden.Squeeze(1))
spikes.Title.Text = "Hidden neurons, " + names[0]
spikes

// %%
membranes, _ := model.Forward(video, nil)
voltage := plot.Trace(membranes.Squeeze(1)).Names(names...)
voltage.X.Label.Text = "step of 10 ms"
voltage
