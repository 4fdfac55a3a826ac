package encode

import (
	"fmt"
	"math"
	"slices"

	"github.com/livespike/livespike/internal/golden"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

func conformSpatial(c golden.Case) error {
	f := Field{
		Scale: c.Number("scale", 1), Angle: c.Number("angle", 0), Ratio: c.Number("ratio", 1), X: c.Number("x", 0), Y: c.Number("y", 0),
		DX: c.Int("dx", 0), DY: c.Int("dy", 0),
	}
	size, domain := c.Int("size", 0), c.Number("domain", 8)
	cov := CovarianceMatrix(f.Ratio, 1/f.Ratio, f.Angle)
	for i := range cov.Data() {
		cov.Data()[i] *= float32(f.Scale)
	}
	if c.Has("covariance") {
		if err := equal(c, "covariance", cov); err != nil {
			return err
		}
	}
	if c.Has("gaussian") {
		if err := equal(c, "gaussian", GaussianKernel(size, cov, f.X, f.Y, domain)); err != nil {
			return err
		}
	}
	return equal(c, "output", SpatialReceptiveField(f, size, domain))
}

func conformParameters(c golden.Case) error {
	derivatives := Derivatives(0)
	switch {
	case c.IsTensor("derivatives"):
		derivatives = load(c, "derivatives")
	case c.Has("derivatives"):
		derivatives = Derivatives(c.Int("derivatives", 0))
	}
	var opts []snn.Option
	if c.Has("x") {
		opts = append(opts, XS(load(c, "x")))
	}
	if c.Has("y") {
		opts = append(opts, YS(load(c, "y")))
	}
	if c.Bool("include_replicas", false) {
		opts = append(opts, IncludeReplicas())
	}
	return equal(c, "output", SpatialParameters(load(c, "scales"), load(c, "angles"), load(c, "ratios"), derivatives, opts...))
}

// conformTemporalScales applies Norse's rule where a largest scale is given (defect 19, TestDefect19TemporalScalesAscend shows
// ours); everything else is ours.
func conformTemporalScales(c golden.Case) error {
	args := c.Sub("args")
	n, low, high := args.Int("n_scales", 4), args.Number("min_scale", 1), args.Number("max_scale", 0)
	if high > 0 && n > 1 {
		return equal(c, "output", norseTemporalScales(n, low, high))
	}
	opts := []snn.Option{MinScale(low), C(args.Number("c", 1.41421))}
	if high > 0 {
		opts = append(opts, MaxScale(high))
	}
	return equal(c, "output", TemporalScaleDistribution(n, opts...))
}

// norseTemporalScales is Norse's formula with a largest scale, whose base is below 1 so that it runs backwards.
func norseTemporalScales(n int, low, high float64) *tensor.Tensor {
	return spread(n, math.Pow(low/high, 1/float64(2*(n-1))), high)
}

func conformFieldConv(c golden.Case) error {
	x := load(c, "input")
	m := SpatialReceptiveField2d(x.Shape()[len(x.Shape())-3], c.Int("size", 0), load(c, "rf_parameters"),
		Aggregate(c.Bool("aggregate", true)), Domain(c.Number("domain", 8)))
	y, _ := m.Forward(x, nil)
	return equal(c, "output", y)
}

// conformTemporal runs the field step by step, since Norse's module is a cell and the file has time in front.
func conformTemporal(c golden.Case) error {
	x, tau := load(c, "input"), load(c, "time_constants")
	n := c.Int("n_scales", 4)
	shape := slices.Clone(x.Shape()[1:])
	rank := len(tau.Shape()) - 1
	m := TemporalReceptiveField(shape[len(shape)-rank:], n, snn.DT(c.Number("dt", 0.001)))
	if err := equal(c, "time_constants", m.TimeConstants()); err != nil {
		return err
	}
	var s *snn.State
	var y *tensor.Tensor
	var all []float32
	for t := range x.Shape()[0] {
		step := tensor.FromSlice(x.Data()[t*size(shape):(t+1)*size(shape)], shape...)
		y, s = m.Forward(step, s)
		all = append(all, y.Data()...)
	}
	if y == nil {
		return fmt.Errorf("no steps")
	}
	return equal(c, "output", tensor.FromSlice(all, over(x.Shape()[0], y.Shape())...))
}
