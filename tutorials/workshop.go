// %% [markdown]
// # The workshop: six exercises
// Each exercise is a cell with something missing, and a check below it. Run both: the check says `right`, or what it saw and where to look. Change the exercise's cell and run the two again, as often as you like. Hint and solution are folded below each.
//
// Nothing here can break: a cell that fails says why and changes nothing else. `name?` in a cell shows help on a name.
//
// The plan for two hours and for half a day is in `docs/workshop`.

// %% [markdown]
// ## 1. A rhythm
// A leaky integrate-and-fire neuron gets the same input at each of 100 steps of a millisecond. **Find an input that makes it fire ten times.**

// %% Exercise 1
input := 0.1

// %% Check 1
rhythm, _ := snn.LIF().Forward(tensor.Full(float64(input), 100, 1), nil)
switch n := int(rhythm.Sum().Item()); {
case n == 10:
	fmt.Println("1: right, 10 spikes")
case n == 0:
	fmt.Println("1: not yet: no spike\n   The voltage climbs towards five times the input: when is that above the threshold of 1?")
case n < 10:
	fmt.Printf("1: not yet: %d spikes\n   A stronger input comes to the threshold sooner\n", n)
default:
	fmt.Printf("1: not yet: %d spikes, that is too many\n   Try between this input and one that gave too few\n", n)
}
plot.Raster(rhythm)

// %% [markdown]
// <details><summary>Hint</summary>
//
// `tutorials/dynamics.go` draws the rate over the input. Ten spikes in 100 ms are 100 Hz.
//
// </details>
// <details><summary>Solution 1</summary>
//
// ```go
// input := 0.34
// ```
//
// </details>

// %% [markdown]
// ## 2. Signal and noise
// A filter keeps an event if a neighbour had one within a time before. Much time keeps the noise, little time loses the signal. **Find a time that keeps at least 95 % of the signal and at most 20 % of the noise.** A time is a number and a unit, `time.Millisecond` or `time.Microsecond`.

// %% Exercise 2
within := 50 * time.Millisecond

// %% Check 2
kept := func(address string) float64 {
	all, some := event.MustOpen(address), event.MustOpen(address).Denoise(time.Duration(within))
	defer all.Close()
	defer some.Close()
	return 100 * float64(some.Total().Sum().Item()/all.Total().Sum().Item())
}
signal := kept("sim:bars?size=160x120&seconds=1&noise=0&width=20&seed=4")
noise := kept("sim:noise?size=160x120&seconds=1&rate=192000&seed=5")
verdict, advice := "right", ""
if noise > 20 {
	verdict, advice = "not yet: too much noise", "\n   In a long time a neighbour fires by chance"
} else if signal < 95 {
	verdict, advice = "not yet: too little signal", "\n   An edge needs some time to get from one pixel to the next"
}
fmt.Printf("2: %s; %.1f %% of the signal and %.1f %% of the noise are kept%s\n", verdict, signal, noise, advice)

// %% [markdown]
// <details><summary>Hint</summary>
//
// The noise is ten events a second in each pixel, and a pixel has eight neighbours: how long until one of them fires by chance? The bars move at 150 pixels a second.
//
// </details>
// <details><summary>Solution 2</summary>
//
// ```go
// within := 2 * time.Millisecond
// ```
//
// </details>

// %% [markdown]
// ## 3. Edges
// A convolution answers where its kernel fits. **Make a kernel of 9×9 that answers at least three times as strongly to level edges as to upright ones.**

// %% Exercise 3
kernel := tensor.Ones(9, 9)

