package encode

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn/tensor"
)

// The kernels of PopulationEncode take scaled squared distances d ≥ 0 and give activities that are 1 at d = 0.

// Gradients pass through all of them. Where one has a peak without a slope, at d = 0, its derivative counts as 0.

// GaussianRBF is exp(−d/(2σ²)). It is Norse's gaussian_rbf, and the default with σ = 1.
func GaussianRBF(d *tensor.Tensor, sigma float64) *tensor.Tensor {
	by := float32(2 * sigma * sigma)
	return kernel("GaussianRBF", d, sigma, func(v float64) float64 { return math.Exp(float64(-float32(v) / by)) },
		func(_, y float64) float64 { return -y / (2 * sigma * sigma) })
}

// LaplacianRBF is exp(−√d/σ): sharper at the centre and heavier in the tail than a Gaussian.
func LaplacianRBF(d *tensor.Tensor, sigma float64) *tensor.Tensor {
	return kernel("LaplacianRBF", d, sigma, func(v float64) float64 { return math.Exp(-math.Sqrt(v) / sigma) },
		func(v, y float64) float64 { return -y * slopeOfRoot(v, sigma) })
}

// InverseQuadraticRBF is 1/(1 + d/σ²).
func InverseQuadraticRBF(d *tensor.Tensor, sigma float64) *tensor.Tensor {
	return kernel("InverseQuadraticRBF", d, sigma, func(v float64) float64 { return 1 / (1 + v/(sigma*sigma)) },
		func(_, y float64) float64 { return -y * y / (sigma * sigma) })
}

// InverseMultiquadricRBF is 1/√(1 + d/σ²).
func InverseMultiquadricRBF(d *tensor.Tensor, sigma float64) *tensor.Tensor {
	return kernel("InverseMultiquadricRBF", d, sigma, func(v float64) float64 { return 1 / math.Sqrt(1+v/(sigma*sigma)) },
		func(_, y float64) float64 { return -y * y * y / (2 * sigma * sigma) })
}

// TriangularRBF is max(0, 1 − √d/σ): nothing beyond σ.
func TriangularRBF(d *tensor.Tensor, sigma float64) *tensor.Tensor {
	return kernel("TriangularRBF", d, sigma, func(v float64) float64 { return max(0, 1-math.Sqrt(v)/sigma) },
		func(v, y float64) float64 {
			if y == 0 {
				return 0
			}
			return -slopeOfRoot(v, sigma)
		})
}

// CosineRBF is ½ + ½·cos(π·√d/σ) up to σ and nothing beyond: neighbours half a width apart add up to 1.
func CosineRBF(d *tensor.Tensor, sigma float64) *tensor.Tensor {
	return kernel("CosineRBF", d, sigma, func(v float64) float64 {
		return 0.5 + 0.5*math.Cos(math.Pi*min(1, math.Sqrt(v)/sigma))
	}, func(v, _ float64) float64 {
		return -0.5 * math.Pi * math.Sin(math.Pi*min(1, math.Sqrt(v)/sigma)) * slopeOfRoot(v, sigma)
	})
}

// slopeOfRoot is the derivative of √d/σ, 0 at 0.
func slopeOfRoot(d, sigma float64) float64 {
	if d == 0 {
		return 0
	}
	return 1 / (2 * sigma * math.Sqrt(d))
}

// kernel is f of every distance; slope is its derivative at d, where it is y.
func kernel(name string, d *tensor.Tensor, sigma float64, f func(d float64) float64, slope func(d, y float64) float64) *tensor.Tensor {
	if !(sigma > 0) {
		panic(fmt.Sprintf("encode.%s: sigma is %v; it must be above 0", name, sigma))
	}
	out := tensor.Zeros(d.Shape()...)
	for i, v := range d.Data() {
		out.Data()[i] = float32(f(float64(v)))
	}
	y := out.Detach()
	tensor.Record(tensor.Node{
		Name: "encode." + name, Inputs: []*tensor.Tensor{d}, Outputs: []*tensor.Tensor{out}, Saved: []*tensor.Tensor{d, y},
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			dx := tensor.Zeros(d.Shape()...)
			for i, v := range d.Data() {
				dx.Data()[i] = float32(float64(dy[0].Data()[i]) * slope(float64(v), float64(y.Data()[i])))
			}
			return []*tensor.Tensor{dx}
		},
	})
	return out
}

// EuclideanDistance is (x − y)², Norse's euclidean_distance.
func EuclideanDistance(x, y *tensor.Tensor) *tensor.Tensor {
	same("x", x, "y", y)
	d := x.Sub(y)
	return d.Mul(d)
}

// ManhattanDistance is |x − y|.
func ManhattanDistance(x, y *tensor.Tensor) *tensor.Tensor {
	same("x", x, "y", y)
	return x.Sub(y).Abs()
}
