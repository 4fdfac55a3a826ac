package plot_test

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/plot"
	"github.com/livespike/livespike/snn/tensor"
)

// shown is a figure of the gallery.
type shown struct {
	name string
	make func() *plot.Figure
}

// gallery has one figure of every kind. What they show is computed here, with seeds, so the pictures stay the same.
var gallery = []shown{
	{"Image", func() *plot.Figure {
		f := plot.Image(tensor.Linspace(-10, 10, 10).Sigmoid().Diff().Sub(0.14).Repeat(9, 1))
		f.Title.Text = "a kernel for vertical edges"
		return f
	}},
	{"Images", func() *plot.Figure {
		return plot.Images(sample(40), sample(40, event.Signed())).Titles("events", "signed events")
	}},
	{"Images with one scale", func() *plot.Figure {
		wave := smooth(48, 64)
		return plot.Images(wave, wave.Mul(0.5), wave.Mul(0.25)).Range(0, 2).Titles("all", "a half", "a quarter")
	}},
	{"Raster", func() *plot.Figure { return plot.Raster(poisson(400, 30)) }},
	{"Trace", func() *plot.Figure {
		v, i, z := integrateAndFire(100)
		f := plot.Trace(v, i).Names("voltage", "current").Spikes(tensor.Stack(z, tensor.ZerosLike(z)).T())
		f.X.Label.Text = "time (ms)"
		return f
	}},
	{"Phase", func() *plot.Figure {
		v, w := fitzHughNagumo(1500)
		f := plot.Phase(v, w)
		f.X.Label.Text, f.Y.Label.Text = "voltage v", "recovery w"
		f.X.Min, f.X.Max, f.Y.Min, f.Y.Max = -2.5, 2.5, -1, 2
		f.Nullclines(
			func(v, w float64) float64 { return v - v*v*v/3 - w + 0.5 },
			func(v, w float64) float64 { return 0.08 * (v + 0.7 - 0.8*w) })
		f.Title.Text = "FitzHugh–Nagumo"
		return f
	}},
	{"FI", func() *plot.Figure {
		currents := tensor.Linspace(0, 4, 33)
		return plot.FI(currents, 0.001, leaky(currents, 1000, 0), leaky(currents, 1000, 5)).Names("no pause", "5 ms pause")
	}},
	{"Cloud", func() *plot.Figure { return plot.Cloud(recording(120 * time.Millisecond)) }},
	{"EventRate", func() *plot.Figure { return plot.EventRate(recording(400*time.Millisecond), 4*time.Millisecond) }},
	{"Histogram", func() *plot.Figure {
		f := plot.Histogram(smooth(48, 64), 40)
		f.X.Label.Text = "brightness"
		return f
	}},
	{"ISI", func() *plot.Figure { return plot.ISI(poisson(4000, 30), 0.001) }},
	{"CV", func() *plot.Figure { return plot.CV(poisson(4000, 200)) }},
	{"Weights", func() *plot.Figure { return plot.Weights(gaussian(20, 40, 3)) }},
	{"Fields", func() *plot.Figure { return plot.Fields(gabors(24, 12), 12, 12) }},
	{"Connectivity", func() *plot.Figure {
		w := gaussian(24, 24, 5)
		return plot.Connectivity(w.Mul(w.Abs().Gt(1.7)))
	}},
	{"Connectivity of two layers", func() *plot.Figure {
		w := gaussian(6, 16, 8)
		return plot.Connectivity(w.Mul(w.Abs().Gt(0.8)))
	}},
	{"Training", func() *plot.Figure {
		e := tensor.Arange(0, 60, 1)
		noise := gaussian(60, 1, 2).Flatten(0).Mul(0.12).Exp()
		train := e.Mul(-0.09).Exp().Add(0.01).Mul(noise)
		return plot.Training(train, e.Mul(-0.07).Exp().Add(0.03).Add(e.Mul(0.0005))).Names("training", "validation")
	}},
	{"Latency", func() *plot.Figure {
		return plot.Latency(latencies(20000, 38, 1), latencies(20000, 9, 2)).Names("camera to wheel", "empty loop")
	}},
}

// sample is a frame of the embedded recording, the n-th of 5 ms each.
func sample(n int, opts ...event.Option) *tensor.Tensor {
	camera := event.MustOpen("sample:bars", opts...)
	defer camera.Close()
	for f := range camera.Frames(5 * time.Millisecond) {
		if n--; n == 0 {
			return f.Clone()
		}
	}
	panic("the recording is too short")
}

