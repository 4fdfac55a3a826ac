package train_test

import (
	"math"
	"testing"

	"github.com/livespike/livespike/snn/tensor"
	"github.com/livespike/livespike/snn/train"
)

func wantClose(t *testing.T, what string, got *tensor.Tensor, want ...float32) {
	t.Helper()
	if got == nil || !got.Flatten(0).AllCloseTol(tensor.Of(want...), 1e-5, 1e-7) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// Closed forms: for two classes the cross-entropy is log(1 + exp(b-a)) for logits a, b and class 0, and its derivative
// by a is -1/(1 + exp(a-b)).
func TestCrossEntropyOverTime(t *testing.T) {
	entropy := func(a, b float64) (loss, da float32) {
		return float32(math.Log1p(math.Exp(b - a))), -float32(1 / (1 + math.Exp(a-b)))
	}
	for _, c := range []struct {
		name string
		loss train.Loss
		a, b float64 // what is left of time
		grad func(d float32) []float32
	}{
		{"max", train.MaxCrossEntropy, 3, 5, func(d float32) []float32 { return []float32{0, -d, d, 0, 0, 0} }},
		{"mean", train.MeanCrossEntropy, 2, 3, func(d float32) []float32 { return []float32{d / 3, -d / 3, d / 3, -d / 3, d / 3, -d / 3} }},
		{"last", train.LastCrossEntropy, 2, 1, func(d float32) []float32 { return []float32{0, 0, 0, 0, d, -d} }},
	} {
		x := tensor.FromSlice([]float32{1, 5, 3, 3, 2, 1}, 3, 1, 2).SetRequiresGrad(true)
		loss := c.loss(x, tensor.Of(0))
		want, d := entropy(c.a, c.b)
		wantClose(t, c.name, loss, want)
		loss.Backward()
		wantClose(t, c.name+" gradient", x.Grad(), c.grad(d)...)
	}
}

func TestSpikeLosses(t *testing.T) {
	// Three steps, two neurons: the first spikes in steps 1 and 2, the second never.
	spikes := func() *tensor.Tensor {
		return tensor.FromSlice([]float32{0, 0, 1, 0, 1, 0}, 3, 2).SetRequiresGrad(true)
	}
	z := spikes()
	loss := train.SpikeCount(z, tensor.Of(1, 1))
	wantClose(t, "SpikeCount", loss, 1) // ((2-1)² + (0-1)²)/2
	loss.Backward()
	wantClose(t, "SpikeCount gradient", z.Grad(), 1, -1, 1, -1, 1, -1)

	z = spikes()
	loss = train.FirstSpike(0.5)(z, tensor.Of(0, 0)) // times 0.5 and 1.5
	wantClose(t, "FirstSpike", loss, (0.25+2.25)/2)
	loss.Backward()
	wantClose(t, "FirstSpike gradient", z.Grad(), 0, 0, -0.25, 0, 0, 0) // -dt·2·0.5/2 at the first spike
}

func TestLabels(t *testing.T) {
	wantClose(t, "SmoothLabels", train.SmoothLabels(tensor.Of(0, 2), 3, 0.3), 0.8, 0.1, 0.1, 0.1, 0.1, 0.8)
	if got := train.Accuracy(tensor.FromSlice([]float32{1, 2, 3, 0, 5, 6}, 3, 2), tensor.Of(1, 1, 1)); math.Abs(got-2.0/3) > 1e-9 {
		t.Errorf("Accuracy %v", got)
	}
	for want, f := range map[string]func(){
		"train.SmoothLabels: class 3 of 3":                                   func() { train.SmoothLabels(tensor.Of(3), 3, 0.1) },
		"train.Accuracy: output of shape [3] and labels of shape [3]":        func() { train.Accuracy(tensor.Of(1, 2, 3), tensor.Of(1, 2, 3)) },
		"train.MaxCrossEntropy: shape [0 2] has no time step":                func() { train.MaxCrossEntropy(tensor.Zeros(0, 2), tensor.Of(0)) },
		"tensor.CrossEntropy: logits of shape [1 2] and target of shape [2]": func() { train.MaxCrossEntropy(tensor.Zeros(3, 1, 2), tensor.Of(0, 1)) },
		"tensor.MSE: shapes [2] and [1]":                                     func() { train.SpikeCount(tensor.Zeros(3, 2), tensor.Of(1)) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}
