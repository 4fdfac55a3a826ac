package encode

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/livespike/livespike/internal/fixture"
	"github.com/livespike/livespike/internal/golden"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// TestConformanceNorse compares the cases of encoders and receptive fields with values from Norse 065a3b45. It reads the
// folder named by LIVESPIKE_GOLDEN_NORSE, else testdata.
func TestConformanceNorse(t *testing.T) {
	dir := fixture.Path("LIVESPIKE_GOLDEN_NORSE")
	if dir == "" {
		dir = "testdata"
	}
	cases, err := golden.Cases(dir, "encode.", "decode.", "filter.", "rf.", "logical")
	if err != nil {
		t.Fatal(err)
	}
	failed, passed := 0, golden.Tally{}
	for _, c := range cases {
		if err := conform(c); err != nil {
			failed++
			t.Errorf("%s: %s: %v", c.Text("file"), c.Text("name"), err)
			continue
		}
		passed.Add(c)
	}
	passed.Log(t.Logf)
	t.Logf("conformance norse: %d cases, %d failed, 0 skipped", len(cases), failed)
}

// conform runs one case; a panic is a failure of the case.
func conform(c golden.Case) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	run, ok := map[string]func(golden.Case) error{
		"encode.constant_current_lif": conformLIF, "encode.spike_latency_lif": conformLIF, "encode.spike_latency": conformLatency,
		"encode.population": conformPopulation, "encode.poisson": conformPoisson, "encode.poisson.statistics": conformRate,
		"encode.current": conformCurrent, "decode.spikes_to_times": conformTimes, "decode.sum": conformSum, "filter.exp": conformFilter,
		"rf.spatial": conformSpatial, "rf.parameters": conformParameters, "rf.temporal_scales": conformTemporalScales,
		"rf.conv": conformFieldConv, "rf.temporal": conformTemporal, "logical": conformLogic,
	}[c.Text("op")]
	if !ok {
		return fmt.Errorf("unknown op %q", c.Text("op"))
	}
	return run(c)
}

// load reads fields; the error of a missing one is a panic, which conform reports.
func load(c golden.Case, key string) *tensor.Tensor {
	x, err := c.Tensor(key)
	if err != nil {
		panic(err)
	}
	out := tensor.Zeros(x.Shape...)
	copy(out.Data(), x.Data)
	return out
}

// equal compares a result with a field of the case, by the case's class.
func equal(c golden.Case, key string, got *tensor.Tensor) error {
	want, err := c.Tensor(key)
	if err != nil {
		return err
	}
	return golden.Compare(key, c.Text("tol"), got.Shape(), got.Data(), want)
}

// lifOptions spells a case's parameters; numbers are float32 tensors of one value, as the file was made.
func lifOptions(c golden.Case) []snn.Option {
	opts := []snn.Option{snn.DT(c.Number("dt", 0.001))}
	p := c.Sub("params")
	for _, key := range p.Keys() {
		switch {
		case key == "method":
			opts = append(opts, snn.Method(p.Text(key)))
		case p.IsTensor(key):
			opts = append(opts, snn.NewOption(key, load(p, key)))
		default:
			opts = append(opts, snn.NewOption(key, tensor.Of(float32(p.Number(key, 0)))))
		}
	}
	return opts
}

func conformLIF(c golden.Case) error {
	f := ConstantCurrentLIFEncode
	if c.Text("op") == "encode.spike_latency_lif" {
		f = SpikeLatencyLIFEncode
	}
	return equal(c, "output", f(load(c, "input"), c.Int("seq_length", 0), lifOptions(c)...))
}

func conformLatency(c golden.Case) error {
	return equal(c, "output", SpikeLatencyEncode(load(c, "input")))
}

func conformPopulation(c golden.Case) error {
	var opts []snn.Option
	if c.IsTensor("scale") {
		opts = append(opts, Scale(load(c, "scale")))
	} else if c.Has("scale") {
		opts = append(opts, Scale(c.Number("scale", 0)))
	}
	return equal(c, "output", PopulationEncode(load(c, "input"), c.Int("out_features", 0), opts...))
}

