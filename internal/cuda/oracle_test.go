package cuda_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/livespike/livespike/internal/cuda/kernels"
	"github.com/livespike/livespike/internal/cuda/ptx"
	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// The tests of this package run the PTX that ships, in the interpreter or on a device, and compare every bit with the CPU:
// package snn for the neurons and layers, plain loops for the rest. Only the payload of a NaN is not compared, which nobody
// defines.

// module is the kernels: those that ship, or those of the file that LIVESPIKE_PTX names, such as what another compiler made
// of the sources.
var module = sync.OnceValue(func() *ptx.Module {
	text := kernels.PTX
	if path := os.Getenv("LIVESPIKE_PTX"); path != "" {
		other, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		text = string(other)
	}
	m, err := ptx.Parse(text)
	if err != nil {
		panic(err)
	}
	return m
})

// mutant stands in for the kernel of its name while TestMutants tries it; nil else.
var mutant *ptx.Entry

// entry is the kernel of that name, or nil.
func entry(name string) *ptx.Entry {
	if mutant != nil && mutant.Name == name {
		return mutant
	}
	return module().Entry(name)
}

// wanted says that a comparison of that kernel is of use now.
func wanted(name string) bool { return mutant == nil || mutant.Name == name }

// model is what a test has to know of a model of snn: its kernels' name, the variables of its state, the products that its
// step takes, and values of its parameters that make it spike now and then on inputs around 1. They have no round factors,
// such as ½, whose products are exact.
type model struct {
	name      string
	kernel    string
	state     []string
	coefs     []string // as in snn
	params    map[string]float32
	threshold string
	fixed     bool // the order cannot be chosen
	jump      string
	coupled   bool // x is a product with the coupling matrix
	subtract  bool // the subtractive reset exists
	resets    bool // by subtraction
	holds     bool // the spike is a constant where it resets
}

// subtracting is the model with the subtractive reset.
func (m model) subtracting() model {
	m.kernel, m.resets = m.kernel+"_subtract", true
	return m
}

// holding is the model in the recurrent form that takes the spike for a constant where it resets. Its input weights are those
// of the identity and its recurrent ones zero, so that it is the model alone.
func (m model) holding() model {
	m.kernel, m.holds = m.kernel+"_rec", true
	return m
}

// recurrent is the CPU's module of holding, for n neurons.
func (m model) recurrent(p values, n int, opts ...snn.Option) *snn.Recurrent {
	for name, v := range p.of {
		opts = append(opts, snn.Set(name, tensor.FromSlice(append([]float32{}, v...), p.shape...)))
	}
	eye := tensor.Zeros(n, n)
	for k := range n {
		eye.Set(1, k, k)
	}
	return recurrentLayers[m.name](n, n, append(opts, snn.InputWeights(eye), snn.RecurrentWeights(tensor.Zeros(n, n)))...)
}

// inBothResets are the models, once more with the subtractive reset where they have one.
func inBothResets() []model {
	all := slices.Clone(allModels)
	for _, m := range allModels {
		if m.subtract {
			all = append(all, m.subtracting())
		}
	}
	return all
}

var (
	lifCoefs  = []string{"dt*tau_mem_inv", "-dt*tau_syn_inv", "v_leak", "v_th", "v_reset"}
	lifParams = map[string]float32{"tau_mem_inv": 103.7, "tau_syn_inv": 170.3, "v_leak": 0.05, "v_th": 0.4, "v_reset": -0.1}
)

func with(base map[string]float32, more map[string]float32) map[string]float32 {
	all := map[string]float32{}
	for k, v := range base {
		all[k] = v
	}
	for k, v := range more {
		all[k] = v
	}
	return all
}

var adexCoefs = append(append([]string{}, lifCoefs...), "delta_T", "dt*tau_ada_inv", "adaptation_current", "adaptation_spike")

var adexParams = with(lifParams, map[string]float32{
	"delta_T": 0.47, "tau_ada_inv": 23.3, "adaptation_current": 3.9, "adaptation_spike": 0.23,
})

