package encode

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// waves is numbers between 0.2 and 1.8, no two alike.
func waves(shape ...int) *tensor.Tensor {
	x := tensor.Zeros(shape...)
	for i := range x.Data() {
		x.Data()[i] = float32(1 + 0.8*math.Sin(1.7*float64(i)+0.3))
	}
	return x
}

// TestGradientsOfEncoders compares with central differences of Σ y·dy, summed in float64.
func TestGradientsOfEncoders(t *testing.T) {
	one := func(f func(x *tensor.Tensor) *tensor.Tensor) func(in []*tensor.Tensor) *tensor.Tensor {
		return func(in []*tensor.Tensor) *tensor.Tensor { return f(in[0]) }
	}
	population := func(opts ...snn.Option) func(in []*tensor.Tensor) *tensor.Tensor {
		return one(func(x *tensor.Tensor) *tensor.Tensor { return PopulationEncode(x, 4, opts...) })
	}
	kernel := func(f func(d *tensor.Tensor, sigma float64) *tensor.Tensor) func(in []*tensor.Tensor) *tensor.Tensor {
		return population(Scale(2.5), Kernel(func(d *tensor.Tensor) *tensor.Tensor { return f(d, 0.8) }))
	}
	for name, c := range map[string]struct {
		in []*tensor.Tensor
		f  func(in []*tensor.Tensor) *tensor.Tensor
	}{
		"ConstantEncode": {[]*tensor.Tensor{waves(2, 3)}, one(func(x *tensor.Tensor) *tensor.Tensor { return ConstantEncode(x, 4) })},
		"SumDecode":      {[]*tensor.Tensor{waves(5, 2)}, one(SumDecode)},
		"RateDecode":     {[]*tensor.Tensor{waves(5, 2)}, one(func(x *tensor.Tensor) *tensor.Tensor { return RateDecode(x, 0.1) })},
		"ExpFilter":      {[]*tensor.Tensor{waves(6, 3)}, one(func(x *tensor.Tensor) *tensor.Tensor { return ExpFilter(x, 400, 0.001) })},
		"ExpFilterStep": {[]*tensor.Tensor{waves(3), waves(3).Mul(2)}, func(in []*tensor.Tensor) *tensor.Tensor {
			return ExpFilterStep(in[0], in[1], 400, 0.001)
		}},
		"LogicalAnd":                           {[]*tensor.Tensor{waves(4), waves(4).Mul(3)}, func(in []*tensor.Tensor) *tensor.Tensor { return LogicalAnd(in[0], in[1]) }},
		"LogicalXor":                           {[]*tensor.Tensor{waves(4), waves(4).Mul(3)}, func(in []*tensor.Tensor) *tensor.Tensor { return LogicalXor(in[0], in[1]) }},
		"PosedgeDetector":                      {[]*tensor.Tensor{waves(4), waves(4).Mul(3)}, func(in []*tensor.Tensor) *tensor.Tensor { return PosedgeDetector(in[0], in[1]) }},
		"PopulationEncode, scale of the input": {[]*tensor.Tensor{waves(5)}, population()},
		"PopulationEncode, a scale for each": {[]*tensor.Tensor{waves(2, 3), waves(2, 1).Add(1)}, func(in []*tensor.Tensor) *tensor.Tensor {
			return PopulationEncode(in[0], 4, Scale(in[1]))
		}},
		"PopulationEncode, one scale": {[]*tensor.Tensor{waves(3), tensor.Of(2)}, func(in []*tensor.Tensor) *tensor.Tensor {
			return PopulationEncode(in[0], 4, Scale(in[1]), Distance(ManhattanDistance))
		}},
		"GaussianRBF": {[]*tensor.Tensor{waves(5)}, kernel(GaussianRBF)}, "LaplacianRBF": {[]*tensor.Tensor{waves(5)}, kernel(LaplacianRBF)},
		"InverseQuadraticRBF":    {[]*tensor.Tensor{waves(5)}, kernel(InverseQuadraticRBF)},
		"InverseMultiquadricRBF": {[]*tensor.Tensor{waves(5)}, kernel(InverseMultiquadricRBF)},
		"TriangularRBF":          {[]*tensor.Tensor{waves(5)}, kernel(TriangularRBF)}, "CosineRBF": {[]*tensor.Tensor{waves(5)}, kernel(CosineRBF)},
		"TemporalReceptiveField": {[]*tensor.Tensor{waves(2, 3), waves(2, 3).Mul(200)}, func(in []*tensor.Tensor) *tensor.Tensor {
			m := TemporalReceptiveField([]int{3}, 2, TimeConstants(in[1]))
			_, s := m.Forward(in[0], nil)
			y, _ := m.Forward(in[0], s)
			return y
		}},
	} {
		t.Run(name, func(t *testing.T) { differences(t, c.in, c.f) })
	}
}

