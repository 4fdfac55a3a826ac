package interp

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTutorialsHaveExamples: ?name of everything of ours that a tutorial uses ends in an example. The oracle is the tutorials'
// text.
func TestTutorialsHaveExamples(t *testing.T) {
	files, err := filepath.Glob("../../tutorials/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("tutorials: %v, error %v", files, err)
	}
	ours := map[string]bool{}
	for key, d := range docs() {
		if strings.Contains(d.Sig, `"github.com/livespike/livespike/`) {
			ours[key] = true
		}
	}
	qualified := regexp.MustCompile(`\b([a-z]\w*)\.[A-Z]\w*`)
	seen := map[string]bool{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range qualified.FindAllStringSubmatch(string(src), -1) {
			name, pkg := match[0], match[1]
			d, known := docs()[name]
			if !known || !ours[pkg] || seen[name] {
				continue
			}
			seen[name] = true
			if d.Example == "" && docs()[d.See].Example == "" {
				t.Errorf("%s, which %s uses, has no example", name, filepath.Base(file))
			}
		}
	}
	if len(seen) < 100 {
		t.Errorf("%d names found in the tutorials", len(seen))
	}
}
