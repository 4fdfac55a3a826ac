package tensor_test

import (
	"fmt"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/snn/tensor"
)

func general(x *tensor.Tensor) blas32.General {
	rows, cols := x.Shape()[0], x.Shape()[1]
	return blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: x.Data()}
}

// The oracle is gonum's sgemm, which adds in another order.
func TestMatMulIsGonums(t *testing.T) {
	for _, s := range [][3]int{{1, 1, 1}, {3, 5, 2}, {4, 256, 4}, {5, 257, 9}, {64, 600, 33}, {7, 1000, 3}, {130, 70, 131}} {
		a, b := hashed(s[0], s[1]), hashed(s[1], s[2]).Add(0.25)
		want := tensor.Zeros(s[0], s[2])
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, general(a), general(b), 0, general(want))
		if got := a.MatMul(b); !got.AllCloseTol(want, 1e-5, 1e-5) {
			t.Errorf("%v: %s", s, differs(got, want, "sum"))
		}
	}
}

// The blocks must not change the order of the sum: the oracle is the plain triple loop of fused
// multiplications and additions.
func TestMatMulAddsInOrder(t *testing.T) {
	for _, s := range [][3]int{{1, 9, 7}, {2, 300, 8}, {4, 513, 12}, {9, 257, 6}, {33, 31, 30}, {131, 130, 129}} {
		a, b := hashed(s[0], s[1]), hashed(s[1], s[2]).Exp()
		want := tensor.Zeros(s[0], s[2])
		for i := range s[0] {
			for j := range s[2] {
				var sum float32
				for p := range s[1] {
					sum = simd.FMA(a.At2(i, p), b.At2(p, j), sum)
				}
				want.Set(sum, i, j)
			}
		}
		if diff := differs(a.MatMul(b), want, "exact"); diff != "" {
			t.Errorf("%v: %s", s, diff)
		}
	}
}

func BenchmarkMatMul(b *testing.B) {
	for _, s := range [][3]int{{1, 784, 256}, {128, 784, 256}, {256, 256, 256}, {512, 512, 512}} {
		x, y := hashed(s[0], s[1]), hashed(s[1], s[2])
		flops := 2 * float64(s[0]*s[1]*s[2])
		shape := fmt.Sprintf("shape=%dx%dx%d", s[0], s[1], s[2])
		b.Run(shape+"/by=livespike", func(b *testing.B) {
			for b.Loop() {
				x.MatMul(y)
			}
			b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
		b.Run(shape+"/by=gonum", func(b *testing.B) {
			for b.Loop() {
				out := tensor.Zeros(s[0], s[2])
				blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, general(x), general(y), 0, general(out))
			}
			b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
