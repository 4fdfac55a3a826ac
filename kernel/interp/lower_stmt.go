package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

func (l *lowerer) stmts(list []ast.Stmt) []ast.Stmt {
	var out []ast.Stmt
	for _, s := range list {
		l.at(s.Pos())
		out = append(out, l.markLine(s)...)
		out = append(out, l.stmt(s)...)
	}
	return out
}

// stmt lowers a statement, which may become several.
func (l *lowerer) stmt(s ast.Stmt) []ast.Stmt {
	return l.after(s, func() []ast.Stmt { return l.statement(s) })
}

// after puts what has to come before a statement in front of what it becomes.
func (l *lowerer) after(s ast.Stmt, become func() []ast.Stmt) []ast.Stmt {
	ahead, looks, watched := l.ahead, l.looks, l.watched
	l.ahead, l.looks, l.watched = nil, nil, l.checked(s)
	list := become()
	list = append(append(l.looks, l.ahead...), list...)
	l.ahead, l.looks, l.watched = ahead, looks, watched
	return list
}

func (l *lowerer) statement(s ast.Stmt) []ast.Stmt {
	switch s := s.(type) {
	case *ast.LabeledStmt:
		return l.labeled(s)
	case *ast.ForStmt:
		return l.forStmt(s, "")
	case *ast.RangeStmt:
		return l.rangeStmt(s, "")
	case *ast.DeclStmt:
		return l.declStmt(s)
	case *ast.AssignStmt:
		return l.assignment(s)
	case *ast.ExprStmt:
		s.X = l.expr(s.X)
	case *ast.SendStmt:
		t := l.typeOf(s.Chan)
		s.Chan, s.Value = l.expr(s.Chan), l.to(s.Value, element(t))
	case *ast.IncDecStmt:
		s.X = l.expr(s.X)
	case *ast.GoStmt:
		return l.goStmt(s)
	case *ast.DeferStmt:
		return l.deferStmt(s)
	case *ast.ReturnStmt:
		return l.returnStmt(s)
	case *ast.BlockStmt:
		s.List = l.stmts(s.List)
	case *ast.IfStmt:
		return l.ifStmt(s)
	case *ast.SwitchStmt:
		return l.switchStmt(s)
	case *ast.TypeSwitchStmt:
		return l.typeSwitch(s)
	case *ast.SelectStmt:
		return l.selectStmt(s)
	}
	return []ast.Stmt{s}
}

// simple lowers the init part of a statement, which stays one statement: what it needs goes ahead of the whole.
func (l *lowerer) simple(s ast.Stmt) ast.Stmt {
	if s == nil {
		return nil
	}
	l.head = true
	list := l.stmt(s)
	l.head = false
	l.ahead = append(l.ahead, list[:len(list)-1]...)
	return list[len(list)-1]
}

// postStmt lowers the post part of a loop; a block if it became several statements.
func (l *lowerer) postStmt(s ast.Stmt) ast.Stmt {
	if s == nil {
		return nil
	}
	list := l.stmt(s)
	if len(list) == 1 {
		return list[0]
	}
	return l.at(s.Pos()).block(list...)
}

// postInBody moves a post part of several statements, which the head of a loop cannot hold, to the begin of all rounds but
// the first:
//
//	for init; cond; post { body }   becomes   for init; true; { if nextʹ { post }; nextʹ = true; if !cond { break }; body }
func (l *lowerer) postInBody(s *ast.ForStmt) []ast.Stmt {
	post, ok := s.Post.(*ast.BlockStmt)
	if !ok {
		return []ast.Stmt{s}
	}
	l.at(s.Pos())
	next := l.temp()
	stop := &ast.UnaryExpr{OpPos: l.pos, Op: token.NOT, X: &ast.ParenExpr{Lparen: l.pos, X: s.Cond, Rparen: l.pos}}
	head := []ast.Stmt{
		&ast.IfStmt{If: l.pos, Cond: l.ident(next), Body: post},
		l.set(l.ident(next), l.ident("true")),
		&ast.IfStmt{If: l.pos, Cond: stop, Body: l.block(&ast.BranchStmt{TokPos: l.pos, Tok: token.BREAK})},
	}
	s.Post, s.Cond = nil, l.ident("true")
	s.Body.List = append(head, s.Body.List...)
	return []ast.Stmt{l.let(next, l.ident("false")), s}
}

