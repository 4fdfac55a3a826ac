package snn

import "github.com/livespike/livespike/snn/tensor"

// recording reports whether a step on x from s is recorded.
func (r *recurrence) recording(x *tensor.Tensor, s *State) bool {
	return r.neuron.recording(x, s) || tensor.Recording(r.win, r.wrec)
}

// leaves are the tensors that gradients go to, apart from input and state.
func (r *recurrence) leaves() []*tensor.Tensor {
	return append([]*tensor.Tensor{r.win, r.wrec}, r.neuron.leaves()...)
}

// recorded runs the neurons over steps of x, rows of in inputs, and records them as one operation. shape is that of a
// step's output; all is the state of every step if that is returned, else nil.
func (r *recurrence) recorded(x *tensor.Tensor, s *State, steps int, shape, out []int, all *State) (*tensor.Tensor, *State) {
	n := r.next(s, shape)
	n.out = nil
	size := n.stride()
	wide := size / r.hidden * r.in
	z := make([]float32, steps*size)
	run := &recurrentRun{
		r: r, x: x, old: s, z: z, steps: steps, shape: shape,
		first: append([]float32(nil), n.field(0)...),
		k:     r.coefficients(),
	}
	n.trace = newTrace(steps, size, len(r.fields)-r.skip, false)
	watch := watcher{per: size * (r.in + r.hidden)}
	for t := range steps {
		r.advance(z[t*size:(t+1)*size], x.Data()[t*wide:(t+1)*wide], n)
		all.keep(t, n)
		watch.step(r.name)
	}
	run.t, n.trace = n.trace, nil
	result, inputs := n, []*tensor.Tensor{x}
	if all != nil {
		result, run.all = all, true
	}
	if s != nil {
		inputs = append(inputs, s.out...)
	}
	inputs = append(inputs, r.leaves()...)
	result.share()
	y := share(z, out)
	tensor.Record(tensor.Node{
		Name: r.name, Inputs: inputs, Saved: append([]*tensor.Tensor{x, y}, r.leaves()...),
		Outputs:  append([]*tensor.Tensor{y}, result.out...),
		Backward: run.backward,
	})
	return y, result
}

// recurrentRun is what the backward pass of a recurrence needs of the forward one.
type recurrentRun struct {
	r     *recurrence
	x     *tensor.Tensor
	old   *State
	t     *trace
	k     *coefs
	first []float32 // the spikes before the first step, if the model has a way back
	z     []float32
	steps int
	shape []int // of a step's output
	all   bool
}

// backward goes through the steps from the last to the first. The gradients of the currents of all steps are collected,
// so that those of input and weights are one product each.
func (n *recurrentRun) backward(dy []*tensor.Tensor) []*tensor.Tensor {
	r := n.r
	size := n.t.n
	rev := r.reverse(n.t, n.k, n.shape)
	defer rev.release()
	current := borrow(len(n.z)) // of the input and of the way back: their sum is all that the neuron sees
	defer giveBack(current)
	inhibition := new([]float32) // of the negative weights, where they go elsewhere
	if r.m.split {
		inhibition = borrow(len(n.z))
		defer giveBack(inhibition)
	}
	dz := make([]float32, size)
	watch := watcher{per: size * r.hidden}
	if !n.all {
		rev.arrive(dy[1:], 0)
	}
	for t := n.steps - 1; t >= 0; t-- {
		if n.all {
			rev.arrive(dy[1:], t)
		}
		clear(dz)
		if dy[0] != nil {
			copy(dz, dy[0].Data()[t*size:])
		}
		d := (*current)[t*size : (t+1)*size]
		switch {
		case r.wrec == nil:
			rev.step(t, dz, d)
		case r.m.split:
			n.stepSplit(rev, t, dz, d, (*inhibition)[t*size:(t+1)*size])
		default:
			n.step(rev, t, dz, d)
		}
		watch.step(r.name)
	}
	grads := append([]*tensor.Tensor{n.inputGradient(*current, *inhibition)}, rev.state(n.old)...)
	grads = append(grads, n.inputWeights(*current, *inhibition), n.recurrentWeights(*current, *inhibition))
	return append(grads, rev.leaves()...)
}

