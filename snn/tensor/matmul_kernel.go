package tensor

import (
	"runtime"
	"sync"

	"github.com/livespike/livespike/internal/gemm"
	"github.com/livespike/livespike/internal/simd"
)

const (
	parallelFrom = 1 << 21 // multiplications from which on several processors share the rows; about a millisecond

	kBlock = 256 // rows of b packed at a time: 4 KB, which stays in the first cache
	nBlock = 4   // columns of a tile; 2 rows by 4 columns of sums fit the registers
)

// matMul adds a (m, k) times b (k, n) to c (m, n). Every element of c gets its products one by one, in the order of k,
// whatever the blocks and the number of processors are.
func matMul(c, a, b []float32, m, k, n int) {
	workers := min(runtime.GOMAXPROCS(0), m/8)
	if m*k*n < parallelFrom || workers < 2 {
		matMulRows(c, a, b, m, k, n)
		return
	}
	var wait sync.WaitGroup
	for w := range workers {
		from, to := m*w/workers, m*(w+1)/workers
		wait.Go(func() { matMulRows(c[from*n:], a[from*k:], b, to-from, k, n) })
	}
	wait.Wait()
}

func matMulRows(c, a, b []float32, m, k, n int) {
	if simd.On() && m >= 4 && n >= 4 { // the same sums
		gemm.Add(c, n, gemm.Matrix{Data: a, Row: k, Column: 1}, gemm.Matrix{Data: b, Row: n, Column: 1}, m, k, n, 0)
		return
	}
	j := 0
	if m >= 4 {
		for ; j+nBlock <= n; j += nBlock {
			for p := 0; p < k; p += kBlock {
				matMulPanel(c, a, b, m, k, n, j, p, min(p+kBlock, k))
			}
		}
	}
	for i := range m {
		matMulRow(c[i*n:(i+1)*n], a[i*k:(i+1)*k], b, n, j)
	}
}

// matMulPanel does the columns from j to j+nBlock with the rows of b from p to end.
func matMulPanel(c, a, b []float32, m, k, n, j, p, end int) {
	var pack [kBlock][nBlock]float32
	panel := pack[:end-p]
	for r := range panel {
		panel[r] = [nBlock]float32(b[(p+r)*n+j:])
	}
	i := 0
	for ; i+2 <= m; i += 2 {
		c0, c1 := c[i*n+j:][:nBlock], c[(i+1)*n+j:][:nBlock]
		a0, a1 := a[i*k+p:][:len(panel)], a[(i+1)*k+p:][:len(panel)]
		s00, s01, s02, s03 := c0[0], c0[1], c0[2], c0[3]
		s10, s11, s12, s13 := c1[0], c1[1], c1[2], c1[3]
		for r := range panel {
			w := &panel[r]
			x, y := a0[r], a1[r]
			s00 += float32(x * w[0])
			s01 += float32(x * w[1])
			s02 += float32(x * w[2])
			s03 += float32(x * w[3])
			s10 += float32(y * w[0])
			s11 += float32(y * w[1])
			s12 += float32(y * w[2])
			s13 += float32(y * w[3])
		}
		c0[0], c0[1], c0[2], c0[3] = s00, s01, s02, s03
		c1[0], c1[1], c1[2], c1[3] = s10, s11, s12, s13
	}
	for ; i < m; i++ {
		row := c[i*n+j:][:nBlock]
		for r, x := range a[i*k+p:][:len(panel)] {
			for q, w := range panel[r] {
				row[q] += float32(x * w)
			}
		}
	}
}

// matMulRow adds a row times b, from column j on, to a row of c; four rows of b in one pass.
func matMulRow(c, a, b []float32, n, j int) {
	if j == n {
		return
	}
	c = c[j:]
	p := 0
	for ; p+4 <= len(a); p += 4 {
		x0, x1, x2, x3 := a[p], a[p+1], a[p+2], a[p+3]
		b0, b1 := b[p*n+j:][:len(c)], b[(p+1)*n+j:][:len(c)]
		b2, b3 := b[(p+2)*n+j:][:len(c)], b[(p+3)*n+j:][:len(c)]
		for q, s := range c {
			s += float32(x0 * b0[q])
			s += float32(x1 * b1[q])
			s += float32(x2 * b2[q])
			c[q] = s + float32(x3*b3[q])
		}
	}
	for ; p < len(a); p++ {
		x := a[p]
		for q, w := range b[p*n+j:][:len(c)] {
			c[q] += float32(x * w)
		}
	}
}
