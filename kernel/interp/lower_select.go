package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// selectStmt lowers a select statement. The engine loses branches and returns in its clauses and fails on some others, so the
// select only says which clause was chosen, and a switch behind it holds the bodies (L15):
//
//	select { case v := <-c: body }   becomes   select { case vʹ = <-c: kʹ = 1 }; switch kʹ { case 1: v := vʹ; body }
func (l *lowerer) selectStmt(s *ast.SelectStmt) []ast.Stmt {
	chosen := l.temp()
	list := []ast.Stmt{l.let(chosen, l.integer(0))}
	bodies := &ast.BlockStmt{Lbrace: s.Body.Lbrace, Rbrace: s.Body.Rbrace}
	for i, c := range s.Body.List {
		clause := c.(*ast.CommClause)
		l.at(clause.Pos())
		var head []ast.Stmt
		if receive, ok := clause.Comm.(*ast.AssignStmt); ok {
			var vars []ast.Stmt
			clause.Comm, vars, head = l.received(receive)
			list = append(list, vars...)
		} else {
			list = append(list, l.comm(clause)...)
		}
		body := append(head, l.clause(clause.Body)...)
		l.at(clause.Pos())
		clause.Body = []ast.Stmt{l.set(l.ident(chosen), l.integer(i+1))}
		bodies.List = append(bodies.List, &ast.CaseClause{
			Case: l.pos, List: []ast.Expr{l.integer(i + 1)}, Colon: l.pos, Body: body,
		})
	}
	l.at(s.Pos())
	return append(list, s, &ast.SwitchStmt{Switch: s.Pos(), Tag: l.ident(chosen), Body: bodies})
}

// comm lowers what a clause does. The engine waits only on channels that have a name, and evaluates no expression that is to be
// sent, so that happens before the select.
func (l *lowerer) comm(clause *ast.CommClause) []ast.Stmt {
	switch s := clause.Comm.(type) {
	case *ast.ExprStmt:
		receive := ast.Unparen(s.X).(*ast.UnaryExpr)
		s.X = receive
		return l.waitsOn(receive)
	case *ast.SendStmt:
		elem := element(l.typeOf(s.Chan))
		l.stmt(s)
		l.at(clause.Pos())
		channel, value := l.temp(), l.temp()
		list := []ast.Stmt{l.let(channel, s.Chan), l.declareVar(value, elem), l.set(l.ident(value), s.Value)}
		s.Chan, s.Value = l.ident(channel), l.ident(value)
		return list
	}
	return nil // default
}

// waitsOn lowers a receive and gives its channel a name.
func (l *lowerer) waitsOn(receive *ast.UnaryExpr) []ast.Stmt {
	receive.X = l.expr(receive.X)
	l.at(receive.Pos())
	name := l.temp()
	list := []ast.Stmt{l.let(name, receive.X)}
	receive.X = l.ident(name)
	return list
}

// received lowers a clause that keeps what it receives: into hidden variables first, from which the body takes it.
func (l *lowerer) received(s *ast.AssignStmt) (comm ast.Stmt, vars, head []ast.Stmt) {
	receive := ast.Unparen(s.Rhs[0]).(*ast.UnaryExpr)
	kinds := []types.Type{element(l.typeOf(receive.X)), types.Typ[types.Bool]}
	vars = l.waitsOn(receive)
	l.at(s.Pos())
	var hidden []ast.Expr
	for i, t := range kinds { // the engine needs both
		name := l.temp()
		hidden = append(hidden, l.ident(name))
		vars = append(vars, l.declareVar(name, t))
		if i == len(s.Lhs) {
			break
		}
		if id, ok := s.Lhs[i].(*ast.Ident); !ok || id.Name != "_" {
			head = append(head, l.assign(s.Tok, []ast.Expr{l.expr(s.Lhs[i])}, []ast.Expr{l.ident(name)}))
		}
		l.at(s.Pos())
	}
	return l.assign(token.ASSIGN, hidden, []ast.Expr{receive}), vars, head
}