// recording is the beginning of a recording.
func recording(d time.Duration) []event.Event {
	camera := event.MustOpen("sample:bars")
	defer camera.Close()
	var all []event.Event
	for s := range camera.Slices(d) {
		return append(all, s...)
	}
	panic("the recording is empty")
}

func smooth(rows, cols int) *tensor.Tensor {
	t := tensor.Zeros(rows, cols)
	for y := range rows {
		for x := range cols {
			t.Set(float32(math.Sin(float64(x)/9)*math.Cos(float64(y)/7)*math.Exp(-float64(x)/60)), y, x)
		}
	}
	return t.Add(1)
}

// poisson is spikes whose rates grow from neuron to neuron.
func poisson(steps, neurons int) *tensor.Tensor {
	r := rand.New(rand.NewPCG(1, 2))
	z := tensor.Zeros(steps, neurons)
	for t := range steps {
		for n := range neurons {
			if r.Float64() < 0.01+0.06*float64(n)/float64(neurons) {
				z.Set(1, t, n)
			}
		}
	}
	return z
}

// gaussian is normally distributed numbers.
func gaussian(rows, cols int, seed uint64) *tensor.Tensor {
	r := rand.New(rand.NewPCG(seed, 0))
	t := tensor.Zeros(rows, cols)
	for i := range t.Data() {
		t.Data()[i] = float32(r.NormFloat64())
	}
	return t
}

// gabors is oriented receptive fields.
func gabors(n, side int) *tensor.Tensor {
	t := tensor.Zeros(n, side*side)
	for k := range n {
		sin, cos := math.Sincos(math.Pi * float64(k) / float64(n))
		for i := range side * side {
			x, y := float64(i%side)-float64(side-1)/2, float64(i/side)-float64(side-1)/2
			u := x*cos + y*sin
			t.Set(float32(math.Exp(-(x*x+y*y)/12)*math.Cos(1.3*u+float64(k))), k, i)
		}
	}
	return t
}

// integrateAndFire is the voltage, the current and the spikes of a leaky neuron with a growing input, in steps of a
// millisecond.
func integrateAndFire(steps int) (v, i, z *tensor.Tensor) {
	v, i, z = tensor.Zeros(steps), tensor.Zeros(steps), tensor.Zeros(steps)
	var volt, current float64
	for t := range steps {
		volt += 0.1 * (current - volt)
		current += -0.2*current + 0.1 + 0.004*float64(t)
		if volt > 1 {
			volt = 0
			z.Set(1, t)
		}
		v.Set(float32(volt), t)
		i.Set(float32(current), t)
	}
	return v, i, z
}

// leaky is the spikes of leaky neurons with constant currents and a pause of so many steps after each spike.
func leaky(currents *tensor.Tensor, steps, pause int) *tensor.Tensor {
	n := currents.Len()
	z := tensor.Zeros(steps, n)
	for k := range n {
		volt, rest := 0.0, 0
		for t := range steps {
			if rest > 0 {
				rest--
				continue
			}
			volt += 0.05 * (float64(currents.At1(k)) - volt)
			if volt > 1 {
				volt, rest = 0, pause
				z.Set(1, t, k)
			}
		}
	}
	return z
}

// fitzHughNagumo is a trajectory of the model of that name, by Euler's method.
func fitzHughNagumo(steps int) (v, w *tensor.Tensor) {
	v, w = tensor.Zeros(steps), tensor.Zeros(steps)
	x, y := -1.0, 1.2
	for t := range steps {
		dx, dy := x-x*x*x/3-y+0.5, 0.08*(x+0.7-0.8*y)
		x, y = x+0.1*dx, y+0.1*dy
		v.Set(float32(x), t)
		w.Set(float32(y), t)
	}
	return v, w
}

// latencies is durations with a long tail, around a median in microseconds.
func latencies(n int, median float64, seed uint64) []time.Duration {
	r := rand.New(rand.NewPCG(seed, 9))
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = time.Duration(1000 * median * math.Exp(0.2*r.NormFloat64()+math.Abs(r.NormFloat64()*r.NormFloat64()*0.2)))
		if r.Float64() < 0.002 {
			out[i] *= 8
		}
	}
	return out
}
