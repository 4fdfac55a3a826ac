package surrogate

import (
	"testing"

	"github.com/livespike/livespike/snn/tensor"
)

// TestSpikesHaveTheSurrogateGradient: the gradient of a threshold written with operations is Grad, for every method and
// the stochastic ones.
func TestSpikesHaveTheSurrogateGradient(t *testing.T) {
	tensor.Seed(2)
	x0, dy := tensor.Randn(50), tensor.Randn(50)
	check := func(name string, z, x *tensor.Tensor, grad func(x, g float32) float32) {
		z.BackwardFrom(dy)
		for k, v := range x.Data() {
			if got, want := x.Grad().Data()[k], grad(v, dy.Data()[k]); got != want {
				t.Fatalf("%s: gradient %v at %v, want %v", name, got, v, want)
			}
		}
	}
	for _, name := range Methods() {
		f, x := ByName(name), x0.Clone().SetRequiresGrad(true)
		z := f.Spikes(x)
		if !z.Detach().Equal(Threshold(x0)) {
			t.Errorf("%s: %v", name, z)
		}
		check(name, z, x, f.Grad)
	}
	for _, s := range []Stochastic{Logistic(3), CircDist(2)} {
		x := x0.Clone().SetRequiresGrad(true)
		check(s.Name(), s.Spikes(x), x, s.Grad)
	}
}
