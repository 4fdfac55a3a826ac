package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// switchStmt lowers an expression switch. The engine evaluates the cases of some wrongly: those on an interface, and those
// with cases that are not constant. They compare one after the other instead (L14):
//
//	switch tag { case a, b: …}   becomes   ʹt := tag; switch { case ʹt == a || ʹt == b: … }
func (l *lowerer) switchStmt(s *ast.SwitchStmt) []ast.Stmt {
	if s.Tag == nil || !l.comparesEach(s) {
		s.Init = l.simple(s.Init)
		s.Tag = l.expr(s.Tag)
		for _, c := range s.Body.List {
			clause := c.(*ast.CaseClause)
			l.exprs(clause.List)
			clause.Body = l.clause(clause.Body)
		}
		return []ast.Stmt{s}
	}
	var head []ast.Stmt
	if s.Init != nil {
		head = l.stmt(s.Init)
	}
	t := types.Default(l.typeOf(s.Tag))
	tag := l.expr(s.Tag)
	l.at(s.Pos())
	name := l.temp()
	head = append(head, l.declareVar(name, t), l.set(l.ident(name), tag))
	s.Init, s.Tag = nil, nil
	for _, c := range s.Body.List {
		clause := c.(*ast.CaseClause)
		var cond ast.Expr
		for _, e := range clause.List {
			from := l.typeOf(e)
			isNil := l.info.Types[e].IsNil()
			e = l.expr(e)
			l.at(clause.Pos())
			one := l.equality(token.EQL, l.ident(name), e, t, from, isNil)
			if cond == nil {
				cond = one
			} else {
				cond = &ast.BinaryExpr{X: cond, OpPos: l.pos, Op: token.LOR, Y: one}
			}
		}
		if cond != nil {
			clause.List = []ast.Expr{cond}
		}
		clause.Body = l.clause(clause.Body)
	}
	return append(head, s)
}

// comparesEach reports whether a switch has to compare its cases one by one.
func (l *lowerer) comparesEach(s *ast.SwitchStmt) bool {
	t := l.typeOf(s.Tag)
	if t == nil {
		return false
	}
	if types.IsInterface(t) {
		return true
	}
	for _, c := range s.Body.List {
		for _, e := range c.(*ast.CaseClause).List {
			if l.info.Types[e].Value == nil {
				return true
			}
		}
	}
	return false
}

// comparison lowers == and != with an interface on at least one side (L23). The host compares what is in the boxes.
func (l *lowerer) comparison(e *ast.BinaryExpr) ast.Expr {
	xt, yt := l.typeOf(e.X), l.typeOf(e.Y)
	xNil, yNil := l.info.Types[e.X].IsNil(), l.info.Types[e.Y].IsNil()
	t := l.typeOf(e)
	conversion := yNil && l.isConversion(e.X)
	x, y := l.expr(e.X), l.expr(e.Y)
	if conversion {
		x = l.at(e.Pos()).returned(x, xt)
	}
	l.at(e.Pos())
	if xNil {
		x, y, xt, yt, yNil = y, x, yt, xt, xNil
	}
	return l.typed(l.equality(e.Op, x, y, xt, yt, yNil), t)
}

func (l *lowerer) isConversion(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && l.info.Types[call.Fun].IsType()
}

// equality compares two lowered values.
func (l *lowerer) equality(op token.Token, x, y ast.Expr, xt, yt types.Type, yNil bool) ast.Expr {
	plain := &ast.BinaryExpr{X: x, OpPos: l.pos, Op: op, Y: y}
	if yNil || !isInterface(xt) && !isInterface(yt) || isError(xt) && isError(yt) {
		return plain
	}
	call := l.host("Equal", l.become(x, xt, anyIface), l.become(y, yt, anyIface))
	if op == token.NEQ {
		return &ast.UnaryExpr{OpPos: l.pos, Op: token.NOT, X: call}
	}
	return call
}

func isInterface(t types.Type) bool { return t != nil && types.IsInterface(t) }

func isError(t types.Type) bool {
	return t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
}

// clause lowers the statements of a case. The engine finds labels in blocks only.
func (l *lowerer) clause(list []ast.Stmt) []ast.Stmt {
	labels := slices.ContainsFunc(list, func(s ast.Stmt) bool { _, ok := s.(*ast.LabeledStmt); return ok })
	list = l.stmts(list)
	if !labels {
		return list
	}
	last := list[len(list)-1]
	if branch, ok := last.(*ast.BranchStmt); ok && branch.Tok == token.FALLTHROUGH {
		return []ast.Stmt{l.block(list[:len(list)-1]...), last}
	}
	return []ast.Stmt{l.block(list...)}
}
