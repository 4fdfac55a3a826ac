package encode

import (
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// tangents are the derivatives of SpatialReceptiveField by scale, angle, ratio, x and y, in the order of a row.
//
// In the field's own axes, u along the angle and w across it, its logarithm is −½(u²/a + w²/b) with a = ratio²·scale and
// b = scale/ratio², but for a constant; both go into the normalised field, and from there through the derivatives.
func tangents(f Field, size int, domain float64) [5][]float64 {
	k := normalised(f, size, domain)
	axis := make([]float32, size)
	linspace(axis, float32(-domain), float32(domain))
	a, b := f.Ratio*f.Ratio*f.Scale, f.Scale/(f.Ratio*f.Ratio)
	cos, sin := math.Cos(f.Angle), math.Sin(f.Angle)
	var d [5][]float64
	var mean [5]float64
	for p := range d {
		d[p] = make([]float64, len(k))
	}
	for i, v := range k {
		qx, qy := float64(axis[i%size])-f.X, float64(axis[i/size])-f.Y
		u, w := cos*qx+sin*qy, cos*qy-sin*qx
		for p, slope := range [5]float64{
			(u*u/a + w*w/b) / (2 * f.Scale), u * w * (1/b - 1/a), (u*u/a - w*w/b) / f.Ratio,
			u*cos/a - w*sin/b, u*sin/a + w*cos/b,
		} {
			d[p][i] = slope
			mean[p] += v * slope
		}
	}
	for p := range d {
		for i, v := range k {
			d[p][i] = v * (d[p][i] - mean[p])
		}
	}
	step := func(angle float64) {
		next, turned := directional(k, size, angle, f.Scale), directional(k, size, angle+math.Pi/2, f.Scale)
		for p := range d {
			d[p] = directional(d[p], size, angle, f.Scale)
		}
		for i := range k {
			d[0][i] += next[i] / f.Scale
			d[1][i] += turned[i]
		}
		k = next
	}
	for dx, dy := f.DX, f.DY; dx > 0 || dy > 0; dx, dy = dx-1, dy-1 {
		if dx > 0 {
			step(f.Angle)
		}
		if dy > 0 {
			step(f.Angle + math.Pi/2)
		}
	}
	return d
}

// rowGradients are the gradients of rows of fields, given those of the fields (n, size, size). The orders of the
// derivatives have none.
func rowGradients(rows, dy *tensor.Tensor, size int, domain float64) *tensor.Tensor {
	out := tensor.Zeros(rows.Shape()...)
	for i := range rows.Len() {
		for p, d := range tangents(fieldOf(rows.Data()[i*7:(i+1)*7]), size, domain) {
			var sum float64
			for k, v := range d {
				sum += v * float64(dy.Data()[i*size*size+k])
			}
			out.Data()[i*7+p] = float32(sum)
		}
	}
	return out
}
