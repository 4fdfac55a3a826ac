package encode

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// MinScale is the square of the smallest temporal scale, default 1.
func MinScale(v float64) snn.Option { return snn.NewOption("min_scale", v) }

// MaxScale is the square of the largest temporal scale; without it, C sets the distance of neighbours.
func MaxScale(v float64) snn.Option { return snn.NewOption("max_scale", v) }

// C is the ratio of neighbouring temporal scales, default 1.41421; without effect when MaxScale is given.
func C(v float64) snn.Option { return snn.NewOption("c", v) }

// temporalScales is the options of TemporalScaleDistribution.
type temporalScales struct {
	low, high, c option.Number
	bounded      bool // max_scale was given
}

func newTemporalScales(who string, n int, opts []snn.Option) temporalScales {
	if n < 1 {
		panic(fmt.Sprintf("encode.%s: %d scales; it starts at 1", who, n))
	}
	p := temporalScales{low: option.Standard(1), high: option.Standard(math.Inf(1)), c: option.Standard(1.41421)}
	option.Set{Who: "encode." + who, Numbers: map[string]*option.Number{
		"min_scale": &p.low, "max_scale": &p.high, "c": &p.c,
	}}.Apply(opts)
	p.low.Positive("encode."+who, "min_scale")
	p.c.Positive("encode."+who, "c")
	if p.bounded = !math.IsInf(p.high.Value, 1); p.bounded {
		p.high.Positive("encode."+who, "max_scale")
	}
	return p
}

// TemporalScaleDistribution is n temporal scales, ascending and evenly spaced on a logarithmic axis. With C the k-th is
// √min·c^k; with MaxScale they run from √min to √max. One scale is √min. Options: MinScale, MaxScale, C.
//
// With a largest scale Norse's distribution runs the wrong way, from √(max²/min) down to √max (21.2 … 5.5 for 5 scales
// of 2 to 30, where this gives 1.4 … 5.5).
//
// Source: Norse, functional/receptive_field.py, temporal_scale_distribution at 065a3b45, after Lindeberg, Journal of
// Mathematical Imaging and Vision 55:50 (2016).
func TemporalScaleDistribution(n int, opts ...snn.Option) *tensor.Tensor {
	p := newTemporalScales("TemporalScaleDistribution", n, opts)
	c, high := p.c.Value, 0.0
	switch {
	case n == 1:
		return single([]float64{math.Sqrt(p.low.Value)}, 1)
	case p.bounded:
		high = p.high.Value
		c = math.Pow(high/p.low.Value, 1/float64(2*(n-1)))
	default:
		high = math.Pow(c, float64(2*(n-1))) * p.low.Value
	}
	return spread(n, c, high)
}

// spread is √(c^(2(k−n))·high) for k = 1 … n.
func spread(n int, c, high float64) *tensor.Tensor {
	out := make([]float64, n)
	for k := range n {
		out[k] = math.Sqrt(math.Pow(c, float64(2*(k+1-n))) * high)
	}
	return single(out, n)
}
