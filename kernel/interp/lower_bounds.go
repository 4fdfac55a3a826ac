package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// The engine says that an index is out of range, but neither which one nor of how many; and it shifts by negative counts. So
// before a statement the lowered code looks at what Go's message would tell, where that can be read without a second effect:
//
//	x = s[i]   becomes   if i < 0 || i >= len(s) { ʹhost.OutOfRange(i, len(s)) }; x = s[i]
//
// Indices in loops are not looked at: it would double the time of a loop over elements.
//
// checked finds the expressions of a statement that are looked at: those that are evaluated once, unconditionally, and before
// anything else that the statement does.
func (l *lowerer) checked(s ast.Stmt) map[ast.Expr]bool {
	c := &checks{l: l, bounds: len(l.loops) == 0, found: map[ast.Expr][]ast.Node{}}
	switch s := s.(type) {
	case *ast.ExprStmt:
		c.expr(s.X)
	case *ast.IncDecStmt:
		c.expr(s.X)
	case *ast.SendStmt:
		c.expr(s.Chan)
		c.expr(s.Value)
	case *ast.ReturnStmt:
		c.exprs(s.Results)
	case *ast.AssignStmt:
		c.exprs(s.Rhs)
		if s.Tok != token.DEFINE {
			c.exprs(s.Lhs)
		}
		if c.shiftCount(s.Tok, s.Rhs[0]) {
			c.note(s.Rhs[0])
		}
	case *ast.IfStmt:
		if s.Init == nil {
			c.expr(s.Cond)
		}
	case *ast.RangeStmt:
		c.expr(s.X)
	case *ast.SwitchStmt:
		if s.Init == nil && s.Tag != nil {
			c.expr(s.Tag)
		}
	case *ast.DeclStmt:
		if decl, ok := s.Decl.(*ast.GenDecl); ok && decl.Tok == token.VAR && len(decl.Specs) == 1 {
			c.exprs(decl.Specs[0].(*ast.ValueSpec).Values)
		}
	}
	list := map[ast.Expr]bool{}
	for e, around := range c.found {
		if len(around) == len(c.effects) { // every effect waits for e
			list[e] = true
		}
	}
	return list
}

// checks walks the expressions of a statement.
type checks struct {
	l       *lowerer
	bounds  bool                    // look at indices
	effects []ast.Node              // calls and receives
	around  []ast.Node              // those of them that the present expression is an operand of
	found   map[ast.Expr][]ast.Node // with the effects around them
}

func (c *checks) exprs(list []ast.Expr) {
	for _, e := range list {
		c.expr(e)
	}
}

func (c *checks) expr(e ast.Expr) {
	if e == nil || c.l.info.Types[e].Value != nil || c.l.info.Types[e].IsType() {
		return
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		c.expr(e.X)
	case *ast.SelectorExpr:
		c.expr(e.X)
	case *ast.StarExpr:
		c.expr(e.X)
	case *ast.UnaryExpr:
		if e.Op == token.ARROW {
			c.effect(e, e.X)
		} else {
			c.expr(e.X)
		}
	case *ast.BinaryExpr:
		c.expr(e.X)
		switch e.Op {
		case token.LAND, token.LOR:
			if c.l.effects(e.Y) {
				c.effects = append(c.effects, e.Y)
			}
			return // what is right of it may not be evaluated
		}
		if c.shiftCount(e.Op, e.Y) {
			c.note(e)
		}
		c.expr(e.Y)
	case *ast.IndexExpr:
		c.expr(e.X)
		c.expr(e.Index)
		if c.l.indexed(c.l.typeOf(e.X)) && c.l.countable(e.Index) && c.bounds && c.l.pure(e.X) && c.l.pure(e.Index) {
			c.note(e)
		}
	case *ast.SliceExpr:
		for _, x := range []ast.Expr{e.X, e.Low, e.High, e.Max} {
			c.expr(x)
		}
		if c.bounds && e.Max == nil && c.l.sliced(c.l.typeOf(e.X)) && (e.Low == nil || c.l.countable(e.Low)) && (e.High == nil || c.l.countable(e.High)) && c.l.pure(e.X) && c.l.pure(e.Low) && c.l.pure(e.High) {
			c.note(e)
		}
	case *ast.CompositeLit:
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				elt = kv.Value
			}
			c.expr(elt)
		}
	case *ast.TypeAssertExpr:
		c.effect(e, e.X)
	case *ast.CallExpr:
		if c.l.pureCall(e) {
			c.exprs(e.Args)
		} else {
			c.effect(e, append([]ast.Expr{e.Fun}, e.Args...)...)
		}
	case *ast.FuncLit, *ast.BasicLit, *ast.Ident:
	}
}

