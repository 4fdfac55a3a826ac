package snn

// trace is what a forward pass that is recorded keeps for the backward one: for every step, what the model's kernel was
// given. It hangs on the state while the steps run.
type trace struct {
	steps, n int          // n neurons
	vars     int          // the kernel's variables
	s        *[]float32   // (steps, vars, n)
	x        [][]float32  // for each step; slices of the input where nothing else is in them
	r        [][]float32  // the recurrent current where the kernel takes it apart
	before   [][]float32  // the membrane before a coupling that follows the step
	own      []*[]float32 // memory to give back
	stable   bool         // the kernel's x is a slice of the input
	silent   []float32    // zeros, the x of a delayed step
	k        int
}

func newTrace(steps, n, vars int, stable bool) *trace {
	return &trace{steps: steps, n: n, vars: vars, stable: stable, s: borrow(steps * n * vars)}
}

// keep is called by the neuron in front of its kernel.
func (t *trace) keep(x, r, vars []float32) {
	copy((*t.s)[t.k*t.n*t.vars:], vars)
	switch {
	case x == nil:
		if t.silent == nil {
			t.silent = make([]float32, t.n)
		}
		x = t.silent
	case !t.stable:
		x = t.copy(x)
	}
	t.x = append(t.x, x)
	if r != nil {
		t.r = append(t.r, t.copy(r))
	}
	t.k++
}

func (t *trace) copy(x []float32) []float32 {
	own := borrow(len(x))
	t.own = append(t.own, own)
	copy(*own, x)
	return *own
}

// state is the kernel's variables in front of step k.
func (t *trace) state(k int) []float32 {
	size := t.n * t.vars
	return (*t.s)[k*size : (k+1)*size]
}

// release gives the memory back.
func (t *trace) release() {
	giveBack(t.s)
	for _, b := range t.own {
		giveBack(b)
	}
	*t = trace{}
}
