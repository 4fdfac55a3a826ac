package kernel

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/printer"
	"go/token"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/livespike/livespike/kernel/interp"
)

// program writes cells as a Go program that prints what they printed: declarations and variables stand at package level,
// statements in order in main. Cells that failed are left out, magics become comments.
//
// A name that a notebook defined anew with another type is a variable of its own in the program, and a function that was
// defined more than once is a variable that main assigns, so that earlier calls have the earlier body. A type, constant or
// method keeps its last definition only.
func program(cells []numbered) (string, error) {
	w := &writer{imports: map[string]string{}, decls: map[string]int{}, now: map[string]*generation{}}
	var parts []saved
	for _, c := range cells {
		if !c.ok {
			continue
		}
		code, magics := goCode(c.text)
		parts = append(parts, saved{cell: c, magics: magics, chunks: interp.Split(code)})
	}
	for _, p := range parts {
		if err := w.survey(p); err != nil {
			return "", fmt.Errorf("cell %d: %w", p.cell.n, err)
		}
	}
	for _, p := range parts {
		if name := w.output(p); name != "" {
			return "", fmt.Errorf("cell %d uses %s, and a program has no Out: give the value a name", p.cell.n, name)
		}
	}
	w.name()
	for _, p := range parts {
		if err := w.write(p); err != nil {
			return "", fmt.Errorf("cell %d: %w", p.cell.n, err)
		}
	}
	return w.source()
}

// saved is a cell on its way into a program.
type saved struct {
	cell   numbered
	magics []string
	chunks []interp.Piece
}

// writer collects the parts of a program.
type writer struct {
	imports map[string]string // name → path, of the cells' own import declarations
	parts   []string          // declarations in the order of the cells
	decls   map[string]int    // what they declare → their place in parts
	defined []*generation     // variables and functions, in the order of their definition
	now     map[string]*generation
	next    int // of defined: the one that write comes to
	body    strings.Builder
}

// write adds the chunks of one cell.
func (w *writer) write(p saved) error {
	for _, m := range p.magics {
		w.body.WriteString("// " + strings.ReplaceAll(m, "\n", "\n// ") + "\n")
	}
	wrap := slices.ContainsFunc(p.chunks, func(c interp.Piece) bool { return strings.HasPrefix(c.Src, "defer ") })
	if wrap { // a deferred call runs at the end of its cell
		w.body.WriteString("func() {\n")
	}
	for _, c := range p.chunks {
		if err := w.add(p.cell, c); err != nil {
			return err
		}
	}
	if wrap {
		w.body.WriteString("}()\n")
	}
	return nil
}

func (w *writer) add(cell numbered, c interp.Piece) error {
	t, err := parseChunk(c)
	if err != nil {
		return err
	}
	switch {
	case c.Kind == token.IMPORT:
		return nil // survey has taken it
	case c.Kind == token.ILLEGAL:
		for _, s := range t.statements() {
			w.body.WriteString(w.statement(cell, t, s) + "\n")
		}
		return nil
	}
	if f := t.function(); f != nil && w.isVariable(f.Name.Name) {
		g := w.define(f.Name.Name)
		body := w.rename(t, f.Type.Pos(), f.End())
		w.body.WriteString(g.emitted + " = func" + strings.TrimPrefix(strings.TrimPrefix(body, "func "), f.Name.Name) + "\n")
		return nil
	}
	text := w.rename(t, t.file.Decls[0].Pos(), t.file.Decls[0].End())
	key := strings.Join(declared(t.file), " ")
	if at, again := w.decls[key]; again && key != "" {
		w.parts[at] = ""
	}
	w.decls[key] = len(w.parts)
	w.parts = append(w.parts, text)
	return nil
}