// labeled keeps a label at the statement that it named when that became several.
func (l *lowerer) labeled(s *ast.LabeledStmt) []ast.Stmt {
	var list []ast.Stmt
	switch inner := s.Stmt.(type) {
	case *ast.ForStmt:
		list = l.forStmt(inner, s.Label.Name)
	case *ast.RangeStmt:
		list = l.rangeStmt(inner, s.Label.Name)
	case *ast.SwitchStmt:
		if inner.Init != nil {
			return l.labeledInit(s, &inner.Init)
		}
		list = l.stmt(inner)
	case *ast.TypeSwitchStmt:
		if inner.Init != nil {
			return l.labeledInit(s, &inner.Init)
		}
		list = l.stmt(inner)
	default:
		list = l.stmt(inner)
	}
	at := 0
	for i, inner := range list {
		switch inner.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			at = i
		}
	}
	if len(list) == 0 {
		list = []ast.Stmt{&ast.EmptyStmt{Semicolon: s.Pos()}}
	}
	if at == 0 {
		s.Stmt = list[0]
		list[0] = s
		return list
	}
	// A goto comes to the first statement, break and continue belong to the loop or switch.
	inner := s.Label.Name + mark
	relabel(list[at], s.Label.Name, inner)
	list[at] = &ast.LabeledStmt{Label: l.at(s.Pos()).ident(inner), Colon: s.Colon, Stmt: list[at]}
	s.Stmt = &ast.EmptyStmt{Semicolon: s.Pos()}
	return append([]ast.Stmt{s}, list...)
}

// labeledInit takes the init part out of a switch with a label: a goto comes to it, a break belongs to the switch.
func (l *lowerer) labeledInit(s *ast.LabeledStmt, init *ast.Stmt) []ast.Stmt {
	before := *init
	*init = nil
	inner := s.Label.Name + mark
	relabel(s.Stmt, s.Label.Name, inner)
	l.at(s.Pos())
	list := l.initBlock(before, &ast.LabeledStmt{Label: l.ident(inner), Colon: s.Colon, Stmt: s.Stmt})
	s.Stmt = &ast.EmptyStmt{Semicolon: s.Pos()}
	return append([]ast.Stmt{s}, list...)
}

// relabel renames the label of the break and continue statements in a tree.
func relabel(node ast.Node, from, to string) {
	ast.Inspect(node, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Tok != token.GOTO && b.Label != nil && b.Label.Name == from {
			b.Label.Name = to
		}
		_, literal := n.(*ast.FuncLit)
		return !literal
	})
}

func (l *lowerer) ifStmt(s *ast.IfStmt) []ast.Stmt {
	s.Init = l.simple(s.Init)
	s.Cond = l.expr(s.Cond)
	s.Body.List = l.stmts(s.Body.List)
	if s.Else != nil {
		list := l.stmt(s.Else)
		if len(list) == 1 {
			s.Else = list[0]
		} else {
			s.Else = l.block(list...)
		}
	}
	return []ast.Stmt{s}
}

func (l *lowerer) forStmt(s *ast.ForStmt, label string) []ast.Stmt {
	vars := l.keptVars(s)
	s.Init = l.simple(s.Init)
	defer l.enterLoop(nil)()
	s.Cond = l.expr(s.Cond)
	if s.Cond == nil && s.Init != nil { // without a condition the engine runs the init part each time
		s.Cond = l.at(s.Pos()).ident("true")
	}
	s.Post = l.postStmt(s.Post)
	s.Body.List = l.stmts(s.Body.List)
	l.perIteration(s, vars, label)
	return l.postInBody(s)
}

// enterLoop notes a loop by its variable that counts up from 0, nil for others; the result leaves it.
func (l *lowerer) enterLoop(key ast.Expr) (leave func()) {
	outer := l.loops
	l.loops = append(slices.Clip(outer), key)
	return func() { l.loops = outer }
}

func (l *lowerer) rangeStmt(s *ast.RangeStmt, label string) []ast.Stmt {
	defer l.enterLoop(l.counter(s))()
	switch t := l.rangeType(s.X).(type) {
	case *types.Basic:
		if t.Info()&types.IsInteger != 0 {
			return l.rangeInt(s)
		}
		if s.Key != nil && s.Value == nil { // of a string: without a value the engine counts the runes
			s.Value = l.at(s.Pos()).ident("_")
		}
	case *types.Signature:
		return l.rangeFunc(s, t, label)
	case *types.Chan:
		return l.rangeChan(s)
	}
	if _, ok := l.rangeType(s.Value).(*types.Chan); ok {
		return l.rangeOfChans(s)
	}
	vars := l.keptRangeVars(s)
	s.X = l.expr(s.X)
	s.Key, s.Value = l.expr(s.Key), l.expr(s.Value)
	s.Body.List = l.stmts(s.Body.List)
	l.perIterationRange(s, vars)
	return []ast.Stmt{s}
}

