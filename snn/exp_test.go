package snn

import (
	"math"
	"testing"
)

// TestExp compares with math.Exp in float64: at most one unit in the last place off, and right at the edges.
func TestExp(t *testing.T) {
	for x := float32(-110); x < 95; x += 0.00917 {
		got, want := exp(x), float32(math.Exp(float64(x)))
		if d := int64(math.Float32bits(got)) - int64(math.Float32bits(want)); d < -1 || d > 1 {
			t.Fatalf("exp(%v) = %v, want %v", x, got, want)
		}
	}
	inf := float32(math.Inf(1))
	for _, c := range [][2]float32{{0, 1}, {inf, inf}, {-inf, 0}, {88.72283, 3.4027985e38}, {88.8, inf}, {-103.97, 1e-45}, {-104, 0}} {
		if got := exp(c[0]); got != c[1] {
			t.Errorf("exp(%v) = %v, want %v", c[0], got, c[1])
		}
	}
	if got := exp(float32(math.NaN())); got == got {
		t.Errorf("exp(NaN) = %v", got)
	}
}