// differences compares the gradients of f's inputs with central differences of two widths.
func differences(t *testing.T, in []*tensor.Tensor, f func(in []*tensor.Tensor) *tensor.Tensor) {
	t.Helper()
	plain := f(in)
	for _, x := range in {
		x.SetRequiresGrad(true)
	}
	y := f(in)
	if !y.Equal(plain) {
		t.Errorf("recorded %v, plain %v", y, plain)
	}
	dy := waves(y.Shape()...)
	y.BackwardFrom(dy)
	tensor.NoGrad(func() {
		for n, x := range in {
			for k, v := range x.Data() {
				at := func(v float32) (sum float64) {
					x.Data()[k] = v
					for i, o := range f(in).Data() {
						sum += float64(o) * float64(dy.Data()[i])
					}
					return sum
				}
				const h = 1.0 / 64
				wide, narrow := (at(v+h)-at(v-h))/(2*h), (at(v+h/2)-at(v-h/2))/h
				want := (4*narrow - wide) / 3 // Richardson
				x.Data()[k] = v
				if got := float64(x.Grad().Data()[k]); math.Abs(got-want) > 2e-3*max(1, math.Abs(want)) {
					t.Errorf("input %d, element %d: gradient %v, difference %v", n, k, got, want)
				}
			}
		}
	})
}

// TestGradientsOfFirstSpikes, closed form: what SpikeLatencyEncode keeps passes, up to and with the first spike.
func TestGradientsOfFirstSpikes(t *testing.T) {
	x := tensor.FromSlice([]float32{0, 0, 1, 0, 1, 0}, 3, 2).SetRequiresGrad(true)
	SpikeLatencyEncode(x).BackwardFrom(tensor.FromSlice([]float32{1, 2, 3, 4, 5, 6}, 3, 2))
	if want := []float32{1, 2, 3, 4, 0, 6}; !slices.Equal(x.Grad().Data(), want) {
		t.Errorf("gradient %v, want %v", x.Grad().Data(), want)
	}
}

// TestGradientsOfSpikeTimes, closed form: −dy·dt at the spikes that were decoded, −dy for indices, nothing for the
// spike that did not come.
func TestGradientsOfSpikeTimes(t *testing.T) {
	for _, c := range []struct {
		opts []snn.Option
		by   float32
	}{{[]snn.Option{snn.DT(0.25)}, -0.25}, {[]snn.Option{snn.DT(0.25), Indices()}, -1}} {
		x := tensor.FromSlice([]float32{0, 1, 1, 0, 1, 0}, 3, 2).SetRequiresGrad(true)
		y := SpikesToTimes(x, 2, c.opts...)
		y.BackwardFrom(tensor.FromSlice([]float32{1, 2, 3, 4}, 2, 2))
		if want := []float32{0, 2 * c.by, 1 * c.by, 0, 3 * c.by, 0}; !slices.Equal(x.Grad().Data(), want) {
			t.Errorf("gradient %v, want %v", x.Grad().Data(), want)
		}
	}
}

