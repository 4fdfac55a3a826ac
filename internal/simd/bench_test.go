package simd

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkStep is the steps of neurons in the first and in the second cache.
func BenchmarkStep(b *testing.B) {
	for _, m := range []struct {
		name string
		step Step
		vars int
		c    []float32
	}{
		{"LIF", LIF, 2, []float32{0.1, -0.2, 0, 1, 0}},
		{"LIFRefrac", LIFRefrac, 3, []float32{0.1, -0.2, 0, 1, 0, 5}},
		{"LI", LI, 2, []float32{0.1, -0.2, 0}},
		{"LIFBox", LIFBox, 1, []float32{0.1, 0, 1, 0}},
		{"IAF", IAF, 1, []float32{1, 0}},
	} {
		for _, n := range []int{1024, 32768} {
			b.Run(fmt.Sprintf("model=%s/n=%d", m.name, n), func(b *testing.B) {
				if m.step == nil {
					b.Skip("no assembly on this machine, or switched off")
				}
				r := rand.New(rand.NewPCG(1, 2))
				z, x, s := make([]float32, n), make([]float32, n), make([]float32, m.vars*n)
				for k := range x {
					x[k] = r.Float32()
				}
				for b.Loop() {
					m.step(&z[0], &x[0], &s[0], &m.c[0], n, n)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/update")
			})
		}
	}
}
