package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/livespike/livespike/kernel"
)

var (
	exercise = regexp.MustCompile(`^Exercise (\d)$`)
	solution = regexp.MustCompile("(?s)<summary>Solution (\\d)</summary>\\s*```go\n(.*?)```")
	checked  = regexp.MustCompile(`(?m)^(\d): (right|not yet)`)
)

// TestWorkshop runs the workshop's exercises as a learner finds them, when every check must say that something is
// missing, and with the solutions that are folded below them, when every check must say that it is right.
func TestWorkshop(t *testing.T) {
	if testing.Short() {
		t.Skip("short: builds the command and runs the workshop twice")
	}
	cells := kernel.ParseScript(read(t, filepath.Join(root, "tutorials", "workshop.go")))
	solutions, exercises := map[string]string{}, 0
	for _, c := range cells {
		for _, m := range solution.FindAllStringSubmatch(c.Src, -1) {
			solutions[m[1]] = m[2]
		}
		if exercise.MatchString(c.Title) {
			exercises++
		}
	}
	if exercises == 0 || len(solutions) != exercises {
		t.Fatalf("%d exercises and %d solutions", exercises, len(solutions))
	}
	dir := t.TempDir()
	command := filepath.Join(dir, binary("snnrepl"))
	run(t, root, nil, "go", "build", "-o", command, "./cmd/snnrepl")
	for _, want := range []string{"not yet", "right"} {
		var script strings.Builder
		for _, c := range cells {
			if c.Markdown {
				continue
			}
			src := c.Src
			if m := exercise.FindStringSubmatch(c.Title); m != nil && want == "right" {
				src = solutions[m[1]]
			}
			fmt.Fprintf(&script, "// %%%% %s\n%s\n", c.Title, src)
		}
		name := filepath.Join(dir, "workshop.go")
		if err := os.WriteFile(name, []byte(script.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		verdicts := checked.FindAllStringSubmatch(run(t, dir, nil, command, "run", "--plain", name), -1)
		if len(verdicts) != exercises {
			t.Errorf("%d verdicts, want %d", len(verdicts), exercises)
		}
		for _, v := range verdicts {
			if v[2] != want {
				t.Errorf("exercise %s: the check says %q, want %q", v[1], v[2], want)
			}
		}
	}
}
