package kernel

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/livespike/livespike/kernel/interp"
	"github.com/livespike/livespike/stdlib"
)

// generation is one variable of a program: a name of the session as long as its type stays.
type generation struct {
	name, typ string
	emitted   string // "" for a function that stays a declaration
	function  bool
}

// chunkTree is a parsed chunk and its text.
type chunkTree struct {
	file *ast.File
	src  string // what was parsed; the file set begins at 1
	body bool   // the chunk stands in a function without a name
}

func parseChunk(c interp.Piece) (*chunkTree, error) {
	t := &chunkTree{src: "package main\n" + c.Src}
	if c.Kind == token.ILLEGAL {
		t.src, t.body = "package main\nfunc _() {\n"+c.Src+"\n}", true
	}
	var err error
	t.file, err = parser.ParseFile(token.NewFileSet(), "", t.src, 0)
	return t, err
}

func (t *chunkTree) statements() []ast.Stmt { return t.file.Decls[0].(*ast.FuncDecl).Body.List }

// function is the plain function that a chunk declares, or nil.
func (t *chunkTree) function() *ast.FuncDecl {
	f, ok := t.file.Decls[0].(*ast.FuncDecl)
	if !ok || t.body || f.Recv != nil || f.Type.TypeParams != nil || f.Name.Name == "_" {
		return nil
	}
	return f
}

// survey notes what one cell defines, in order.
func (w *writer) survey(p saved) error {
	note := func(name, typ string, function bool) {
		w.defined = append(w.defined, &generation{name: name, typ: typ, function: function})
	}
	for _, c := range p.chunks {
		t, err := parseChunk(c)
		if err != nil {
			return err
		}
		switch {
		case c.Kind == token.IMPORT:
			for _, spec := range t.file.Imports {
				importPath := strings.Trim(spec.Path.Value, "\"`")
				name := importPath[strings.LastIndexByte(importPath, '/')+1:]
				if spec.Name != nil {
					name = spec.Name.Name
				}
				w.imports[name] = importPath
			}
		case c.Kind == token.FUNC:
			if f := t.function(); f != nil {
				note(f.Name.Name, signature(f.Type), true)
			}
		case c.Kind == token.ILLEGAL:
			for _, id := range definitions(t) {
				if typ, live := p.cell.types[id.Name]; live {
					note(id.Name, typ, false)
				}
			}
		}
	}
	return nil
}

// output is a name by which a cell asks for what an earlier one has shown, see bindOutputs, if no cell has defined it.
func (w *writer) output(p saved) (name string) {
	own := map[string]bool{}
	for _, g := range w.defined {
		own[g.name] = true
	}
	for _, c := range p.chunks {
		t, err := parseChunk(c)
		if err != nil {
			continue
		}
		ast.Inspect(t.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, e := range n.Lhs {
					if id, ok := e.(*ast.Ident); ok && n.Tok == token.DEFINE {
						own[id.Name] = true
					}
				}
			case *ast.IndexExpr:
				if id, ok := n.X.(*ast.Ident); ok && id.Name == "Out" && !own["Out"] {
					name = "Out"
				}
			case *ast.Ident:
				if numberedName.MatchString(n.Name) && !own[n.Name] {
					name = n.Name
				}
			}
			return name == ""
		})
	}
	return name
}

var numberedName = regexp.MustCompile(`^_[0-9]+$`)

// signature is a function's type without the names of its parameters, which may change from one definition to the next.
func signature(f *ast.FuncType) string {
	unnamed := func(list *ast.FieldList) *ast.FieldList {
		if list == nil {
			return nil
		}
		bare := &ast.FieldList{}
		for _, field := range list.List {
			for range max(1, len(field.Names)) {
				bare.List = append(bare.List, &ast.Field{Type: field.Type})
			}
		}
		return bare
	}
	return text(&ast.FuncType{Params: unnamed(f.Params), Results: unnamed(f.Results)})
}

// definitions are the names that the statements of a chunk define at the top level of a cell, in order.
func definitions(t *chunkTree) []*ast.Ident {
	var list []*ast.Ident
	for _, s := range t.statements() {
		switch s := s.(type) {
		case *ast.AssignStmt:
			for _, e := range s.Lhs {
				if id, ok := e.(*ast.Ident); ok && s.Tok == token.DEFINE {
					list = append(list, id)
				}
			}
		case *ast.DeclStmt:
			if d, ok := s.Decl.(*ast.GenDecl); ok && d.Tok == token.VAR {
				for _, spec := range d.Specs {
					list = append(list, spec.(*ast.ValueSpec).Names...)
				}
			}
		}
	}
	return list
}

