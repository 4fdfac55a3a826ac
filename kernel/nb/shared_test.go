package nb

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestBothKernels holds the notebooks that are to run under GoNB, too, to what GoNB makes of cells (its README, "how it
// works"): each becomes a program of all declarations so far and of what stands below its %%. So imports come first and
// alone, statements stand below %%, no expression is a cell's value, and a name that a cell uses is imported, declared
// outside of functions in a cell before, or its own.
func TestBothKernels(t *testing.T) {
	files, err := filepath.Glob("../../notebooks/gonb_*.ipynb")
	if err != nil || len(files) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			n, err := Read(file)
			if err != nil {
				t.Fatal(err)
			}
			var cells []string
			for _, cell := range n.cells {
				if src, err := source(cell); err == nil && cell["cell_type"] == "code" {
					cells = append(cells, src)
				}
			}
			if broken := forGoNB(cells); broken != "" {
				t.Error(broken)
			}
		})
	}
}

// TestForGoNB: the check above sees each rule broken.
func TestForGoNB(t *testing.T) {
	imports := "import \"fmt\"\n"
	for _, c := range []struct {
		cells []string
		want  string
	}{
		{[]string{imports, "%%\nfmt.Println(1)"}, ""},
		{[]string{imports, "func f() int { return 1 }\n\n%% --k=7\nx := f()\nfmt.Println(x)"}, ""},
		{[]string{"%%\nfmt.Println(1)"}, "cell 1: the first cell holds more than imports"},
		{[]string{imports, "fmt.Println(1)"}, "cell 2: statements without %%"},
		{[]string{imports, "%%\nx := 1\nfmt.Println(x)", "%%\nfmt.Println(x)"}, "cell 3: x is not known in GoNB"},
		{[]string{imports, "%%\n6*7"}, "cell 2: a value is not shown by GoNB"},
		{[]string{imports, "%%\nfor {"}, "cell 2: statements:"},
	} {
		if got := forGoNB(c.cells); got != c.want && (c.want == "" || !strings.HasPrefix(got, c.want)) {
			t.Errorf("%q: %q, want %q", c.cells, got, c.want)
		}
	}
}

// forGoNB says which rule the code cells of a notebook break, or nothing.
func forGoNB(cells []string) string {
	known := "package main\n"
	packages := map[string]bool{}
	for i, src := range cells {
		above, below, statements := strings.Cut("\n"+src, "\n%%")
		if _, rest, ok := strings.Cut(below, "\n"); ok {
			below = rest
		}
		file, err := parser.ParseFile(token.NewFileSet(), "", "package main\n"+above, 0)
		if err != nil {
			return fmt.Sprintf("cell %d: statements without %%%%: %v", i+1, err)
		}
		for _, spec := range file.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			packages[path[strings.LastIndexByte(path, '/')+1:]] = true
		}
		if i == 0 && (statements || len(file.Decls) == 0 || len(file.Imports) == 0 || len(file.Scope.Objects) > 0) {
			return "cell 1: the first cell holds more than imports"
		}
		if i > 0 && len(file.Imports) > 0 {
			return fmt.Sprintf("cell %d: imports belong into the first cell", i+1)
		}
		if i > 0 {
			known += above + "\n"
		}
		program, err := parser.ParseFile(token.NewFileSet(), "", known+"func main() {\n"+below+"\n}\n", 0)
		if err != nil {
			return fmt.Sprintf("cell %d: statements: %v", i+1, err)
		}
		if what := unknown(program, packages); what != "" {
			return fmt.Sprintf("cell %d: %s", i+1, what)
		}
	}
	return ""
}

// unknown names what a program uses without declaring it, or that a statement is a value.
func unknown(program *ast.File, packages map[string]bool) (what string) {
	universe := "any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string " +
		"uint uint8 uint16 uint32 uint64 uintptr true false iota nil append cap clear close complex copy delete imag len " +
		"make max min new panic print println real recover _"
	for _, name := range program.Unresolved {
		if !packages[name.Name] && !strings.Contains(" "+universe+" ", " "+name.Name+" ") {
			return name.Name + " is not known in GoNB"
		}
	}
	ast.Inspect(program, func(node ast.Node) bool {
		if s, ok := node.(*ast.ExprStmt); ok {
			switch x := s.X.(type) {
			case *ast.CallExpr:
			case *ast.UnaryExpr:
				if x.Op != token.ARROW {
					what = "a value is not shown by GoNB"
				}
			default:
				what = "a value is not shown by GoNB"
			}
		}
		return what == ""
	})
	return what
}