func conformPoisson(c golden.Case) error {
	u := load(c, "uniforms")
	opts := []snn.Option{FMax(c.Number("f_max", 100)), snn.DT(c.Number("dt", 0.001)), Uniforms(u)}
	x := load(c, "input")
	sequence := len(u.Shape()) > len(x.Shape())
	var got *tensor.Tensor
	switch signed := c.Bool("signed", false); {
	case sequence && signed:
		got = SignedPoissonEncode(x, u.Shape()[0], opts...)
	case sequence:
		got = PoissonEncode(x, u.Shape()[0], opts...)
	case signed:
		got = SignedPoissonEncodeStep(x, opts...)
	default:
		got = PoissonEncodeStep(x, opts...)
	}
	return equal(c, "output", got)
}

// conformRate compares the observed rates with the expected ones, within three standard deviations of a binomial.
func conformRate(c golden.Case) error {
	n := c.Int("seq_length", 0)
	f := PoissonEncode
	if c.Bool("signed", false) {
		f = SignedPoissonEncode
	}
	rate := SumDecode(f(load(c, "input"), n, FMax(c.Number("f_max", 100)), snn.DT(c.Number("dt", 0.001)), Seed(1)))
	for i, want := range load(c, "expected_rate").Data() {
		p := math.Abs(float64(want))
		got, sigma := math.Abs(float64(rate.Data()[i]))/float64(n), math.Sqrt(p*(1-p)/float64(n))
		if math.Abs(got-p) > 3*sigma {
			return fmt.Errorf("rate %d is %v, want %v ± %v", i, got, want, 3*sigma)
		}
	}
	return nil
}

func conformCurrent(c golden.Case) error {
	x, v, opts := load(c, "current"), load(c, "voltage"), lifOptions(c)
	var z, after *tensor.Tensor
	switch model := c.Text("model"); model {
	case "lif":
		z, after = LIFCurrentEncoder(x, v, opts...)
	case "lif_ex":
		z, after = LIFExCurrentEncoder(x, v, opts...)
	case "lif_adex":
		var s *AdExState
		z, s = LIFAdExCurrentEncoder(x, &AdExState{V: v, A: load(c, "adaptation")}, opts...)
		after = s.V
		if err := equal(c, "adaptation_out", s.A); err != nil {
			return err
		}
	default:
		return fmt.Errorf("unknown model %q", model)
	}
	want, err := c.Tensor("spikes")
	if err != nil {
		return err
	}
	if err := golden.Compare("spikes", "exact", z.Shape(), z.Data(), want); err != nil {
		return err
	}
	return equal(c, "voltage_out", after)
}

func conformTimes(c golden.Case) error {
	x, n, dt := load(c, "input"), c.Int("spike_count", 1), snn.DT(c.Number("dt", 0.001))
	if err := equal(c, "output", SpikesToTimes(x, n, dt)); err != nil || !c.Has("dy") {
		return err
	}
	return equal(c, "input_grad", SpikesToTimesGrad(x, load(c, "dy"), n, dt))
}

func conformSum(c golden.Case) error { return equal(c, "output", SumDecode(load(c, "input"))) }

// conformFilter is Norse's module: a linear layer, here in its own words, and the filter.
func conformFilter(c golden.Case) error {
	x, w := load(c, "input"), load(c, "weight")
	in, out := w.Shape()[1], w.Shape()[0]
	shape := slices.Clone(x.Shape())
	shape[len(shape)-1] = out
	y := tensor.Zeros(shape...)
	for r := range len(x.Data()) / in {
		for o := range out {
			for i := range in {
				y.Data()[r*out+o] += x.Data()[r*in+i] * w.Data()[o*in+i]
			}
			if c.Has("bias") {
				y.Data()[r*out+o] += load(c, "bias").Data()[o]
			}
		}
	}
	return equal(c, "output", ExpFilter(y, c.Number("tau_filter_inv", 1000), c.Number("dt", 0.001)))
}
