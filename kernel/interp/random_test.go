package interp_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/livespike/livespike/kernel/interp"
	"github.com/livespike/livespike/stdlib"
)

// TestRandomPrograms runs random programs through a session, as one cell and as a cell for each statement, and through the
// compiler. The oracle is what the compiled program prints. LIVESPIKE_RANDOM says for how long (10m) or which seeds (17,42).
func TestRandomPrograms(t *testing.T) {
	what := os.Getenv("LIVESPIKE_RANDOM")
	if what == "" {
		t.Skip("needs the Go toolchain and time: set LIVESPIKE_RANDOM=10m")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no Go toolchain")
	}
	var seeds []uint64
	for _, text := range strings.Split(what, ",") {
		var seed uint64
		if _, err := fmt.Sscan(text, &seed); err == nil && !strings.ContainsAny(text, "smh") {
			seeds = append(seeds, seed)
		}
	}
	if len(seeds) > 0 {
		compareWithGo(t, seeds)
		return
	}
	limit, err := time.ParseDuration(what)
	if err != nil {
		t.Fatal(err)
	}
	first := rand.Uint64N(1 << 40)
	t.Logf("first seed %d", first)
	count := 0
	for end := time.Now().Add(limit); time.Now().Before(end); {
		seeds = seeds[:0]
		for range 25 {
			seeds = append(seeds, first+uint64(count))
			count++
		}
		compareWithGo(t, seeds)
	}
	t.Logf("%d programs", count)
}

const imports = "import (\"errors\"; \"fmt\"; \"math\"; \"sort\"; \"strconv\"; \"strings\")\nvar _, _, _, _, _ = errors.New, math.Abs, sort.Strings, strconv.Itoa, strings.Join\n"

// compareWithGo compiles the programs as packages of one.
func compareWithGo(t *testing.T, seeds []uint64) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	head, calls := "package main\nimport \"fmt\"\n", ""
	for _, seed := range seeds {
		name := fmt.Sprintf("p%d", seed)
		head += fmt.Sprintf("import %q\n", "random/"+name)
		calls += fmt.Sprintf("%s.Main()\nfmt.Print(\"\\x00\")\n", name)
		p := newProgram(seed)
		write(name+"/p.go", "package "+name+"\n"+imports+strings.Join(p.declarations, "\n")+"\nfunc Main() {\ndefer func() { if recover() != nil { fmt.Println(\"main panicked\") } }()\n"+strings.Join(p.body, "\n")+"\n}\n")
	}
	write("go.mod", "module random\ngo 1.26\n")
	write("main.go", head+"func main() {\n"+calls+"}\n")
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("seeds %d…: %v\n%s", seeds[0], err, errs.String())
	}
	wanted := strings.Split(out.String(), "\x00")
	for i, seed := range seeds {
		p := newProgram(seed)
		want := strings.ReplaceAll(wanted[i], fmt.Sprintf("p%d.", seed), "main.")
		whole := []string{"package main\n" + imports + strings.Join(p.declarations, "\n") + "\nfunc main() {\n" + strings.Join(p.body, "\n") + "\n}\n"}
		report(t, seed, "one cell", whole, want)
		report(t, seed, "many cells", append([]string{strings.Join(p.declarations, "\n")}, p.body...), want)
	}
}

// report compares what the cells print with what the program printed.
func report(t *testing.T, seed uint64, how string, cells []string, want string) {
	t.Helper()
	got, last := runCells(cells)
	if got != want {
		t.Errorf("seed %d, %s: printed\n%s\nwant\n%s\nlast error: %v", seed, how, got, want, last)
		if testing.Verbose() {
			t.Log(strings.Join(cells, "\n---\n"))
		}
	}
}

// runCells runs cells up to the first that fails.
func runCells(cells []string) (string, *interp.CellError) {
	var stdout, stderr buffer
	in := interp.New(interp.Options{
		Symbols: stdlib.Symbols, Generic: stdlib.Generic, Imports: automatic,
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
	})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for i, src := range cells {
		if r := in.Eval(ctx, interp.Cell{N: i + 1, Src: src}); r.Err != nil {
			if r.Err.Stage == interp.Run && ctx.Err() == nil {
				return stdout.take() + "main panicked\n", r.Err
			}
			return stdout.take() + r.Err.Error() + "\n", r.Err
		}
	}
	return stdout.take(), nil
}
