//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Several notebooks run in turn, also behind one that fails, and none finds what another has left: names, the folder, random
// numbers.
func TestSeveralNotebooks(t *testing.T) {
	t.Setenv("LIVESPIKE_TEST_AS_COMMAND", "1")
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"a.ipynb":      "// %%\nx := 1\nos.Chdir(os.TempDir())\n// %%\ntensor.Rand(3)",
		"b.ipynb":      "// %%\nx := \"another\"\n// %%\ntensor.Rand(3)",
		"broken.ipynb": "// %%\npanic(\"so\")",
	} {
		if status, _, errs := snnrepl("", "notebook", "convert", script(t, text), name); status != fine {
			t.Fatal(errs)
		}
	}
	for _, c := range []struct {
		args      string
		status    int
		out, errs string
	}{
		{"a.ipynb b.ipynb", fine, "a.ipynb: ran\nb.ipynb: ran\n", ""},
		{"--check b.ipynb a.ipynb", fine, "b.ipynb: as stored\na.ipynb: as stored\n", ""},
		{"--timing broken.ipynb a.ipynb", failed, "a.ipynb: ran\n", "snnrepl: nb: broken.ipynb: cell 1: so\nsnnrepl: 1 of 2 notebooks failed: broken.ipynb\n"},
		{"nosuch.ipynb a.ipynb", failed, "a.ipynb: ran\n", "snnrepl: nb: open nosuch.ipynb: no such file or directory\nsnnrepl: 1 of 2 notebooks failed: nosuch.ipynb\n"},
		{"", misuse, "", "snnrepl: run which notebook?; see snnrepl help notebook\n"},
		{"-o c.ipynb a.ipynb b.ipynb", misuse, "", "snnrepl: -o and --html are for one notebook; see snnrepl help notebook\n"},
		{"--html c.html a.ipynb b.ipynb", misuse, "", "snnrepl: -o and --html are for one notebook; see snnrepl help notebook\n"},
		{"a.ipynb --check", misuse, "", "snnrepl: flags go before the notebooks; see snnrepl help notebook\n"},
	} {
		status, out, errs := snnrepl("", append([]string{"notebook", "run"}, strings.Fields(c.args)...)...)
		if status != c.status || out != c.out || errs != c.errs {
			t.Errorf("run %s: status %d, %q, %q, want %d, %q, %q", c.args, status, out, errs, c.status, c.out, c.errs)
		}
	}
	timed, err := os.ReadFile("broken.ipynb")
	if err != nil || !strings.Contains(string(timed), "iopub.execute_input") {
		t.Errorf("without times: %s, %v", timed, err)
	}
	if left, err := filepath.Glob("*"); err != nil || len(left) != 3 {
		t.Errorf("the folder has %v, %v", left, err)
	}
}
