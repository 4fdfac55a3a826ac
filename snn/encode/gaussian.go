package encode

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// CovarianceMatrix is that of a Gaussian with standard deviations s1 and s2 along two axes turned by phi rad, (2, 2):
//
//	[[λ₁cos² + λ₂sin², (λ₁−λ₂)cos·sin], [(λ₁−λ₂)cos·sin, λ₁sin² + λ₂cos²]],  λ = s²
//
// Source: Norse, functional/receptive_field.py, covariance_matrix at 065a3b45.
func CovarianceMatrix(s1, s2, phi float64) *tensor.Tensor {
	c := covariance(s1, s2, phi, 1)
	return single(c[:], 2, 2)
}

// covariance is CovarianceMatrix times scale.
func covariance(s1, s2, phi, scale float64) [4]float64 {
	a, b := s1*s1*scale, s2*s2*scale
	cos, sin := math.Cos(phi), math.Sin(phi)
	mixed := (a - b) * cos * sin
	return [4]float64{a*cos*cos + b*sin*sin, mixed, mixed, a*sin*sin + b*cos*cos}
}

// GaussianKernel is the density of a Gaussian with covariance c (2, 2), shifted by (x, y), at size by size points over
// [−domain, domain] on both axes; columns are x and rows y:
//
//	exp(−½·qᵀ·c⁻¹·q) / (2π·√det c)
//
// Source: Norse, functional/receptive_field.py, gaussian_kernel at 065a3b45. The sums are in float64.
func GaussianKernel(size int, c *tensor.Tensor, x, y, domain float64) *tensor.Tensor {
	unrecorded("GaussianKernel", c)
	if s := c.Shape(); len(s) != 2 || s[0] != 2 || s[1] != 2 {
		panic(fmt.Sprintf("encode.GaussianKernel: covariance of shape %v, want [2 2]", s))
	}
	var m [4]float64
	for i, v := range c.Data() {
		m[i] = float64(v)
	}
	return single(gaussianField(size, m, x, y, domain), size, size)
}

func gaussianField(size int, c [4]float64, x, y, domain float64) []float64 {
	det := c[0]*c[3] - c[1]*c[2]
	if size < 1 || !(domain > 0) || !(det > 0) {
		panic(fmt.Sprintf("encode: a field of %d pixels over ±%v with covariance %v: all must be positive", size, domain, c))
	}
	axis := make([]float32, size)
	linspace(axis, float32(-domain), float32(domain))
	norm := 1 / (2 * math.Pi * math.Sqrt(det))
	out := make([]float64, size*size)
	for row := range size {
		for col := range size {
			qx, qy := float64(axis[col])-x, float64(axis[row])-y
			q := (c[3]*qx*qx - (c[1]+c[2])*qx*qy + c[0]*qy*qy) / det
			out[row*size+col] = norm * math.Exp(-q/2)
		}
	}
	return out
}
