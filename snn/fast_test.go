package snn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/livespike/livespike/internal/simd"
)

// hard is n numbers among which are those at which assembly and Go could part: signed zeros, denormals, infinities,
// NaN, a threshold of 1 and its neighbours.
func hard(r *rand.Rand, n int) []float32 {
	special := []float32{
		0, float32(math.Copysign(0, -1)), 1e-45, -1e-45, 1.1e-38, 1, -1, math.Nextafter32(1, 2), math.Nextafter32(1, 0),
		5, math.MaxFloat32, -math.MaxFloat32, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()),
	}
	x := make([]float32, n)
	for k := range x {
		if r.Float64() < 0.15 {
			x[k] = special[r.IntN(len(special))]
		} else {
			x[k] = float32(2 * r.NormFloat64())
		}
	}
	return x
}

func needAssembly(t *testing.T) {
	if !simd.On() {
		t.Skip("no assembly on this machine, or switched off: there is nothing to compare")
	}
}

// TestFastSteps compares the assembly of every model that has one with its step in Go, bit for bit, for all lengths.
func TestFastSteps(t *testing.T) {
	needAssembly(t)
	r := rand.New(rand.NewPCG(1, 2))
	compared := 0
	for _, name := range Models() {
		m := models[name]
		if m.fast == nil {
			continue
		}
		compared++
		fast := m.quickest()
		for n := range 68 {
			for range 4 {
				stride := n + r.IntN(3)
				z, x, s := make([]float32, n), hard(r, n), hard(r, len(m.state)*stride+n)
				c := make([]float32, len(m.coefs))
				for k := range c {
					c[k] = float32(r.NormFloat64())
				}
				c[len(c)-1] = hard(r, 1)[0]
				wantZ, wantS := make([]float32, n), append([]float32(nil), s...)
				m.step(wantZ, x, wantS, c, stride)
				fast(z, x, s, c, stride)
				bitsEqual(t, fmt.Sprintf("%s, n=%d, c=%v: z", name, n, c), z, wantZ)
				bitsEqual(t, fmt.Sprintf("%s, n=%d, c=%v: state", name, n, c), s, wantS)
			}
		}
	}
	if compared == 0 {
		t.Error("no model has assembly")
	}
}

// TestFastDenormals is TestFastSteps for numbers around and among the denormals, where the assembly makes the products of
// integers, with factors whose products fall on ties and near them.
func TestFastDenormals(t *testing.T) {
	needAssembly(t)
	r := rand.New(rand.NewPCG(5, 6))
	tiny := func(n int) []float32 {
		x := make([]float32, n)
		for k := range x {
			switch r.IntN(6) {
			case 0:
			case 1:
				x[k] = math.Float32frombits(r.Uint32N(20))
			case 2:
				x[k] = math.Float32frombits(r.Uint32N(1 << 27)) // up to 2⁻¹¹¹
			case 3:
				x[k] = float32(r.NormFloat64())
			default:
				x[k] = math.Float32frombits(r.Uint32N(1 << 24)) // denormals and the first normal numbers
			}
			if r.IntN(2) == 0 {
				x[k] = -x[k]
			}
		}
		return x
	}
	factors := []float32{0.1, 0.2, 0.25, 0.5, 1, 1.5, 0.3, 0.75, 1e-3, 3, 1e-30, 0, 1e-40}
	for _, name := range Models() {
		m := models[name]
		if m.fast == nil {
			continue
		}
		fast := m.quickest()
		for range 3000 {
			const n = 32
			z, x, s, c := make([]float32, n), tiny(n), tiny(len(m.state)*n), make([]float32, len(m.coefs))
			if r.IntN(2) == 0 {
				clear(x)
			}
			c[0] = factors[r.IntN(len(factors))]
			if len(m.state) > 1 {
				c[1] = -factors[r.IntN(len(factors))]
			}
			if len(c) > 3 {
				c[3] = 1
			}
			wantZ, wantS := make([]float32, n), append([]float32(nil), s...)
			m.step(wantZ, x, wantS, c, n)
			fast(z, x, s, c, n)
			bitsEqual(t, fmt.Sprintf("%s, c=%v: z", name, c), z, wantZ)
			bitsEqual(t, fmt.Sprintf("%s, c=%v: state", name, c), s, wantS)
		}
	}
}

// TestFastLIFBack compares LIF's backward step in assembly with that in Go, bit for bit, for all lengths.
func TestFastLIFBack(t *testing.T) {
	needAssembly(t)
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 68 {
		for range 4 {
			stride := n + r.IntN(3)
			c := []float32{0.1, -0.2, 0, 1, float32(r.NormFloat64())}
			got := &sweep{
				x: hard(r, n), s: hard(r, 2*stride), dz: hard(r, n), dx: make([]float32, n), ds: hard(r, 2*stride), c: c, stride: stride, alpha: 100,
			}
			want := *got
			want.dx, want.ds = make([]float32, n), append([]float32(nil), got.ds...)
			lifBackSuper(got)
			lifBackRest(&want, 0)
			bitsEqual(t, fmt.Sprintf("n=%d: dx", n), got.dx, want.dx)
			bitsEqual(t, fmt.Sprintf("n=%d: ds", n), got.ds, want.ds)
		}
	}
}

func bitsEqual(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for k, w := range want {
		if math.Float32bits(got[k]) != math.Float32bits(w) && (got[k] == got[k] || w == w) {
			t.Fatalf("%s: element %d of %d is %v (%#08x), want %v (%#08x)", what, k, len(want), got[k],
				math.Float32bits(got[k]), w, math.Float32bits(w))
		}
	}
}
