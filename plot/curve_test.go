package plot

import (
	"image"
	"image/color"
	"math"
	"strings"
	"testing"
	"time"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/livespike/livespike/io/event"
	"github.com/livespike/livespike/snn/tensor"
)

// The nullcline of x² + y² − 1 is the unit circle: every point of it lies there, to a hundredth of a cell's square, and
// it goes all the way round.
func TestNullclineIsTheCircle(t *testing.T) {
	f := Phase(tensor.Of(0, 1), tensor.Of(0, 1))
	f.X.Min, f.X.Max, f.Y.Min, f.Y.Max = -2, 2, -2, 2
	n := &nullclines{}
	n.add(f.Plot, func(x, y float64) float64 { return x*x + y*y - 1 }, "circle", 0)
	s := n.segments[0]
	round := 0.0
	for i := 0; i+3 < len(s); i += 4 {
		if r := math.Hypot(s[i], s[i+1]); math.Abs(r-1) > 1e-3 {
			t.Errorf("a point at distance %v", r)
		}
		round += math.Hypot(s[i+2]-s[i], s[i+3]-s[i+1])
	}
	if math.Abs(round-2*math.Pi) > 0.01 {
		t.Errorf("it is %v long, want 2π", round)
	}
}

// Where a derivative is not finite there is no line, and no arrow.
func TestNullclinesNotFinite(t *testing.T) {
	f := Phase(tensor.Of(0, 1), tensor.Of(0, 1))
	f.Nullclines(func(x, y float64) float64 { return math.NaN() }, func(x, y float64) float64 { return math.Inf(1) })
	render(t, f)
	parse(t, f)
}

// Rates by hand: two spikes of three steps of 10 ms are 66.7 Hz; NaN is no spike.
func TestFIRates(t *testing.T) {
	z := tensor.FromSlice([]float32{1, 0, 1, nan, 0, 0}, 3, 2)
	f := FI(tensor.Of(1, 2), 0.01, z)
	if y := f.curves[0].y; math.Abs(y[0]-200.0/3) > 1e-9 || y[1] != 0 {
		t.Errorf("rates %v", y)
	}
}

// Bins by hand: half a millisecond each from the first event on.
func TestEventRateBins(t *testing.T) {
	events := []event.Event{event.Of(1600, 0, 0, 0), event.Of(1000, 0, 0, 1), event.Of(1499, 0, 0, 1), event.Of(2000, 0, 0, 1)}
	f := EventRate(events, 500*time.Microsecond)
	for i, want := range [][]float64{{4, 2, 2}, {4, 0, 2}, {0, 2, 0}} { // thousand events/s
		for k, v := range f.curves[i].y {
			if math.Abs(v-want[k]) > 1e-9 {
				t.Errorf("%s: %v, want %v", f.curves[i].name, f.curves[i].y, want)
				break
			}
		}
	}
	if x := f.curves[0].x; len(x) != 4 || x[0] != 1000 || x[3] != 2500 || f.X.Label.Text != "time (µs)" {
		t.Errorf("edges %v, %q", x, f.X.Label.Text)
	}
}

// A geometric distribution of intervals with probability p has mean 1/p and CV √(1−p).
func TestISIOfGeometricIntervals(t *testing.T) {
	tensor.Seed(5)
	const p = 0.1
	z := tensor.Bernoulli(p, 20000, 10)
	var all []float64
	for _, one := range intervals("test", z) {
		all = append(all, one...)
	}
	mean, cv := variation(all)
	if math.Abs(mean-1/p) > 0.2 || math.Abs(cv-math.Sqrt(1-p)) > 0.02 {
		t.Errorf("mean %v, CV %v; want %v, %v", mean, cv, 1/p, math.Sqrt(1-p))
	}
	total := 0.0
	f := ISI(z, 0.001)
	for _, v := range f.curves[0].y {
		total += v
	}
	texts, _ := parse(t, f)
	if left := float64(len(all)) - total; left > 0 && !strings.Contains(strings.Join(texts, "|"), "not drawn") || left < 0 {
		t.Errorf("%v of %d intervals are drawn, texts %q", total, len(all), texts)
	}
}

// Every interval is in the bin of its own step where bins are a step wide.
func TestISIBins(t *testing.T) {
	z := tensor.Zeros(30)
	for _, at := range []int{0, 2, 4, 7, 13} { // 2 2 3 6
		z.Set(1, at)
	}
	one := ISI(z, 0.002).curves[0]
	want := map[float64]float64{4: 2, 6: 1, 8: 0, 10: 0, 12: 1} // ms
	for i, v := range one.y {
		if middle := math.Round((one.x[i] + one.x[i+1]) / 2); want[middle] != v {
			t.Errorf("%v intervals of %v ms", v, middle)
		}
	}
	if len(one.y) != len(want) {
		t.Errorf("%d bins", len(one.y))
	}
}