// name gives each generation its name in the program: the last keeps the user's, an earlier one gets a number.
func (w *writer) name() {
	byName := map[string][]*generation{}
	taken := map[string]bool{}
	for _, g := range w.defined {
		byName[g.name] = append(byName[g.name], g)
		taken[g.name] = true
	}
	for name, list := range byName {
		if len(list) == 1 && list[0].function {
			continue // an ordinary function
		}
		emitted, n := name, 0
		for i, g := range slices.Backward(list) {
			if i+1 < len(list) && list[i+1].typ != g.typ {
				for n++; taken[fmt.Sprintf("%s%d", name, n)]; {
					n++
				}
				emitted = fmt.Sprintf("%s%d", name, n)
				taken[emitted] = true
			}
			g.emitted = emitted
		}
	}
}

// isVariable reports whether a function is a variable in the program.
func (w *writer) isVariable(name string) bool {
	i := slices.IndexFunc(w.defined, func(g *generation) bool { return g.name == name })
	return i >= 0 && w.defined[i].emitted != ""
}

// define moves on to the next definition, which survey found in the same order, and makes it what its name means.
func (w *writer) define(name string) *generation {
	for w.defined[w.next].name != name || w.defined[w.next].emitted == "" {
		w.next++
	}
	g := w.defined[w.next]
	w.next++
	w.now[name] = g
	return g
}

// rename is the text of a part of a chunk with the names that the program has for the session's.
func (w *writer) rename(t *chunkTree, from, to token.Pos) string {
	free := slices.Clone(t.file.Unresolved)
	ast.Inspect(t.file, func(n ast.Node) bool { // the parser leaves keys alone: they may be fields
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		switch lit.Type.(type) {
		case *ast.MapType, *ast.ArrayType:
			for _, e := range lit.Elts {
				if pair, ok := e.(*ast.KeyValueExpr); ok {
					if id, ok := pair.Key.(*ast.Ident); ok && id.Obj == nil && !slices.Contains(free, id) {
						free = append(free, id)
					}
				}
			}
		}
		return true
	})
	slices.SortFunc(free, func(a, b *ast.Ident) int { return int(a.Pos() - b.Pos()) })
	var b strings.Builder
	done := int(from) - 1
	for _, id := range free {
		g := w.now[id.Name]
		at := int(id.Pos()) - 1
		if g == nil || at < done || at >= int(to)-1 {
			continue
		}
		b.WriteString(t.src[done:at] + g.emitted)
		done = at + len(id.Name)
	}
	return b.String() + t.src[done:int(to)-1]
}

// callStatement reports whether an expression may stand alone: calls may, but for conversions and the built-in functions
// that only compute; so may receives.
func (w *writer) callStatement(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return w.callStatement(e.X)
	case *ast.UnaryExpr:
		return e.Op == token.ARROW
	case *ast.CallExpr:
		return !w.isType(e.Fun)
	}
	return false
}

// computing are the built-in names that cannot be called as statements.
var computing = strings.Fields(`append cap complex imag len make max min new real bool string byte rune error any
	int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr float32 float64 complex64 complex128`)

// isType reports whether a call of an expression is a conversion, or a built-in function that only computes.
func (w *writer) isType(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return w.isType(e.X)
	case *ast.Ident:
		_, declares := w.decls[e.Name]
		return slices.Contains(computing, e.Name) && w.now[e.Name] == nil || declares && e.Obj == nil && !w.isFunction(e.Name)
	case *ast.SelectorExpr:
		id, ok := e.X.(*ast.Ident)
		if !ok {
			return false
		}
		importPath := w.packages()[id.Name]
		for key, symbols := range stdlib.Symbols {
			if key[:strings.LastIndexByte(key, '/')] == importPath {
				v, ok := symbols[e.Sel.Name]
				return ok && !v.CanSet() && v.Kind().String() == "ptr" && v.IsNil()
			}
		}
	case *ast.ArrayType, *ast.MapType, *ast.FuncType, *ast.ChanType, *ast.InterfaceType, *ast.StructType, *ast.StarExpr:
		return true
	}
	return false
}

// isFunction reports whether a name is a function that the cells declare.
func (w *writer) isFunction(name string) bool {
	return slices.ContainsFunc(w.defined, func(g *generation) bool { return g.function && g.name == name })
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
