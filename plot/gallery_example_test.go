package plot_test

import (
	"fmt"
	"time"

	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/plot"
	"github.com/livespike/livespike/snn/tensor"
)

func ExampleFigure_Titles() {
	events, vertical, horizontal := tensor.Zeros(48, 64), tensor.Ones(48, 64), tensor.Ones(48, 64)
	figure := plot.Images(events, vertical, horizontal).Titles("events", "vertical", "horizontal")
	fmt.Println(figure)
	// Output: Images: events: 48×64 all values 0; vertical: 48×64 all values 1; horizontal: 48×64 all values 1
}

func ExampleFigure_Dark() {
	fmt.Println(plot.Raster(tensor.Eye(10)).Dark())
	// Output: Raster(10, 10): 10 spikes
}

func ExamplePhase() {
	angle := tensor.Linspace(0, 6, 100)
	decay := angle.Mul(-0.3).Exp()
	figure := plot.Phase(angle.Cos().Mul(decay), angle.Sin().Mul(decay))
	figure.X.Min, figure.X.Max, figure.Y.Min, figure.Y.Max = -1, 1, -1, 1
	figure.Nullclines(
		func(x, y float64) float64 { return -0.3*x - y },
		func(x, y float64) float64 { return x - 0.3*y })
	fmt.Println(figure)
	// Output: Phase(100,): x values -0.4073 to 1; y values -0.2543 to 0.6525
}

func ExampleFI() {
	currents := tensor.Of(0, 1, 2)
	spikes := tensor.Zeros(1000, 3) // one second in steps of a millisecond
	for t := range 1000 {
		if t%100 == 0 {
			spikes.Set(1, t, 1)
		}
		if t%25 == 0 {
			spikes.Set(1, t, 2)
		}
	}
	fmt.Println(plot.FI(currents, 0.001, spikes))
	// Output: FI: 3 currents, rates 0 to 40 Hz
}

func ExampleCloud() {
	camera := event.MustOpen("sample:bars")
	for events := range camera.Slices(50 * time.Millisecond) {
		fmt.Println(plot.Cloud(events))
		break
	}
	camera.Close()
	// Output: Cloud: 14075 events in 49000 µs, 7040 brighter, 180×240 pixels
}

func ExampleEventRate() {
	events := []event.Event{event.Of(0, 3, 4, 1), event.Of(900, 3, 4, 0), event.Of(1500, 3, 4, 1), event.Of(2999, 3, 4, 1)}
	fmt.Println(plot.EventRate(events, time.Millisecond))
	// Output: EventRate: 4 events in 2.999ms, 1333/s, at most 2000/s
}

func ExampleHistogram() {
	fmt.Println(plot.Histogram(tensor.Linspace(0, 1, 100), 10))
	// Output: Histogram(100,): values 0 to 1
}

func ExampleISI() {
	spikes := tensor.Zeros(100)
	for t := 0; t < 100; t += 20 {
		spikes.Set(1, t)
	}
	fmt.Println(plot.ISI(spikes, 0.001))
	// Output: ISI(100,): 4 intervals, mean 20 ms, CV 0
}

func ExampleCV() {
	clock, silent := tensor.Zeros(100), tensor.Zeros(100)
	for t := 0; t < 100; t += 20 {
		clock.Set(1, t)
	}
	fmt.Println(plot.CV(tensor.Stack(clock, silent).T()))
	// Output: CV(100, 2): 1 neurons, mean 0, 1 below 3 spikes
}

func ExampleWeights() {
	fmt.Println(plot.Weights(tensor.Eye(4).Sub(0.25)))
	// Output: Weights(4, 4): values -0.25 to 0.75, 0 % zero
}

func ExampleFields() {
	fmt.Println(plot.Fields(tensor.Eye(9), 3, 3))
	// Output: Fields: 9 of 3×3, values 0 to 1
}

func ExampleConnectivity() {
	fmt.Println(plot.Connectivity(tensor.Eye(9)))
	// Output: Connectivity(9, 9): 9 of 81 weights are not zero
}

func ExampleTraining() {
	fmt.Println(plot.Training(tensor.Of(1, 0.4, 0.2, 0.3), tensor.Of(1.1, 0.6, 0.5, 0.55)).Names("training", "validation"))
	// Output: Training: values 0.2 to 1.1; best 0.2 at 3; best 0.5 at 3
}

func ExampleLatency() {
	var durations []time.Duration
	for i := range 1000 {
		durations = append(durations, time.Duration(i+1)*time.Microsecond)
	}
	fmt.Println(plot.Latency(durations))
	// Output: Latency: 1000: p50 500 µs, p99 990 µs, p99.9 999 µs, max 1 ms
}

func ExampleFilm() {
	wave := tensor.Linspace(0, 6, 60).Sin()
	var steps []*plot.Figure
	for t := 10; t <= 60; t += 10 {
		figure := plot.Trace(wave.Slice(0, 0, t))
		figure.X.Max, figure.Y.Min, figure.Y.Max = 59, -1, 1
		steps = append(steps, figure)
	}
	fmt.Println(plot.Film(steps...).Rate(5))
	// Output: Film of 6 figures, the last Trace(60,): values -0.9994 to 0.999
}

func ExampleAnimate() {
	var frames []*tensor.Tensor
	for k := range 10 {
		frames = append(frames, tensor.Eye(8).Mul(float64(k)))
	}
	fmt.Println(plot.Animate(frames...).Rate(5))
	// Output:
	// Animation(10, 8, 8): values 0 to 9
}

func ExampleLive() {
	view := plot.Live()
	for t := range 100 {
		view.Show(tensor.Full(float64(t), 4, 4)) // copies and returns: the loop never waits
	}
	view.Stop()
}
