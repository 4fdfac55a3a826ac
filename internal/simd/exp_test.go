package simd

import (
	"math"
	"math/big"
	"testing"
)

// TestExp compares with the series of eˣ, summed in 120 bits, all over the range.
func TestExp(t *testing.T) {
	worst := 0.0
	for x := -149.9; x < 700; x += 0.73171 {
		sum, term := big.NewFloat(1).SetPrec(120), big.NewFloat(1).SetPrec(120)
		for n := 1; n < 60; n++ { // of x/1024, raised to the power of 1024 by squaring
			term.Mul(term, big.NewFloat(x/1024))
			term.Quo(term, big.NewFloat(float64(n)))
			sum.Add(sum, term)
		}
		for range 10 {
			sum.Mul(sum, sum)
		}
		off, _ := new(big.Float).Quo(new(big.Float).Sub(sum, big.NewFloat(Exp(x))), sum).Float64()
		worst = max(worst, math.Abs(off))
	}
	if worst > 2e-12 {
		t.Errorf("Exp is off by %v of the result", worst)
	}
	for _, c := range [][2]float64{{0, 1}, {-151, 0}, {math.Inf(-1), 0}, {701, math.Inf(1)}, {math.Inf(1), math.Inf(1)}} {
		if got := Exp(c[0]); got != c[1] {
			t.Errorf("Exp(%v) = %v, want %v", c[0], got, c[1])
		}
	}
	if got := Exp(math.NaN()); got == got {
		t.Errorf("Exp(NaN) = %v", got)
	}
}
