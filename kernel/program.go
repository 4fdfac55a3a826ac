package kernel

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/printer"
	"go/token"
	"maps"
	"slices"
	"strings"

	"github.com/livespike/livespike/kernel/magic"
)

// writer collects the parts of a program made of cells.
type writer struct {
	live    map[string]magic.Name // variables
	imports map[string]string     // name → path, of the cells' own import declarations
	decls   []string              // in the order of the cells, each name once: the last wins
	names   []string              // what decls declare, side by side
	body    strings.Builder       // of main
}

// program writes cells as a Go program: their declarations, their variables with the types they have now, and their
// statements in order in main. Cells that failed are left out, magics become comments.
func program(cells []numbered, names []magic.Name) (string, error) {
	w := &writer{live: map[string]magic.Name{}, imports: map[string]string{}}
	for _, n := range names {
		if n.Kind == "var" {
			w.live[n.Name] = n
		}
	}
	for _, c := range cells {
		if !c.ok {
			continue
		}
		code, magics := goCode(c.text)
		for _, m := range magics {
			w.body.WriteString("// " + strings.ReplaceAll(m, "\n", "\n// ") + "\n")
		}
		for _, part := range chunks(code) {
			if err := w.add(part); err != nil {
				return "", fmt.Errorf("cell %d: %w", c.n, err)
			}
		}
	}
	return w.source()
}

func (w *writer) add(c chunk) error {
	if c.declares == token.ILLEGAL {
		return w.statement(c.src)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", "package main\n"+c.src, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	if c.declares == token.IMPORT {
		for _, spec := range file.Imports {
			importPath := strings.Trim(spec.Path.Value, "\"`")
			name := importPath[strings.LastIndexByte(importPath, '/')+1:]
			if spec.Name != nil {
				name = spec.Name.Name
			}
			w.imports[name] = importPath
		}
		return nil
	}
	name := strings.Join(declared(file), " ")
	if at := slices.Index(w.names, name); at >= 0 && name != "" {
		w.names, w.decls = slices.Delete(w.names, at, at+1), slices.Delete(w.decls, at, at+1)
	}
	w.names, w.decls = append(w.names, name), append(w.decls, c.src)
	return nil
}

// declared lists the names of a file's declarations; a method's is Type.Method.
func declared(file *ast.File) []string {
	var names []string
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil && len(d.Recv.List) > 0 {
				name = strings.TrimLeft(text(d.Recv.List[0].Type), "*(") + "." + name
			}
			names = append(names, name)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name.Name)
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						names = append(names, id.Name)
					}
				}
			}
		}
	}
	return names
}

// statement adds one statement to main: definitions of variables that live on become assignments, and a value that was
// only looked at is printed.
func (w *writer) statement(src string) error {
	const head = "package main\nfunc _() {\n"
	file, err := parser.ParseFile(token.NewFileSet(), "", head+src+"\n}", parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, s := range file.Decls[0].(*ast.FuncDecl).Body.List {
		from, to := int(s.Pos())-1-len(head), int(s.End())-1-len(head)
		own := src[max(from, 0):min(to, len(src))]
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE && w.allLive(s.Lhs) {
				at := int(s.TokPos) - 1 - len(head) - from
				own = own[:at] + "=" + own[at+2:]
			}
		case *ast.DeclStmt:
			own = w.variables(s, own)
		case *ast.ExprStmt:
			if !callStatement(s.X) {
				own = "_ = " + own
			}
		}
		w.body.WriteString(own + "\n")
	}
	return nil
}

func (w *writer) allLive(list []ast.Expr) bool {
	for _, e := range list {
		id, ok := e.(*ast.Ident)
		if !ok {
			return false
		}
		if _, live := w.live[id.Name]; !live && id.Name != "_" {
			return false
		}
	}
	return true
}

// variables turns var declarations into assignments.
func (w *writer) variables(s *ast.DeclStmt, own string) string {
	d, ok := s.Decl.(*ast.GenDecl)
	if !ok || d.Tok != token.VAR {
		return own
	}
	var b strings.Builder
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		var names, values []string
		for _, id := range v.Names {
			names = append(names, id.Name)
			if len(v.Values) == 0 {
				values = append(values, zero(v.Type))
			}
		}
		for _, e := range v.Values {
			values = append(values, text(e))
		}
		fmt.Fprintf(&b, "%s = %s\n", strings.Join(names, ", "), strings.Join(values, ", "))
	}
	return strings.TrimSuffix(b.String(), "\n")
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

// callStatement reports whether an expression may stand alone: calls may, but for conversions to a basic type and the
// built-in functions that only compute.
func callStatement(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return callStatement(e.X)
	case *ast.UnaryExpr:
		return e.Op == token.ARROW
	case *ast.CallExpr:
		id, ok := e.Fun.(*ast.Ident)
		if !ok {
			_, isType := e.Fun.(*ast.ArrayType)
			return !isType
		}
		return !slices.Contains(values, id.Name)
	}
	return false
}

var values = strings.Fields(`append cap complex imag len make max min new real bool string byte rune error any
	int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr float32 float64 complex64 complex128`)

func (w *writer) source() (string, error) {
	var b strings.Builder
	for _, d := range w.decls {
		b.WriteString(d + "\n\n")
	}
	if len(w.live) > 0 {
		b.WriteString("var (\n")
		for _, name := range slices.Sorted(maps.Keys(w.live)) {
			fmt.Fprintf(&b, "%s %s\n", name, w.live[name].Type)
		}
		b.WriteString(")\n\n")
	}
	fmt.Fprintf(&b, "func main() {\n%s}\n", w.body.String())
	used, err := w.used("package main\n" + b.String())
	if err != nil {
		return "", err
	}
	out, err := format.Source([]byte("package main\n\n" + used + b.String()))
	return string(out), err
}

// used writes the imports of the packages that a program mentions.
func (w *writer) used(src string) (string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	known := prelude(false)
	maps.Copy(known, w.imports)
	lines := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		id, ok := s.X.(*ast.Ident)
		if !ok {
			return true
		}
		importPath, isPackage := known[id.Name]
		if _, variable := w.live[id.Name]; !isPackage || variable {
			return true
		}
		line := fmt.Sprintf("%q\n", importPath)
		if importPath[strings.LastIndexByte(importPath, '/')+1:] != id.Name {
			line = id.Name + " " + line
		}
		lines[line] = true
		return true
	})
	if len(lines) == 0 {
		return "", nil
	}
	return "import (\n" + strings.Join(slices.Sorted(maps.Keys(lines)), "") + ")\n\n", nil
}

// text is an expression as source.
func text(e ast.Expr) string {
	var b strings.Builder
	if err := printer.Fprint(&b, token.NewFileSet(), e); err != nil {
		panic(fmt.Sprintf("kernel: printing an expression: %v", err))
	}
	return b.String()
}
