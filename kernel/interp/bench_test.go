package interp_test

import (
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/livespike/livespike/kernel/interp"
	"github.com/livespike/livespike/stdlib"
)

func session() *interp.Interp {
	return interp.New(interp.Options{
		Symbols: stdlib.Symbols, Generic: stdlib.Generic, Stdout: io.Discard, Stderr: io.Discard,
		Imports: map[string]string{
			"fmt":    "fmt",
			"snn":    "github.com/livespike/livespike/snn",
			"tensor": "github.com/livespike/livespike/snn/tensor",
		},
	})
}

func eval(tb testing.TB, in *interp.Interp, n int, src string) interp.Result {
	tb.Helper()
	r := in.Eval(context.Background(), interp.Cell{N: n, Src: src})
	if r.Err != nil {
		tb.Fatalf("%s: %v", src, r.Err)
	}
	return r
}

// BenchmarkNew is a session up to its first neuron.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		eval(b, session(), 1, "snn.LICell()")
	}
}

// BenchmarkCell is a trivial cell in sessions of several sizes.
func BenchmarkCell(b *testing.B) {
	for _, names := range []int{10, 100, 500} {
		b.Run(fmt.Sprint(names, "names"), func(b *testing.B) {
			in := session()
			for i := range names / 2 {
				eval(b, in, i+1, fmt.Sprintf("v%d := %d\nfunc f%d(x int) int { return x + v%d }", i, i, i, i))
			}
			n := names
			for b.Loop() {
				n++
				eval(b, in, n, "v1 + f2(3)")
			}
		})
	}
}

// BenchmarkForward is one step of one neuron, called from a script's loop.
func BenchmarkForward(b *testing.B) {
	in := session()
	eval(b, in, 1, "x := tensor.Ones(1)\ncell := snn.LIFCell()\nvar s *snn.State\nvar z *tensor.Tensor")
	b.ResetTimer()
	eval(b, in, 2, fmt.Sprintf("for range %d {\n\tz, s = cell.Forward(x, s)\n}", b.N))
}
