package train_test

import (
	"path/filepath"
	"testing"

	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/simulated"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
	"github.com/livespike/livespike/snn/train"
)

// The device of these tests is the interpreter of the PTX that ships; the oracle is the CPU.

func simulatedGPU(t *testing.T) tensor.Device {
	t.Helper()
	t.Cleanup(cuda.Use(simulated.Driver{}))
	d, err := snn.CUDA(0)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// classifier is a convolution, spiking neurons and a readout, always with the same weights.
func classifier() *snn.Chain {
	tensor.Seed(11)
	return snn.Sequential(snn.Conv2d(1, 2, 3, snn.Padding(1)), snn.LIF(), snn.Flatten(2), snn.Linear(2*4*5, 6), snn.LIF(), snn.Dropout(0.2), snn.Linear(6, 3), snn.LI())
}

// examples are images of which one row, the class, is bright.
func examples() train.Data {
	tensor.Seed(12)
	x, y := tensor.Rand(12, 6, 1, 4, 5).Mul(5), tensor.Zeros(12)
	for i := range 12 {
		y.Set(float32(i%3), i)
		for step := range 6 {
			for k := range 5 {
				x.Set(60, i, step, 0, i%3, k)
			}
		}
	}
	return train.Data{X: x, Y: y}
}

// TestFitOnGPU: a run on the device has the bits of one on the CPU, with every optimiser, whether the examples are on the
// device or not; and one that is stopped there goes on from its checkpoint on the CPU.
func TestFitOnGPU(t *testing.T) {
	gpu := simulatedGPU(t)
	onGPU := examples()
	for _, x := range []**tensor.Tensor{&onGPU.X, &onGPU.Y} {
		there, err := (*x).To(gpu)
		if err != nil {
			t.Fatal(err)
		}
		*x = there
	}
	for name, optimiser := range map[string]func(p []train.Parameter) *train.Optimizer{
		"SGD": func(p []train.Parameter) *train.Optimizer {
			return train.SGD(p, train.LR(0.05), train.Momentum(0.9), train.Nesterov())
		},
		"Adam": func(p []train.Parameter) *train.Optimizer {
			return train.Adam(p, train.LR(0.01), train.WeightDecay(0.01))
		},
		"AdamW": func(p []train.Parameter) *train.Optimizer { return train.AdamW(p, train.LR(0.01)) },
	} {
		t.Run(name, func(t *testing.T) {
			fit := func(on tensor.Device, data train.Data, epochs int, opts ...train.FitOption) (*snn.Chain, *train.History) {
				model := classifier()
				if _, err := model.To(on); err != nil {
					t.Fatal(err)
				}
				tensor.Seed(13)
				opts = append(opts, train.Epochs(epochs), train.Batch(5), train.Clip(1), train.Validate(data))
				h, err := train.Fit(model, optimiser(snn.Parameters(model)), data, train.MaxCrossEntropy, opts...)
				if err != nil {
					t.Fatal(err)
				}
				return model, h
			}
			path := filepath.Join(t.TempDir(), "checkpoint")
			want, history := fit(tensor.Device{}, examples(), 3)
			same := func(what string, got *snn.Chain, h *train.History) {
				t.Helper()
				for k, p := range snn.Parameters(got) {
					if w := snn.Parameters(want)[k].Value; !p.Value.CPU().Equal(w) {
						t.Errorf("%s: %s\n%v\nwant\n%v", what, p.Name, p.Value, w)
					}
				}
				if h.String() != history.String() {
					t.Errorf("%s:\n%v\nwant\n%v", what, h, history)
				}
			}
			got, h := fit(gpu, onGPU, 3)
			same("model and examples there", got, h)
			fit(gpu, examples(), 2, train.Keep(path))
			got, h = fit(tensor.Device{}, examples(), 3, train.Resume(path))
			same("two epochs there, one here", got, h)
			if history.Epochs[2].Loss >= history.Epochs[0].Loss {
				t.Errorf("nothing was learned: %v", history)
			}
		})
	}
}

// TestOptimizerFollows: a model that moves in the middle of training takes what its optimiser remembers along.
func TestOptimizerFollows(t *testing.T) {
	simulatedGPU(t)
	run := func(move bool) *tensor.Tensor {
		tensor.Seed(14)
		l, x := snn.Linear(4, 3), tensor.Randn(5, 4)
		opt := train.Adam(snn.Parameters(l), train.LR(0.1))
		for step := range 4 {
			if move && step%2 == 1 {
				l.CUDA()
			} else {
				l.CPU()
			}
			there, err := x.To(l.Weight().Device())
			if err != nil {
				t.Fatal(err)
			}
			opt.ZeroGrad()
			y, _ := l.Forward(there, nil)
			tensor.MSE(y.CPU(), tensor.Ones(5, 3)).Backward()
			opt.Step()
		}
		return l.CPU().Weight().Detach()
	}
	if got, want := run(true), run(false); !got.Equal(want) {
		t.Errorf("%v\nwant\n%v", got, want)
	}
}