// statement is one statement of a cell as main has it: definitions of the session's variables become assignments, and a
// value that was only looked at goes to the blank name.
func (w *writer) statement(cell numbered, t *chunkTree, s ast.Stmt) string {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE {
			break
		}
		var names []string
		right := w.rename(t, s.Rhs[0].Pos(), s.Rhs[len(s.Rhs)-1].End()) // with what the names meant before
		for _, e := range s.Lhs {
			names = append(names, w.target(cell, e.(*ast.Ident)))
		}
		return strings.Join(names, ", ") + " = " + right
	case *ast.DeclStmt:
		if d, ok := s.Decl.(*ast.GenDecl); ok && d.Tok == token.VAR {
			return w.variables(cell, t, d)
		}
	case *ast.ExprStmt:
		if !w.callStatement(s.X) {
			return "_ = " + w.rename(t, s.Pos(), s.End())
		}
	}
	return w.rename(t, s.Pos(), s.End())
}

// variables turns a var declaration into assignments.
func (w *writer) variables(cell numbered, t *chunkTree, d *ast.GenDecl) string {
	var lines []string
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		var names, values []string
		for _, e := range v.Values {
			values = append(values, w.rename(t, e.Pos(), e.End()))
		}
		for _, id := range v.Names {
			names = append(names, w.target(cell, id))
			if len(v.Values) == 0 {
				values = append(values, zero(v.Type))
			}
		}
		lines = append(lines, strings.Join(names, ", ")+" = "+strings.Join(values, ", "))
	}
	return strings.Join(lines, "\n")
}

// target is the variable that a definition assigns to.
func (w *writer) target(cell numbered, id *ast.Ident) string {
	if _, live := cell.types[id.Name]; !live {
		return "_"
	}
	return w.define(id.Name).emitted
}

// zero is the zero value of any type.
func zero(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr, *ast.MapType, *ast.FuncType, *ast.ChanType, *ast.InterfaceType:
		return "nil"
	case *ast.ArrayType:
		if t.Len == nil {
			return "nil"
		}
	}
	return "*new(" + text(t) + ")"
}

func (w *writer) source() (string, error) {
	var b strings.Builder
	for _, d := range w.parts {
		if d != "" {
			b.WriteString(d + "\n\n")
		}
	}
	lines := map[string]bool{}
	for _, g := range w.defined {
		if g.emitted != "" {
			lines[g.emitted+" "+g.typ+"\n"] = true
		}
	}
	if len(lines) > 0 {
		b.WriteString("var (\n" + strings.Join(slices.Sorted(maps.Keys(lines)), "") + ")\n\n")
	}
	fmt.Fprintf(&b, "func main() {\n%s}\n", w.body.String())
	full, err := useLocals("package main\n\n" + b.String())
	if err != nil {
		return "", err
	}
	imports, err := w.used(full)
	if err != nil {
		return "", err
	}
	out, err := format.Source([]byte(strings.Replace(full, "package main\n", "package main\n\n"+imports, 1)))
	return string(out), err
}

// used writes the imports of the packages that a program mentions.
func (w *writer) used(src string) (string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, 0)
	if err != nil {
		return "", err
	}
	known := w.packages()
	lines := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		id, ok := s.X.(*ast.Ident)
		if !ok || id.Obj != nil || known[id.Name] == "" {
			return true
		}
		line := fmt.Sprintf("%q\n", known[id.Name])
		if path.Base(known[id.Name]) != id.Name {
			line = id.Name + " " + line
		}
		lines[line] = true
		return true
	})
	if len(lines) == 0 {
		return "", nil
	}
	return "import (\n" + strings.Join(slices.Sorted(maps.Keys(lines)), "") + ")\n", nil
}

// packages are the import paths that a name may stand for.
func (w *writer) packages() map[string]string {
	known := prelude(false)
	maps.Copy(known, w.imports)
	return known
}

// text is an expression as source.
func text(e ast.Expr) string {
	var b strings.Builder
	if err := printer.Fprint(&b, token.NewFileSet(), e); err != nil {
		panic(fmt.Sprintf("kernel: printing an expression: %v", err))
	}
	return b.String()
}