var allModels = []model{
	{
		name: "LIF", kernel: "lif", state: []string{"v", "i"}, coefs: lifCoefs, params: lifParams, threshold: "v_th", jump: "i",
		subtract: true,
	},
	{
		name: "LIFBox", kernel: "lif_box", state: []string{"v"}, coefs: []string{"dt*tau_mem_inv", "v_leak", "v_th", "v_reset"},
		params:    map[string]float32{"tau_mem_inv": 300, "v_leak": 0.05, "v_th": 0.4, "v_reset": -0.1},
		threshold: "v_th", fixed: true, subtract: true,
	},
	{
		name: "LIFRefrac", kernel: "lif_refrac", state: []string{"lif.v", "lif.i", "rho"}, coefs: append(lifCoefs[:5:5], "rho_reset"),
		params: with(lifParams, map[string]float32{"rho_reset": 3}), threshold: "v_th", jump: "lif.i",
	},
	{
		name: "LIFEx", kernel: "lif_ex", state: []string{"v", "i"}, coefs: append(lifCoefs[:5:5], "delta_T"),
		params: with(lifParams, map[string]float32{"delta_T": 0.47}), threshold: "v_th", jump: "i", subtract: true,
	},
	{
		name: "LIFAdEx", kernel: "lif_adex", state: []string{"v", "i", "a"}, coefs: adexCoefs, params: adexParams,
		threshold: "v_th", jump: "i",
	},
	{
		name: "LIFAdExRefrac", kernel: "lif_adex_refrac",
		state: []string{"lif_adex.v", "lif_adex.i", "lif_adex.a", "rho"}, coefs: append(adexCoefs[:9:9], "rho_reset"),
		params: with(adexParams, map[string]float32{"rho_reset": 3}), threshold: "v_th", jump: "lif_adex.i",
	},
	{
		name: "LSNN", kernel: "lsnn", state: []string{"v", "i", "b"},
		coefs:  append(lifCoefs[:5:5], "dt*tau_adapt_inv", "beta"),
		params: with(lifParams, map[string]float32{"tau_adapt_inv": 20, "beta": 0.3}), threshold: "v_th", jump: "i",
	},
	{
		name: "AdaLIF", kernel: "ada_lif", state: []string{"v", "i", "b"},
		coefs:  append(lifCoefs[:5:5], "-dt*tau_adapt_inv", "beta"),
		params: with(lifParams, map[string]float32{"tau_adapt_inv": 20, "beta": 0.3}), threshold: "v_th", jump: "i",
	},
	{
		name: "LI", kernel: "li", state: []string{"v", "i"}, coefs: lifCoefs[:3:3],
		params: map[string]float32{"tau_mem_inv": 100, "tau_syn_inv": 200, "v_leak": 0.05}, jump: "i",
	},
	{
		name: "LIBox", kernel: "li_box", state: []string{"v"}, coefs: []string{"dt*tau_mem_inv", "v_leak"},
		params: map[string]float32{"tau_mem_inv": 100, "v_leak": 0.05}, fixed: true,
	},
	{
		name: "IAF", kernel: "iaf", state: []string{"v"}, coefs: []string{"v_th", "v_reset"},
		params: map[string]float32{"v_th": 1.5, "v_reset": -0.1}, threshold: "v_th", jump: "v", subtract: true,
	},
	{
		name: "Izhikevich", kernel: "izhikevich", state: []string{"v", "u"},
		coefs: []string{"tau_inv*dt", "tau_inv*dt*a", "b", "c", "d", "sq", "mn", "bias", "v_th"},
		params: map[string]float32{
			"tau_inv": 250, "a": 0.21, "b": 0.2, "c": -65, "d": 6, "sq": 0.04, "mn": 5, "bias": 140, "v_th": 30,
		},
		threshold: "v_th", fixed: true,
	},
	{
		name: "CobaLIF", kernel: "coba_lif", state: []string{"v", "g_e", "g_i"},
		coefs: []string{
			"-dt*tau_syn_exc_inv", "-dt*tau_syn_inh_inv", "dt*c_m_inv", "g_l", "v_rest", "e_rev_E", "e_rev_I", "v_thresh", "v_reset",
		},
		params: map[string]float32{
			"tau_syn_exc_inv": 20, "tau_syn_inh_inv": 30, "c_m_inv": 310, "g_l": 2.3, "v_rest": -20, "e_rev_E": 60, "e_rev_I": -100,
			"v_thresh": -10, "v_reset": -70,
		},
		threshold: "v_thresh", fixed: true,
	},
	{
		name: "LIFMC", kernel: "lif_mc", state: []string{"v", "i"}, coefs: append(lifCoefs[:5:5], "dt"), params: lifParams,
		threshold: "v_th", jump: "i", coupled: true,
	},
	{
		name: "LIFMCRefrac", kernel: "lif_mc_refrac", state: []string{"lif.v", "lif.i", "rho"},
		coefs:  append(lifCoefs[:5:5], "rho_reset", "dt"),
		params: with(lifParams, map[string]float32{"rho_reset": 3}), threshold: "v_th", jump: "lif.i", coupled: true,
	},
}

