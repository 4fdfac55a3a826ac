package cuda_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/livespike/livespike/internal/cuda/ptx"
	"github.com/livespike/livespike/snn"
)

// TestEveryModelHasKernels: whoever adds a model to snn adds its kernels, or says here why not.
func TestEveryModelHasKernels(t *testing.T) {
	known := map[string]model{}
	for _, m := range allModels {
		known[m.name] = m
	}
	for _, name := range snn.Models() {
		m, ok := known[name]
		if !ok {
			t.Errorf("%s has no kernel", name)
		} else if entry(m.kernel+"_f32") == nil {
			t.Errorf("%s: no %s_f32", name, m.kernel)
		}
	}
}

// sizes are numbers of neurons and steps, with what vectors and words of bits begin and end at.
var sizes = []struct{ batch, n, steps int }{
	{1, 0, 33}, {1, 1, 33}, {1, 3, 33}, {1, 4, 33}, {1, 5, 33}, {1, 64, 0}, {1, 5, 1}, {3, 33, 5}, {2, 32, 3}, {1, 1023, 33},
}

// TestForward compares each model's forward kernels with snn, in both orders, with parameters for all and for each neuron,
// on ordinary numbers and on those that arithmetic gets wrong first.
func TestForward(t *testing.T) {
	cases, bits := 0, 0
	for _, m := range allModels {
		if m.coupled {
			continue // TestCoupled
		}
		t.Run(m.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			for _, size := range sizes {
				for _, delayed := range []bool{false, true} {
					for _, kind := range []string{"one set of parameters", "one for each row", "one for each neuron", "strange numbers"} {
						if m.fixed && delayed || size.n > 100 && kind != "one set of parameters" {
							continue
						}
						n, shape := size.batch*size.n, []int{size.batch, size.n}
						p := m.parameters(r, 1, 1)
						switch {
						case kind == "one for each row" && n > 0:
							p = m.parameters(r, size.batch, size.batch, 1)
						case kind == "one for each neuron" && n > 0:
							p = m.parameters(r, n, n)
							shape = []int{n}
						}
						odd := kind == "strange numbers"
						x, s := numbers(r, size.steps*n, -0.5, 1.5, odd), m.start(r, n, odd)
						if m.name == "Izhikevich" && !odd {
							for k := range x {
								x[k] *= 20
							}
						}
						what := fmt.Sprintf("batch %d, n %d, T %d, delayed %v, %s", size.batch, size.n, size.steps, delayed, kind)
						k, b := m.compare(t, what, p, x, s, shape, size.steps, delayed)
						cases, bits = cases+k, bits+b
					}
				}
			}
		})
	}
	t.Logf("%d cases, %d numbers compared, 0 differing bits", cases, bits)
}

// order is the option of the step order.
func order(m model, delayed bool) []snn.Option {
	switch {
	case m.fixed:
		return nil
	case delayed:
		return []snn.Option{snn.Delayed()}
	}
	return []snn.Option{snn.Immediate()}
}

// compare runs all forms of the forward kernel on one input.
func (m model) compare(t testing.TB, what string, p values, x []float32, start [][]float32, shape []int, steps int, delayed bool) (cases, numbers int) {
	t.Helper()
	all := 1
	for _, n := range shape {
		all *= n
	}
	c, run := m.block(p, all)
	forms := []struct {
		suffix string
		opts   []snn.Option
	}{{"", nil}}
	if m.subtract {
		forms = append(forms, struct {
			suffix string
			opts   []snn.Option
		}{"_subtract", []snn.Option{snn.ResetMethod("reset_subtract")}})
	}
	for _, form := range forms {
		l := m.layer(p, append(order(m, delayed), form.opts...)...)
		want, after := m.onCPU(l, x, steps, shape, start)
		name := m.kernel + form.suffix
		for _, wide := range []string{"_f32", "_f32x4", "_u8"} {
			kernel := name + wide
			if !wanted(kernel) || entry(kernel) == nil || wide == "_f32x4" && (all%4 != 0 || run%4 != 0) {
				continue
			}
			z, s := forward(t, kernel, x, flat(start), c, steps, all, run, delayed)
			mustEqual(t, kernel+": "+what+": output", z, want)
			mustEqual(t, kernel+": "+what+": state", s, flat(after))
			cases, numbers = cases+1, numbers+len(z)+len(s)
		}
		if bits := name + "_bits"; m.threshold != "" && wanted(bits) {
			k := m.compareBits(t, bits, what, x, flat(start), c, want, flat(after), steps, all, run, delayed)
			cases, numbers = cases+1, numbers+k
		}
	}
	return cases, numbers
}

