package tensor_test

import (
	"math"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// The oracle is the standard library in float64, rounded once: at most one element in a thousand may round the other
// way, by one unit in the last place.
func TestExpIsRounded(t *testing.T) {
	var x []float32
	for b := uint32(0); b < 0x43800000; b += 9973 { // from 0 to 256, denser near 0
		v := math.Float32frombits(b)
		x = append(x, v, -v)
	}
	for name, f := range map[string]struct {
		got  func(*tensor.Tensor) *tensor.Tensor
		want func(float64) float64
	}{
		"Exp":     {(*tensor.Tensor).Exp, math.Exp},
		"Tanh":    {(*tensor.Tensor).Tanh, math.Tanh},
		"Sigmoid": {(*tensor.Tensor).Sigmoid, func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }},
	} {
		wrong := 0
		for i, got := range f.got(tensor.FromSlice(x)).Data() {
			want := float32(f.want(float64(x[i])))
			if got == want {
				continue
			}
			wrong++
			if got != math.Nextafter32(want, got) && !(want > 0 && want < 1e-44) {
				t.Errorf("%s(%g) is %g, want %g", name, x[i], got, want)
			}
		}
		if wrong > len(x)/1000 {
			t.Errorf("%s: %d of %d are not the nearest float32", name, wrong, len(x))
		}
		t.Logf("%s: %d of %d are not the nearest float32", name, wrong, len(x))
	}
	inf := float32(math.Inf(1))
	edges := tensor.Of(inf, -inf, 1000, -1000, float32(math.NaN()), float32(math.Copysign(0, -1)))
	for name, c := range map[string]struct{ got, want *tensor.Tensor }{
		"Exp":     {edges.Exp(), tensor.Of(inf, 0, inf, 0, float32(math.NaN()), 1)},
		"Tanh":    {edges.Tanh(), tensor.Of(1, -1, 1, -1, float32(math.NaN()), float32(math.Copysign(0, -1)))},
		"Sigmoid": {edges.Sigmoid(), tensor.Of(1, 0, 1, 0, float32(math.NaN()), 0.5)},
	} {
		if diff := differs(c.got, c.want, "exact"); diff != "" {
			t.Errorf("%s of the ends: %s", name, diff)
		}
	}
}
