package encode

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// Field is one spatial receptive field: a Gaussian of some scale, angle and eccentricity at a place, derived along its
// own axes.
//
// Source of the fields: Norse, functional/receptive_field.py at 065a3b45, after Lindeberg, "Normative theory of visual
// receptive fields", Heliyon 7:e05897 (2021).
type Field struct {
	Scale  float64 // variance of the Gaussian, in units of the domain, above 0
	Angle  float64 // rad
	Ratio  float64 // eccentricity, above 0; 1 is round
	X, Y   float64 // shift of the centre, in units of the domain; the domain's middle is 0
	DX, DY int     // order of the derivatives along and across the angle
}

// String is the field as Norse's row [scale, angle, ratio, x, y, dx, dy].
func (f Field) String() string {
	return fmt.Sprintf("[%v, %v, %v, %v, %v, %d, %d]", f.Scale, f.Angle, f.Ratio, f.X, f.Y, f.DX, f.DY)
}

func (f Field) check() {
	if !(f.Scale > 0) || !(f.Ratio > 0) || f.DX < 0 || f.DY < 0 || math.IsInf(f.Scale*f.Ratio, 0) {
		panic(fmt.Sprintf("encode: receptive field %v: scale and ratio are above 0, dx and dy not below", f))
	}
}

// fieldOf reads a row [scale, angle, ratio, x, y, dx, dy].
func fieldOf(row []float32) Field {
	f := Field{
		Scale: float64(row[0]), Angle: float64(row[1]), Ratio: float64(row[2]), X: float64(row[3]), Y: float64(row[4]),
		DX: int(row[5]), DY: int(row[6]),
	}
	f.check()
	return f
}

// rows checks that a tensor holds fields, one in a row of 7.
func rows(who string, t *tensor.Tensor) int {
	if s := t.Shape(); len(s) != 2 || s[1] != 7 {
		panic(fmt.Sprintf("encode.%s: fields of shape %v; a field is a row of 7: scale, angle, ratio, x, y, dx, dy", who, s))
	}
	return t.Shape()[0]
}

// SpatialReceptiveField is a field of size by size pixels over [−domain, domain] on both axes, columns x and rows y:
// the Gaussian with covariance CovarianceMatrix(ratio, 1/ratio, angle)·scale, normalised to a sum of 1, then derived.
// Every derivative multiplies by scale, so that fields of different scales stay comparable.
func SpatialReceptiveField(f Field, size int, domain float64) *tensor.Tensor {
	f.check()
	return single(derive(normalised(f, size, domain), size, f), size, size)
}

// normalised is the field before its derivatives, with a sum of 1.
func normalised(f Field, size int, domain float64) []float64 {
	k := gaussianField(size, covariance(f.Ratio, 1/f.Ratio, f.Angle, f.Scale), f.X, f.Y, domain)
	sum := 0.0
	for _, v := range k {
		sum += v
	}
	for i := range k {
		k[i] /= sum
	}
	return k
}

// derive applies the field's derivatives in turn, one along the angle and one across it a round.
func derive(k []float64, size int, f Field) []float64 {
	for dx, dy := f.DX, f.DY; dx > 0 || dy > 0; dx, dy = dx-1, dy-1 {
		if dx > 0 {
			k = directional(k, size, f.Angle, f.Scale)
		}
		if dy > 0 {
			k = directional(k, size, f.Angle+math.Pi/2, f.Scale)
		}
	}
	return k
}

// directional is scale times the derivative along an angle, with a pixel as the unit of distance: central differences
// inside and one-sided ones at the edges.
func directional(k []float64, size int, angle, scale float64) []float64 {
	cos, sin := math.Cos(angle), math.Sin(angle)
	out := make([]float64, len(k))
	slope := func(at, i, stride int) float64 {
		lo, hi := max(i-1, 0), min(i+1, size-1)
		if lo == hi {
			return 0
		}
		return (k[at+(hi-i)*stride] - k[at+(lo-i)*stride]) / float64(hi-lo)
	}
	for y := range size {
		for x := range size {
			at := y*size + x
			out[at] = scale * (cos*slope(at, x, 1) + sin*slope(at, y, size))
		}
	}
	return out
}

// SpatialReceptiveFieldsWithDerivatives stacks the fields of a tensor (n, 7), rows as SpatialParameters makes them, to
// (n, size, size). Gradients reach the rows, but for the orders of the derivatives.
func SpatialReceptiveFieldsWithDerivatives(fields *tensor.Tensor, size int, domain float64) *tensor.Tensor {
	n := rows("SpatialReceptiveFieldsWithDerivatives", fields)
	out := tensor.Zeros(n, size, size)
	for i := range n {
		f := SpatialReceptiveField(fieldOf(fields.Data()[i*7:(i+1)*7]), size, domain)
		copy(out.Data()[i*size*size:], f.Data())
	}
	tensor.Record(tensor.Node{
		Name: "encode.SpatialReceptiveFieldsWithDerivatives", Inputs: []*tensor.Tensor{fields}, Outputs: []*tensor.Tensor{out},
		Saved: []*tensor.Tensor{fields},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			return []*tensor.Tensor{rowGradients(fields, dy[0], size, domain)}
		},
	})
	return out
}

// DeriveSpatialReceptiveField derives a square field along and across an angle, once for every pair (dx, dy) in the
// rows of derivatives (n, 2): output (n, size, size).
func DeriveSpatialReceptiveField(field *tensor.Tensor, scale, angle float64, derivatives *tensor.Tensor) *tensor.Tensor {
	unrecorded("DeriveSpatialReceptiveField", field)
	s, d := field.Shape(), derivatives.Shape()
	if len(s) != 2 || s[0] != s[1] || len(d) != 2 || d[1] != 2 {
		panic(fmt.Sprintf("encode.DeriveSpatialReceptiveField: field %v and derivatives %v; want (n, n) and (k, 2)", s, d))
	}
	k := make([]float64, len(field.Data()))
	for i, v := range field.Data() {
		k[i] = float64(v)
	}
	out := tensor.Zeros(d[0], s[0], s[0])
	for i := range d[0] {
		f := Field{Scale: scale, Angle: angle, Ratio: 1, DX: int(derivatives.Data()[2*i]), DY: int(derivatives.Data()[2*i+1])}
		f.check()
		copy(out.Data()[i*len(k):], single(derive(k, s[0], f), s...).Data())
	}
	return out
}

// single rounds to a float32 tensor.
func single(data []float64, shape ...int) *tensor.Tensor {
	out := tensor.Zeros(shape...)
	for i, v := range data {
		out.Data()[i] = float32(v)
	}
	return out
}
