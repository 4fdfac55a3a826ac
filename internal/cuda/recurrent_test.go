package cuda_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/livespike/livespike/internal/cuda/ptx"
	"github.com/livespike/livespike/internal/simd"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

var recurrentLayers = map[string]func(in, hidden int, opts ...snn.Option) *snn.Recurrent{
	"LIF": snn.LIFRecurrent, "LIFRefrac": snn.LIFRefracRecurrent, "LIFEx": snn.LIFExRecurrent, "LIFAdEx": snn.LIFAdExRecurrent,
	"LIFAdExRefrac": snn.LIFAdExRefracRecurrent, "LSNN": snn.LSNNRecurrent, "AdaLIF": snn.AdaLIFRecurrent, "IAF": snn.IAFRecurrent,
	"Izhikevich": snn.IzhikevichRecurrent,
}

// product is x·wᵀ, each sum in order and each product fused with its addition, as snn has it: w is (out, len(x)/rows).
func product(x, w []float32, rows, out int) []float32 {
	y := make([]float32, rows*out)
	in := len(x) / max(rows, 1)
	for k := range y {
		for i := range in {
			y[k] = simd.FMA(x[k/out*in+i], w[k%out*in+i], y[k])
		}
	}
	return y
}

// TestRecurrent compares a recurrent population with snn: step by step with the products made apart, and all steps in one
// block.
func TestRecurrent(t *testing.T) {
	for _, m := range allModels {
		if recurrentLayers[m.name] == nil {
			if entry(m.kernel+"_rec") != nil {
				t.Errorf("%s_rec is not tested", m.kernel)
			}
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(9, 10))
			for _, c := range []population{{1, 2, 1, 5}, {3, 4, 5, 12}, {2, 3, 40, 9}, {1, 1, 64, 3}, {1, 1, 130, 2}, {1, 1, 3, 0}} {
				c.compare(t, m, r, false)
				if !m.fixed {
					c.compare(t, m, r, true)
				}
			}
		})
	}
}

// population is a case: a batch of populations of hidden neurons with in inputs, over steps.
type population struct{ batch, in, hidden, steps int }

func (c population) compare(t testing.TB, m model, r *rand.Rand, delayed bool) {
	t.Helper()
	gain := float32(1)
	if m.name == "Izhikevich" {
		gain = 30
	}
	win, before := numbers(r, c.hidden*c.in, -0.5*gain, gain, false), make([]float32, c.batch*c.hidden)
	for k := range before {
		before[k] = float32(r.IntN(2))
	}
	x := numbers(r, c.steps*c.batch*c.in, 0, 1, false)
	c.run(t, m, m.parameters(r, c.hidden, c.hidden), x, win, numbers(r, c.hidden*c.hidden, -gain, gain, false), before,
		m.start(r, c.batch*c.hidden, false), delayed)
}

// run takes the input and its weights, the recurrent weights, the spikes before, and the state.
func (c population) run(t testing.TB, m model, p values, x, win, wrec, before []float32, start [][]float32, delayed bool) {
	t.Helper()
	batch, in, hidden, steps, n := c.batch, c.in, c.hidden, c.steps, c.batch*c.hidden
	what := fmt.Sprintf("%+v, delayed %v", c, delayed)
	opts := append(order(m, delayed), snn.Autapses(true), snn.InputWeights(tensor.FromSlice(win, hidden, in)),
		snn.RecurrentWeights(tensor.FromSlice(wrec, hidden, hidden)))
	for name, v := range p.of {
		opts = append(opts, snn.Set(name, tensor.FromSlice(append([]float32{}, v...), p.shape...)))
	}
	l := recurrentLayers[m.name](in, hidden, opts...)
	state := l.InitialState(batch, hidden)
	copy(state.Get(state.Names()[0]).Data(), before)
	for k, name := range m.state {
		copy(state.Get(name).Data(), start[k])
	}
	out, state := l.Forward(tensor.FromSlice(x, steps, batch, in), state)
	var after [][]float32
	for _, name := range m.state {
		after = append(after, state.Get(name).Data())
	}
	z := state.Get(state.Names()[0]).Data()

	inp := product(x, win, steps*batch, hidden)
	one, run := m.block(p, hidden)
	c0 := one // a block for each run of the batch
	if run < hidden {
		for range batch - 1 {
			c0 = append(c0, one...)
		}
	} else {
		run = n
	}

	// step by step
	mem := ptx.NewMemory()
	past, s, coefs := mem.State("past", before), mem.State("s", flat(start)), mem.Upload("c", c0)
	for k := range steps {
		y := mem.Alloc("z", n)
		back := product(past.Floats(), wrec, batch, hidden)
		launch(t, m.kernel+"_rec", mem, n, ptx.Ptr(y), ptx.Ptr(past), ptx.Ptr(mem.Upload("inp", inp[k*n:][:n])),
			ptx.Ptr(mem.Upload("back", back)), ptx.Ptr(s), ptx.Ptr(coefs), ptx.I32(n), ptx.I32(n), ptx.I32(run), flag(delayed))
		mustEqual(t, fmt.Sprintf("%s_rec: %s: step %d", m.kernel, what, k), y.Floats(), out.Data()[k*n:][:n])
	}
	mustEqual(t, m.kernel+"_rec: "+what+": state", s.Floats(), flat(after))
	mustEqual(t, m.kernel+"_rec: "+what+": z", past.Floats(), z)

	// all steps at once
	turned := make([]float32, len(wrec))
	for k, w := range wrec {
		turned[k%hidden*hidden+k/hidden] = w
	}
	mem = ptx.NewMemory()
	past, s = mem.State("past", before), mem.State("s", flat(start))
	y := mem.Alloc("z", steps*n)
	mustRun(t, m.kernel+"_rec_block", mem, ptx.Grid{Y: batch, BlockX: (hidden + 31) / 32 * 32}, ptx.Ptr(y), ptx.Ptr(past),
		ptx.Ptr(mem.Upload("inp", inp)), ptx.Ptr(mem.Upload("weights", turned)), ptx.Ptr(s), ptx.Ptr(mem.Upload("c", c0)),
		ptx.I32(steps), ptx.I32(hidden), ptx.I32(n), ptx.I32(run), flag(delayed))
	mustEqual(t, m.kernel+"_rec_block: "+what, y.Floats(), out.Data())
	mustEqual(t, m.kernel+"_rec_block: "+what+": state", s.Floats(), flat(after))
	mustEqual(t, m.kernel+"_rec_block: "+what+": z", past.Floats(), z)
}

