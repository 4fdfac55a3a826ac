package tensor

import (
	"math"

	"github.com/livespike/livespike/internal/simd"
)

// Softmax is exp(t) divided by its sum along an axis, computed from the distances to the largest element so that
// nothing overflows. Along other axes it is separate.
func (t *Tensor) Softmax(axis int) *Tensor {
	axis = t.axis("Softmax", axis)
	out := Zeros(t.shape...)
	t.rows(axis, func(at, step, n int) {
		m, sum := t.normaliser(at, step, n)
		for i := at; i < at+n*step; i += step {
			out.elems()[i] = float32(simd.Exp(float64(t.elems()[i])-m) / sum)
		}
	})
	if Recording(t) {
		t.recordSoftmax(out, axis)
	}
	return out
}

func (t *Tensor) recordSoftmax(out *Tensor, axis int) {
	y := out.Detach()
	made("Softmax", out, []*Tensor{t}, []*Tensor{out}, func(dy *Tensor) []*Tensor {
		dx := ZerosLike(y)
		y.rows(axis, func(at, step, n int) {
			var dot float64
			for i := at; i < at+n*step; i += step {
				dot += float64(float64(dy.elems()[i]) * float64(y.elems()[i])) // rounded by itself on every machine
			}
			for i := at; i < at+n*step; i += step {
				dx.elems()[i] = float32(float64(y.elems()[i]) * (float64(dy.elems()[i]) - dot))
			}
		})
		return []*Tensor{dx}
	})
}

// LogSoftmax is the logarithm of Softmax, without the loss of small numbers.
func (t *Tensor) LogSoftmax(axis int) *Tensor {
	axis = t.axis("LogSoftmax", axis)
	out := Zeros(t.shape...)
	t.rows(axis, func(at, step, n int) {
		m, sum := t.normaliser(at, step, n)
		log := math.Log(sum)
		for i := at; i < at+n*step; i += step {
			out.elems()[i] = float32(float64(t.elems()[i]) - m - log)
		}
	})
	if Recording(t) {
		t.recordLogSoftmax(out, axis)
	}
	return out
}

func (t *Tensor) recordLogSoftmax(out *Tensor, axis int) {
	y := out.Detach()
	made("LogSoftmax", out, []*Tensor{t}, []*Tensor{out}, func(dy *Tensor) []*Tensor {
		dx := ZerosLike(y)
		y.rows(axis, func(at, step, n int) {
			var sum float64
			for i := at; i < at+n*step; i += step {
				sum += float64(dy.elems()[i])
			}
			for i := at; i < at+n*step; i += step {
				dx.elems()[i] = float32(float64(dy.elems()[i]) - float64(simd.Exp(float64(y.elems()[i]))*sum))
			}
		})
		return []*Tensor{dx}
	})
}

// normaliser is the largest of n elements that lie step apart, and the sum of exp of their distances to it.
func (t *Tensor) normaliser(at, step, n int) (largest, sum float64) {
	largest = math.Inf(-1)
	for i := at; i < at+n*step; i += step {
		largest = math.Max(largest, float64(t.elems()[i]))
	}
	for i := at; i < at+n*step; i += step {
		sum += simd.Exp(float64(t.elems()[i]) - largest)
	}
	return largest, sum
}

// rows calls f for every line of n elements along an axis; they lie step apart from position at on.
func (t *Tensor) rows(axis int, f func(at, step, n int)) {
	step, n := size(t.shape[axis+1:]), t.shape[axis]
	for at := 0; at < len(t.elems()); at += n * step {
		for k := range step {
			f(at+k, step, n)
		}
	}
}
