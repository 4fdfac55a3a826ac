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

// TestExact: every sum and product is rounded by itself, so that a device gives the CPU's bits: no contraction, no
// approximation, no flushing of denormals. There are no calls and no memory of a thread's own, so nothing was spilled.
func TestExact(t *testing.T) {
	for _, bad := range []string{`\bfma\b`, `\bmad\.f`, `approx`, `\.ftz`, `\.full`, `\.local`, `\bcall\b`, `\.func`, `\.sat\b`} {
		if at := regexp.MustCompile(bad).FindString(PTX); at != "" {
			t.Errorf("%s in the kernels", at)
		}
	}
	sums := regexp.MustCompile(`\b(add|sub|mul|div|sqrt)(\.\w+)*\.f(32|64)\b`).FindAllString(PTX, -1)
	for _, s := range sums {
		if !strings.Contains(s, ".rn.") {
			t.Errorf("%s may be contracted or approximated", s)
		}
	}
	if len(sums) < 1000 {
		t.Errorf("%d instructions found", len(sums))
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