// TestCoupled compares the multi-compartment neurons with snn, step by step: the input is added to the current before a
// step, or after it, and the kernel gets the product of the membranes and the coupling matrix.
func TestCoupled(t *testing.T) {
	for _, m := range allModels {
		if !m.coupled {
			continue
		}
		r := rand.New(rand.NewPCG(11, 12))
		for _, n := range []int{1, 4, 5, 36} {
			m.compareCoupled(t, r, n, false)
			m.compareCoupled(t, r, n, true)
		}
		for _, form := range []string{"f32", "f32x4", "bits"} {
			m.compareSteps(t, r, form, 36)
		}
	}
}

func (m model) compareCoupled(t testing.TB, r *rand.Rand, n int, delayed bool) {
	t.Helper()
	const batch, steps = 2, 6
	g, all := numbers(r, n*n, -20, 20, false), batch*n
	p := m.parameters(r, 1, 1)
	x, start := numbers(r, steps*all, -0.5, 1.5, false), m.start(r, all, false)
	l := m.layer(p, append(order(m, delayed), snn.Coupling(tensor.FromSlice(g, n, n)))...)
	want, after := m.onCPU(l, x, steps, []int{batch, n}, start)
	c, run := m.block(p, all)
	for _, form := range []string{"_f32", "_f32x4", "_bits"} {
		if !wanted(m.kernel+form) || form == "_f32x4" && all%4 != 0 {
			continue
		}
		s := flat(start)
		for k := range steps {
			coupling, current, z := product(s[:all], g, batch, n), s[all:][:all], want[k*all:][:all]
			add := func() {
				for i, v := range x[k*all:][:all] {
					current[i] += v
				}
			}
			if !delayed {
				add()
			}
			what := fmt.Sprintf("n %d, delayed %v, step %d", n, delayed, k)
			if form == "_bits" {
				after := m.runBits(t, m.kernel+form, what, coupling, s, c, z, 1, all, run, false)
				copy(s, after)
			} else {
				got, after := forward(t, m.kernel+form, coupling, s, c, 1, all, run, false)
				mustEqual(t, m.kernel+form+": "+what, got, z)
				copy(s, after)
			}
			if delayed {
				add()
			}
		}
		mustEqual(t, m.kernel+form+": state", s, flat(after))
	}
}

// uncoupled is the option of a coupling matrix of zeros, for a model that needs one.
func (m model) uncoupled(n int) []snn.Option {
	if !m.coupled {
		return nil
	}
	return []snn.Option{snn.Coupling(tensor.Zeros(n, n))}
}

// compareUncoupled is a step without coupling: the input is in the current, and the product is zero.
func (m model) compareUncoupled(t testing.TB, form string, p values, x []float32, start [][]float32, want []float32) {
	t.Helper()
	n := len(x)
	c, run := m.block(p, n)
	s := flat(start)
	for k, v := range x {
		s[n+k] += v
	}
	if form == "bits" {
		m.runBits(t, m.kernel+"_bits", "uncoupled", make([]float32, n), s, c, want, 1, n, run, false)
		return
	}
	z, _ := forward(t, m.kernel+"_"+form, make([]float32, n), s, c, 1, n, run, false)
	mustEqual(t, m.kernel+"_"+form+": uncoupled", z, want)
}

// compareSteps: three steps at once are three launches of one step, which compareCoupled holds against the CPU.
func (m model) compareSteps(t testing.TB, r *rand.Rand, form string, n int) {
	t.Helper()
	const steps = 3
	if form == "f32x4" && n%4 != 0 {
		return
	}
	name := m.kernel + "_" + form
	c, run := m.block(m.parameters(r, 1, 1), n)
	x, start := numbers(r, steps*n, -20, 20, false), flat(m.start(r, n, false))
	var z []float32
	s := start
	for k := range steps {
		var y []float32
		y, s = forward(t, m.kernel+"_f32", x[k*n:][:n], s, c, 1, n, run, false)
		z = append(z, y...)
	}
	after := s
	if form == "bits" {
		s = m.runBits(t, name, "three steps", x, start, c, z, steps, n, run, false)
	} else {
		y, last := forward(t, name, x, start, c, steps, n, run, false)
		mustEqual(t, name+": three steps", y, z)
		s = last
	}
	mustEqual(t, name+": three steps: state", s, after)
}