// compareBits is compare for the form whose output is bits.
func (m model) compareBits(t testing.TB, name, what string, x, s, c, want, after []float32, steps, n, run int, delayed bool) int {
	t.Helper()
	mustEqual(t, name+": "+what+": state", m.runBits(t, name, what, x, s, c, want, steps, n, run, delayed), after)
	return len(want) + len(after)
}

// runBits runs the form whose output is bits, compares them with the spikes wanted, and returns the state.
func (m model) runBits(t testing.TB, name, what string, x, s, c, want []float32, steps, n, run int, delayed bool) []float32 {
	t.Helper()
	words := (n + 31) / 32
	mem := ptx.NewMemory()
	out, state := mem.Alloc("bits", steps*words), mem.State("s", s)
	launch(t, name, mem, n, ptx.Ptr(out), ptx.Ptr(mem.Upload("x", x)), ptx.Ptr(state), ptx.Ptr(mem.Upload("c", c)),
		ptx.I32(steps), ptx.I32(n), ptx.I32(n), ptx.I32(run), flag(delayed))
	packed := make([]uint32, steps*words)
	for k, z := range want {
		if z != 0 {
			packed[k/n*words+k%n/32] |= 1 << (k % n % 32)
		}
	}
	for k, w := range out.Uints() {
		if w != packed[k] {
			t.Fatalf("%s: %s: word %d is %#x, want %#x", name, what, k, w, packed[k])
		}
	}
	return state.Floats()
}

// TestAtTheThreshold puts membranes exactly at the threshold, and one float below and above it: random numbers do not tell
// > from >=.
func TestAtTheThreshold(t *testing.T) {
	for _, m := range allModels {
		if m.threshold == "" {
			continue
		}
		for side := range 3 {
			p, x, s, want := m.atThreshold(t, side)
			z, _ := m.onCPU(m.layer(p, append(order(m, false), m.uncoupled(len(x))...)...), x, 1, []int{len(x)}, s)
			mustEqual(t, m.name+" on the CPU at the threshold", z, want)
			if m.coupled {
				for _, form := range []string{"f32", "f32x4", "bits"} {
					m.compareUncoupled(t, form, p, x, s, want)
				}
			} else {
				m.compare(t, "at the threshold", p, x, s, []int{len(x)}, 1, false)
			}
		}
	}
}

// atThreshold is a step, in the immediate order, after which all neurons, which are alike, are at their threshold for side
// 0, one float above it for side 1, and one below it for side 2: what goes in and the spikes that must come out.
func (m model) atThreshold(t testing.TB, side int) (p values, x []float32, s [][]float32, want []float32) {
	t.Helper()
	const n = 40
	r := rand.New(rand.NewPCG(3, 4))
	p, x, s = m.parameters(r, 1, 1), make([]float32, n), m.start(r, n, false)
	for k := range x {
		x[k] = 0.7
	}
	for k, name := range m.state {
		for i := range s[k] {
			s[k][i] = s[k][0]
			if name == "rho" {
				s[k][i] = 0
			}
		}
	}
	if p.of["delta_T"] != nil {
		clear(p.of["delta_T"]) // the exponential depends on the threshold
	}
	th := p.of[m.threshold]
	th[0] = 1e30 // nothing spikes, and v is what is compared with the threshold
	_, after := m.onCPU(m.layer(p, append(order(m, false), m.uncoupled(n)...)...), x, 1, []int{n}, s)
	want = make([]float32, n)
	switch th[0] = after[0][0]; side {
	case 1:
		th[0] = math.Nextafter32(th[0], float32(math.Inf(-1)))
		for k := range want {
			want[k] = 1
		}
	case 2:
		th[0] = math.Nextafter32(th[0], float32(math.Inf(1)))
	}
	if m.name == "LSNN" {
		for k := range s[2] {
			s[2][k] = th[0] // the threshold is a variable, at rest there
		}
	}
	return p, x, s, want
}
