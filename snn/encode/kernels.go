package encode

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// The kernels of PopulationEncode take scaled squared distances d ≥ 0 and give activities that are 1 at d = 0.

// GaussianRBF is exp(−d/(2σ²)). It is Norse's gaussian_rbf, and the default with σ = 1.
func GaussianRBF(d *tensor.Tensor, sigma float64) *tensor.Tensor {
	by := float32(2 * sigma * sigma)
	return kernel("GaussianRBF", d, sigma, func(v float64) float64 { return math.Exp(float64(-float32(v) / by)) })
}

// LaplacianRBF is exp(−√d/σ): sharper at the centre and heavier in the tail than a Gaussian.
func LaplacianRBF(d *tensor.Tensor, sigma float64) *tensor.Tensor {
	return kernel("LaplacianRBF", d, sigma, func(v float64) float64 { return math.Exp(-math.Sqrt(v) / sigma) })
}

// InverseQuadraticRBF is 1/(1 + d/σ²).
func InverseQuadraticRBF(d *tensor.Tensor, sigma float64) *tensor.Tensor {
	return kernel("InverseQuadraticRBF", d, sigma, func(v float64) float64 { return 1 / (1 + v/(sigma*sigma)) })
}

// InverseMultiquadricRBF is 1/√(1 + d/σ²).
func InverseMultiquadricRBF(d *tensor.Tensor, sigma float64) *tensor.Tensor {
	return kernel("InverseMultiquadricRBF", d, sigma, func(v float64) float64 { return 1 / math.Sqrt(1+v/(sigma*sigma)) })
}

// TriangularRBF is max(0, 1 − √d/σ): nothing beyond σ.
func TriangularRBF(d *tensor.Tensor, sigma float64) *tensor.Tensor {
	return kernel("TriangularRBF", d, sigma, func(v float64) float64 { return max(0, 1-math.Sqrt(v)/sigma) })
}

// CosineRBF is ½ + ½·cos(π·√d/σ) up to σ and nothing beyond: neighbours half a width apart add up to 1.
func CosineRBF(d *tensor.Tensor, sigma float64) *tensor.Tensor {
	return kernel("CosineRBF", d, sigma, func(v float64) float64 {
		return 0.5 + 0.5*math.Cos(math.Pi*min(1, math.Sqrt(v)/sigma))
	})
}

func kernel(name string, d *tensor.Tensor, sigma float64, f func(float64) float64) *tensor.Tensor {
	if !(sigma > 0) {
		panic(fmt.Sprintf("encode.%s: sigma is %v; it must be above 0", name, sigma))
	}
	out := tensor.Zeros(d.Shape()...)
	for i, v := range d.Data() {
		out.Data()[i] = float32(f(float64(v)))
	}
	return out
}

// EuclideanDistance is (x − y)², Norse's euclidean_distance.
func EuclideanDistance(x, y *tensor.Tensor) *tensor.Tensor {
	return distance(x, y, func(d float32) float32 { return d * d })
}

// ManhattanDistance is |x − y|.
func ManhattanDistance(x, y *tensor.Tensor) *tensor.Tensor {
	return distance(x, y, func(d float32) float32 { return float32(math.Abs(float64(d))) })
}

func distance(x, y *tensor.Tensor, f func(float32) float32) *tensor.Tensor {
	same("x", x, "y", y)
	out := tensor.Zeros(x.Shape()...)
	for i, v := range x.Data() {
		out.Data()[i] = f(v - y.Data()[i])
	}
	return out
}