// shiftCount reports whether an operator shifts by a count that may be negative and can be looked at.
func (c *checks) shiftCount(op token.Token, count ast.Expr) bool {
	tv := c.l.info.Types[count]
	if !shifts(op, count) || tv.Value != nil || c.l.counted(count) {
		return false
	}
	basic, ok := tv.Type.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsUnsigned == 0 && c.l.pure(count)
}

func (c *checks) note(e ast.Expr) { c.found[e] = append([]ast.Node{}, c.around...) }

// effect walks the operands of something that may do anything.
func (c *checks) effect(e ast.Node, operands ...ast.Expr) {
	c.effects = append(c.effects, e)
	c.around = append(c.around, e)
	c.exprs(operands)
	c.around = c.around[:len(c.around)-1]
}

// effects reports whether evaluating an expression does more than reading.
func (l *lowerer) effects(e ast.Expr) bool {
	c := &checks{l: l, found: map[ast.Expr][]ast.Node{}}
	c.expr(e)
	return len(c.effects) > 0
}

// pure reports whether an expression may be evaluated twice; nil may.
func (l *lowerer) pure(e ast.Expr) bool {
	switch e := e.(type) {
	case nil:
		return true
	case *ast.Ident, *ast.BasicLit:
		return true
	case *ast.ParenExpr:
		return l.pure(e.X)
	case *ast.SelectorExpr:
		return l.pure(e.X)
	case *ast.StarExpr:
		return l.pure(e.X)
	case *ast.UnaryExpr:
		return (e.Op == token.SUB || e.Op == token.ADD || e.Op == token.XOR) && l.pure(e.X)
	case *ast.BinaryExpr:
		switch e.Op {
		case token.ADD, token.SUB, token.MUL, token.REM, token.QUO, token.AND, token.OR, token.XOR:
			return l.pure(e.X) && l.pure(e.Y)
		}
	case *ast.IndexExpr:
		return l.pure(e.X) && l.pure(e.Index)
	case *ast.CallExpr:
		return l.pureCall(e) && l.pure(e.Args[0])
	}
	return false
}

// pureCall reports whether a call is a length or a conversion between numbers.
func (l *lowerer) pureCall(e *ast.CallExpr) bool {
	if len(e.Args) != 1 {
		return false
	}
	if id, ok := ast.Unparen(e.Fun).(*ast.Ident); ok {
		if b, ok := l.info.Uses[id].(*types.Builtin); ok {
			return b.Name() == "len" || b.Name() == "cap"
		}
	}
	basic, ok := l.typeOf(e).Underlying().(*types.Basic)
	return ok && l.info.Types[e.Fun].IsType() && basic.Info()&types.IsInteger != 0
}

// indexed reports whether values of a type are indexed by places.
func (l *lowerer) indexed(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Slice, *types.Array:
		return true
	case *types.Basic:
		return t.Info()&types.IsString != 0
	}
	return false
}

// countable reports whether an index is a number that an int holds.
func (l *lowerer) countable(index ast.Expr) bool {
	basic, ok := l.typeOf(index).Underlying().(*types.Basic)
	return ok && basic.Kind() != types.Uint && basic.Kind() != types.Uint64 && basic.Kind() != types.Uintptr
}

// sliced reports whether values of a type can be cut without more than their length and capacity being known.
func (l *lowerer) sliced(t types.Type) bool {
	_, array := t.Underlying().(*types.Array)
	return l.indexed(t) && !array
}

// counted reports whether an expression is the key of a loop around it, which is never negative.
func (l *lowerer) counted(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && slices.ContainsFunc(l.loops, func(key ast.Expr) bool {
		k, ok := key.(*ast.Ident)
		return ok && k.Name == id.Name
	})
}

