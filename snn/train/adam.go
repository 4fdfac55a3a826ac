package train

import (
	"math"

	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/gpu"
	"github.com/livespike/livespike/internal/simd"
)

// Adam divides the gradient's running mean by the root of its running square.
//
//	g = g + weight_decay·w
//	m = m + (1 − β₁)·(g − m)      v = β₂·v + (1 − β₂)·g²
//	w = w − lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + eps)      in step t
//
//	lr 0.001    beta1 0.9    beta2 0.999    eps 1e-8    weight_decay 0
//
// Source: Kingma and Ba, ICLR 2015; PyTorch, torch.optim.Adam.
func Adam(params []Parameter, opts ...Option) *Optimizer {
	return newOptimizer(rule{
		name:     "Adam",
		settings: defaults("lr", 1e-3, "beta1", 0.9, "beta2", 0.999, "eps", 1e-8, "weight_decay", 0.0),
		slots:    []string{"exp_avg", "exp_avg_sq"},
		update: func(s settings, step int, w, g []float32, slots [][]float32) {
			adam(s, step, w, g, slots, float32(s.values["weight_decay"]), 1)
		},
		updateOn: func(s settings, step int, w, g *gpu.Memory, slots []*gpu.Memory) error {
			return adamOn(s, step, w, g, slots, float32(s.values["weight_decay"]), 1)
		},
	}, params, opts)
}

// AdamW is Adam with a weight decay that does not pass through the gradient: w = w·(1 − lr·weight_decay) before the step.
//
//	lr 0.001    beta1 0.9    beta2 0.999    eps 1e-8    weight_decay 0.01
//
// Source: Loshchilov and Hutter, ICLR 2019; PyTorch, torch.optim.AdamW.
func AdamW(params []Parameter, opts ...Option) *Optimizer {
	return newOptimizer(rule{
		name:     "AdamW",
		settings: defaults("lr", 1e-3, "beta1", 0.9, "beta2", 0.999, "eps", 1e-8, "weight_decay", 0.01),
		slots:    []string{"exp_avg", "exp_avg_sq"},
		update: func(s settings, step int, w, g []float32, slots [][]float32) {
			adam(s, step, w, g, slots, 0, kept(s))
		},
		updateOn: func(s settings, step int, w, g *gpu.Memory, slots []*gpu.Memory) error {
			return adamOn(s, step, w, g, slots, 0, kept(s))
		},
	}, params, opts)
}

// kept is what AdamW multiplies the weights with.
func kept(s settings) float32 { return float32(1 - float64(s.values["lr"]*s.values["weight_decay"])) }

// adamNumbers are what a step multiplies and divides with.
func adamNumbers(s settings, step int) (rate, root, eps, fresh1, keep2, fresh2 float32) {
	b1, b2 := s.values["beta1"], s.values["beta2"]
	rate = float32(s.values["lr"] / (1 - math.Pow(b1, float64(step))))
	root = float32(math.Sqrt(1 - math.Pow(b2, float64(step))))
	return rate, root, float32(s.values["eps"]), float32(1 - b1), float32(b2), float32(1 - b2)
}

// adam is a step after the weights were multiplied by keep, with decay times them added to the gradient.
func adam(s settings, step int, w, g []float32, slots [][]float32, decay, keep float32) {
	rate, root, eps, fresh1, keep2, fresh2 := adamNumbers(s, step)
	simd.Adam(w, g, slots[0], slots[1], &[8]float32{keep, decay, fresh1, keep2, fresh2, rate, root, eps})
}

func adamOn(s settings, step int, w, g *gpu.Memory, slots []*gpu.Memory, decay, keep float32) error {
	rate, root, eps, fresh1, keep2, fresh2 := adamNumbers(s, step)
	return w.Device.Launch("adam", cuda.Over(w.Len()), w, g, slots[0], slots[1], rate, root, eps, fresh1, keep2, fresh2, decay, keep, w.Len())
}
