package interp

import (
	"go/ast"
	"go/token"
)

// rangeChan turns a loop over a channel into receives: the engine takes some channels for slices.
func (l *lowerer) rangeChan(s *ast.RangeStmt) []ast.Stmt {
	kept := len(l.keptRangeVars(s)) > 0
	channel := l.expr(s.X)
	body := l.stmts(s.Body.List)
	l.at(s.Pos())
	c, ok, value := l.temp(), l.temp(), "_"
	var head []ast.Stmt
	if id, name := s.Key.(*ast.Ident); s.Key != nil && !(name && id.Name == "_") {
		if s.Tok == token.DEFINE && !kept {
			value = id.Name
		} else {
			value = l.temp()
			head = append(head, l.assign(s.Tok, []ast.Expr{l.expr(s.Key)}, []ast.Expr{l.ident(value)}))
			l.at(s.Pos())
		}
	}
	receive := &ast.UnaryExpr{OpPos: l.pos, Op: token.ARROW, X: l.ident(c)}
	ended := &ast.UnaryExpr{OpPos: l.pos, Op: token.NOT, X: l.ident(ok)}
	list := []ast.Stmt{
		l.assign(token.DEFINE, []ast.Expr{l.ident(value), l.ident(ok)}, []ast.Expr{receive}),
		&ast.IfStmt{If: l.pos, Cond: ended, Body: l.block(&ast.BranchStmt{TokPos: l.pos, Tok: token.BREAK})},
	}
	return []ast.Stmt{l.let(c, channel), &ast.ForStmt{For: s.For, Body: l.block(append(append(list, head...), body...)...)}}
}

// rangeOfChans turns a loop over elements that are channels into one over their places: the engine takes it for a loop over
// a channel.
func (l *lowerer) rangeOfChans(s *ast.RangeStmt) []ast.Stmt {
	all := l.expr(s.X)
	body := l.stmts(s.Body.List)
	l.at(s.Pos())
	list, place := l.temp(), l.temp()
	element := func() ast.Expr {
		return &ast.IndexExpr{X: l.ident(list), Lbrack: l.pos, Index: l.ident(place), Rbrack: l.pos}
	}
	var head []ast.Stmt
	for i, e := range []ast.Expr{s.Key, s.Value} {
		if id, name := e.(*ast.Ident); e == nil || name && id.Name == "_" {
			continue
		}
		value := ast.Expr(l.ident(place))
		if i == 1 {
			value = element()
		}
		head = append(head, l.assign(s.Tok, []ast.Expr{l.expr(e)}, []ast.Expr{value}))
		l.at(s.Pos())
	}
	s.Key, s.Value, s.Tok, s.X = l.ident(place), nil, token.DEFINE, l.ident(list)
	s.Body.List = append(head, body...)
	return []ast.Stmt{l.let(list, all), s}
}