// rangeType is the underlying type of what a loop ranges over; of a type parameter, of its core.
func (l *lowerer) rangeType(e ast.Expr) types.Type {
	if e == nil || l.typeOf(e) == nil {
		return nil
	}
	return types.Default(l.typeOf(e)).Underlying()
}

// declStmt lowers var, const and type statements. Variables of the cell's top level are assigned.
func (l *lowerer) declStmt(s *ast.DeclStmt) []ast.Stmt {
	decl, ok := s.Decl.(*ast.GenDecl)
	if !ok {
		return []ast.Stmt{s}
	}
	switch decl.Tok {
	case token.CONST:
		return nil
	case token.TYPE:
		l.localType(decl)
		return nil
	case token.VAR:
		var list []ast.Stmt
		for _, spec := range decl.Specs {
			list = append(list, l.varSpec(spec.(*ast.ValueSpec))...)
		}
		return list
	}
	return []ast.Stmt{s}
}

func (l *lowerer) varSpec(spec *ast.ValueSpec) []ast.Stmt {
	top := false
	for _, id := range spec.Names {
		top = top || l.hoisted[l.info.Defs[id]] != nil
	}
	if !top {
		var want []types.Type
		for _, id := range spec.Names {
			want = append(want, l.targetType(id))
		}
		spec.Type = l.expr(spec.Type)
		functions := l.declaredAmong(spec.Values)
		l.list(spec.Values, want)
		l.literals(spec.Values, functions)
		var before []ast.Stmt
		if len(spec.Values) > 1 {
			before = l.hoist(spec.Values, func(_ int, e ast.Expr) bool { return !plainOperand(e) })
		} else if len(spec.Names) == 1 && l.captured[l.info.Defs[spec.Names[0]]] {
			before = l.hoist(spec.Values, func(_ int, e ast.Expr) bool { return !atom(e) })
		}
		return append(before, &ast.DeclStmt{Decl: &ast.GenDecl{TokPos: spec.Pos(), Tok: token.VAR, Specs: []ast.Spec{spec}}})
	}
	var lhs []ast.Expr
	for _, id := range spec.Names {
		lhs = append(lhs, id)
	}
	if len(spec.Values) > 0 {
		return l.assignment(&ast.AssignStmt{Lhs: lhs, TokPos: spec.Pos(), Tok: token.ASSIGN, Rhs: spec.Values})
	}
	var list []ast.Stmt
	for i, id := range spec.Names {
		if obj := l.info.Defs[id]; id.Name != "_" && obj != nil {
			list = append(list, l.set(l.expr(lhs[i]), l.zero(obj.Type())))
		}
	}
	return list
}

// assignment lowers an assignment or short declaration. At the cell's top level a declaration assigns to the session's
// variables (L1).
func (l *lowerer) assignment(s *ast.AssignStmt) []ast.Stmt {
	if s.Tok == token.DEFINE {
		for _, e := range s.Lhs {
			if id, ok := e.(*ast.Ident); ok && l.hoisted[l.info.ObjectOf(id)] != nil {
				s.Tok = token.ASSIGN
			}
		}
	}
	if s.Tok == token.ASSIGN || s.Tok == token.DEFINE {
		var want []types.Type
		for _, e := range s.Lhs {
			want = append(want, l.targetType(e))
		}
		functions := l.declaredAmong(s.Rhs)
		l.list(s.Rhs, want)
		if s.Tok == token.DEFINE {
			l.literals(s.Rhs, functions)
		}
	} else { // an operator: the literal needs no conversion
		watched := shifts(s.Tok, s.Rhs[0]) && l.watched[s.Rhs[0]]
		if s.Rhs[0] = l.operand(s.Rhs[0], s.Lhs[0], true); watched {
			l.checkShift(s.Rhs[0])
		}
	}
	l.exprs(s.Lhs)
	if s.Tok == token.ASSIGN || s.Tok == token.DEFINE {
		return l.at(s.Pos()).assignEach(s.Tok, s.Lhs, s.Rhs)
	}
	return []ast.Stmt{s}
}
