package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// perIteration gives each round of a three-clause loop its own variables (L5):
//
//	for i := a; cond; post { body }   becomes   for iʹ := a; cond(iʹ); post(iʹ) { i := iʹ; body; iʹ = i }
//
// with the copy back before every continue as well. The loop is lowered already; vars are those of its variables that a
// closure or a pointer may keep: others need no copies.
func (l *lowerer) perIteration(s *ast.ForStmt, vars []*ast.Ident, label string) {
	if len(vars) == 0 {
		return
	}
	l.at(s.Pos())
	var in, out []ast.Stmt
	for _, id := range vars {
		obj, name, outer := l.info.Defs[id], id.Name, l.temp()
		in = append(in, l.let(name, l.ident(outer)))
		out = append(out, l.set(l.ident(outer), l.ident(name)))
		l.rename(s.Init, obj, outer)
		if s.Cond != nil {
			l.rename(s.Cond, obj, outer)
		}
		if s.Post != nil {
			l.rename(s.Post, obj, outer)
		}
	}
	c := &copies{label: label, back: out}
	s.Body.List = append(append(in, c.list(s.Body.List, 0)...), out...)
}

// keptVars lists the variables of a three-clause loop that need a copy for each round.
func (l *lowerer) keptVars(s *ast.ForStmt) []*ast.Ident {
	init, ok := s.Init.(*ast.AssignStmt)
	if !ok || init.Tok != token.DEFINE {
		return nil
	}
	var vars []*ast.Ident
	for _, e := range init.Lhs {
		if id := e.(*ast.Ident); id.Name != "_" && l.kept(s, l.info.Defs[id]) {
			vars = append(vars, id)
		}
	}
	return vars
}

// perIterationRange gives each round of a range loop its own variables. The loop is lowered already.
func (l *lowerer) perIterationRange(s *ast.RangeStmt, vars []*ast.Ident) {
	l.at(s.Pos())
	var head []ast.Stmt
	for _, id := range vars {
		head = append(head, l.let(id.Name, l.ident(id.Name)))
	}
	s.Body.List = append(head, s.Body.List...)
}

// keptRangeVars lists the variables of a range loop that need a copy for each round.
func (l *lowerer) keptRangeVars(s *ast.RangeStmt) []*ast.Ident {
	var vars []*ast.Ident
	for _, e := range []ast.Expr{s.Key, s.Value} {
		if id, ok := e.(*ast.Ident); ok && s.Tok == token.DEFINE && id.Name != "_" && l.kept(s, l.info.Defs[id]) {
			vars = append(vars, id)
		}
	}
	return vars
}

// kept reports whether a function literal or a pointer below node may hold on to the variable.
func (l *lowerer) kept(node ast.Node, obj types.Object) bool {
	found := false
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			found = found || l.mentionsObject(n.Body, obj)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && l.mentionsObject(n.X, obj)
		case *ast.SelectorExpr: // a method with a pointer receiver takes the address
			if s := l.info.Selections[n]; s != nil && s.Kind() == types.MethodVal {
				found = found || l.mentionsObject(n.X, obj)
			}
		case *ast.SliceExpr:
			found = found || l.mentionsObject(n.X, obj)
		}
		return !found
	})
	return found
}

func (l *lowerer) mentionsObject(node ast.Node, obj types.Object) bool {
	found := false
	ast.Inspect(node, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && obj != nil && l.info.Uses[id] == obj {
			found = true
		}
		return !found
	})
	return found
}

// rename renames a variable in the lowered head of a loop.
func (l *lowerer) rename(node ast.Node, obj types.Object, name string) {
	ast.Inspect(node, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && l.info.ObjectOf(id) == obj {
			id.Name = name
		}
		return true
	})
}

// copies puts the copy back before each continue of the loop.
type copies struct {
	label string
	back  []ast.Stmt
}

func (c *copies) list(list []ast.Stmt, loops int) []ast.Stmt {
	var out []ast.Stmt
	for _, s := range list {
		out = append(out, c.stmt(s, loops)...)
	}
	return out
}

func (c *copies) stmt(s ast.Stmt, loops int) []ast.Stmt {
	switch s := s.(type) {
	case *ast.BranchStmt:
		if s.Tok == token.CONTINUE && (s.Label == nil && loops == 0 || s.Label != nil && s.Label.Name == c.label) {
			return append(c.again(), s)
		}
	case *ast.ForStmt, *ast.RangeStmt:
		loops++
	}
	eachBlock(s, func(list []ast.Stmt) []ast.Stmt { return c.list(list, loops) })
	return []ast.Stmt{s}
}

// again is a fresh copy of the statements: a tree must not hold a node twice.
func (c *copies) again() []ast.Stmt {
	var list []ast.Stmt
	for _, s := range c.back {
		s := s.(*ast.AssignStmt)
		x, y := *s.Lhs[0].(*ast.Ident), *s.Rhs[0].(*ast.Ident)
		list = append(list, &ast.AssignStmt{Lhs: []ast.Expr{&x}, TokPos: s.TokPos, Tok: s.Tok, Rhs: []ast.Expr{&y}})
	}
	return list
}