// values are the parameters of a run: one number for all neurons, or one for every run of them. dt is a plain number.
type values struct {
	of    map[string][]float32
	shape []int // that broadcasts to the state's
	runs  int   // how many
}

// block is the coefficients that the kernel gets for n neurons, and how many share one.
func (m model) block(p values, n int) (c []float32, run int) {
	for k := range p.runs {
		for _, expr := range m.coefs {
			c = append(c, p.product(expr, k))
		}
	}
	return c, max(n/p.runs, 1)
}

// product is dt*tau_mem_inv and its like for run k, multiplied from left to right in float32.
func (p values) product(expr string, k int) float32 {
	expr, negative := strings.CutPrefix(expr, "-")
	c := float32(0)
	for i, name := range strings.Split(expr, "*") {
		v := float32(0.001)
		if name != "dt" {
			v = p.of[name][k]
		}
		if i == 0 {
			c = v
		} else {
			c *= v
		}
	}
	if negative {
		c = -c
	}
	return c
}

// parameters are the model's: its own numbers for one run, and numbers around them for several.
func (m model) parameters(r *rand.Rand, runs int, shape ...int) values {
	p := values{map[string][]float32{}, shape, runs}
	for name, v := range m.params {
		each := make([]float32, runs)
		for k := range each {
			if each[k] = v; runs > 1 {
				each[k] *= 0.9 + 0.2*r.Float32()
			}
		}
		p.of[name] = each
	}
	return p
}

// layer is the CPU's module. Parameters are tensors, so that products are rounded as block does.
func (m model) layer(p values, opts ...snn.Option) *snn.Layer {
	for name, v := range p.of {
		opts = append(opts, snn.Set(name, tensor.FromSlice(append([]float32{}, v...), p.shape...)))
	}
	if m.resets {
		opts = append(opts, snn.ResetMethod("reset_subtract"))
	}
	return snn.LayerByName(m.name, opts...)
}

// special are the numbers that arithmetic gets wrong first.
var special = []float32{
	0, float32(math.Copysign(0, -1)), float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)),
	math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, 1e-39, math.MaxFloat32, -math.MaxFloat32, 1, -1,
}

// numbers are n random ones around from…to; odd puts special ones in between.
func numbers(r *rand.Rand, n int, from, to float32, odd bool) []float32 {
	x := make([]float32, n)
	for k := range x {
		x[k] = from + (to-from)*r.Float32()
		if odd && r.IntN(3) == 0 {
			x[k] = special[r.IntN(len(special))]
		}
	}
	return x
}

