package encode

import (
	"math"
	"slices"
	"testing"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// TestDefect7FieldsOfEachChannel: Norse's SpatialReceptiveField2d raises without aggregate. Oracle: a convolution of each
// input channel by itself with the fields.
func TestDefect7FieldsOfEachChannel(t *testing.T) {
	fields := tensor.Of(1, 0.3, 0.7, 0, 0, 0, 0, 2, 1.1, 1.5, 0.2, 0, 1, 0).Reshape(2, 7)
	m := SpatialReceptiveField2d(3, 5, fields, Domain(4), Aggregate(false))
	tensor.Seed(4)
	x := tensor.Rand(2, 3, 8, 9)
	y, _ := m.Forward(x, nil)
	kernels := SpatialReceptiveFieldsWithDerivatives(fields, 5, 4).Reshape(2, 1, 5, 5)
	var want []*tensor.Tensor
	for channel := range 3 {
		one, _ := snn.Conv2d(1, 2, 5, snn.Weight(kernels), snn.Bias(false)).Forward(x.Slice(1, channel, channel+1), nil)
		want = append(want, one)
	}
	if w := tensor.Cat(1, want...); !slices.Equal(y.Shape(), []int{2, 6, 4, 5}) || !y.AllCloseTol(w, 1e-5, 1e-5) {
		t.Errorf("shape %v, largest difference %v", y.Shape(), y.Sub(w).Abs().Max())
	}
}

// TestDefect8SpatioTemporalParameters: Norse's raises. Here it is every field with every scale.
func TestDefect8SpatioTemporalParameters(t *testing.T) {
	got := SpatioTemporalParameters(tensor.Arange(0, 14, 1).Reshape(2, 7), tensor.Of(0.5, 2, 3))
	if !slices.Equal(got.Shape(), []int{6, 8}) {
		t.Fatalf("shape %v, want (6, 8)", got.Shape())
	}
	seen := map[[2]float32]bool{}
	for r := range 6 {
		row := got.Index(r).Data()
		for k := 1; k < 7; k++ {
			if row[k] != row[0]+float32(k) {
				t.Errorf("row %d is not a field: %v", r, row)
			}
		}
		seen[[2]float32{row[0], row[7]}] = true
	}
	for _, field := range []float32{0, 7} {
		for _, scale := range []float32{0.5, 2, 3} {
			if !seen[[2]float32{field, scale}] {
				t.Errorf("the field that begins with %v lacks scale %v", field, scale)
			}
		}
	}
}

// TestDefect19TemporalScalesAscend: with a largest scale Norse's run from √(max²/min) down to √max.
func TestDefect19TemporalScalesAscend(t *testing.T) {
	d := TemporalScaleDistribution(5, MinScale(2), MaxScale(30)).Data()
	if math.Abs(float64(d[0])-math.Sqrt(2)) > 1e-5 || math.Abs(float64(d[4])-math.Sqrt(30)) > 1e-5 || !slices.IsSorted(d) {
		t.Errorf("%v, want √2 up to √30", d)
	}
	for k := 2; k < 5; k++ { // evenly on a logarithmic axis
		if r := float64(d[k] / d[k-1] / (d[1] / d[0])); math.Abs(r-1) > 1e-5 {
			t.Errorf("%v: the ratios differ", d)
		}
	}
}

// TestDefect20SpikesThatNeverCame: Norse's backward raises if a neuron has fewer spikes than asked for.
func TestDefect20SpikesThatNeverCame(t *testing.T) {
	x := tensor.Of(0, 0, 1, 0, 0, 0).Reshape(3, 1, 2).SetRequiresGrad(true)
	times, _ := SpikesToTimesDecoder(2).Forward(x, nil)
	if d := times.Data(); d[0] != 0.001 || !math.IsInf(float64(d[1]), 1) || !math.IsInf(float64(d[2]), 1) {
		t.Errorf("times %v", d)
	}
	times.BackwardFrom(tensor.Ones(2, 1, 2))
	if want := []float32{0, 0, -0.001, 0, 0, 0}; !slices.Equal(x.Grad().Data(), want) {
		t.Errorf("gradient %v, want %v", x.Grad().Data(), want)
	}
}

// TestDefect21ScalesOfEachInput: Norse's PopulationEncoder fails for more than one scale. Oracle: each input by itself.
func TestDefect21ScalesOfEachInput(t *testing.T) {
	got := PopulationEncode(tensor.Of(0.2, 0.5, 3), 4, Scale(tensor.Of(1, 2, 5)))
	for k, c := range [][2]float64{{0.2, 1}, {0.5, 2}, {3, 5}} {
		one := PopulationEncode(tensor.Of(float32(c[0])), 4, Scale(c[1]))
		if !got.Index(k).Equal(one.Index(0)) {
			t.Errorf("input %d: %v, alone %v", k, got.Index(k), one)
		}
	}
}
