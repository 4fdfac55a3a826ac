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
		layer, ok := recurrentLayers[m.name]
		if !ok {
			if module().Entry(m.kernel+"_rec") != nil {
				t.Errorf("%s_rec is not tested", m.kernel)
			}
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(9, 10))
			for _, size := range []struct{ batch, in, hidden, steps int }{{1, 2, 1, 5}, {3, 4, 5, 12}, {2, 3, 40, 9}, {1, 1, 64, 3}, {1, 1, 3, 0}} {
				for _, delayed := range []bool{false, true} {
					if !(m.fixed && delayed) {
						m.compareRecurrent(t, layer, r, size.batch, size.in, size.hidden, size.steps, delayed)
					}
				}
			}
		})
	}
}

func (m model) compareRecurrent(t *testing.T, layer func(in, hidden int, opts ...snn.Option) *snn.Recurrent, r *rand.Rand, batch, in, hidden, steps int, delayed bool) {
	t.Helper()
	what := fmt.Sprintf("batch %d, %d to %d, T %d, delayed %v", batch, in, hidden, steps, delayed)
	gain := float32(1)
	if m.name == "Izhikevich" {
		gain = 30
	}
	p := m.parameters(r, hidden, hidden)
	win, wrec := numbers(r, hidden*in, -0.5*gain, gain, false), numbers(r, hidden*hidden, -gain, gain, false)
	opts := append(order(m, delayed), snn.Autapses(true), snn.InputWeights(tensor.FromSlice(win, hidden, in)),
		snn.RecurrentWeights(tensor.FromSlice(wrec, hidden, hidden)))
	for name, v := range p.of {
		opts = append(opts, snn.Set(name, tensor.FromSlice(v, hidden)))
	}
	l, n := layer(in, hidden, opts...), batch*hidden
	x, start, before := numbers(r, steps*batch*in, 0, 1, false), m.start(r, n, false), make([]float32, n)
	for k := range before {
		before[k] = float32(r.IntN(2))
	}
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
	one, _ := m.block(p, hidden)
	var c []float32 // a block for each neuron of the batch
	for range batch {
		c = append(c, one...)
	}

	// step by step
	mem := ptx.NewMemory()
	past, s, coefs := mem.State("past", before), mem.State("s", flat(start)), mem.Upload("c", c)
	for k := range steps {
		y := mem.Alloc("z", n)
		back := product(past.Floats(), wrec, batch, hidden)
		launch(t, m.kernel+"_rec", mem, n, ptx.Ptr(y), ptx.Ptr(past), ptx.Ptr(mem.Upload("inp", inp[k*n:][:n])),
			ptx.Ptr(mem.Upload("back", back)), ptx.Ptr(s), ptx.Ptr(coefs), ptx.I32(n), ptx.I32(n), ptx.I32(1), flag(delayed))
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
	err := module().Entry(m.kernel+"_rec_block").Run(mem, ptx.Grid{Y: batch, BlockX: (hidden + 31) / 32 * 32}, ptx.Ptr(y), ptx.Ptr(past),
		ptx.Ptr(mem.Upload("inp", inp)), ptx.Ptr(mem.Upload("weights", turned)), ptx.Ptr(s), ptx.Ptr(mem.Upload("c", c)),
		ptx.I32(steps), ptx.I32(hidden), ptx.I32(n), ptx.I32(1), flag(delayed))
	if err != nil {
		t.Fatal(err)
	}
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
			for _, delayed := range []bool{false, true} {
				const batch, steps = 2, 6
				g, all := numbers(r, n*n, -20, 20, false), batch*n
				p := m.parameters(r, 1, 1)
				x, start := numbers(r, steps*all, -0.5, 1.5, false), m.start(r, all, false)
				l := m.layer(p, append(order(m, delayed), snn.Coupling(tensor.FromSlice(g, n, n)))...)
				want, after := m.onCPU(l, x, steps, []int{batch, n}, start)
				c, run := m.block(p, all)
				s := append([]float32{}, flat(start)...)
				for _, form := range []string{"_f32", "_f32x4"} {
					if form == "_f32x4" && all%4 != 0 {
						continue
					}
					copy(s, flat(start))
					for k := range steps {
						coupling, current := product(s[:all], g, batch, n), s[all:][:all]
						add := func() {
							for i, v := range x[k*all:][:all] {
								current[i] += v
							}
						}
						if !delayed {
							add()
						}
						z, next := forward(t, m.kernel+form, coupling, s, c, 1, all, run, false)
						copy(s, next)
						if delayed {
							add()
						}
						mustEqual(t, fmt.Sprintf("%s%s: n %d, delayed %v, step %d", m.kernel, form, n, delayed, k), z, want[k*all:][:all])
					}
					mustEqual(t, m.kernel+form+": state", s, flat(after))
				}
			}
		}
	}
}
