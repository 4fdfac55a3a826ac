package cuda_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/cuda/ptx"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/surrogate"
	"github.com/livespike/livespike/snn/tensor"
)

// TestBackward compares the gradients of a sequence in two pieces, the second piece's state gradients flowing into the
// first, with those that snn gives.
func TestBackward(t *testing.T) {
	surrogates := map[string]surrogate.Function{"_super": surrogate.SuperSpike(97.3), "_triangle": surrogate.Triangle(0.3)}
	kernels := 0
	forms := inBothResets()
	for _, m := range allModels {
		if entry(m.kernel+"_rec_back_super") != nil {
			forms = append(forms, m.holding())
		}
	}
	for _, m := range forms {
		names := map[string]surrogate.Function{}
		if entry(m.kernel+"_back") != nil {
			names[m.kernel+"_back"] = surrogate.SuperSpike(97.3)
		}
		for suffix, f := range surrogates {
			if name := m.kernel + "_back" + suffix; entry(name) != nil {
				names[name] = f
			}
		}
		for name, f := range names {
			kernels++
			t.Run(name, func(t *testing.T) {
				r := rand.New(rand.NewPCG(5, 6))
				for _, n := range []int{0, 1, 5, 70} {
					for _, delayed := range []bool{false, true} {
						for _, runs := range []int{1, max(n, 1)} {
							if m.fixed && delayed || n == 0 && (runs > 1 || m.holds) {
								continue
							}
							for _, odd := range []bool{false, true} {
								if odd && m.holds { // a product with the weights spreads NaN
									continue
								}
								m.compareBackward(t, name, f, m.parameters(r, runs, runs), m.start(r, n, odd), nil, r, delayed)
							}
						}
					}
				}
			})
		}
	}
	if kernels < 26 {
		t.Errorf("%d backward kernels", kernels)
	}
}

// compareBackward runs 7 and then 4 steps from a state, forward and back, on random input, but for the first step if that
// is given.
func (m model) compareBackward(t testing.TB, name string, f surrogate.Function, p values, start [][]float32, first []float32, r *rand.Rand, delayed bool) {
	t.Helper()
	n := len(start[0])
	what := fmt.Sprintf("%s: n %d, delayed %v, runs %d", name, n, delayed, p.runs)
	pieces := []int{7, 4}
	var x, dy [][]float32
	for _, steps := range pieces {
		x = append(x, numbers(r, steps*n, -0.5, 1.5, false))
		dy = append(dy, numbers(r, steps*n, -1, 1, false))
	}
	copy(x[0], first)

	opts := order(m, delayed)
	if m.threshold != "" {
		opts = append(opts, snn.Surrogate(f))
	}
	var l snn.Module
	var state *snn.State
	if m.holds {
		of := m.recurrent(p, n, opts...)
		l, state = of, of.InitialState(n)
	} else {
		of := m.layer(p, opts...)
		l, state = of, of.InitialState(n)
	}
	from := make([]*tensor.Tensor, len(m.state))
	for k, v := range m.state {
		from[k] = tensor.FromSlice(append([]float32{}, start[k]...), n).SetRequiresGrad(true)
		state = state.With(v, from[k])
	}
	var in []*tensor.Tensor
	loss := tensor.Zeros(1).Sum()
	for k, steps := range pieces {
		xt := tensor.FromSlice(x[k], steps, n).SetRequiresGrad(true)
		var z *tensor.Tensor
		z, state = l.Forward(xt, state)
		in, loss = append(in, xt), loss.Add(z.Mul(tensor.FromSlice(dy[k], steps, n)).Sum())
	}
	loss.Backward()

	c, run := m.block(p, n)
	mem := ptx.NewMemory()
	coefs, s := mem.Upload("c", c), mem.State("s", flat(start))
	kept := make([]*ptx.Buffer, len(pieces))
	for k, steps := range pieces {
		kept[k] = mem.Alloc("kept", steps*8*n)
		z := mem.Alloc("z", steps*n)
		if train := strings.TrimSuffix(m.kernel, "_rec") + "_train"; entry(train) != nil {
			launch(t, train, mem, n, ptx.Ptr(z), ptx.Ptr(kept[k]), ptx.Ptr(mem.Upload("x", x[k])), ptx.Ptr(s), ptx.Ptr(coefs),
				ptx.I32(steps), ptx.I32(n), ptx.I32(n), ptx.I32(run), flag(delayed))
		}
	}
	ds := mem.State("ds", make([]float32, len(m.state)*n))
	for k := len(pieces) - 1; k >= 0; k-- {
		dx := mem.Alloc("dx", pieces[k]*n)
		launch(t, name, mem, n, ptx.Ptr(dx), ptx.Ptr(mem.Upload("dz", dy[k])), ptx.Ptr(kept[k]), ptx.Ptr(ds), ptx.Ptr(coefs),
			ptx.F32(f.Alpha()), ptx.I32(pieces[k]), ptx.I32(n), ptx.I32(n), ptx.I32(run), flag(delayed))
		mustEqual(t, fmt.Sprintf("%s: piece %d", what, k), added(dx.Floats()), in[k].Grad().Data())
		for i, d := range added(ds.Floats()) {
			ds.Set(4*i, math.Float32bits(d))
		}
	}
	for k, v := range m.state {
		if g := from[k].Grad(); g != nil {
			mustEqual(t, what+": "+v, ds.Floats()[k*n:][:n], g.Data())
		}
	}
}

// added is x added to zeros, which makes +0 of −0, as snn adds the gradients of leaves and of states.
func added(x []float32) []float32 {
	for k := range x {
		x[k] += 0
	}
	return x
}

// TestTrainIsForward: the kernels that keep what training needs give what the others give.
func TestTrainIsForward(t *testing.T) {
	for _, m := range inBothResets() {
		if entry(m.kernel+"_train") != nil {
			r := rand.New(rand.NewPCG(7, 8))
			m.compareTrain(t, m.parameters(r, 37, 37), m.start(r, 37, true), nil, r, false)
			m.compareTrain(t, m.parameters(r, 37, 37), m.start(r, 37, true), nil, r, !m.fixed)
		}
	}
}

// compareTrain runs 9 steps on random input, but for the first if that is given.
func (m model) compareTrain(t testing.TB, p values, start [][]float32, first []float32, r *rand.Rand, delayed bool) {
	t.Helper()
	const steps = 9
	n, name := len(start[0]), m.kernel+"_train"
	x := numbers(r, steps*n, -0.5, 1.5, first == nil)
	copy(x, first)
	c, run := m.block(p, n)
	z, s := forward(t, m.kernel+"_f32", x, flat(start), c, steps, n, run, delayed)
	mem := ptx.NewMemory()
	out, after := mem.Alloc("z", steps*n), mem.State("s", flat(start))
	launch(t, name, mem, n, ptx.Ptr(out), ptx.Ptr(mem.Alloc("kept", steps*8*n)), ptx.Ptr(mem.Upload("x", x)), ptx.Ptr(after),
		ptx.Ptr(mem.Upload("c", c)), ptx.I32(steps), ptx.I32(n), ptx.I32(n), ptx.I32(run), flag(delayed))
	mustEqual(t, name+": output", out.Floats(), z)
	mustEqual(t, name+": state", after.Floats(), s)
}
