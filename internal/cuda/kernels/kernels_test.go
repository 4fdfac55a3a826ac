package kernels

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestMadeOfTheSources: kernels.ptx is of the sources beside it. Without clang that is all that gen.go can say.
func TestMadeOfTheSources(t *testing.T) {
	before := PTX
	cmd := exec.Command("go", "run", "gen.go")
	cmd.Env = append(os.Environ(), "PATH="+goOnly(t), "LIVESPIKE_CLANG=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if now, err := os.ReadFile("kernels.ptx"); err != nil || string(now) != before {
		t.Errorf("gen.go without clang changed kernels.ptx (%v)", err)
	}
}

// goOnly is a folder that holds the go command and nothing else, so no clang.
func goOnly(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("go")
	if err != nil {
		t.Skipf("the go command is not in PATH: %v", err)
	}
	dir := t.TempDir()
	if err := os.Symlink(path, dir+"/go"); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	return dir
}

// fusedOnCPU are the kernels whose products are fused with their additions, as they are in the layers of snn.
var fusedOnCPU = map[string]bool{"gemm_f32": true, "conv_direct": true, "conv_gather": true, "conv_back_input": true, "conv_back_weight": true}

// exponential are the names of the kernels with the exponential, which is fused on the CPU too, in float64.
var exponential = regexp.MustCompile(`^(lif_ex|lif_adex|exp_f32|sigmoid_f32|tanh_f32)`)

// TestExact: sums and products are rounded as on the CPU, so that a device gives its bits: no contraction but where the
// CPU fuses too, no approximation, no flushing of denormals. There are no calls and no memory of a thread's own, so the
// compiler spilled nothing.
func TestExact(t *testing.T) {
	bad := regexp.MustCompile(`approx|\.ftz|\.full|\.local|\bcall\b|\.func|\.sat\b|\bmad\.f`)
	fma := regexp.MustCompile(`\bfma\.\S+`)
	sums := regexp.MustCompile(`\s(add|sub|mul|div|sqrt|fma)(\.\w+)*\.f(32|64)\b`)
	found := 0
	for _, text := range strings.Split(PTX, ".visible .entry ")[1:] {
		name, _, _ := strings.Cut(text, "(")
		if at := bad.FindString(text); at != "" {
			t.Errorf("%s: %s", name, at)
		}
		for _, at := range fma.FindAllString(text, -1) {
			if !fusedOnCPU[name] && (at != "fma.rn.f64" || !exponential.MatchString(name)) {
				t.Errorf("%s: %s", name, at)
			}
		}
		for _, s := range sums.FindAllString(text, -1) {
			found++
			if !strings.Contains(s, ".rn.") {
				t.Errorf("%s: %s may be contracted or approximated", name, s)
			}
		}
	}
	if found < 1000 {
		t.Errorf("%d sums and products found", found)
	}
}

// TestRunsEverywhere: the oldest version and architecture that the kernels are promised for.
func TestRunsEverywhere(t *testing.T) {
	if !strings.Contains(PTX, "\n.version 6.0\n.target sm_70\n") {
		t.Error("not PTX 6.0 for sm_70")
	}
}

func TestFind(t *testing.T) {
	if len(Names()) != strings.Count(PTX, ".entry") {
		t.Errorf("%d names of %d kernels", len(Names()), strings.Count(PTX, ".entry"))
	}
	e, ok := Find("lif_f32")
	want := []int{8, 8, 8, 8, 4, 4, 4, 4, 4}
	if !ok || len(e.Params) != len(want) {
		t.Fatalf("lif_f32: %v, want parameters %v", e, want)
	}
	for k := range want {
		if e.Params[k] != want[k] {
			t.Errorf("lif_f32: parameter %d has %d bytes, want %d", k, e.Params[k], want[k])
		}
	}
	if _, ok := Find("no such"); ok {
		t.Error("found a kernel that is not there")
	}
}
