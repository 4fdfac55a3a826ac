package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/livespike/livespike/internal/simd"
)

func random(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for k := range x {
		x[k] = float32(r.NormFloat64())
	}
	return x
}

// plain is the product by three loops, with the sums that Add promises.
func plain(c []float32, ldc int, a, b Matrix, m, k, n, piece int) {
	for i := range m {
		for j := range n {
			s := c[i*ldc+j]
			if piece == 0 {
				for p := range k {
					s = simd.FMA(a.Data[i*a.Row+p*a.Column], b.Data[p*b.Row+j*b.Column], s)
				}
			} else {
				for at := 0; at < k; at += piece {
					var t float32
					for p := at; p < min(at+piece, k); p++ {
						t = simd.FMA(a.Data[i*a.Row+p*a.Column], b.Data[p*b.Row+j*b.Column], t)
					}
					s += t
				}
			}
			c[i*ldc+j] = s
		}
	}
}

// TestAdd compares with three loops, bit for bit, for all remainders of the tiles, both layouts of both matrices, sums
// that continue and sums that are made apart.
func TestAdd(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for m := 1; m < 14; m++ {
		for n := 1; n < 36; n++ {
			check(t, r, m, 1+r.IntN(40), n, 0)
			check(t, r, m, 1+r.IntN(40), n, 8)
		}
	}
	for _, s := range [][3]int{{200, 300, 20}, {7, 1100, 530}, {97, 257, 17}, {25, 40, 67}, {38, 270, 112}} {
		check(t, r, s[0], s[1], s[2], 0)
		check(t, r, s[0], s[1], s[2], 512)
	}
}

// TestAddShares: the bits do not depend on the processors.
func TestAddShares(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, n := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(n)
		r := rand.New(rand.NewPCG(7, 8))
		check(t, r, 401, 70, 60, 0)
		check(t, r, 401, 70, 60, 32)
		check(t, r, 45, 90, 267, 0) // shared by columns
		check(t, r, 45, 90, 267, 32)
	}
}

func check(t *testing.T, r *rand.Rand, m, k, n, piece int) {
	t.Helper()
	for layout := range 4 {
		a, b := Matrix{random(r, m*k), k, 1}, Matrix{random(r, k*n), n, 1}
		if layout&1 == 1 {
			a.Row, a.Column = 1, m
		}
		if layout&2 == 2 {
			b.Row, b.Column = 1, k
		}
		ldc := n + r.IntN(3)
		got := random(r, m*ldc)
		want := append([]float32(nil), got...)
		Add(got, ldc, a, b, m, k, n, piece)
		plain(want, ldc, a, b, m, k, n, piece)
		for i := range want {
			if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
				t.Fatalf("(%d, %d)·(%d, %d), layout %d, pieces of %d: element %d is %v, want %v", m, k, k, n, layout, piece, i, got[i], want[i])
			}
		}
	}
}

func TestAddAllocatesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	a, b, c := Matrix{random(r, 50*60), 60, 1}, Matrix{random(r, 60*70), 70, 1}, make([]float32, 50*70)
	if n := testing.AllocsPerRun(20, func() { Add(c, 70, a, b, 50, 60, 70, 0) }); n >= 1 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkAdd is case m of the specification.
func BenchmarkAdd(b *testing.B) {
	for _, s := range [][3]int{{100, 30000, 10}, {128, 784, 256}, {4096, 784, 256}, {512, 512, 512}, {1024, 1024, 1024}} {
		m, k, n := s[0], s[1], s[2]
		b.Run(fmt.Sprintf("%dx%dx%d", m, k, n), func(b *testing.B) {
			r := rand.New(rand.NewPCG(5, 6))
			x, y, c := Matrix{random(r, m*k), k, 1}, Matrix{random(r, k*n), n, 1}, make([]float32, m*n)
			for b.Loop() {
				clear(c)
				Add(c, n, x, y, m, k, n, 0)
			}
			b.ReportMetric(2*float64(m*k*n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
