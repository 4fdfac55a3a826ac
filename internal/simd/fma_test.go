package simd

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestFMA compares with exact arithmetic rounded once, for numbers of all magnitudes, sums that fall on ties or beside
// them by the last bit of a long product, and results among the denormals.
func TestFMA(t *testing.T) {
	exact := func(a, b, c float32) float32 {
		x := func(v float32) *big.Float { return new(big.Float).SetPrec(700).SetFloat64(float64(v)) }
		s := new(big.Float).SetPrec(700)
		s.Add(s.Mul(x(a), x(b)), x(c))
		f, _ := s.Float32()
		return f
	}
	r := rand.New(rand.NewPCG(13, 14))
	number := func(spread int) float32 {
		return float32(math.Ldexp(float64(r.Uint32N(1<<24)|1), r.IntN(2*spread+1)-spread-24)) * float32(1-2*r.IntN(2))
	}
	check := func(a, b, c float32) {
		t.Helper()
		got, want := FMA(a, b, c), exact(a, b, c)
		if math.Float32bits(got) != math.Float32bits(want) && want != 0 {
			t.Fatalf("FMA(%x, %x, %x) = %x, want %x", a, b, c, got, want)
		}
	}
	ties := 0
	for range 200_000 {
		check(number(3), number(3), number(6))
		check(number(60), number(60), number(120))
		check(number(74), number(74), number(148)) // denormals among them
		// c's last place is 2, and a·b = 1 ± 2⁻⁴⁶ lies beside half of it by less than float64 keeps
		e := float32(math.Ldexp(float64(1+r.IntN(3)), -23))
		c := float32(1<<24+2*r.IntN(1<<22)) * float32(int(1)<<r.IntN(8))
		half := c - math.Nextafter32(c, 0)
		if half > 0 {
			ties++
			check(1+e, half/2*(1-e), c)
			check(1+e, half/2*(1-e), -c)
			check(-(1 + e), half/2*(1-e), c)
		}
	}
	if ties == 0 {
		t.Error("no ties")
	}
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	if FMA(inf, 1, 2) != inf || FMA(math.MaxFloat32, 2, 0) != inf || FMA(nan, 1, 2) == FMA(nan, 1, 2) || FMA(inf, 1, -inf) == FMA(inf, 1, -inf) {
		t.Error("infinities and NaN")
	}
	if b := math.Float32bits(FMA(-1e-30, 1e-30, 0)); b != 1<<31 {
		t.Errorf("a negative product that vanishes is %#x, want -0", b)
	}
}
