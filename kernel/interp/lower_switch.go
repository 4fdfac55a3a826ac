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
	if s.Init != nil {
		init := s.Init
		s.Init = nil
		return l.initBlock(init, s)
	}
	list := l.cases(s)
	return append(list[:len(list)-1], l.defaultLast(list[len(list)-1].(*ast.SwitchStmt))...)
}

// initBlock turns the init part of a switch, which the engine mixes up with some tags, into a statement of its own:
//
//	switch init; tag { … }   becomes   { init; switch tag { … } }
func (l *lowerer) initBlock(init, s ast.Stmt) []ast.Stmt {
	l.at(init.Pos())
	return l.stmt(l.block(init, s))
}

// cases lowers the clauses of a switch.
func (l *lowerer) cases(s *ast.SwitchStmt) []ast.Stmt {
	if s.Tag == nil || !l.comparesEach(s) {
		s.Tag = l.expr(s.Tag)
		for _, c := range s.Body.List {
			clause := c.(*ast.CaseClause)
			l.exprs(clause.List)
			if s.Tag == nil && len(clause.List) > 1 { // the engine does not evaluate some lists
				cond := clause.List[0]
				for _, e := range clause.List[1:] {
					cond = l.either(cond, e)
				}
				clause.List = []ast.Expr{cond}
			}
			clause.Body = l.clause(clause.Body)
		}
		return []ast.Stmt{s}
	}
	t := types.Default(l.typeOf(s.Tag))
	tag := l.expr(s.Tag)
	l.at(s.Pos())
	name := l.temp()
	head := []ast.Stmt{l.declareVar(name, t), l.set(l.ident(name), tag)}
	s.Tag = nil
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

// defaultLast moves the default clause behind the others: the engine swaps it with the last one. Where a clause falls through,
// their order matters, so a first switch says which clause was chosen, and a second one holds the bodies:
//
//	switch { case a: A; default: D; fallthrough; case b: B }   becomes
//	k := 0; switch { case a: k = 1; case b: k = 3; default: k = 2 }; switch k { case 1: A; case 2: D; fallthrough; case 3: B }
func (l *lowerer) defaultLast(s *ast.SwitchStmt) []ast.Stmt {
	clauses := s.Body.List
	at := slices.IndexFunc(clauses, func(c ast.Stmt) bool { return c.(*ast.CaseClause).List == nil })
	if at < 0 || at == len(clauses)-1 {
		return []ast.Stmt{s}
	}
	moved := append(slices.Delete(slices.Clone(clauses), at, at+1), clauses[at])
	if !slices.ContainsFunc(clauses, fallsThrough) {
		s.Body.List = moved
		return []ast.Stmt{s}
	}
	l.at(s.Pos())
	chosen := l.temp()
	bodies := &ast.SwitchStmt{Switch: s.Pos(), Tag: l.ident(chosen), Body: l.block()}
	for i, c := range clauses {
		clause := c.(*ast.CaseClause)
		l.at(clause.Pos())
		bodies.Body.List = append(bodies.Body.List, &ast.CaseClause{Case: l.pos, List: []ast.Expr{l.integer(i + 1)}, Colon: l.pos, Body: clause.Body})
		clause.Body = []ast.Stmt{l.set(l.ident(chosen), l.integer(i+1))}
	}
	s.Body.List = moved
	l.at(s.Pos())
	return []ast.Stmt{l.let(chosen, l.integer(0)), s, bodies}
}

// fallsThrough reports whether a clause ends with fallthrough.
func fallsThrough(clause ast.Stmt) bool {
	body := clause.(*ast.CaseClause).Body
	if len(body) == 0 {
		return false
	}
	branch, ok := body[len(body)-1].(*ast.BranchStmt)
	return ok && branch.Tok == token.FALLTHROUGH
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
