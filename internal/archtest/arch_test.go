package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/livespike/livespike/"

type listed struct {
	ImportPath string
	Imports    []string
}

// TestImports reads the imports of every package of the module and holds them against the table.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, v := range check(t, out) {
		t.Error(v)
	}
}

func check(t *testing.T, list []byte) []violation {
	t.Helper()
	var bad []violation
	packages := 0
	for decoder := json.NewDecoder(bytes.NewReader(list)); ; packages++ {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		from, inside := strings.CutPrefix(p.ImportPath, module)
		if !inside {
			continue
		}
		if _, ok := ruleFor(from); !ok {
			t.Errorf("%s has no row in the import table", from)
			continue
		}
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, module)
			if ours && !allowed(from, to) || !ours && !allowedModule(from, imported) {
				bad = append(bad, violation{from, imported})
			}
		}
	}
	if packages == 0 {
		t.Fatal("go list named no package")
	}
	return bad
}

// TestTableForbids shows that the check can fail: the arrows that the design rules out are found.
func TestTableForbids(t *testing.T) {
	for _, arrow := range []violation{
		{"snn", "io/event"},
		{"io/event", "snn"},
		{"io/durin", "plot"},
		{"plot", "snn"},
		{"snn/tensor", "snn"},
		{"kernel/interp", "kernel"},
		{"kernel/wire", "kernel/interp"},
		{"stdlib", "kernel"},
		{"plot/display", "snn"},
	} {
		if allowed(arrow.from, arrow.to) {
			t.Errorf("the table allows %s to import %s", arrow.from, arrow.to)
		}
	}
	if allowedModule("snn", "github.com/traefik/yaegi/interp") {
		t.Error("the table lets snn import the interpreter")
	}
	list := []byte(`{"ImportPath":"github.com/livespike/livespike/snn","Imports":["github.com/livespike/livespike/io/event"]}`)
	if len(check(t, list)) != 1 {
		t.Error("a forbidden import was not reported")
	}
}