// step takes the gradients back over step t of a model with a way back: d receives that of the current.
func (n *recurrentRun) step(rev *reverse, t int, dz, d []float32) {
	r := n.r
	size := n.t.n
	add(dz, rev.field(0)) // the spikes that the next step saw
	jump := rev.field(r.jump)
	if r.m.coupled == coupledAfter {
		v := rev.field(r.skip)
		product := (*rev.work)[size : 2*size]
		dt := float32(r.dt.num)
		for k, g := range v {
			product[k] = dt * g
		}
		rev.uncouple(product, n.t.before[t], v)
	}
	into := d
	if r.delayed {
		copy(d, jump)
		into = (*rev.work)[:size]
	} else if r.m.coupled == coupledStep {
		into = (*rev.work)[:size]
	}
	rev.kernel(t, dz, into)
	if r.m.coupled == coupledStep {
		if !r.delayed {
			copy(d, jump)
		}
		rev.uncouple(into, n.t.state(t)[:size], rev.field(r.skip))
	}
	back := rev.field(0)
	clear(back)
	linearBackInput(back, d, r.wrec.Data(), r.hidden, r.hidden)
}

// stepSplit is step for a model whose positive and negative weights open two conductances.
func (n *recurrentRun) stepSplit(rev *reverse, t int, dz, exc, inh []float32) {
	r := n.r
	add(dz, rev.field(0))
	rev.kernel(t, dz, (*rev.work)[:n.t.n])
	copy(exc, rev.field(r.skip+1))
	copy(inh, rev.field(r.skip+2))
	back := rev.field(0)
	clear(back)
	splitBackInput(back, exc, inh, r.wrec.Data(), r.hidden, r.hidden)
}

func (n *recurrentRun) inputGradient(d, inh []float32) *tensor.Tensor {
	if !n.x.RequiresGrad() {
		return nil
	}
	r, dx := n.r, make([]float32, len(n.x.Data()))
	if r.m.split && r.wrec != nil {
		splitBackInput(dx, d, inh, r.win.Data(), r.in, r.hidden)
	} else {
		linearBackInput(dx, d, r.win.Data(), r.in, r.hidden)
	}
	return share(dx, n.x.Shape())
}

func (n *recurrentRun) inputWeights(d, inh []float32) *tensor.Tensor {
	r := n.r
	if !r.win.RequiresGrad() {
		return nil
	}
	return share(n.weights(r.win, d, inh, [][]float32{n.x.Data()}, r.in), r.win.Shape())
}

// recurrentWeights is the gradient of the matrix on the way back, whose input is the spikes of the step before. Without
// autapses its diagonal has none.
func (n *recurrentRun) recurrentWeights(d, inh []float32) *tensor.Tensor {
	r := n.r
	if r.wrec == nil || !r.wrec.RequiresGrad() {
		return nil
	}
	before := [][]float32{n.first, n.z[:len(n.z)-min(len(n.first), len(n.z))]}
	dw := n.weights(r.wrec, d, inh, before, r.hidden)
	if !r.autapses {
		for k := range r.hidden {
			dw[k*r.hidden+k] = 0
		}
	}
	return share(dw, r.wrec.Shape())
}

// weights is the gradient of a matrix whose inputs are given in pieces of rows.
func (n *recurrentRun) weights(w *tensor.Tensor, d, inh []float32, inputs [][]float32, width int) []float32 {
	hidden := n.r.hidden
	dw := make([]float32, len(w.Data()))
	var less []float32
	if n.r.m.split && n.r.wrec != nil {
		less = make([]float32, len(dw))
	}
	for _, x := range inputs {
		rows := min(len(x)/width*hidden, len(d))
		linearBackWeight(dw, d[:rows], x, width, hidden)
		if less != nil {
			linearBackWeight(less, inh[:rows], x, width, hidden)
			inh = inh[rows:]
		}
		d = d[rows:]
	}
	if less != nil {
		splitBackWeight(dw, less, w.Data())
	}
	return dw
}

// splitBackInput adds exc·max(w, 0) + inh·max(−w, 0) to dx.
func splitBackInput(dx, exc, inh, w []float32, in, out int) {
	p := borrow(2 * len(w))
	defer giveBack(p)
	plus, minus := (*p)[:len(w)], (*p)[len(w):]
	splitWeights(plus, minus, w)
	linearBackInput(dx, exc, plus, in, out)
	linearBackInput(dx, inh, minus, in, out)
}

// splitBackWeight makes dw, the gradient of max(w, 0), and less, that of max(−w, 0), that of w.
func splitBackWeight(dw, less, w []float32) {
	for k, v := range w {
		switch {
		case v < 0:
			dw[k] = -less[k]
		case !(v > 0):
			dw[k] = 0
		}
	}
}
