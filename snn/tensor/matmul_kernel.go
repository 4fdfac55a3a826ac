package tensor

import (
	"runtime"
	"sync"

	"github.com/livespike/livespike/internal/gemm"
)

// parallelFrom is the multiplications from which on several processors share the rows; about 50 microseconds.
const parallelFrom = 1 << 21

// matMul adds a (m, k) times b (k, n) to c (m, n). Every element of c gets its products one by one, in the order of k,
// whatever the number of processors is.
func matMul(c, a, b []float32, m, k, n int) {
	rows := func(from, to int) {
		gemm.Add(c[from*n:], n, gemm.Matrix{Data: a[from*k:], Row: k, Column: 1}, gemm.Matrix{Data: b, Row: n, Column: 1}, to-from, k, n, 0)
	}
	workers := min(runtime.GOMAXPROCS(0), m/8)
	if m*k*n < parallelFrom || workers < 2 {
		rows(0, m)
		return
	}
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() { rows(m*w/workers, m*(w+1)/workers) })
	}
	wait.Wait()
}
