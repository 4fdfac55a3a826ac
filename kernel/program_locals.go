package kernel

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// useLocals adds "_ = x" for each local variable that nothing reads: a session does not mind it, the compiler does.
func useLocals(src string) (string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, 0)
	if err != nil {
		return "", err
	}
	read := map[any]bool{}            // by the parser's objects: the type is not named, as staticcheck asks
	assigned := map[*ast.Ident]bool{} // written, which is no use
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				if id, ok := e.(*ast.Ident); ok && (n.Tok == token.ASSIGN || n.Tok == token.DEFINE) {
					assigned[id] = true
				}
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if id, ok := e.(*ast.Ident); ok {
					assigned[id] = true
				}
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				assigned[id] = true
			}
		case *ast.Ident:
			if n.Obj != nil && !assigned[n] {
				read[n.Obj] = true
			}
		}
		return true
	})
	type insertion struct {
		at   token.Pos
		text string
	}
	var list []insertion
	unused := func(at token.Pos, names ...ast.Expr) {
		for _, e := range names {
			id, ok := e.(*ast.Ident)
			if ok && id.Name != "_" && id.Obj != nil && id.Obj.Kind == ast.Var && id.Obj.Pos() == id.Pos() && !read[id.Obj] {
				list = append(list, insertion{at, "; _ = " + id.Name + "; "})
			}
		}
	}
	visit := func(s ast.Stmt, at token.Pos) { // what a statement defines is used at a place
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				unused(at, s.Lhs...)
			}
		case *ast.DeclStmt:
			if d, ok := s.Decl.(*ast.GenDecl); ok && d.Tok == token.VAR {
				for _, spec := range d.Specs {
					for _, id := range spec.(*ast.ValueSpec).Names {
						unused(at, id)
					}
				}
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			for _, s := range n.List {
				visit(s, s.End())
			}
		case *ast.CaseClause:
			for _, s := range n.Body {
				visit(s, s.End())
			}
		case *ast.CommClause:
			visit(n.Comm, n.Colon+1)
			for _, s := range n.Body {
				visit(s, s.End())
			}
		case *ast.IfStmt:
			visit(n.Init, n.Body.Lbrace+1)
		case *ast.ForStmt:
			visit(n.Init, n.Body.Lbrace+1)
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE {
				unused(n.Body.Lbrace+1, n.Key, n.Value)
			}
		}
		return true
	})
	slices.SortStableFunc(list, func(a, b insertion) int { return int(a.at - b.at) })
	var b strings.Builder
	done := 0
	for _, i := range list {
		b.WriteString(src[done:i.at-1] + i.text)
		done = int(i.at) - 1
	}
	return b.String() + src[done:], nil
}
