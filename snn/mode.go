package snn

// mode is what Train, Eval, Freeze and CheckFinite set in a module.
type mode struct {
	evaluating bool // else training, as in PyTorch
	frozen     bool
	checking   bool   // for what is not finite
	path       string // in the model that is checked
}

func (m *mode) modes() *mode { return m }

// moded is a module with a mode.
type moded interface{ modes() *mode }

// Train makes a module ready for training, with everything inside it: Dropout drops, BatchNorm2d takes its numbers from
// the batch, and every parameter that is not frozen requires gradients, so that Forward records what Backward needs.
//
// Fresh modules are in training mode, as in PyTorch, but their parameters require no gradients before Train, or an
// optimiser of package train, asks for them. It returns m.
func Train(m Module) Module {
	setMode(m, func(m *mode) { m.evaluating = false })
	for _, p := range Parameters(m) {
		p.Value.SetRequiresGrad(true)
	}
	return m
}

// Eval makes a module ready for use, with everything inside it: Dropout passes everything, BatchNorm2d takes the
// statistics that it has learned, and no parameter requires gradients, so that a loop that runs for hours keeps nothing
// of its past. Gradients that have arrived are forgotten. It returns m.
func Eval(m Module) Module {
	setMode(m, func(m *mode) { m.evaluating = true })
	for _, p := range Parameters(m) {
		p.Value.SetRequiresGrad(false)
	}
	return m
}

// Freeze keeps the parameters of a module, and of everything inside it, as they are: Parameters leaves them out, and
// Train does not ask for their gradients. Unfreeze ends that. Tensors of your own modules cannot be frozen. It returns m.
func Freeze(m Module) Module {
	for _, p := range Parameters(m) {
		p.Value.SetRequiresGrad(false)
	}
	setMode(m, func(m *mode) { m.frozen = true })
	return m
}

// Unfreeze ends Freeze. It returns m.
func Unfreeze(m Module) Module {
	setMode(m, func(m *mode) { m.frozen = false })
	return m
}

func setMode(m Module, set func(m *mode)) {
	walkModules(m, func(_ string, m Module) {
		if c, ok := m.(moded); ok {
			set(c.modes())
		}
	})
}

func isFrozen(m Module) bool {
	c, ok := m.(moded)
	return ok && c.modes().frozen
}

func isChecking(m Module) bool {
	on := false
	walkModules(m, func(_ string, m Module) {
		c, ok := m.(moded)
		on = on || ok && c.modes().checking
	})
	return on
}
