package train

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
	}, params, opts)
}

func sgd(s settings, step int, w, g []float32, slots [][]float32) {
	lr, decay := float32(s.values["lr"]), float32(s.values["weight_decay"])
	momentum, fresh := float32(s.values["momentum"]), float32(1-s.values["dampening"])
	nesterov, buffer := s.values["nesterov"] != 0, slots[0]
	if step == 1 {
		fresh = 1
	}
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