// %% Check 3
fits := slices.Equal(kernel.Shape(), []int{9, 9})
answer := func(vertical bool) float32 { // to one edge, with the strongest place counting
	if !fits {
		return 0
	}
	picture := tensor.Zeros(1, 40, 40)
	for k := range 40 {
		if vertical {
			picture.Set(1, 0, k, 20)
		} else {
			picture.Set(1, 0, 20, k)
		}
	}
	y, _ := snn.Conv2d(1, 1, 9, snn.Weight(kernel.Reshape(1, 1, 9, 9)), snn.Bias(false)).Forward(picture, nil)
	return y.Abs().Max().Item()
}
level, upright := answer(false), answer(true)
switch {
case !fits:
	fmt.Println("3: not yet: the kernel's shape is", kernel.Shape(), "\n   tensor.Zeros(9, 9) has nine rows of nine numbers")
case level >= 3*upright && level > 0:
	fmt.Printf("3: right, %.2f for level and %.2f for upright edges\n", level, upright)
case upright >= 3*level && upright > 0:
	fmt.Println("3: not yet: it answers to upright edges\n   T() exchanges rows and columns")
case level == 0 && upright == 0:
	fmt.Println("3: not yet: it answers to nothing\n   kernel.Set(1, 4, 2) makes the number in row 4 and column 2 a 1: which of them does a level edge cross?")
default:
	fmt.Printf("3: not yet: %.2f for level and %.2f for upright edges\n   A row of the kernel that is positive must be paid for by rows that are negative\n", level, upright)
}
plot.Image(kernel)

// %% [markdown]
// <details><summary>Hint</summary>
//
// The talk's kernel is in `tutorials/talk_edges.go`: a row of nine numbers, repeated. It answers to upright edges.
//
// </details>
// <details><summary>Solution 3</summary>
//
// ```go
// row := tensor.Linspace(-10, 10, 10).Sigmoid().Diff().Sub(0.14)
// kernel := row.Repeat(9, 1).T()
// ```
//
// </details>

// %% [markdown]
// ## 4. As few spikes as possible
// A signal is sent as spikes, one for each change by a threshold, and added up again. **Choose the threshold so that the signal is never wrong by more than 0.05, with at most 150 spikes.**

// %% Exercise 4
threshold := 0.3

// %% Check 4
import "github.com/livespike/livespike/snn/encode"

wave := tensor.Linspace(0, 18, 3000).Sin().Mul(tensor.Linspace(0, 1, 3000))
sent := encode.ThresholdEncode(wave, float64(threshold))
rebuilt := sent.Cumsum(0).Mul(threshold).Add(wave.At1(0))
worst, number := rebuilt.Sub(wave).Abs().Max().Item(), sent.Abs().Sum().Item()
verdict, advice = "right", ""
if worst > 0.05 {
	verdict, advice = "not yet: too coarse", "\n   The signal may move by a threshold before anything is sent"
} else if number > 150 {
	verdict, advice = "not yet: too many spikes", "\n   What moves by one in steps of a hundredth needs a hundred"
}
fmt.Printf("4: %s; %.0f spikes, wrong by %.3f at most%s\n", verdict, number, worst, advice)
plot.Trace(wave, rebuilt).Names("signal", "rebuilt")

// %% [markdown]
// <details><summary>Hint</summary>
//
// The error is the threshold, nearly.
//
// </details>
// <details><summary>Solution 4</summary>
//
// ```go
// threshold := 0.05
// ```
//
// </details>

// %% [markdown]
// ## 5. Learning
// A network of ten spiking neurons has to tell a slow train of spikes (20 Hz) from a fast one (60 Hz). It learns nothing: **find out why, and make it right about 95 of 100 trains.**

// %% Exercise 5
rate := 0.00001 // of learning

// %% Check 5
import "github.com/livespike/livespike/snn/train"

tensor.Seed(5)
trains := func(n int) train.Data {
	var x []*tensor.Tensor
	var y []float32
	for k := range n {
		x = append(x, tensor.Bernoulli([]float64{0.02, 0.06}[k%2], 100, 4))
		y = append(y, float32(k%2))
	}
	return train.Data{X: tensor.Stack(x...), Y: tensor.FromSlice(y)}
}
model := snn.Sequential(snn.Linear(4, 10), snn.LIF(), snn.Linear(10, 2), snn.LI())
examples, exam := trains(200), trains(100)
history, err := train.Fit(model, train.Adam(snn.Parameters(model), train.LR(float64(rate))), examples, train.MeanCrossEntropy, train.Epochs(6), train.Batch(20))
if err != nil {
	panic(err)
}
output, _ := snn.Eval(model).Forward(exam.X.Transpose(0, 1), nil)
score := 100 * train.Accuracy(output.Mean(0), exam.Y)
losses := history.Losses()
first, highest, lowest := losses.At1(0), losses.Max().Item(), losses.Min().Item()
switch {
case score >= 95:
	fmt.Printf("5: right, %.0f of 100\n", score)
case highest > 0.9:
	fmt.Printf("5: not yet: %.0f of 100\n   A loss of %.1f is worse than guessing, which has 0.69: steps that are too long jump over the goal\n", score, highest)
case lowest > 0.9*first:
	fmt.Printf("5: not yet: %.0f of 100\n   The loss has hardly moved: look at how far a step of learning goes\n", score)
default:
	fmt.Printf("5: not yet: %.0f of 100\n   The loss falls, but not far enough: are the steps too short, or so long that it goes up and down?\n", score)
}
plot.Training(losses).Names("loss")

