package cuda_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/livespike/livespike/internal/cuda/kernels"
	"github.com/livespike/livespike/internal/cuda/ptx"
	"github.com/livespike/livespike/snn/surrogate"
)

// probe is a testing.TB whose failures are caught.
type probe struct{ testing.TB }

type caught string

func (probe) Helper()                        {}
func (probe) Fatal(args ...any)              { panic(caught(fmt.Sprint(args...))) }
func (probe) Fatalf(format string, a ...any) { panic(caught(fmt.Sprintf(format, a...))) }

// find runs the comparisons of the mutant's kernel and returns what they found, or nothing.
func find(t *testing.T, m *ptx.Entry) (what string) {
	mutant = m
	defer func() {
		mutant = nil
		if r := recover(); r != nil {
			c, ok := r.(caught)
			if !ok {
				panic(r)
			}
			what = string(c)
		}
	}()
	compareKernel(probe{t}, m.Name)
	return ""
}

// compareKernel holds one kernel against the CPU on few numbers, which are chosen so that mutants show.
func compareKernel(t testing.TB, name string) {
	r := rand.New(rand.NewPCG(21, 22))
	of := -1 // the model with the longest name that the kernel's begins with
	for k, m := range allModels {
		if strings.HasPrefix(name, m.kernel+"_") && (of < 0 || len(m.kernel) > len(allModels[of].kernel)) {
			of = k
		}
	}
	if of >= 0 {
		m := allModels[of]
		form := strings.TrimPrefix(name, m.kernel+"_")
		if learns, ok := strings.CutPrefix(form, "subtract_"); ok && (learns == "train" || strings.HasPrefix(learns, "back")) {
			m, form = m.subtracting(), learns
		}
		if back, ok := strings.CutPrefix(form, "rec_"); ok && strings.HasPrefix(back, "back") {
			m, form = m.holding(), back
		}
		m.compareKernel(t, form, r, false)
		if !m.fixed {
			m.compareKernel(t, form, r, true)
		}
		return
	}
	switch {
	case name == "gemm_f32":
		for form := range 8 {
			gemm{3, 5, 35, 0}.compare(t, r, form)
		}
		gemm{66, 65, 18, 16}.compare(t, r, 4)
	case name == "linear_spikes", name == "pack", name == "unpack":
		linear{3, 1100, 70, 0.1}.compare(t, r)
		linear{3, 70, 3, 0.5}.compare(t, r)
		linear{1, 70, 3, 0.5}.compare(t, r)
		linear{1, 1, 1, 1}.compare(t, r)
	case name == "conv_direct", name == "conv_gather":
		for _, c := range convolutions[:5] {
			c.compare(t, r, 1)
			c.compare(t, r, 0.01)
		}
	case name == "conv_scatter", name == "conv_scatter_fixed", name == "accumulate", name == "from_fixed", name == "spread":
		for _, c := range convolutions {
			c.compareEvents(t, r, 70)
		}
		convolutions[0].compareEvents(t, r, 37)
	case strings.HasPrefix(name, "conv_back"):
		for _, c := range convolutions[:5] {
			c.compareBack(t, r)
		}
	case name == "pool", name == "pool_back":
		comparePools(t)
	case name == "not_finite":
		compareNotFinite(t)
	case name == "transpose", name == "pick", name == "cut_diagonal":
		compareOrders(t)
	case name == "sgd", name == "adam":
		compareOptimizers(t)
	case name == "add_rows", name == "add_columns", strings.HasPrefix(name, "sum_"):
		compareSums(t)
	default:
		compareMaps(t)
	}
}

