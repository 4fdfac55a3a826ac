package tensor_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

func TestSeedRepeats(t *testing.T) {
	draw := func(seed int64) []*tensor.Tensor {
		tensor.Seed(seed)
		perm := tensor.Zeros(20)
		for i, v := range tensor.Perm(20) {
			perm.Data()[i] = float32(v)
		}
		return []*tensor.Tensor{tensor.Rand(3, 4), tensor.Randn(5), tensor.Bernoulli(0.5, 40), perm}
	}
	first, again, other := draw(7), draw(7), draw(8)
	for i := range first {
		if !first[i].Equal(again[i]) {
			t.Errorf("draw %d differs after the same seed: %v, %v", i, first[i], again[i])
		}
		if first[i].Equal(other[i]) {
			t.Errorf("draw %d is the same for seeds 7 and 8: %v", i, first[i])
		}
	}
	// One stream: what is drawn does not depend on the shapes it is drawn in.
	tensor.Seed(7)
	whole := tensor.Rand(6)
	tensor.Seed(7)
	if parts := tensor.Cat(0, tensor.Rand(2), tensor.Rand(2, 2).Flatten(0)); !parts.Equal(whole) {
		t.Errorf("parts %v, whole %v", parts, whole)
	}
}

func TestRandomState(t *testing.T) {
	tensor.Seed(3)
	tensor.Randn(7)
	state := tensor.RandomState()
	want := tensor.Randn(5)
	tensor.Seed(4)
	if err := tensor.SetRandomState(state); err != nil {
		t.Fatal(err)
	}
	if got := tensor.Randn(5); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if err := tensor.SetRandomState(state[:3]); err == nil {
		t.Error("no error for a truncated state")
	}
}

// kolmogorov is the largest distance between the empirical distribution and the closed form.
func kolmogorov(x *tensor.Tensor, cdf func(float64) float64) float64 {
	v := slices.Sorted(slices.Values(x.Data()))
	worst, n := 0.0, float64(len(v))
	for i, a := range v {
		p := cdf(float64(a))
		worst = max(worst, p-float64(i)/n, float64(i+1)/n-p)
	}
	return worst
}

// Closed forms; the bounds are passed by one sample in a million (Kolmogorov: sqrt(ln(2/p)/(2n))), and the seed is fixed.
func TestDistributions(t *testing.T) {
	const n = 100000
	bound := math.Sqrt(math.Log(2/1e-6) / (2 * n))
	tensor.Seed(1)
	u := tensor.Rand(n)
	if d := kolmogorov(u, func(x float64) float64 { return x }); d > bound {
		t.Errorf("Rand: Kolmogorov distance %g, bound %g", d, bound)
	}
	if lo, hi := u.Min().Item(), u.Max().Item(); lo < 0 || hi >= 1 {
		t.Errorf("Rand: from %g to %g", lo, hi)
	}
	if d := kolmogorov(tensor.Randn(n), func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }); d > bound {
		t.Errorf("Randn: Kolmogorov distance %g, bound %g", d, bound)
	}
	for _, p := range []float64{0, 0.01, 0.3, 1} {
		got := float64(tensor.Bernoulli(p, n).Mean().Item())
		if sigma := math.Sqrt(p * (1 - p) / n); math.Abs(got-p) > 5*sigma+1e-7 {
			t.Errorf("Bernoulli(%g): mean %g, standard deviation %g", p, got, sigma)
		}
	}
	// Each number is at each place equally often.
	const size, rounds = 5, 20000
	var at [size][size]float64
	for range rounds {
		for i, v := range tensor.Perm(size) {
			at[i][v]++
		}
	}
	expected := float64(rounds) / size
	for i := range at {
		for v, count := range at[i] {
			if math.Abs(count-expected) > 5*math.Sqrt(expected*(1-1.0/size)) {
				t.Errorf("Perm: %d at place %d %g times of %g expected", v, i, count, expected)
			}
		}
	}
}

// TestRandIsFloat32: the numbers are those of the standard library's generator.
func TestRandIsFloat32(t *testing.T) {
	tensor.Seed(5)
	x, b := tensor.Rand(1000), tensor.Bernoulli(0.3, 1000)
	r := rand.New(rand.NewPCG(5, 0x9e3779b97f4a7c15))
	for k, v := range x.Data() {
		if want := r.Float32(); v != want {
			t.Fatalf("element %d of Rand is %v, want %v", k, v, want)
		}
	}
	for k, v := range b.Data() {
		want := float32(0)
		if r.Float64() < 0.3 {
			want = 1
		}
		if v != want {
			t.Fatalf("element %d of Bernoulli is %v, want %v", k, v, want)
		}
	}
}
