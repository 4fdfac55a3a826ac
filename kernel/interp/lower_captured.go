package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// noteCaptured finds the variables below node that a function literal or a pointer may keep. A definition makes a new one of
// these each time that it runs; the engine does so only where the value comes from a name.
func (l *lowerer) noteCaptured(node ast.Node) {
	l.captured = map[types.Object]bool{}
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			l.capture(n.Body, n)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				l.capture(n.X, nil)
			}
		case *ast.SliceExpr:
			l.capture(n.X, nil)
		}
		return true
	})
}

// capture notes the variables that a tree mentions, but for those that belong to a literal.
func (l *lowerer) capture(node ast.Node, literal *ast.FuncLit) {
	ast.Inspect(node, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			v, ok := l.info.Uses[id].(*types.Var)
			if ok && (literal == nil || v.Pos() < literal.Pos() || literal.End() <= v.Pos()) {
				l.captured[v] = true
			}
		}
		return true
	})
}

// definesCaptured reports whether a definition makes a captured variable.
func (l *lowerer) definesCaptured(tok token.Token, lhs []ast.Expr) bool {
	for _, e := range lhs {
		if id, ok := e.(*ast.Ident); ok && tok == token.DEFINE && l.captured[l.info.Defs[id]] {
			return true
		}
	}
	return false
}

// defineFromNames takes the results of one expression into hidden variables, from which the named ones are defined.
func (l *lowerer) defineFromNames(lhs, rhs []ast.Expr) []ast.Stmt {
	var hidden, names, values []ast.Expr
	for _, e := range lhs {
		if id, ok := e.(*ast.Ident); ok && id.Name == "_" {
			hidden = append(hidden, l.ident("_"))
			continue
		}
		name := l.temp()
		hidden = append(hidden, l.ident(name))
		names, values = append(names, e), append(values, l.ident(name))
	}
	list := []ast.Stmt{l.assign(token.DEFINE, hidden, rhs)}
	return append(list, l.assignEach(token.DEFINE, names, values)...)
}