// compareKernel does it for the model's kernel of that form, in one order. The numbers of neurons are fewer than a block
// has threads, as many as a grid, and in between.
func (m model) compareKernel(t testing.TB, form string, r *rand.Rand, delayed bool) {
	f, back := surrogate.SuperSpike(97.3), m.kernel+"_back"
	switch {
	case strings.HasSuffix(form, "triangle"):
		f, back = surrogate.Triangle(0.3), back+"_triangle"
	case m.threshold != "":
		back += "_super"
	}
	switch {
	case strings.HasPrefix(form, "rec"):
		for _, c := range []population{{1, 2, 1, 5}, {1, 3, 37, 2}, {2, 3, 32, 3}, {1, 3, 130, 2}, {1, 3, 3, 0}} {
			c.compare(t, m, r, delayed)
		}
		if m.threshold != "" && !delayed {
			p, x, s, _ := m.atThreshold(t, 0)
			n := len(x)
			win, c := make([]float32, n), population{1, 1, n, 1}
			for k := range win {
				win[k] = 1
			}
			c.run(t, m, p, x[:1], win, make([]float32, n*n), make([]float32, n), s, delayed)
		}
	case form == "train" || strings.HasPrefix(form, "back"):
		for _, n := range []int{37, 64} {
			for _, odd := range []bool{false, true} {
				if odd && m.holds {
					continue
				}
				if form == "train" {
					m.compareTrain(t, m.parameters(r, n, n), m.start(r, n, odd), nil, r, delayed)
				}
				m.compareBackward(t, back, f, m.parameters(r, n, n), m.start(r, n, odd), nil, r, delayed)
				if f.Name() == "super" { // a flat one too, which refractory counters feel
					m.compareBackward(t, back, f.WithAlpha(1.3), m.parameters(r, n, n), m.start(r, n, odd), nil, r, delayed)
				}
			}
		}
		if m.threshold != "" && !delayed {
			p, x, s, _ := m.atThreshold(t, 0)
			if form == "train" {
				m.compareTrain(t, p, s, x, r, delayed)
			}
			m.compareBackward(t, back, f, p, s, x, r, delayed)
		}
	case m.coupled:
		for _, n := range []int{10, 32} {
			m.compareCoupled(t, r, n, delayed)
		}
		for _, n := range []int{3, 320, 1280} {
			m.compareSteps(t, r, form, n)
		}
		if !delayed {
			p, x, s, want := m.atThreshold(t, 0)
			m.compareUncoupled(t, form, p, x, s, want)
		}
	default:
		for _, n := range []int{20, 70, 72, 320, 1280} {
			steps := 6
			if n > 100 { // as many as the grid has threads, or four times that
				steps = 1
			}
			odd := n == 70
			x, s := numbers(r, steps*n, -0.5, 1.5, odd), m.start(r, n, odd)
			m.compare(t, "mutant", m.parameters(r, 2, 2, 1), x, s, []int{2, n / 2}, steps, delayed)
		}
		m.compare(t, "mutant", m.parameters(r, 1, 1), nil, m.start(r, 36, false), []int{36}, 0, delayed)
		if m.threshold != "" && !delayed {
			p, x, s, _ := m.atThreshold(t, 0)
			m.compare(t, "mutant at the threshold", p, x, s, []int{len(x)}, 1, false)
		}
	}
}

// change is a way to break a line of a kernel: the text it finds, and what it makes of it.
type change struct {
	what string
	find *regexp.Regexp
	put  string
}

var changes = []change{
	{"> to >=", regexp.MustCompile(`setp\.gt\.f32 (.*(%f\d+|0f00000000);)`), "setp.ge.f32 $1"},
	{"a bound off by one", regexp.MustCompile(`setp\.lt\.u32`), "setp.le.u32"},
	{"a bound off by one", regexp.MustCompile(`setp\.ge\.u32`), "setp.gt.u32"},
	{"sub to add", regexp.MustCompile(`sub\.rn`), "add.rn"},
	{"add to sub", regexp.MustCompile(`add\.rn(\.f\d+ \t\S+, \S+, %f)`), "sub.rn$1"},
	{"swapped operands", regexp.MustCompile(`(sub|div)\.rn(\.f\d+) \t(\S+), (\S+), (\S+);`), "$1.rn$2 \t$3, $5, $4;"},
	{"a dropped store", regexp.MustCompile(`st\.global.*`), ""},
	{"a shifted store", regexp.MustCompile(`(st\.global\S* \t\[%rd\d+)\]`), "$1+4]"},
	{"a shifted load", regexp.MustCompile(`(ld\.global\S* \t\S+ \[%rd\d+)\]`), "$1+4]"},
	{"a dropped barrier", regexp.MustCompile(`bar\.sync.*`), ""},
	{what: "a product fused with a sum"},
}

// lines breaks a kernel in all ways of the change, one after the other.
func (c change) lines(text string) []string {
	if c.find == nil {
		return fusions(text)
	}
	lines := strings.Split(text, "\n")
	var all []string
	replace := func(k int, line string) {
		before := lines[k]
		lines[k] = line
		all = append(all, strings.Join(lines, "\n"))
		lines[k] = before
	}
	for k, line := range lines {
		if !c.find.MatchString(line) {
			continue
		}
		if put := c.find.ReplaceAllString(line, c.put); put != line && !c.same(text, line) {
			replace(k, put)
		}
	}
	return all
}

// same says that the change of a line changes no result.
func (c change) same(text, line string) bool {
	m := subtraction.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	to := m[1]
	switch c.what {
	case "swapped operands": // of a distance from the threshold only the magnitude is used
		return regexp.MustCompile(`abs\.f32 \t\S+, ` + to + ";").MatchString(text)
	case "sub to add": // 1 − z in front of what a refractory counter leaves, or its gradient, which is 0 whenever z is 1
		for _, product := range regexp.MustCompile(`mul\.rn\.f32 \t(%f\d+), (%f\d+), (%f\d+);`).FindAllStringSubmatch(text, -1) {
			left := product[2]
			if left == to {
				left = product[3]
			}
			if (product[2] == to || product[3] == to) && (cutOff(text, left) || cutOff(text, product[1])) {
				return true
			}
		}
	}
	return false
}

