package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// returnStmt lowers a return statement. The engine cannot return what it receives on the spot, and mixes up the places of
// several results unless they are names and literals: such values are taken into variables before.
func (l *lowerer) returnStmt(s *ast.ReturnStmt) []ast.Stmt {
	functions := l.declaredAmong(s.Results)
	l.list(s.Results, l.resultTypes())
	l.literals(s.Results, functions)
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

// localResults turns the named results of a function into variables: in the engine, results begin with what a call at the
// same place returned before. The body is lowered already; types are those of the results.
func (l *lowerer) localResults(t *ast.FuncType, results *types.Tuple, list []ast.Stmt) []ast.Stmt {
	names := namedResults(t)
	if names == nil || results == nil {
		return list
	}
	list = eachReturn(list, func(s *ast.ReturnStmt) []ast.Stmt {
		if len(s.Results) == 0 {
			l.at(s.Pos())
			s.Results = l.idents(names)
		}
		return []ast.Stmt{s}
	})
	l.at(t.Pos())
	var vars []ast.Stmt
	fields := &ast.FieldList{Opening: t.Results.Opening, Closing: t.Results.Closing}
	for i, name := range names {
		vars = append(vars, l.declareVar(name, results.At(i).Type()))
		fields.List = append(fields.List, l.result(results.At(i).Type()))
	}
	t.Results = fields
	return append(vars, list...)
}

// nameParameters gives parameters without a name one: the engine makes no room for others, and what they get lands
// elsewhere.
func (l *lowerer) nameParameters(t *ast.FuncType) {
	for _, f := range t.Params.List {
		if len(f.Names) == 0 {
			f.Names = []*ast.Ident{{NamePos: f.Pos(), Name: "_"}}
		}
	}
}

// nameBlanks names the results without a name beside others that have one.
func (l *lowerer) nameBlanks(t *ast.FuncType) {
	if t.Results == nil {
		return
	}
	for _, f := range t.Results.List {
		for _, id := range f.Names {
			if id.Name == "_" {
				id.Name = l.temp()
			}
		}
	}
}

// assignEach assigns several values at once. The engine does so for plain operands only: results of calls, literals and
// the like go into variables before.
func (l *lowerer) assignEach(tok token.Token, lhs, rhs []ast.Expr) []ast.Stmt {
	if (len(lhs) == 1 || len(rhs) == 1) && l.definesCaptured(tok, lhs) && !atom(rhs[0]) {
		return l.defineFromNames(lhs, rhs)
	}
	if len(lhs) == 1 || len(rhs) == 1 {
		return l.assignResults(tok, lhs, rhs)
	}
	before := l.hoist(rhs, func(_ int, e ast.Expr) bool { return !plainOperand(e) })
	if l.oneByOne(lhs) && !(l.head && tok == token.DEFINE) {
		return append(before, l.assignInTurn(tok, lhs, rhs)...)
	}
	return append(before, l.assign(tok, lhs, rhs))
}

// oneByOne reports whether values have to be assigned in turn: the engine confuses interfaces that are nil.
func (l *lowerer) oneByOne(lhs []ast.Expr) bool {
	for _, e := range lhs {
		if t := l.typeOf(e); t == nil || types.IsInterface(t) || nillable(t) {
			return true
		}
	}
	return false
}

// nillable reports whether nil may be assigned to a variable of a type.
func nillable(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Basic, *types.Array, *types.Struct:
		return false
	}
	return true
}

// assignInTurn assigns values one after the other: elements and fields before the names that they mention, and through
// variables what another assignment changes.
func (l *lowerer) assignInTurn(tok token.Token, lhs, rhs []ast.Expr) []ast.Stmt {
	list := l.hoist(rhs, func(i int, e ast.Expr) bool {
		id, name := e.(*ast.Ident)
		return !atom(e) || name && mentionedBeside(lhs, i, id.Name)
	})
	var names []ast.Stmt
	for i, e := range lhs {
		to, name := e.(*ast.Ident)
		if !name {
			list = append(list, l.assign(token.ASSIGN, []ast.Expr{e}, []ast.Expr{rhs[i]}))
			continue
		}
		if from, ok := rhs[i].(*ast.Ident); ok && from.Name == to.Name && tok == token.ASSIGN {
			continue
		}
		each := token.ASSIGN
		if tok == token.DEFINE && l.info.Defs[to] != nil {
			each = token.DEFINE
		}
		names = append(names, l.assign(each, []ast.Expr{e}, []ast.Expr{rhs[i]}))
	}
	return append(list, names...)
}

// mentionedBeside reports whether a name occurs in an expression of the list other than the one at place i.
func mentionedBeside(list []ast.Expr, i int, name string) bool {
	found := false
	for k, e := range list {
		if k == i {
			continue
		}
		ast.Inspect(e, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && id.Name == name
			return !found
		})
	}
	return found
}

// assignResults assigns one value, or the results of one call. The engine loses those for entries of maps.
func (l *lowerer) assignResults(tok token.Token, lhs, rhs []ast.Expr) []ast.Stmt {
	names := true
	for _, e := range lhs {
		_, name := e.(*ast.Ident)
		names = names && name
	}
	if len(lhs) == 1 || names {
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