func TestHistogramCounts(t *testing.T) {
	one := Histogram(tensor.Of(0, 0.1, 0.5, 0.99, 1, nan, inf), 2).curves[0]
	if one.y[0] != 2 || one.y[1] != 3 || one.remarks[0] != "1 NaN, 1 +Inf" {
		t.Errorf("%v, %q", one.y, one.remarks)
	}
}

// The smallest duration that so many do not exceed, by hand; and the bins hold all.
func TestLatencyPercentiles(t *testing.T) {
	f := Latency([]time.Duration{5, 1, 3, 2, 4}, []time.Duration{-7, 0, time.Hour})
	if want := []string{"n = 5", "p50 3 ns", "p99 5 ns", "p99.9 5 ns", "max 5 ns"}; strings.Join(f.curves[0].remarks, ",") != strings.Join(want, ",") {
		t.Errorf("%q", f.curves[0].remarks)
	}
	render(t, f)
	for i, want := range []float64{5, 3} {
		sum := 0.0
		for _, v := range f.curves[i].y {
			sum += math.Floor(v) // empty bins are below one
		}
		if sum != want {
			t.Errorf("list %d: %v in bins", i, sum)
		}
	}
}

// The axis is logarithmic only where it can be.
func TestTrainingScale(t *testing.T) {
	for _, test := range []struct {
		losses *tensor.Tensor
		log    bool
	}{{tensor.Of(1, 0.01), true}, {tensor.Of(1, 0.5), false}, {tensor.Of(1, 0), false}, {tensor.Of(1, -1), false}, {tensor.Of(nan, inf), false}, {tensor.Of(1), false}} {
		f := Training(test.losses)
		if _, log := f.Y.Scale.(gonum.LogScale); log != test.log {
			t.Errorf("%v: logarithmic %v", f, log)
		}
		render(t, f)
	}
	if f := Training(tensor.Of(0.7, 0.69)); f.Y.Max-f.Y.Min < 0.07-1e-6 || f.Y.Min > 0.69 || f.Y.Max < 0.7 {
		t.Errorf("of losses that hardly move, the axis goes from %v to %v", f.Y.Min, f.Y.Max)
	}
}

// One strong connection of two layers: the line's pixels are there in its colour, from left to right.
func TestConnectivityLine(t *testing.T) {
	for weight, c := range map[float64]color.RGBA{1: lineColors[1], -1: lineColors[0]} {
		w := tensor.Zeros(1, 3)
		w.Set(float32(weight), 0, 1)
		img := render(t, Connectivity(w))
		most := 0
		for y := range img.Rect.Dy() {
			run := 0
			for x := range img.Rect.Dx() {
				if p := img.RGBAAt(x, y); near(p, c) {
					run++
					most = max(most, run)
				}
			}
		}
		if most < 300 {
			t.Errorf("weight %v: the longest run has %d pixels", weight, most)
		}
	}
}

func near(a, b color.RGBA) bool {
	far := func(u, v uint8) bool { return max(u, v)-min(u, v) > 40 }
	return !far(a.R, b.R) && !far(a.G, b.G) && !far(a.B, b.B)
}

// Each field is where it belongs: a field of ones among zeros is a block of the highest colour.
func TestFieldsPlaces(t *testing.T) {
	var before image.Rectangle
	for i := range 6 {
		w := tensor.Zeros(6, 2, 2)
		for k := range 4 {
			w.Data()[4*i+k] = 1
		}
		b := block(render(t, Fields(w, 2, 2)), viridis[255], 60)
		if b.Dx() != b.Dy() || i > 0 && b.Size() != before.Size() || i%3 > 0 && (b.Min.Y != before.Min.Y || b.Min.X <= before.Max.X) || i == 3 && b.Min.Y <= before.Max.Y {
			t.Errorf("field %d is at %v, the one before at %v", i, b, before)
		}
		before = b
	}
}

// Time runs to the right, columns go back, rows down; pixels are as high as wide but for the slant.
func TestCloudPlaces(t *testing.T) {
	m := &cloud{rows: 100, cols: 100}
	c := draw.NewCanvas(nil, 400*cssPixel, 300*cssPixel)
	at := m.projection(c)
	o, later, right, below := at(0, 0, 0), at(1, 0, 0), at(0, 1, 0), at(0, 0, 1)
	if !(later.X > o.X && later.Y == o.Y && right.X > o.X && right.Y > o.Y && below.X == o.X && below.Y < o.Y) {
		t.Error(o, later, right, below)
	}
	long := math.Hypot(float64(right.X-o.X), float64(right.Y-o.Y))
	if share := long / float64(o.Y-below.Y); math.Abs(share-0.5) > 0.02 {
		t.Errorf("a column is %v of a row, want a half", share)
	}
	for _, corner := range []vg.Point{at(0, 0, 1), at(1, 1, 0), at(1, 1, 1)} {
		if !c.Contains(corner) {
			t.Errorf("%v is outside", corner)
		}
	}
}

