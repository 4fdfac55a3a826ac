package plasticity

import (
	"fmt"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/fixture"
	"github.com/livespike/livespike/internal/golden"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// TestConformanceNorse compares the cases of plasticity rules with values from Norse 065a3b45. It reads the folder
// named by LIVESPIKE_GOLDEN_NORSE, else testdata.
func TestConformanceNorse(t *testing.T) {
	dir := fixture.Path("LIVESPIKE_GOLDEN_NORSE")
	if dir == "" {
		dir = "testdata"
	}
	cases, err := golden.Cases(dir, "stdp.", "correlation.", "stp.")
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
	switch op := c.Text("op"); op {
	case "stdp.linear", "stdp.conv2d":
		return conformSTDP(c, strings.HasSuffix(op, "conv2d"))
	case "stdp.sensor":
		return conformSTDPSensor(c)
	case "correlation.sensor":
		return conformCorrelation(c)
	case "stp.tsodyks_makram":
		return conformTsodyksMakram(c)
	default:
		return fmt.Errorf("unknown op %q", op)
	}
}

// params are the options that a case's params spell, numbers as float32 tensors of one value unless plain.
func params(c golden.Case, plain bool) ([]snn.Option, error) {
	opts := []snn.Option{snn.DT(c.Number("dt", 0.001))}
	p := c.Sub("params")
	for _, key := range p.Keys() {
		switch key {
		case "stdp_algorithm":
			opts = append(opts, Algorithm(p.Text(key)))
		case "hardbound":
			opts = append(opts, HardBound(p.Bool(key, true)))
		case "convolutional": // chooses the function in Norse
		case "stride", "padding", "dilation":
			opts = append(opts, snn.NewOption(key, p.Int(key, 0)))
		default:
			var v any = p.Number(key, 0)
			if p.IsTensor(key) {
				x, err := load(p, key)
				if err != nil {
					return nil, err
				}
				v = x
			} else if !plain {
				v = tensor.Of(float32(p.Number(key, 0)))
			}
			opts = append(opts, snn.NewOption(key, v))
		}
	}
	return opts, nil
}

func load(c golden.Case, key string) (*tensor.Tensor, error) {
	x, err := c.Tensor(key)
	if err != nil {
		return nil, err
	}
	if len(x.Shape) == 0 {
		return tensor.FromSlice(x.Data), nil
	}
	return tensor.FromSlice(x.Data, x.Shape...), nil
}

// at is step k of a tensor whose first axis is time.
func at(x *tensor.Tensor, k int) *tensor.Tensor {
	shape := x.Shape()[1:]
	n := option.Size(shape)
	if len(shape) == 0 {
		return tensor.FromSlice(x.Data()[k : k+1])
	}
	return tensor.FromSlice(x.Data()[k*n:(k+1)*n], shape...)
}

// same compares values gathered over time, or those of the last step, with a field of the case.
func same(c golden.Case, key string, got []float32) error {
	want, err := c.Tensor(key)
	if err != nil {
		return err
	}
	return golden.Compare(key, c.Text("tol"), want.Shape, got, want)
}

// all loads several fields.
func all(c golden.Case, keys ...string) ([]*tensor.Tensor, error) {
	var out []*tensor.Tensor
	for _, k := range keys {
		x, err := load(c, k)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func conformSTDP(c golden.Case, conv bool) error {
	opts, err := params(c, false)
	if err != nil {
		return err
	}
	in, err := all(c, "pre", "post", "w0")
	if err != nil {
		return err
	}
	rule, w := STDP(opts...), in[2]
	step := STDPStepLinear
	if conv {
		step = STDPStepConv2d
	}
	var s *STDPState
	got := map[string][]float32{}
	for k := range in[0].Shape()[0] {
		w, s = step(at(in[0], k), at(in[1], k), w, s, rule)
		got["w"] = append(got["w"], w.Data()...)
		got["t_pre"] = append(got["t_pre"], s.TPre.Data()...)
		got["t_post"] = append(got["t_post"], s.TPost.Data()...)
		got["t_pre_end"], got["t_post_end"] = s.TPre.Data(), s.TPost.Data()
	}
	for key, values := range got {
		if key == "w" || c.Has(key) {
			if err := same(c, key, values); err != nil {
				return err
			}
		}
	}
	return nil
}

func conformSTDPSensor(c golden.Case) error {
	opts, err := params(c, false)
	if err != nil {
		return err
	}
	in, err := all(c, "pre", "post")
	if err != nil {
		return err
	}
	rule := STDPSensor(opts...)
	var s *STDPSensorState
	var pre, post []float32
	for k := range in[0].Shape()[0] {
		s = STDPSensorStep(at(in[0], k), at(in[1], k), s, rule)
		pre, post = append(pre, s.APre.Data()...), append(post, s.APost.Data()...)
	}
	if err := same(c, "a_pre", pre); err != nil {
		return err
	}
	return same(c, "a_post", post)
}

func conformCorrelation(c golden.Case) error {
	opts, err := params(c, false)
	if err != nil {
		return err
	}
	in, err := all(c, "pre", "post")
	if err != nil {
		return err
	}
	rule := CorrelationSensor(opts...)
	var s *CorrelationSensorState
	var pp, cor, anti []float32
	for k := range in[0].Shape()[0] {
		s = CorrelationSensorStep(at(in[0], k), at(in[1], k), s, rule)
		pp, cor, anti = append(pp, s.PostPre.Data()...), append(cor, s.CorrelationTrace.Data()...), append(anti, s.AntiCorrelationTrace.Data()...)
	}
	if err := same(c, "post_pre", pp); err != nil {
		return err
	}
	if err := same(c, "correlation_trace", cor); err != nil {
		return err
	}
	return same(c, "anti_correlation_trace", anti)
}

func conformTsodyksMakram(c golden.Case) error {
	opts, err := params(c, true)
	if err != nil {
		return err
	}
	in, err := all(c, "input")
	if err != nil {
		return err
	}
	rule := TsodyksMakram(opts...)
	init := c.Sub("init")
	s := rule.InitialState(at(in[0], 0))
	for i := range s.U.Data() {
		s.U.Data()[i], s.X.Data()[i] = float32(init.Number("u", 0)), float32(init.Number("x", 1))
	}
	var out *tensor.Tensor
	var outs, us, xs []float32
	for k := range in[0].Shape()[0] {
		out, s = STPStep(at(in[0], k), s, rule)
		outs, us, xs = append(outs, out.Data()...), append(us, s.U.Data()...), append(xs, s.X.Data()...)
	}
	if err := same(c, "output", outs); err != nil {
		return err
	}
	states := c.Sub("states")
	states["tol"] = c["tol"]
	if err := same(states, "u", us); err != nil {
		return err
	}
	return same(states, "x", xs)
}
