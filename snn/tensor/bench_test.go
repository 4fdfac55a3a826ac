package tensor_test

import (
	"fmt"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

func BenchmarkOps(b *testing.B) {
	for _, n := range []int{1, 1000, 1000000} {
		x, y, dst := hashed(n), hashed(n), tensor.Zeros(n)
		for _, op := range []struct {
			name string
			f    func()
		}{
			{"Add", func() { x.Add(y) }},
			{"AddInto", func() { x.AddInto(dst, y) }},
			{"MulNumber", func() { x.Mul(2) }},
			{"Gt", func() { x.Gt(0) }},
			{"Relu", func() { x.Relu() }},
			{"Exp", func() { x.Exp() }},
			{"Sum", func() { x.Sum() }},
			{"Max", func() { x.Max() }},
		} {
			b.Run(fmt.Sprintf("op=%s/n=%d", op.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					op.f()
				}
				b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mvalues/s")
			})
		}
	}
}

// A small training step: forward, backward and update of 784-256-10 with a batch of 128.
func BenchmarkTrainingStep(b *testing.B) {
	x, target := hashed(128, 784), tensor.Zeros(128)
	w1, w2 := hashed(784, 256).Mul(0.1).SetRequiresGrad(true), hashed(256, 10).SetRequiresGrad(true)
	for _, part := range []string{"forward", "forward and backward"} {
		b.Run("part="+part, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				loss := tensor.CrossEntropy(x.MatMul(w1).Relu().MatMul(w2), target)
				if part == "forward" {
					continue
				}
				loss.Backward()
				tensor.NoGrad(func() {
					for _, w := range []*tensor.Tensor{w1, w2} {
						w.SubInPlace(w.Grad().Mul(0.01))
						w.ZeroGrad()
					}
				})
			}
		})
	}
}
