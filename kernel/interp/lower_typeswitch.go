package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// typeSwitch asks the host which case a value belongs to, and switches on the answer (L9):
//
//	switch v := x.(type) { case A, B: …; case C: … }   becomes
//	ʹx := x; switch ʹhost.Case(list, ʹx) { case 0, 1: v := ʹx; …; case 2: v := ʹmustʹn(ʹx); … }
//
// where list is the number of the case types in the host's table.
func (l *lowerer) typeSwitch(s *ast.TypeSwitchStmt) []ast.Stmt {
	if s.Init != nil {
		init := s.Init
		s.Init = nil
		return l.initBlock(init, s)
	}
	var name *ast.Ident
	var operand ast.Expr
	switch assign := s.Assign.(type) {
	case *ast.AssignStmt:
		name = assign.Lhs[0].(*ast.Ident)
		operand = assign.Rhs[0].(*ast.TypeAssertExpr).X
	case *ast.ExprStmt:
		operand = assign.X.(*ast.TypeAssertExpr).X
	}
	from := l.typeOf(operand)
	x := l.expr(operand)
	l.at(s.Pos())
	value := l.temp()
	head := l.let(value, x)
	tested := l.become(l.ident(value), from, anyIface)
	out := &ast.SwitchStmt{Switch: s.Pos(), Body: l.block()}
	var kinds []caseType
	for _, c := range s.Body.List {
		clause := c.(*ast.CaseClause)
		l.at(clause.Pos())
		made := &ast.CaseClause{Case: clause.Pos(), Colon: clause.Colon}
		for _, e := range clause.List {
			made.List = append(made.List, l.integer(len(kinds)))
			kinds = append(kinds, l.caseType(e))
		}
		var body []ast.Stmt
		if obj := l.info.Implicits[clause]; name != nil && obj != nil {
			body = l.bindCase(name.Name, value, from, obj.Type(), clause)
		}
		made.Body = append(body, l.clause(clause.Body)...)
		out.Body.List = append(out.Body.List, made)
	}
	l.at(s.Pos())
	out.Tag = l.host("Case", l.integer(l.plan.in.types.caseList(kinds)), tested)
	return []ast.Stmt{head, out}
}

// bindCase declares the switch's variable in a clause.
func (l *lowerer) bindCase(name, value string, from, t types.Type, clause *ast.CaseClause) []ast.Stmt {
	v := ast.Expr(l.ident(value))
	if len(clause.List) == 1 && !types.Identical(from, t) {
		v = l.apply(l.asserter(t, from, false), l.become(v, from, anyIface))
	}
	use := l.assign(token.ASSIGN, []ast.Expr{l.ident("_")}, []ast.Expr{l.ident(name)})
	return []ast.Stmt{l.declareVar(name, t), l.set(l.ident(name), v), use}
}

// caseType is one type of a case, nil for case nil.
type caseType = *dtype

func (l *lowerer) caseType(e ast.Expr) caseType {
	if l.info.Types[e].IsNil() {
		return nil
	}
	t := l.typeOf(e)
	return l.entry(t)
}

// caseList keeps the case types of a switch and returns their number.
func (tt *typeTable) caseList(kinds []*dtype) int {
	tt.mu.Lock()
	defer tt.mu.Unlock()
	tt.cases = append(tt.cases, kinds)
	return len(tt.cases) - 1
}

// match finds the first of a list of types that the value in an interface has.
func (tt *typeTable) match(list int, v any) int {
	tt.mu.RLock()
	cases := tt.cases[list]
	tt.mu.RUnlock()
	d := tt.dynamic(plain(v))
	for i, c := range cases {
		switch {
		case c == nil || d == nil:
			if c == nil && d == nil {
				return i
			}
		case c == d:
			return i
		case types.IsInterface(c.typ) && tt.implements(d, c):
			return i
		}
	}
	return -1
}
