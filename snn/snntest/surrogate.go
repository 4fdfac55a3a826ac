package snntest

import (
	"fmt"
	"math"

	"github.com/livespike/livespike/snn/surrogate"
)

// Surrogate checks a surrogate gradient between −100 and 100, with its own slope and with others from 0.1 to 1000: it is
// finite, not negative, largest at the threshold, linear in the upstream gradient, and even if it is declared so.
func Surrogate(own surrogate.Function) error {
	for _, alpha := range []float32{0.1, 0.3, 1, 2, 10, 100, 1000, own.Alpha()} {
		f := own.WithAlpha(alpha)
		top := f.Grad(0, 1)
		for i := -20000; i <= 20000; i++ {
			x := float32(i) / 200
			d := f.Grad(x, 1)
			if err := rule(f, x, d, top); err != nil {
				return fmt.Errorf("snntest: surrogate: %v at %v is %v: %w", f, x, d, err)
			}
		}
	}
	return nil
}

// rule is what the gradient d at x breaks.
func rule(f surrogate.Function, x, d, top float32) error {
	switch {
	case math.IsNaN(float64(d)) || math.IsInf(float64(d), 0):
		return fmt.Errorf("the gradient must be finite")
	case d < 0:
		return fmt.Errorf("the gradient must not be negative")
	case d > top:
		return fmt.Errorf("the maximum must be at the threshold, where it is %v", top)
	case f.Even() && d != f.Grad(-x, 1):
		return fmt.Errorf("on the other side it is %v, but it is declared even", f.Grad(-x, 1))
	}
	if g := f.Grad(x, -2); math.Abs(float64(g+2*d)) > 1e-6*math.Abs(float64(g)) {
		return fmt.Errorf("the upstream gradient −2 gives %v, but it must be linear in it", g)
	}
	return nil
}
