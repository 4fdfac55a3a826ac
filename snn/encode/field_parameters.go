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
// unless IncludeReplicas is given. Options: XS, YS, IncludeReplicas. Gradients reach all but the derivatives.
//
// Source: Norse, functional/receptive_field.py, spatial_parameters at 065a3b45.
func SpatialParameters(scales, angles, ratios, derivatives *tensor.Tensor, opts ...snn.Option) *tensor.Tensor {
	g := newGrid("SpatialParameters", scales, angles, ratios, derivatives, opts)
	return g.rows(g.sources)
}

// grid says how sources combine to rows: of each row, which element of every source it has, and its derivatives.
type grid struct {
	sources [5]*tensor.Tensor // scales, angles, ratios, x, y
	index   [][]int
	orders  [][]float32
}

func newGrid(who string, scales, angles, ratios, derivatives *tensor.Tensor, opts []snn.Option) *grid {
	x, y, replicas := tensor.Zeros(1), tensor.Zeros(1), false
	option.Set{
		Who: "encode." + who, Tensors: map[string]**tensor.Tensor{"x": &x, "y": &y},
		Flags: map[string]*bool{"include_replicas": &replicas},
	}.Apply(opts)
	if d := derivatives.Shape(); len(d) != 2 || d[1] != 2 {
		panic(fmt.Sprintf("encode.%s: derivatives of shape %v, want (k, 2)", who, d))
	}
	of := func(t *tensor.Tensor) (all []int) {
		for i := range t.Data() {
			all = append(all, i)
		}
		return all
	}
	g := &grid{sources: [5]*tensor.Tensor{scales, angles, ratios, x, y}}
	oval, round := split(ratios.Data())
	var list [][]int
	if replicas || len(round) == 0 {
		list = product(of(scales), of(angles), of(ratios), of(x), of(y))
	} else {
		list = product(of(scales), of(angles), oval, of(x), of(y))
		list = append(list, product(of(scales), of(angles)[:min(1, angles.Numel())], round, of(x), of(y))...)
	}
	for _, row := range list {
		for j := range derivatives.Len() {
			g.index = append(g.index, row)
			g.orders = append(g.orders, derivatives.Data()[2*j:2*j+2])
		}
	}
	return g
}

// rows are the fields (n, 7) of sources of the grid's sizes.
func (g *grid) rows(sources [5]*tensor.Tensor) *tensor.Tensor {
	out := tensor.Zeros(len(g.index), 7)
	for i, row := range g.index {
		at := out.Data()[i*7:]
		for p, k := range row {
			at[p] = sources[p].Data()[k]
		}
		copy(at[5:7], g.orders[i])
	}
	tensor.Record(tensor.Node{
		Name: "encode.SpatialParameters", Inputs: sources[:], Outputs: []*tensor.Tensor{out},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			var d []*tensor.Tensor
			for p, s := range sources {
				d = append(d, tensor.Zeros(s.Shape()...))
				for i, row := range g.index {
					d[p].Data()[row[p]] += dy[0].Data()[i*7+p]
				}
			}
			return d
		},
	})
	return out
}

// split parts the ratios that are not 1 from those that are, by their places.
func split(ratios []float32) (oval, round []int) {
	for i, r := range ratios {
		if r == 1 {
			round = append(round, i)
		} else {
			oval = append(oval, i)
		}
	}
	return oval, round
}

// product is the cartesian product, the first factor slowest.
func product(factors ...[]int) [][]int {
	list := [][]int{nil}
	for _, f := range factors {
		var next [][]int
		for _, row := range list {
			for _, v := range f {
				next = append(next, append(append([]int(nil), row...), v))
			}
		}
		list = next
	}
	return list
}

// SpatioTemporalParameters combines every field of SpatialParameters (n, 7) with every temporal scale (m): rows of 8,
// the temporal scale last and fastest, (n·m, 8). Norse's function of that name raises.
func SpatioTemporalParameters(fields, temporalScales *tensor.Tensor) *tensor.Tensor {
	unrecorded("SpatioTemporalParameters", fields)
	unrecorded("SpatioTemporalParameters", temporalScales)
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
