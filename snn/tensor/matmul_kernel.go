package tensor

import "github.com/livespike/livespike/internal/gemm"

// matMul adds a (m, k) times b (k, n) to c (m, n). Every element of c gets its products one by one, in the order of k,
// whatever the number of processors is.
func matMul(c, a, b []float32, m, k, n int) {
	gemm.Add(c, n, gemm.Matrix{Data: a, Row: k, Column: 1}, gemm.Matrix{Data: b, Row: n, Column: 1}, m, k, n, 0)
}