// TestGradientsOfGates, closed form: through the step of x + y, and of x·y + (x + y)·prev, by SuperSpike(100).
func TestGradientsOfGates(t *testing.T) {
	super := surrogate.SuperSpike(100)
	x, y, prev := tensor.Of(0, 1, 1).SetRequiresGrad(true), tensor.Of(0, 0, 1).SetRequiresGrad(true), tensor.Of(1, 0, 1).SetRequiresGrad(true)
	LogicalOr(x, y).BackwardFrom(tensor.Of(1, 2, 3))
	for k, sum := range []float32{0, 1, 2} {
		if got, want := x.Grad().Data()[k], super.Grad(sum, float32(k+1)); got != want || y.Grad().Data()[k] != want {
			t.Errorf("LogicalOr: element %d: gradients %v and %v, want %v", k, got, y.Grad().Data()[k], want)
		}
	}
	x.ZeroGrad()
	MullerC(prev, x, y).BackwardFrom(tensor.Of(1, 2, 3))
	for k, at := range []float32{0, 0, 3} {
		g := super.Grad(at, float32(k+1))
		if got, want := x.Grad().Data()[k], g*(y.Data()[k]+prev.Data()[k]); got != want {
			t.Errorf("MullerC: element %d: gradient %v, want %v", k, got, want)
		}
		if got, want := prev.Grad().Data()[k], g*(x.Data()[k]+y.Data()[k]); got != want {
			t.Errorf("MullerC: element %d: gradient of prev %v, want %v", k, got, want)
		}
	}
}

// TestGradientsThatWouldBeLost: what has no derivative says so, and works without gradients.
func TestGradientsThatWouldBeLost(t *testing.T) {
	x := waves(3, 2).SetRequiresGrad(true)
	for name, f := range map[string]func(){
		"encode.PoissonEncode":           func() { PoissonEncode(x, 2) },
		"encode.PoissonEncodeStep":       func() { PoissonEncodeStep(x) },
		"encode.SignedPoissonEncode":     func() { SignedPoissonEncode(x, 2) },
		"encode.SignedPoissonEncodeStep": func() { SignedPoissonEncodeStep(x) },
		"encode.DeltaEncode":             func() { DeltaEncode(x, 0.1) },
		"encode.ThresholdEncode":         func() { ThresholdEncode(x, 0.1) },
		"encode.PopulationEncode": func() {
			PopulationEncode(x, 3, Kernel(func(d *tensor.Tensor) *tensor.Tensor { return d.Detach().Map(func(v float32) float32 { return v }) }))
		},
	} {
		tensor.NoGrad(f)
		message := func() (message string) {
			defer func() { message, _ = recover().(string) }()
			f()
			return
		}()
		if !strings.HasPrefix(message, name+": ") || !strings.Contains(message, "use Detach or NoGrad") {
			t.Errorf("%s: panic %q", name, message)
		}
	}
}

// TestTemporalReceptiveFieldLearns: its time constants are a parameter, that snn.Train and an optimiser's step change.
func TestTemporalReceptiveFieldLearns(t *testing.T) {
	m := TemporalReceptiveField([]int{3}, 2)
	before := m.TimeConstants().Detach().Clone()
	if y, _ := m.Forward(waves(3), nil); y.RequiresGrad() {
		t.Error("a fresh field records")
	}
	snn.Train(m)
	p := snn.Parameters(m)
	if len(p) != 1 || p[0].Name != "neurons.tau_mem_inv" || p[0].Value != m.TimeConstants() {
		t.Fatalf("parameters %v", p)
	}
	y, _ := m.Forward(waves(3), nil)
	y.Sum().Backward()
	if g := p[0].Value.Grad(); g == nil || g.Abs().Sum().Item() == 0 {
		t.Fatalf("gradient %v", g)
	}
	tensor.NoGrad(func() { p[0].Value.SubInPlace(p[0].Value.Grad().Mul(100)) })
	if z, _ := m.Forward(waves(3), nil); z.Equal(y.Detach()) || m.TimeConstants().Equal(before) {
		t.Error("the step changed nothing")
	}
}

// TestRandomEncodersFollowTheSeed: without a seed of their own they draw from package tensor's generator.
func TestRandomEncodersFollowTheSeed(t *testing.T) {
	draw := func(seed int64) *tensor.Tensor {
		tensor.Seed(seed)
		return PoissonEncode(tensor.Full(0.5, 4, 5), 20, FMax(1000))
	}
	if a, b, c := draw(3), draw(3), draw(4); !a.Equal(b) || a.Equal(c) {
		t.Error("the spikes do not follow tensor.Seed")
	}
}