// counter is the key of a loop over numbers or places, if nothing else changes it.
func (l *lowerer) counter(s *ast.RangeStmt) ast.Expr {
	switch l.rangeType(s.X).(type) {
	case *types.Basic, *types.Slice, *types.Array:
	default:
		return nil
	}
	key, ok := s.Key.(*ast.Ident)
	changed := false
	same := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && id.Name == key.Name
	}
	ast.Inspect(s.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			changed = changed || ok && slices.ContainsFunc(n.Lhs, same)
		case *ast.IncDecStmt:
			changed = changed || ok && same(n.X)
		case *ast.UnaryExpr:
			changed = changed || ok && n.Op == token.AND && same(n.X)
		case *ast.RangeStmt:
			changed = changed || ok && n.Key != nil && same(n.Key) || ok && n.Value != nil && same(n.Value)
		}
		return !changed
	})
	if !ok || changed {
		return nil
	}
	return key
}

// checkIndex looks at an index whose operands are lowered.
func (l *lowerer) checkIndex(e *ast.IndexExpr, t types.Type, index types.TypeAndValue) {
	l.at(e.Pos())
	place := e.Index
	if !types.Identical(index.Type, types.Typ[types.Int]) && index.Value == nil {
		place = l.convert(types.Typ[types.Int], place)
	}
	if index.Value == nil && !atom(place) {
		name := l.temp()
		l.looks = append(l.looks, l.let(name, place))
		e.Index, place = l.ident(name), l.ident(name)
	}
	length := l.length(e.X, t)
	beyond := ast.Expr(&ast.BinaryExpr{X: place, OpPos: l.pos, Op: token.GEQ, Y: length})
	if index.Value == nil {
		beyond = l.either(l.negativeInt(place), beyond)
	}
	l.look(beyond, "OutOfRange", place, length)
}

// checkSlice looks at the bounds of a slice expression whose operands are lowered.
func (l *lowerer) checkSlice(e *ast.SliceExpr, t types.Type, low, high types.TypeAndValue) {
	l.at(e.Pos())
	bound := func(e ast.Expr, tv types.TypeAndValue, none ast.Expr) ast.Expr {
		switch {
		case e == nil:
			return none
		case types.Identical(tv.Type, types.Typ[types.Int]):
			return e
		}
		return l.convert(types.Typ[types.Int], e)
	}
	length := l.callName("len", e.X)
	capacity := length
	if _, slice := t.Underlying().(*types.Slice); slice {
		capacity = l.callName("cap", e.X)
	}
	from, to := bound(e.Low, low, l.integer(0)), bound(e.High, high, length)
	bad := ast.Expr(&ast.BinaryExpr{X: from, OpPos: l.pos, Op: token.GTR, Y: to})
	if e.Low != nil {
		bad = l.either(l.negativeInt(from), bad)
	}
	given := "false"
	if e.High != nil {
		bad = l.either(l.either(l.negativeInt(to), &ast.BinaryExpr{X: to, OpPos: l.pos, Op: token.GTR, Y: capacity}), bad)
		given = "true"
	}
	kind := "false"
	if capacity != length {
		kind = "true"
	}
	l.look(bad, "OutOfSlice", from, to, capacity, l.ident(given), l.ident(kind))
}

// checkShift looks at the count of a shift, which is lowered.
func (l *lowerer) checkShift(count ast.Expr) {
	l.at(count.Pos())
	l.look(l.negativeInt(count), "NegativeShift")
}

func (l *lowerer) look(bad ast.Expr, host string, args ...ast.Expr) {
	l.looks = append(l.looks, &ast.IfStmt{If: l.pos, Cond: bad, Body: l.block(&ast.ExprStmt{X: l.host(host, args...)})})
}

func (l *lowerer) either(a, b ast.Expr) ast.Expr {
	return &ast.BinaryExpr{X: a, OpPos: l.pos, Op: token.LOR, Y: b}
}

func (l *lowerer) negativeInt(e ast.Expr) ast.Expr {
	return &ast.BinaryExpr{X: e, OpPos: l.pos, Op: token.LSS, Y: l.integer(0)}
}

func (l *lowerer) length(x ast.Expr, t types.Type) ast.Expr {
	if array, ok := t.Underlying().(*types.Array); ok {
		return l.integer(int(array.Len()))
	}
	return l.callName("len", x)
}
