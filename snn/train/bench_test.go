package train_test

import (
	"testing"

	"github.com/livespike/livespike/snn/tensor"
	"github.com/livespike/livespike/snn/train"
)

func BenchmarkStep(b *testing.B) {
	const n = 200000
	for name, make := range optimizers {
		b.Run("rule="+name, func(b *testing.B) {
			w := tensor.Zeros(n)
			opt := make([]train.Parameter{{Name: "w", Value: w}})
			setGrad(w, tensor.Ones(n))
			b.ReportAllocs()
			for b.Loop() {
				opt.Step()
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mweights/s")
		})
	}
}
