package snn

import (
	"github.com/livespike/livespike/internal/pool"
	"github.com/livespike/livespike/snn/tensor"
)

// reverse is the backward pass of a neuron over the steps that a trace has kept.
type reverse struct {
	c     *neuron
	t     *trace
	k     *coefs
	shape []int // of a step
	g     sweep
	ds    []float32   // the gradients of the state
	dc    [][]float64 // of the coefficients, a block for each run
	run   int

	dCoupling []float32 // nil unless asked for
	work      *[]float32
}

func (c *neuron) reverse(t *trace, k *coefs, shape []int) *reverse {
	n := t.n
	r := &reverse{c: c, t: t, k: k, shape: shape, run: max(n, 1), ds: make([]float32, len(c.fields)*n), work: borrow(4 * n)}
	r.g = sweep{stride: n, dt: float32(c.dt.num), subtract: c.subtract, held: c.m.holds && c.skip > 0}
	r.g.use(c.grad)
	blocks := min(n, 1)
	if k.block == nil && n > 0 {
		s := k.over(c.name, shape)
		r.run, blocks = s.run, len(s.blocks)
	}
	if c.live != nil {
		r.dc = make([][]float64, blocks)
		for b := range r.dc {
			r.dc[b] = make([]float64, len(c.m.coefs))
		}
	}
	if tensor.Recording(c.coupling) {
		r.dCoupling = make([]float32, len(c.coupling.Data()))
	}
	return r
}

// field is the gradients of variable k of the state.
func (r *reverse) field(k int) []float32 { return r.ds[k*r.t.n:][:r.t.n] }

// arrive adds the gradients of the state, entry t of each tensor; they are nil for variables that nothing depends on.
func (r *reverse) arrive(of []*tensor.Tensor, t int) {
	for k, d := range of {
		if d != nil {
			add(r.field(k), d.Data()[t*r.t.n:][:r.t.n])
		}
	}
}

// kernel runs the model's back for step t: dz is the gradient of the output, dx receives that of the kernel's input.
func (r *reverse) kernel(t int, dz, dx []float32) {
	back := r.c.m.run
	if r.c.adjoint {
		back = r.c.m.adjoint
	}
	n, vars := r.t.n, r.t.state(t)
	ds := r.ds[r.c.skip*n:]
	var block [][]float32
	if r.k.block == nil {
		block = r.k.over(r.c.name, r.shape).blocks
	}
	for at, b := 0, 0; at < n; at, b = at+r.run, b+1 {
		g := &r.g
		g.c = r.k.block
		if block != nil {
			g.c = block[b]
		}
		if r.dc != nil {
			g.dc = r.dc[b]
		}
		end := at + r.run
		g.x, g.dz, g.dx, g.s, g.ds = r.t.x[t][at:end], dz[at:end], dx[at:end], vars[at:], ds[at:]
		if r.t.r != nil {
			g.r = r.t.r[t][at:end]
		}
		back(g)
	}
}

// step takes the gradients back over step t of a neuron without weights: dx receives that of the input.
func (r *reverse) step(t int, dz, dx []float32) {
	n := r.t.n
	jump := r.field(r.c.jump)
	switch {
	case r.c.adjoint:
		r.kernel(t, dz, dx)
	case r.c.m.coupled == coupledStep:
		product := (*r.work)[:n]
		if r.c.delayed {
			copy(dx, jump)
		}
		r.kernel(t, dz, product)
		if !r.c.delayed {
			copy(dx, jump)
		}
		r.uncouple(product, r.t.state(t)[:n], r.field(r.c.skip))
	case r.c.delayed:
		spare := (*r.work)[:n]
		copy(dx, jump)
		r.kernel(t, dz, spare)
	default:
		r.kernel(t, dz, dx)
	}
}

