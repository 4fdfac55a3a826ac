package encode

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
	"github.com/livespike/livespike/snn/train"
)

// fieldSources are scales, angles, ratios, x and y, and derivatives up to the second order across.
func fieldSources() (sources [5]*tensor.Tensor, derivatives *tensor.Tensor) {
	return [5]*tensor.Tensor{tensor.Of(1.5, 2.5), tensor.Of(0.3, 1.2), tensor.Of(0.7, 1), tensor.Of(0, 0.5), tensor.Of(-0.4)},
		tensor.FromSlice([]float32{0, 0, 1, 0, 1, 2}, 3, 2)
}

// TestGradientsOfFields, by central differences: from the fields' pixels back to what they are combined from.
func TestGradientsOfFields(t *testing.T) {
	s, derivatives := fieldSources()
	s[2] = tensor.Of(0.7, 1.3) // a ratio of 1 does not stay in its group
	differences(t, s[:], func(in []*tensor.Tensor) *tensor.Tensor {
		rows := SpatialParameters(in[0], in[1], in[2], derivatives, XS(in[3]), YS(in[4]))
		return SpatialReceptiveFieldsWithDerivatives(rows, 7, 4).Mul(10)
	})
}

// TestGradientsOfFieldConvolutions, by central differences: the parameters of each module, its bias and its input.
func TestGradientsOfFieldConvolutions(t *testing.T) {
	s, derivatives := fieldSources()
	place := []snn.Option{XS(s[3]), YS(s[4]), Domain(4)}
	fields := SpatialParameters(s[0], s[1], s[2], derivatives, place[:2]...)
	for name, c := range map[string]struct {
		m    *FieldConv
		want []string
	}{
		"fields":            {SpatialReceptiveField2d(2, 5, fields, Domain(4)), []string{"log_scales", "angles", "log_ratios", "x", "y"}},
		"each channel":      {SpatialReceptiveField2d(2, 5, fields, Domain(4), Aggregate(false), OptimizeLog(false)), []string{"scales", "angles", "ratios", "x", "y"}},
		"sampled, a bias":   {SampledSpatialReceptiveField2d(2, 5, s[0], s[1], s[2], derivatives, append(place, snn.Bias(true))...), []string{"log_scales", "angles", "log_ratios", "x", "y", "bias"}},
		"for each, some":    {ParameterizedSpatialReceptiveField2d(2, 5, s[0], s[1], s[2], derivatives, append(place, snn.Learn("scales", "x"))...), []string{"log_scales", "x"}},
		"none":              {SampledSpatialReceptiveField2d(2, 5, s[0], s[1], s[2], derivatives, append(place, snn.Learn())...), nil},
		"stride and border": {SampledSpatialReceptiveField2d(2, 5, s[0], s[1], s[2], derivatives, append(place, snn.Stride(2), snn.Padding(1))...), []string{"log_scales", "angles", "log_ratios", "x", "y"}},
	} {
		t.Run(name, func(t *testing.T) {
			x := waves(1, 2, 7, 6)
			in, names := []*tensor.Tensor{x}, []string(nil)
			for _, p := range snn.Parameters(c.m) {
				in, names = append(in, p.Value), append(names, p.Name)
			}
			if !slices.Equal(names, c.want) {
				t.Errorf("parameters %v, want %v", names, c.want)
			}
			differences(t, in, func([]*tensor.Tensor) *tensor.Tensor {
				y, _ := c.m.Forward(x, nil)
				return y
			})
		})
	}
}

// TestSampledAndParameterizedStartAlike: before learning all three modules have the same kernels; after a step the
// fields of one scale have one scale still only where it is sampled.
func TestSampledAndParameterizedStartAlike(t *testing.T) {
	s, derivatives := fieldSources()
	fields := SpatialParameters(s[0], s[1], s[2], derivatives)
	modules := []*FieldConv{
		SpatialReceptiveField2d(1, 5, fields), SampledSpatialReceptiveField2d(1, 5, s[0], s[1], s[2], derivatives),
		ParameterizedSpatialReceptiveField2d(1, 5, s[0], s[1], s[2], derivatives),
	}
	x := waves(1, 1, 9, 9)
	first, _ := modules[0].Forward(x, nil)
	for k, m := range modules {
		y, _ := m.Forward(x, nil)
		if !y.AllClose(first) || !m.Fields().AllCloseTol(fields, 1e-6, 0) {
			t.Errorf("%v: not the same fields\n%v\n%v", m, m.Fields(), fields)
		}
		snn.Train(m)
		opt := train.SGD(snn.Parameters(m), train.LR(0.001))
		y, _ = m.Forward(x, nil)
		y.Mul(y).Mean().Backward()
		opt.Step()
		z, _ := m.Forward(x, nil)
		if z.Detach().Equal(y.Detach()) {
			t.Errorf("%v: the step changed nothing", m)
		}
		snn.Eval(m)
		if plain, _ := m.Forward(x, nil); !plain.Equal(z.Detach()) {
			t.Errorf("%v: with and without gradients differ", m)
		}
		scales := map[float32]bool{}
		for i := range m.Fields().Len() {
			if m.Fields().At2(i, 5) != fields.At2(i, 5) || m.Fields().At2(i, 6) != fields.At2(i, 6) {
				t.Errorf("%v: the derivatives of field %d have changed", m, i)
			}
			scales[m.Fields().At2(i, 0)] = true
		}
		if sampled := k == 1; sampled != (len(scales) == 2) {
			t.Errorf("%v: %d scales", m, len(scales))
		}
		path := filepath.Join(t.TempDir(), "fields")
		if err := snn.Save(path, m); err != nil {
			t.Fatal(err)
		}
		fresh := []*FieldConv{
			SpatialReceptiveField2d(1, 5, fields), SampledSpatialReceptiveField2d(1, 5, s[0], s[1], s[2], derivatives),
			ParameterizedSpatialReceptiveField2d(1, 5, s[0], s[1], s[2], derivatives),
		}[k]
		if err := snn.Load(path, fresh); err != nil {
			t.Fatal(err)
		}
		if y, _ := fresh.Forward(x, nil); !y.Equal(z.Detach()) {
			t.Errorf("%v: another output after Load", m)
		}
	}
}

// TestARatioMayBecomeOne: which fields there are is settled at the start; Norse's number of channels changes here.
func TestARatioMayBecomeOne(t *testing.T) {
	s, derivatives := fieldSources()
	m := SampledSpatialReceptiveField2d(1, 5, s[0], s[1], s[2], derivatives, OptimizeLog(false))
	before := m.Fields().Len()
	for _, p := range snn.Parameters(m) {
		if p.Name == "ratios" {
			p.Value.FillInPlace(1)
		}
	}
	if y, _ := m.Forward(waves(1, 1, 5, 5), nil); y.Shape()[1] != before {
		t.Errorf("%d channels, were %d", y.Shape()[1], before)
	}
}