// start is a state of n neurons in the kernel's order, near where the model lives.
func (m model) start(r *rand.Rand, n int, odd bool) [][]float32 {
	s := make([][]float32, len(m.state))
	for k, name := range m.state {
		from, to := float32(-0.2), float32(0.6)
		switch {
		case m.name == "Izhikevich" && name == "v":
			from, to = -75, 35
		case m.name == "Izhikevich":
			from, to = -20, 5
		case m.name == "CobaLIF" && name == "v":
			from, to = -30, -5
		case name == "rho":
			from, to = -1, 4
		}
		s[k] = numbers(r, n, from, to, odd)
		if name == "rho" && !odd {
			for i := range s[k] {
				s[k][i] = float32(math.Trunc(float64(s[k][i])))
			}
		}
	}
	return s
}

// onCPU runs the layer from a state and returns the output and the last state.
func (m model) onCPU(l *snn.Layer, x []float32, steps int, shape []int, start [][]float32) (z []float32, s [][]float32) {
	state := l.InitialState(shape...)
	for k, name := range m.state {
		copy(state.Get(name).Data(), start[k])
	}
	out, state := l.Forward(tensor.FromSlice(append([]float32{}, x...), append([]int{steps}, shape...)...), state)
	for _, name := range m.state {
		s = append(s, state.Get(name).Data())
	}
	return out.Data(), s
}

// flat puts the variables behind each other, as kernels take them.
func flat(s [][]float32) []float32 {
	var all []float32
	for _, v := range s {
		all = append(all, v...)
	}
	return all
}

// launch is a kernel's run over n threads' worth of work in blocks of 64, so that small numbers of neurons too are spread
// over blocks, in a grid that is too small for many of them.
func launch(t testing.TB, name string, mem *ptx.Memory, n int, args ...ptx.Arg) {
	t.Helper()
	mustRun(t, name, mem, ptx.Grid{X: min(max(1, n/64), 5), BlockX: 64}, args...)
}

func mustRun(t testing.TB, name string, mem *ptx.Memory, g ptx.Grid, args ...ptx.Arg) {
	t.Helper()
	d, err := device()
	if err != nil {
		t.Fatal(err)
	}
	switch e := entry(name); {
	case e == nil:
		t.Fatalf("no kernel %s", name)
	case d != nil:
		err = runOnDevice(d, name, mem, g, args)
	default:
		err = e.Run(mem, g, args...)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// differ says where two lists of numbers have other bits, or nothing.
func differ(got, want []float32) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d values, want %d", len(got), len(want))
	}
	bad, first := 0, -1
	for k := range got {
		if math.Float32bits(got[k]) != math.Float32bits(want[k]) && (got[k] == got[k] || want[k] == want[k]) {
			if bad++; first < 0 {
				first = k
			}
		}
	}
	if bad == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d values differ, first at %d: %v (%#08x), want %v (%#08x)",
		bad, len(got), first, got[first], math.Float32bits(got[first]), want[first], math.Float32bits(want[first]))
}

func mustEqual(t testing.TB, what string, got, want []float32) {
	t.Helper()
	if d := differ(got, want); d != "" {
		t.Fatalf("%s: %s", what, d)
	}
}

// forward runs a neuron kernel and returns what it left.
func forward(t testing.TB, name string, x, s, c []float32, steps, n, run int, delayed bool) (z, after []float32) {
	t.Helper()
	mem := ptx.NewMemory()
	out, state := mem.Alloc("z", steps*n), mem.State("s", s)
	if strings.HasSuffix(name, "_u8") {
		out = mem.Bytes("z", steps*n)
	}
	launch(t, name, mem, n, ptx.Ptr(out), ptx.Ptr(mem.Upload("x", x)), ptx.Ptr(state), ptx.Ptr(mem.Upload("c", c)),
		ptx.I32(steps), ptx.I32(n), ptx.I32(n), ptx.I32(run), flag(delayed))
	if out.Missing() > 0 {
		t.Fatalf("%s: %d bytes of the output were not written", name, out.Missing())
	}
	if out.Len() == 4*steps*n {
		return out.Floats(), state.Floats()
	}
	for _, b := range out.Content() {
		z = append(z, float32(b))
	}
	return z, state.Floats()
}

func flag(on bool) ptx.Arg {
	if on {
		return ptx.I32(1)
	}
	return ptx.I32(0)
}
