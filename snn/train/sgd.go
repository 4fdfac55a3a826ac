package train

import (
	"github.com/livespike/livespike/internal/cuda"
	"github.com/livespike/livespike/internal/cuda/gpu"
)

// SGD is stochastic gradient descent.
//
//	g = g + weight_decay·w
//	b = momentum·b + (1 − dampening)·g      the first time b = g
//	w = w − lr·b                            with nesterov w − lr·(g + momentum·b)
//
//	lr 0.001    momentum 0    dampening 0    nesterov off    weight_decay 0
//
// Source: Sutskever et al., ICML 2013; PyTorch, torch.optim.SGD.
func SGD(params []Parameter, opts ...Option) *Optimizer {
	return newOptimizer(rule{
		name:     "SGD",
		settings: defaults("lr", 1e-3, "momentum", 0.0, "dampening", 0.0, "nesterov", 0.0, "weight_decay", 0.0),
		slots:    []string{"momentum_buffer"},
		update:   sgd,
		updateOn: sgdOn,
	}, params, opts)
}

func sgd(s settings, step int, w, g []float32, slots [][]float32) {
	lr, decay, momentum, fresh, nesterov := sgdNumbers(s, step)
	buffer := slots[0]
	for i, d := range g {
		d += float32(decay * w[i])
		if momentum != 0 {
			b := float32(momentum*buffer[i]) + float32(fresh*d)
			buffer[i] = b
			if nesterov {
				b = d + float32(momentum*b)
			}
			d = b
		}
		w[i] -= float32(lr * d)
	}
}

// sgdNumbers are what a step multiplies with; fresh is 1 − dampening, and 1 in the first step.
func sgdNumbers(s settings, step int) (lr, decay, momentum, fresh float32, nesterov bool) {
	fresh = float32(1 - s.values["dampening"])
	if step == 1 {
		fresh = 1
	}
	return float32(s.values["lr"]), float32(s.values["weight_decay"]), float32(s.values["momentum"]), fresh, s.values["nesterov"] != 0
}

func sgdOn(s settings, step int, w, g *gpu.Memory, slots []*gpu.Memory) error {
	lr, decay, momentum, fresh, nesterov := sgdNumbers(s, step)
	look := 0
	if nesterov {
		look = 1
	}
	return w.Device.Launch("sgd", cuda.Over(w.Len()), w, g, slots[0], lr, decay, momentum, fresh, look, w.Len())
}
