package encode

import (
	"fmt"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/internal/option"
	"github.com/livespike/livespike/snn/tensor"
)

// XS is the shifts of the fields along x, one axis, default 0.
func XS(t *tensor.Tensor) snn.Option { return snn.NewOption("x", t) }

// YS is the shifts of the fields along y, one axis, default 0.
func YS(t *tensor.Tensor) snn.Option { return snn.NewOption("y", t) }

// IncludeReplicas keeps the fields of ratio 1 at every angle, although they differ by their angle only.
func IncludeReplicas() snn.Option { return snn.NewOption("include_replicas", true) }

// Derivatives are the pairs (dx, dy) that Norse makes of a number n: (0, 0) for 0, else all of 0…n on both axes but
// (n, n). The result is (k, 2).
func Derivatives(n int) *tensor.Tensor {
	if n < 0 {
		panic(fmt.Sprintf("encode.Derivatives: %d; it starts at 0", n))
	}
	pairs := []float32{}
	for x := range n + 1 {
		for y := range n + 1 {
			if n == 0 || x != n || y != n {
				pairs = append(pairs, float32(x), float32(y))
			}
		}
	}
	return tensor.FromSlice(pairs, len(pairs)/2, 2)
}

// SpatialParameters combines scales, angles and ratios (one axis each) with the rows of derivatives (k, 2) to fields
// (n, 7), one a row: scale, angle, ratio, x, y, dx, dy. The scale varies slowest, then angle, ratio, x and y; every
// combination is repeated for each derivative. If a ratio is 1, round fields come last, with the first angle only,
// unless IncludeReplicas is given. Options: XS, YS, IncludeReplicas.
//
// Source: Norse, functional/receptive_field.py, spatial_parameters at 065a3b45.
func SpatialParameters(scales, angles, ratios, derivatives *tensor.Tensor, opts ...snn.Option) *tensor.Tensor {
	x, y, replicas := tensor.Zeros(1), tensor.Zeros(1), false
	option.Set{
		Who: "encode.SpatialParameters", Tensors: map[string]**tensor.Tensor{"x": &x, "y": &y},
		Flags: map[string]*bool{"include_replicas": &replicas},
	}.Apply(opts)
	if d := derivatives.Shape(); len(d) != 2 || d[1] != 2 {
		panic(fmt.Sprintf("encode.SpatialParameters: derivatives of shape %v, want (k, 2)", d))
	}
	oval, round := split(ratios.Data())
	var list [][]float32
	if replicas || len(round) == 0 {
		list = product(scales.Data(), angles.Data(), ratios.Data(), x.Data(), y.Data())
	} else {
		list = product(scales.Data(), angles.Data(), oval, x.Data(), y.Data())
		list = append(list, product(scales.Data(), angles.Data()[:min(1, len(angles.Data()))], round, x.Data(), y.Data())...)
	}
	k := derivatives.Shape()[0]
	out := tensor.Zeros(len(list)*k, 7)
	for i, row := range list {
		for j := range k {
			at := out.Data()[(i*k+j)*7:]
			copy(at, row)
			copy(at[5:7], derivatives.Data()[2*j:2*j+2])
		}
	}
	return out
}

// split parts the ratios that are not 1 from those that are.
func split(ratios []float32) (oval, round []float32) {
	for _, r := range ratios {
		if r == 1 {
			round = append(round, r)
		} else {
			oval = append(oval, r)
		}
	}
	return oval, round
}

// product is the cartesian product, the first factor slowest.
func product(factors ...[]float32) [][]float32 {
	list := [][]float32{nil}
	for _, f := range factors {
		var next [][]float32
		for _, row := range list {
			for _, v := range f {
				next = append(next, append(append([]float32(nil), row...), v))
			}
		}
		list = next
	}
	return list
}

// SpatioTemporalParameters combines every field of SpatialParameters (n, 7) with every temporal scale (m): rows of 8,
// the temporal scale last and fastest, (n·m, 8). Norse's function of that name raises.
func SpatioTemporalParameters(fields, temporalScales *tensor.Tensor) *tensor.Tensor {
	n, m := rows("SpatioTemporalParameters", fields), len(temporalScales.Data())
	out := tensor.Zeros(n*m, 8)
	for i := range n {
		for j, scale := range temporalScales.Data() {
			at := out.Data()[(i*m+j)*8:]
			copy(at, fields.Data()[i*7:(i+1)*7])
			at[7] = scale
		}
	}
	return out
}
