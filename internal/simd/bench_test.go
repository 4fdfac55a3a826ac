package simd

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkStep is two steps of neurons in the first and in the second cache.
func BenchmarkStep(b *testing.B) {
	for _, m := range []struct {
		name string
		step Neuron
		vars int
		c    []float32
	}{
		{"LIF", LIF, 2, []float32{0.1, -0.2, 0, 1, 0}},
		{"LIFRefrac", LIFRefrac, 3, []float32{0.1, -0.2, 0, 1, 0, 5}},
		{"LI", LI, 2, []float32{0.1, -0.2, 0}},
		{"LIFBox", LIFBox, 1, []float32{0.1, 0, 1, 0}},
		{"IAF", IAF, 1, []float32{1, 0}},
		{"LSNN", LSNN, 3, []float32{0.1, -0.2, 0, 1, 0, 1e-6, 1.8}},
		{"Izhikevich", Izhikevich, 2, []float32{0.25, 0.005, 0.2, -65, 6, 0.04, 5, 140, 30}},
		{"LIFEx", LIFEx, 2, []float32{0.1, -0.2, 0, 1, 0, 0.5}},
		{"LIFAdEx", LIFAdEx, 3, []float32{0.1, -0.2, 0, 1, 0, 0.5, 0.002, 4, 0.02}},
	} {
		for _, n := range []int{1024, 32768} {
			b.Run(fmt.Sprintf("model=%s/n=%d", m.name, n), func(b *testing.B) {
				if m.step.One == nil {
					b.Skip("no assembly on this machine, or switched off")
				}
				r := rand.New(rand.NewPCG(1, 2))
				z, x, s, c := make([]float32, 2*n), make([]float32, 2*n), make([]float32, m.vars*n), Wide(nil, m.c)
				for k := range x {
					x[k] = r.Float32()
				}
				for b.Loop() {
					if m.step.Pair != nil {
						m.step.Pair(&z[0], &x[0], &s[0], &c[0], n, n, n, 0)
						continue
					}
					m.step.One(&z[0], &x[0], &s[0], &c[0], n, n, n, 0)
					m.step.One(&z[n], &x[n], &s[0], &c[0], n, n, n, 0)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(2*n), "ns/update")
			})
		}
	}
}