// %% [markdown]
// <details><summary>Hint</summary>
//
// Adam moves a weight by about the rate at every step. There are 60 steps, and the weights are around 0.3.
//
// </details>
// <details><summary>Solution 5</summary>
//
// ```go
// rate := 0.02
// ```
//
// </details>

// %% [markdown]
// ## 6. A robot
// Three eyes see how near something is to the left, ahead and to the right: 1 at a wall, 0 far away. **Make the robot drive at least 3 m in half a minute and get a metre away from where it began, from each of three places, and touch something for less than 2 s in all.** `forward` is in mm/s, `turn` in degrees a second, counter-clockwise.

// %% Exercise 6
func wiring(left, ahead, right float32) (forward, turn float32) {
	return 200, 0
}

// %% Check 6
var tracks []*durin.Track
var contact time.Duration
shortest, reach := math.Inf(1), math.Inf(1)
for start := 1; start <= 3; start++ {
	robot := durin.MustDial(fmt.Sprintf("sim:room?seed=%d&start=%d", start, start))
	for range 450 {
		obs := robot.Next()
		near := func(id int) float32 { return float32(1 - math.Tanh(float64(obs.Nearest(id))/500)) }
		forward, turn := wiring(near(1), near(0), near(7))
		robot.Send(durin.Move{Y: forward, Rot: turn})
	}
	robot.Close()
	track := robot.Track()
	tracks = append(tracks, track)
	contact += track.ContactTime
	shortest = min(shortest, track.Distance/1000)
	away, begin := 0.0, track.Samples[0].Pose.At
	for _, s := range track.Samples {
		away = max(away, math.Hypot(s.Pose.At.X-begin.X, s.Pose.At.Y-begin.Y)/1000)
	}
	reach = min(reach, away)
}
verdict, advice = "right", ""
if contact >= 2*time.Second {
	verdict, advice = "not yet: it touches walls", "\n   Which way should it turn when the left eye sees something? And when the one ahead does?"
} else if shortest < 3 {
	verdict, advice = "not yet: too short a way", "\n   Is it going forward where nothing is near? Does it turn on the spot?"
} else if reach < 1 {
	verdict, advice = "not yet: it goes round in a circle", "\n   Does it turn where nothing is near?"
}
fmt.Printf("6: %s; at least %.1f m, %.1f m away, in contact for %.1f s%s\n", verdict, shortest, reach, contact.Seconds(), advice)
tracks[0]

// %% [markdown]
// <details><summary>Hint</summary>
//
// Slow down for what is ahead. Turn away from the nearer side: something on the left should make it turn right, which is a negative turn. When something is straight ahead, both sides are alike: choose one.
//
// </details>
// <details><summary>Solution 6</summary>
//
// ```go
// func wiring(left, ahead, right float32) (forward, turn float32) {
// 	forward = 200 * (1 - min(1, 1.2*ahead))
// 	turn = 120 * (right - left)
// 	if right >= left {
// 		turn += 100 * ahead
// 	} else {
// 		turn -= 100 * ahead
// 	}
// 	return forward, turn
// }
// ```
//
// </details>

// %% [markdown]
// ## And now?
// Put a neuron between the eyes and the wheels, as `tutorials/talk_braitenberg.go` does, and see what its memory changes. Or take the trained network of exercise 5 for an eye.