// cutOff says that a register is 0 or is made 0 by a condition.
func cutOff(text, register string) bool {
	return regexp.MustCompile(`selp\.f32 \t`+register+`, (0f00000000, %f\d+|%f\d+, 0f00000000), `).MatchString(text) ||
		regexp.MustCompile(`selp\.f32 \t\S+, (0f00000000, `+register+`|`+register+`, 0f00000000), `).MatchString(text)
}

// alike are changes by their places that change no result. The triangle is 0 for refractory counters from 1 on, so what
// they leave passes nothing on.
var alike = map[string][]int{
	"lif_refrac_back_triangle, sub to add":                 {3, 6},
	"lif_refrac_back_triangle, a product fused with a sum": {1},

	"lif_refrac_rec_back_triangle, sub to add":                 {3, 6},
	"lif_refrac_rec_back_triangle, a product fused with a sum": {1},
}

// fusions fuses each product with the addition that follows, as a compiler would that is allowed to. A factor that is 0
// or 1 makes an exact product, and no difference.
func fusions(text string) []string {
	lines := strings.Split(text, "\n")
	factors, exact := map[string]string{}, map[string]bool{"0f3F800000": true}
	var all []string
	for _, line := range lines {
		if m := one.FindStringSubmatch(line); m != nil {
			exact[m[1]] = true
		}
	}
	for k, line := range lines {
		m := operation.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		op, to, a, b := m[1], m[2], m[3], m[4]
		switch {
		case op == "selp.f32":
			exact[to] = (a == "0f3F800000" || a == "0f00000000") && (b == "0f3F800000" || b == "0f00000000")
		case op == "sub.rn.f32":
			exact[to] = exact[a] && exact[b]
		case op == "mul.rn.f32" && exact[a] && exact[b]:
			exact[to] = true
		case op == "mul.rn.f32" && !exact[a] && !exact[b]:
			factors[to] = a + ", " + b
		case op == "add.rn.f32" && factors[a]+factors[b] != "":
			if factors[a] == "" {
				a, b = b, a
			}
			lines[k] = "fma.rn.f32 " + to + ", " + factors[a] + ", " + b + ";"
			all = append(all, strings.Join(lines, "\n"))
			lines[k] = line
		}
	}
	return all
}

var (
	operation   = regexp.MustCompile(`\t((?:selp|sub\.rn|mul\.rn|add\.rn)\.f32) \t(%f\d+), ([^, ;]+)(?:, ([^, ;]+))?`)
	one         = regexp.MustCompile(`mov\.f32 \t(%f\d+), 0f3F800000;`)
	subtraction = regexp.MustCompile(`sub\.rn\.f32 \t(%f\d+),`)
)

// TestMutants breaks each kernel in some ways and demands that the comparisons find each: a few places of every way, or
// all with LIVESPIKE_MUTANTS=all.
func TestMutants(t *testing.T) {
	if os.Getenv("LIVESPIKE_DEVICE") != "" {
		t.Skip("mutants are for the interpreter, not for a device")
	}
	if os.Getenv("LIVESPIKE_PTX") != "" {
		t.Skip("mutants are made of the text that ships, not of the one that LIVESPIKE_PTX names")
	}
	every := os.Getenv("LIVESPIKE_MUTANTS") == "all"
	parts := strings.Split(kernels.PTX, ".visible .entry ")
	counts, found, missed := map[string]int{}, map[string]int{}, 0
	for n, text := range parts[1:] {
		name, _, _ := strings.Cut(text, "(")
		if what := find(t, module().Entry(name)); what != "" {
			t.Fatalf("%s as it is: %s", name, what)
		}
		for i, c := range changes {
			mutants := c.lines(text)
			for k, mutated := range mutants {
				if !every && k != (n*7+i*3)%len(mutants) || slices.Contains(alike[name+", "+c.what], k) {
					continue
				}
				m, err := ptx.Parse(parts[0] + ".visible .entry " + mutated)
				if err != nil {
					t.Fatalf("%s with %s: %v", name, c.what, err)
				}
				counts[c.what]++
				if find(t, m.Entries[0]) != "" {
					found[c.what]++
				} else {
					missed++
					t.Errorf("%s with %s, place %d: no comparison finds it\n%s", name, c.what, k, difference(text, mutated))
				}
			}
		}
	}
	var kinds []string
	for what := range counts {
		kinds = append(kinds, what)
	}
	sort.Strings(kinds)
	for _, what := range kinds {
		t.Logf("%s: %d of %d found", what, found[what], counts[what])
	}
}

// difference is the first line that is not the same.
func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for k := range x {
		if x[k] != y[k] {
			return fmt.Sprintf("line %d: %s → %s", k, x[k], y[k])
		}
	}
	return ""
}
