package encode

import "math/rand/v2"

// unseeded draws from the process's generator.
func unseeded(n int) []float32 {
	u := make([]float32, n)
	for i := range u {
		u[i] = rand.Float32()
	}
	return u
}
