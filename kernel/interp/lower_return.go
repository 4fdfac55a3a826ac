package interp

import (
	"go/ast"
	"go/token"
)

// returnStmt lowers a return statement. The engine cannot return what it receives on the spot, and mixes up the places of
// several results unless they are names and literals: such values are taken into variables before.
func (l *lowerer) returnStmt(s *ast.ReturnStmt) []ast.Stmt {
	l.list(s.Results, l.resultTypes())
	several := len(s.Results) > 1
	var named []string
	if several && l.fn != nil {
		named = namedResults(l.fn.typ)
	}
	return append(l.hoist(s.Results, func(i int, e ast.Expr) bool {
		id, ok := e.(*ast.Ident)
		if ok && named != nil && id.Name != "nil" {
			return id.Name != named[i]
		}
		return receives(e) || several && !atom(e)
	}), s)
}

// assignEach assigns several values at once. The engine does so for plain operands only: results of calls, literals and
// the like go into variables before, and nil comes after the others.
func (l *lowerer) assignEach(tok token.Token, lhs, rhs []ast.Expr) []ast.Stmt {
	if len(lhs) == 1 || len(rhs) == 1 {
		return l.assignResults(tok, lhs, rhs)
	}
	var before []ast.Stmt
	if !l.post {
		before = l.hoist(rhs, func(_ int, e ast.Expr) bool { return !plainOperand(e) })
	}
	var some, values []ast.Expr
	var nils []ast.Stmt
	for i, e := range rhs {
		if id, ok := e.(*ast.Ident); ok && id.Name == "nil" {
			nils = append(nils, l.set(lhs[i], e))
		} else {
			some, values = append(some, lhs[i]), append(values, e)
		}
	}
	if len(some) > 0 {
		before = append(before, l.assign(tok, some, values))
	}
	return append(before, nils...)
}

// assignResults assigns one value, or the results of one call. The engine loses those for entries of maps.
func (l *lowerer) assignResults(tok token.Token, lhs, rhs []ast.Expr) []ast.Stmt {
	names := true
	for _, e := range lhs {
		_, name := e.(*ast.Ident)
		names = names && name
	}
	if len(lhs) == 1 || names || l.post {
		return []ast.Stmt{l.assign(tok, lhs, rhs)}
	}
	var hidden []string
	var list []ast.Stmt
	for _, e := range lhs {
		name := "_"
		if id, ok := e.(*ast.Ident); !ok || id.Name != "_" {
			name = l.temp()
			list = append(list, l.set(e, l.ident(name)))
		}
		hidden = append(hidden, name)
	}
	return append([]ast.Stmt{l.assign(token.DEFINE, l.idents(hidden), rhs)}, list...)
}

// hoist takes the values that which says yes to into variables before the statement.
func (l *lowerer) hoist(list []ast.Expr, which func(int, ast.Expr) bool) []ast.Stmt {
	var before []ast.Stmt
	for i, e := range list {
		if which(i, e) {
			l.at(e.Pos())
			name := l.temp()
			before = append(before, l.let(name, e))
			list[i] = l.ident(name)
		}
	}
	return before
}

// atom reports whether an expression is a name or a literal.
func atom(e ast.Expr) bool {
	switch e.(type) {
	case *ast.Ident, *ast.BasicLit:
		return true
	}
	return false
}

// plainOperand reports whether an expression holds nothing but names, literals, elements, fields and arithmetic.
func plainOperand(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return plainOperand(e.X)
	case *ast.SelectorExpr:
		return plainOperand(e.X)
	case *ast.IndexExpr:
		return plainOperand(e.X) && plainOperand(e.Index)
	case *ast.StarExpr:
		return plainOperand(e.X)
	case *ast.UnaryExpr:
		return e.Op != token.ARROW && e.Op != token.AND && plainOperand(e.X)
	case *ast.BinaryExpr:
		return plainOperand(e.X) && plainOperand(e.Y)
	}
	return atom(e)
}

// receives reports whether an expression is a receive operation.
func receives(e ast.Expr) bool {
	u, ok := ast.Unparen(e).(*ast.UnaryExpr)
	return ok && u.Op == token.ARROW
}
