package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// The engine runs deferred calls while it holds a lock that closures of the same function need, and reads their arguments
// too late. So no defer reaches it (L11). A function with defer statements becomes
//
//	func f(p P) (rʹ R) {
//		dʹ := host.NewDefers()
//		bodyʹ := func() { … }     // return x is rʹ = x; return
//		dʹ.Do(bodyʹ)              // runs the body, then the deferred calls, with Go's rules for panics
//		return rʹ
//	}
//
// and the statement itself takes the function value, the receiver and the arguments into variables and pushes a closure.

// deferStmt lowers a defer statement.
func (l *lowerer) deferStmt(s *ast.DeferStmt) []ast.Stmt {
	if l.isBuiltin(s.Call.Fun, "recover") { // called by the runtime and not by a deferred function: it recovers nothing
		return nil
	}
	push := "Push"
	if l.mayRecover(s.Call.Fun) {
		push = "PushRecoverer"
	}
	owner := l.fn
	list, call := l.frozenCall(s.Call, false, func(fn *function) {
		fn.panics = func() ast.Expr { return l.runner(owner) }
	})
	l.at(s.Pos())
	return append(list, &ast.ExprStmt{X: l.apply(l.selector(l.runner(owner), push), call)})
}

// runner is the stack of deferred calls of a function, or of the cell.
func (l *lowerer) runner(fn *function) ast.Expr {
	if fn == nil {
		return l.host("CellDefers")
	}
	return l.ident(fn.defers)
}

// mayRecover reports whether a deferred function that is no literal may call recover itself.
func (l *lowerer) mayRecover(fun ast.Expr) bool {
	name := ""
	switch f := ast.Unparen(fun).(type) {
	case *ast.FuncLit:
		return false
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if s := l.info.Selections[f]; s != nil && s.Kind() == types.MethodVal && !types.IsInterface(s.Recv()) {
			if named := namedOf(s.Recv()); named != nil {
				name = named.Obj().Name() + "." + name
			}
		}
	}
	if l.nativeCallee(fun) || l.info.Types[fun].IsBuiltin() {
		return false
	}
	if v := l.plan.names[name]; v != nil && v.decl != nil {
		return v.decl.recovers
	}
	return true
}

// recoverCall lowers recover(). In a literal that a defer statement calls, it asks the runner of the function around it;
// in any other function, the runner that called this function, if one did.
func (l *lowerer) recoverCall() ast.Expr {
	switch {
	case l.fn == nil:
		return l.host("Recover", l.host("Entered"))
	case l.fn.panics != nil:
		return l.host("Recover", l.fn.panics())
	case l.fn.entered == "":
		l.fn.entered = l.temp()
	}
	return l.host("Recover", l.ident(l.fn.entered))
}

// deferringBody wraps the lowered statements of a function that defers.
func (l *lowerer) deferringBody(fn *function, list []ast.Stmt) []ast.Stmt {
	results := namedResults(fn.typ)
	list = eachReturn(list, func(s *ast.ReturnStmt) []ast.Stmt {
		if len(s.Results) == 0 {
			return []ast.Stmt{s}
		}
		l.at(s.Pos())
		return append(l.assignEach(token.ASSIGN, l.idents(results), s.Results), l.ret())
	})
	l.at(fn.typ.Pos())
	body := l.temp()
	return []ast.Stmt{
		l.let(fn.defers, l.host("NewDefers")),
		l.let(body, l.lambda(nil, nil, list...)),
		&ast.ExprStmt{X: l.apply(l.selector(l.ident(fn.defers), "Do"), l.ident(body))},
		l.ret(l.idents(results)...),
	}
}

func (l *lowerer) idents(names []string) []ast.Expr {
	var list []ast.Expr
	for _, name := range names {
		list = append(list, l.ident(name))
	}
	return list
}

// nameResults gives every result of a function a name that nothing in its body hides.
func (l *lowerer) nameResults(t *ast.FuncType) {
	if t.Results == nil {
		return
	}
	for _, f := range t.Results.List {
		l.at(f.Pos())
		if len(f.Names) == 0 {
			f.Names = []*ast.Ident{l.ident(l.temp())}
			continue
		}
		for _, id := range f.Names {
			name := l.temp()
			if obj := l.info.Defs[id]; obj != nil {
				l.renamed[obj] = name
			}
			id.Name = name
		}
	}
}

// eachReturn replaces the return statements of a function, but not those of literals in it.
func eachReturn(list []ast.Stmt, f func(*ast.ReturnStmt) []ast.Stmt) []ast.Stmt {
	var out []ast.Stmt
	for _, s := range list {
		if labelled, ok := s.(*ast.LabeledStmt); ok {
			if r, ok := labelled.Stmt.(*ast.ReturnStmt); ok {
				labelled.Stmt = &ast.BlockStmt{Lbrace: r.Pos(), List: f(r), Rbrace: r.End()}
				out = append(out, s)
				continue
			}
		}
		if r, ok := s.(*ast.ReturnStmt); ok {
			out = append(out, f(r)...)
			continue
		}
		eachBlock(s, func(list []ast.Stmt) []ast.Stmt { return eachReturn(list, f) })
		out = append(out, s)
	}
	return out
}

// hasDefer reports whether a function's own statements contain a defer.
func hasDefer(body *ast.BlockStmt) bool {
	return ownNode(body, func(n ast.Node) bool { _, ok := n.(*ast.DeferStmt); return ok })
}

// recovers reports whether a function calls recover itself.
func recovers(body *ast.BlockStmt) bool {
	return body != nil && ownNode(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := ast.Unparen(call.Fun).(*ast.Ident)
		return ok && id.Name == "recover"
	})
}

// ownNode reports whether a node for which is says yes stands in a function's body outside the literals within it.
func ownNode(body *ast.BlockStmt, is func(ast.Node) bool) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if _, literal := n.(*ast.FuncLit); literal {
			return false
		}
		found = found || is(n)
		return !found
	})
	return found
}

func (l *lowerer) isBuiltin(fun ast.Expr, name string) bool {
	id, ok := ast.Unparen(fun).(*ast.Ident)
	if !ok || id.Name != name {
		return false
	}
	_, ok = l.info.Uses[id].(*types.Builtin)
	return ok
}