// uncouple passes the gradient of the product v·gᵀ on to v, and to g.
func (r *reverse) uncouple(dProduct, v, dv []float32) {
	n := r.c.coupling.Shape()[0]
	g := r.c.coupling.Data()
	linearBackInput(dv, dProduct, g, n, n)
	if r.dCoupling != nil {
		linearBackWeight(r.dCoupling, dProduct, v, n, n)
	}
}

// leaves are the gradients of the neuron's leaves.
func (r *reverse) leaves() []*tensor.Tensor {
	var grads []*tensor.Tensor
	if r.c.live != nil {
		grads = r.c.parameterGradients(r.k, r.dc, r.run, r.shape)
	}
	if r.c.coupling != nil {
		var g *tensor.Tensor
		if r.dCoupling != nil {
			g = share(r.dCoupling, r.c.coupling.Shape())
		}
		grads = append(grads, g)
	}
	return grads
}

// state is the gradients of the variables that the first step started from, or nothing if it started afresh.
func (r *reverse) state(old *State) []*tensor.Tensor {
	if old == nil || old.out == nil {
		return nil
	}
	grads := make([]*tensor.Tensor, len(r.c.fields))
	for k := range grads {
		grads[k] = share(r.field(k), r.shape)
	}
	return grads
}

func (r *reverse) release() {
	r.t.release()
	giveBack(r.work)
}

// recorded runs a neuron without weights over steps of x and records them as one operation. all is the state of every
// step if that is returned, else nil.
func (c *neuron) recorded(x *tensor.Tensor, s *State, steps int, shape []int, all *State) (*tensor.Tensor, *State) {
	n := c.next(s, shape)
	n.out = nil
	size := n.stride()
	z := pool.Uncleared(len(x.Data()))
	k := c.coefficients()
	n.trace = newTrace(steps, size, len(c.fields)-c.skip, c.m.coupled == uncoupled)
	watch := watcher{per: size}
	kept := n.trace
	if all == nil && c.keepsInPieces() {
		c.keepInPieces(z, x.Data(), n, kept)
	} else {
		for t := range steps {
			c.advance(z[t*size:(t+1)*size], x.Data()[t*size:(t+1)*size], n)
			all.keep(t, n)
			watch.step(c.name)
		}
	}
	n.trace = nil
	out, inputs := share(z, x.Shape()), []*tensor.Tensor{x}
	if s != nil {
		inputs = append(inputs, s.out...)
	}
	inputs = append(inputs, c.leaves()...)
	result := n
	if all != nil {
		result = all
	}
	result.share()
	tensor.Record(tensor.Node{
		Name: c.name, Inputs: inputs, Saved: append([]*tensor.Tensor{x}, c.leaves()...),
		Outputs: append([]*tensor.Tensor{out}, result.out...),
		Backward: func(dy []*tensor.Tensor) []*tensor.Tensor {
			r := c.reverse(kept, k, shape)
			defer r.release()
			dx := pool.Uncleared(len(z))
			silent := (*r.work)[3*size : 4*size]
			clear(silent)
			watch := watcher{per: size}
			left := steps
			if all == nil {
				r.arrive(dy[1:], 0)
				if dy[0] != nil && r.turnsInPieces() {
					r.turnInPieces(dx, dy[0].Data())
					left = 0
				}
			}
			for t := left - 1; t >= 0; t-- {
				if all != nil {
					r.arrive(dy[1:], t)
				}
				dz := silent
				if dy[0] != nil {
					dz = dy[0].Data()[t*size : (t+1)*size]
				}
				r.step(t, dz, dx[t*size:(t+1)*size])
				watch.step(c.name)
			}
			return append(append([]*tensor.Tensor{share(dx, x.Shape())}, r.state(s)...), r.leaves()...)
		},
	})
	return out, result
}

// keep notes s as the state after step t; a nil s keeps nothing.
func (s *State) keep(t int, of *State) {
	if s == nil {
		return
	}
	n := of.stride()
	for k := range s.lay.fields {
		copy(s.field(k)[t*n:(t+1)*n], of.field(k))
	}
}
