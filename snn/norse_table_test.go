package snn

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// exported are the names of a package that its users see, read from its source.
func exported(t *testing.T, dir string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no source in %s (%v)", dir, err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					names[d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if s, ok := s.(*ast.TypeSpec); ok {
						names[s.Name.Name] = true
					}
				}
			}
		}
	}
	return names
}

// TestTableOfNorsesNames: docs/norse.md has Norse's 205 names, once each, with a name of ours or a reason; and every
// name of ours in it exists.
func TestTableOfNorsesNames(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "norse.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (.*) \\| (.*) \\|$").FindAllStringSubmatch(string(page), -1) {
		name, ours, remark := row[1], row[2], row[3]
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
		if !strings.Contains(ours, "`") && strings.TrimSpace(remark) == "" {
			t.Errorf("%s has neither a name nor a reason", name)
		}
	}
	if len(seen) != 205 {
		t.Errorf("%d names, want 205", len(seen))
	}
	have := map[string]map[string]bool{
		"snn": exported(t, "."), "surrogate": exported(t, "surrogate"),
		"encode": exported(t, "encode"), "plasticity": exported(t, "plasticity"), "nir": exported(t, "nir"),
	}
	for _, use := range regexp.MustCompile(`\b(snn|surrogate|encode|plasticity|nir)\.([A-Z]\w*)`).FindAllStringSubmatch(string(page), -1) {
		if !have[use[1]][use[2]] {
			t.Errorf("there is no %s", use[0])
		}
	}
}
