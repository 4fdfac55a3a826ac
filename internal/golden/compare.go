package golden

import (
	"fmt"
	"math"
	"slices"
)

// Compare checks values against a reference array by the tolerance class of its case: exact, ulp, rel or grad. The
// error says the first place that differs and the largest difference.
func Compare(name, tol string, shape []int, got []float32, want Tensor) error {
	if !slices.Equal(shape, want.Shape) && len(shape)+len(want.Shape) > 0 {
		return fmt.Errorf("%s: shape %v, want %v", name, shape, want.Shape)
	}
	if len(got) != len(want.Data) {
		return fmt.Errorf("%s: %d values, want %d", name, len(got), len(want.Data))
	}
	within, err := rule(tol, want.Data)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	bad, first, worst := 0, -1, 0.0
	for i, w := range want.Data {
		if within(got[i], w) {
			continue
		}
		if bad++; first < 0 {
			first = i
		}
		worst = math.Max(worst, math.Abs(float64(got[i])-float64(w)))
	}
	if bad > 0 {
		return fmt.Errorf("%s: %d of %d values differ (%s), first at %d: %v (%#08x), want %v (%#08x), largest difference %g",
			name, bad, len(got), tol, first, got[first], math.Float32bits(got[first]),
			want.Data[first], math.Float32bits(want.Data[first]), worst)
	}
	return nil
}

// rule gives the comparison of a tolerance class, as the README of the reference files defines it.
func rule(tol string, want []float32) (func(got, want float32) bool, error) {
	switch tol {
	case "exact":
		return func(g, w float32) bool { return math.Float32bits(g) == math.Float32bits(w) || g != g && w != w }, nil
	case "ulp", "rel":
		return func(g, w float32) bool { return near(g, w, 1e-5+1e-5*math.Abs(float64(w))) }, nil
	case "grad":
		top := 0.0
		for _, w := range want {
			top = math.Max(top, math.Abs(float64(w)))
		}
		return func(g, w float32) bool { return near(g, w, 1e-6+1e-4*top) }, nil
	}
	return nil, fmt.Errorf("unknown tolerance class %q", tol)
}

// near compares within an absolute tolerance; infinities and NaN must agree themselves.
func near(g, w float32, tolerance float64) bool {
	if g == w || g != g && w != w {
		return true
	}
	return math.Abs(float64(g)-float64(w)) <= tolerance
}