func TestLogTicks(t *testing.T) {
	for _, test := range []struct {
		lo, hi float64
		want   string
	}{
		{1, 1000, "1 10 100 1000"}, {0.9, 12, "1 2 5 10"}, {3, 4, "3 4"}, {1e-6, 1, "1e−6 0.0001 0.01 1"}, {0, 1, ""},
	} {
		var got []string
		for _, tick := range (logTicks{n: 4}).Ticks(test.lo, test.hi) {
			got = append(got, tick.Label)
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%v to %v: %q, want %q", test.lo, test.hi, s, test.want)
		}
	}
}

// Figures of nothing, of one value and of values that are not finite are drawn.
func TestCurvesEdges(t *testing.T) {
	bad := tensor.Of(nan, inf, 1)
	for _, f := range []*Figure{
		Phase(bad, bad), Phase(tensor.Of(1), tensor.Of(1)), Phase(tensor.Zeros(0), tensor.Zeros(0)), FI(tensor.Of(1), 1, tensor.Zeros(1, 1)),
		Histogram(tensor.Zeros(0), 3), Histogram(bad, 1), Histogram(tensor.Ones(4), 7), ISI(tensor.Zeros(5), 1), CV(tensor.Zeros(5, 2)),
		ISI(tensor.Ones(5), 1), CV(tensor.Ones(5, 2)), Training(tensor.Of(1)), Training(bad), Latency([]time.Duration{1}),
		Weights(tensor.Ones(1, 1)), Weights(tensor.Full(math.NaN(), 3, 4)), Fields(tensor.Zeros(1, 1), 1, 1), Connectivity(tensor.Zeros(1, 1)),
		Connectivity(tensor.Full(math.Inf(1), 2, 2)), Connectivity(tensor.Rand(60, 60)), Cloud([]event.Event{event.Of(7, 0, 0, 1)}),
		EventRate([]event.Event{event.Of(7, 0, 0, 1)}, time.Second),
	} {
		render(t, f)
		parse(t, f.Dark())
	}
}

func TestCurvePanics(t *testing.T) {
	step := 0.001
	for want, f := range map[string]func(){
		"plot.Phase: x is nil":                                                 func() { Phase(nil, tensor.Ones(2)) },
		"plot.Phase: x has shape (2,), y (3,)":                                 func() { Phase(tensor.Ones(2), tensor.Ones(3)) },
		"plot: Nullclines is for figures of plot.Phase":                        func() { Training(tensor.Ones(2)).Nullclines(nil, nil) },
		"plot: Nullclines: a derivative is nil":                                func() { Phase(tensor.Ones(2), tensor.Ones(2)).Nullclines(nil, nil) },
		"plot.FI: no spikes":                                                   func() { FI(tensor.Ones(2), step) },
		"plot.FI: spikes 0 is nil":                                             func() { FI(tensor.Ones(2), step, nil) },
		"plot.FI: steps of 0 seconds":                                          func() { FI(tensor.Ones(2), 0, tensor.Ones(2, 2)) },
		"plot.FI: spikes 0 of shape (2, 3) for 2 currents, expected (time, 2)": func() { FI(tensor.Ones(2), step, tensor.Ones(2, 3)) },
		"plot.FI: currents of shape (2, 2), expected (neuron)":                 func() { FI(tensor.Ones(2, 2), step, tensor.Ones(2, 3)) },
		"plot.Cloud: no events":                                                func() { Cloud(nil) },
		"plot.EventRate: no events":                                            func() { EventRate(nil, time.Second) },
		"plot.EventRate: bins of 1ns, expected at least 1µs":                   func() { EventRate([]event.Event{{}}, 1) },
		"plot.Histogram: 0 bins, expected 1 to 10000":                          func() { Histogram(tensor.Ones(2), 0) },
		"plot.ISI: the tensor is nil":                                          func() { ISI(nil, step) },
		"plot.CV: the tensor is nil":                                           func() { CV(nil) },
		"plot.Weights: tensor of shape (2,), expected (output, input)":         func() { Weights(tensor.Ones(2)) },
		"plot.Connectivity: tensor of shape (2,), expected (neuron, input)":    func() { Connectivity(tensor.Ones(2)) },
		"plot.Training: no tensor":                                             func() { Training() },
		"plot.Training: tensor 0 of shape (2, 2), expected (epoch)":            func() { Training(tensor.Ones(2, 2)) },
		"plot.Latency: no durations":                                           func() { Latency() },
		"plot.Latency: list 0 is empty":                                        func() { Latency(nil) },
		"plot: 2 names for 1 lines":                                            func() { Training(tensor.Ones(2)).Names("a", "b") },
		"plot.Fields: tensor of shape (4, 5) for fields of 2×2, expected (neuron, 4) or (neuron, 2, 2)": func() { Fields(tensor.Ones(4, 5), 2, 2) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}

// The legend of nullclines has the letters of the axes' labels.
func TestNullclineNames(t *testing.T) {
	for label, want := range map[string]string{"voltage v (mV)": "dv/dt = 0", "u": "du/dt = 0", "recovery": "dx/dt = 0", "": "dx/dt = 0"} {
		if got := still(label, "x"); got != want {
			t.Errorf("%q: %q, want %q", label, got, want)
		}
	}
}
