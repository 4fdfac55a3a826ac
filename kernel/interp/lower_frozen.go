package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// frozenCall lowers the call of a go or defer statement: statements that evaluate the function value, the receiver and the
// arguments now, and a variable that holds a closure which makes the call later. prepare sees the function of a literal;
// apart is for closures that end on another goroutine, see bound.
func (l *lowerer) frozenCall(call *ast.CallExpr, apart bool, prepare func(*function)) ([]ast.Stmt, ast.Expr) {
	f := frozen{l: l, apart: apart}
	fun := ast.Unparen(call.Fun)
	if lit, ok := fun.(*ast.FuncLit); ok {
		l.prepare = prepare
		var lowered ast.Expr
		if apart {
			lowered = l.boundLiteral(lit)
		} else {
			lowered = l.funcLit(lit)
		}
		l.at(call.Pos())
		closure := f.keep(lowered)
		if lit.Type.Params.NumFields() == 0 && lit.Type.Results.NumFields() == 0 {
			return f.before, closure
		}
		call.Fun = closure
		l.argsTo(call, signatureOf(l.typeOf(lit)), false, false)
		f.arguments(call, call.Args, func([]ast.Expr) {})
		return f.before, f.closure(call)
	}
	address, deref := l.receiverForm(fun)
	static := l.isStatic(fun)
	pos := call.Pos()
	tuple := l.tupleArgument(call)
	lowered := l.call(call)
	l.at(pos)
	e, ok := lowered.(*ast.CallExpr)
	if !ok {
		return nil, f.closure(lowered)
	}
	sel, isSelector := e.Fun.(*ast.SelectorExpr)
	switch {
	case static:
	case isSelector && address:
		sel.X = f.keep(&ast.UnaryExpr{OpPos: pos, Op: token.AND, X: sel.X})
	case isSelector && deref:
		sel.X = f.keep(&ast.StarExpr{Star: pos, X: sel.X})
	case isSelector && l.info.Selections[sel] != nil && l.info.Selections[sel].Kind() == types.MethodVal:
		sel.X = f.keep(sel.X)
	default:
		e.Fun = f.keep(e.Fun)
	}
	if tuple != nil {
		f.spread(e, tuple)
	} else {
		f.arguments(e, e.Args, func([]ast.Expr) {})
	}
	return f.before, f.closure(e)
}

// frozen collects what a go or defer statement evaluates at once.
type frozen struct {
	l      *lowerer
	before []ast.Stmt
	apart  bool // the closure is made in a frame of its own
}

// keep evaluates an expression into a variable.
func (f *frozen) keep(e ast.Expr) ast.Expr {
	name := f.l.temp()
	f.before = append(f.before, f.l.let(name, e))
	return f.l.ident(name)
}

func (f *frozen) arguments(call *ast.CallExpr, args []ast.Expr, lower func([]ast.Expr)) {
	lower(args)
	f.l.at(call.Pos())
	for i, arg := range args {
		switch a := arg.(type) {
		case *ast.BasicLit:
			continue
		case *ast.Ident:
			if a.Name == "nil" || a.Name == "true" || a.Name == "false" {
				continue
			}
		}
		args[i] = f.keep(arg)
	}
}

// spread evaluates the one argument that is a call with several results.
func (f *frozen) spread(call *ast.CallExpr, tuple *types.Tuple) {
	var names []string
	for range tuple.Len() {
		names = append(names, f.l.temp())
	}
	f.before = append(f.before, f.l.assign(token.DEFINE, f.l.idents(names), call.Args))
	call.Args = f.l.idents(names)
}

func (f *frozen) closure(call ast.Expr) ast.Expr {
	var made ast.Expr = f.l.lambda(nil, nil, &ast.ExprStmt{X: call})
	if f.apart {
		made = f.l.bound(made, types.NewSignatureType(nil, nil, nil, nil, nil, false))
	}
	return f.keep(made)
}

func (l *lowerer) tupleArgument(call *ast.CallExpr) *types.Tuple {
	if len(call.Args) != 1 {
		return nil
	}
	tuple, _ := l.typeOf(call.Args[0]).(*types.Tuple)
	return tuple
}

// receiverForm says how to keep the receiver of a method call: by its address, because the method has a pointer
// receiver, or by what it points to, because the method has none.
func (l *lowerer) receiverForm(fun ast.Expr) (address, deref bool) {
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return false, false
	}
	s := l.info.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal || types.IsInterface(s.Recv()) {
		return false, false
	}
	_, pointerMethod := s.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer)
	_, pointer := s.Recv().Underlying().(*types.Pointer)
	return pointerMethod && !pointer && !s.Indirect(), pointer && !pointerMethod && len(s.Index()) == 1
}

// isStatic reports whether a called expression names a function or builtin, which needs no evaluation.
func (l *lowerer) isStatic(fun ast.Expr) bool {
	if tv := l.info.Types[fun]; tv.IsBuiltin() || tv.IsType() {
		return true
	}
	switch f := fun.(type) {
	case *ast.Ident:
		_, function := l.info.Uses[f].(*types.Func)
		return function
	case *ast.SelectorExpr:
		_, function := l.info.Uses[f.Sel].(*types.Func)
		return function && l.info.Selections[f] == nil
	case *ast.IndexExpr:
		return l.isStatic(f.X)
	case *ast.IndexListExpr:
		return l.isStatic(f.X)
	}
	return false
}
