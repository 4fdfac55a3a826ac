package snn

import (
	"math"

	"github.com/livespike/livespike/snn/surrogate"
)

// sweep is one step of the backward pass for len(dz) neurons that share coefficients. A model's back reads what its
// step was given, works out the step again and turns the gradients of what came out of it into those of what went in.
type sweep struct {
	x, r   []float32 // what the step was given; r is nil where there is no recurrent current apart
	s      []float32 // the variables before the step, each stride after the one before
	dz     []float32 // the gradients of the output
	dx     []float32 // receives those of x, which are those of r too
	ds     []float32 // those of the variables after the step, laid out as s, become those before it
	c      []float32
	dc     []float64 // adds up those of the coefficients; nil if none is learned
	stride int
	dt     float32

	subtract bool // the subtractive reset
	held     bool // the reset takes the spike as a constant, as Norse's recurrent LIF and LSNN do

	alpha float32
	grad  func(x, g, alpha float32) float32 // nil for SuperSpike
	coefs [11]float32                       // c and alpha, for the assembly
}

// back is the backward pass of one step.
type back func(g *sweep)

// plain says that it is what most networks are trained with: SuperSpike, the usual reset, no learned parameters.
func (g *sweep) plain() bool { return g.grad == nil && g.dc == nil && !g.subtract && g.r == nil }

// run is the backward step by the model's assembly, where that does what is asked for, and by its twin.
func (m *model) run(g *sweep) {
	if n := len(g.dz) &^ 7; n > 0 && m.fastBack != nil && g.plain() && !g.held {
		last := (len(m.state)-1)*g.stride + n - 1
		_, _, _, _ = g.dx[n-1], g.x[n-1], g.s[last], g.ds[last] // the assembly does not look
		g.coefs[copy(g.coefs[:], g.c)] = g.alpha
		m.fastBack(&g.dx[0], &g.dz[0], &g.x[0], &g.s[0], &g.ds[0], &g.coefs[0], n, g.stride)
		if n == len(g.dz) {
			return
		}
		rest := *g
		rest.x, rest.dz, rest.dx, rest.s, rest.ds = g.x[n:], g.dz[n:], g.dx[n:], g.s[n:], g.ds[n:]
		m.back(&rest)
		return
	}
	m.back(g)
}

// use chooses the surrogate gradient.
func (g *sweep) use(f surrogate.Function) {
	if g.alpha = f.Alpha(); f.Name() != "super" {
		g.grad = f.Scaled()
	}
}

// magnitude is |x| without a branch, which random signs would mispredict.
func magnitude(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// count adds to the gradients of the first n coefficients.
func (g *sweep) count(first ...float32) {
	for k, v := range first {
		g.dc[k] += float64(v)
	}
}

// countReset adds what a spike passes to the reset: to v_reset, or with the subtractive reset to v_th.
func (g *sweep) countReset(th, reset int, v float32) {
	if g.subtract {
		g.dc[th] -= float64(v)
	} else {
		g.dc[reset] += float64(v)
	}
}

// spike is the gradient of u, a distance from the threshold, for the gradient up of the spike. SuperSpike, the default,
// is written out: it saves a call for every neuron and step.
func (g *sweep) spike(u, up float32) float32 {
	if g.grad != nil {
		return g.grad(u, up, g.alpha)
	}
	t := float32(g.alpha*magnitude(u)) + 1
	return up / float32(t*t)
}
