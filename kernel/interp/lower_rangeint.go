package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// rangeInt turns a loop over an integer into one with a hidden counter (L3). The bound is evaluated once, and the body
// may change its variable without changing the count.
func (l *lowerer) rangeInt(s *ast.RangeStmt) []ast.Stmt {
	t := l.typeOf(s.X)
	if s.Key != nil && s.Tok == token.DEFINE {
		if id, ok := s.Key.(*ast.Ident); ok && l.info.Defs[id] != nil {
			t = l.info.Defs[id].Type()
		}
	}
	t = types.Default(t)
	bound := l.expr(s.X)
	body := l.stmts(s.Body.List)
	key := s.Key
	if s.Tok == token.ASSIGN {
		key = l.expr(key)
	}
	l.at(s.Pos())
	i, n := l.temp(), l.temp()
	if id, blank := key.(*ast.Ident); key != nil && !(blank && id.Name == "_") {
		if s.Tok == token.DEFINE {
			body = append([]ast.Stmt{l.let(id.Name, l.ident(i))}, body...)
		} else {
			body = append([]ast.Stmt{l.set(key, l.ident(i))}, body...)
		}
	}
	return []ast.Stmt{
		l.declareVar(n, t), l.set(l.ident(n), bound),
		&ast.ForStmt{
			For:  s.For,
			Init: l.let(i, l.convert(t, l.lit(token.INT, "0"))),
			Cond: &ast.BinaryExpr{X: l.ident(i), OpPos: l.pos, Op: token.LSS, Y: l.ident(n)},
			Post: &ast.IncDecStmt{X: l.ident(i), TokPos: l.pos, Tok: token.INC},
			Body: l.block(body...),
		},
	}
}
