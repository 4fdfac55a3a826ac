package interp

import (
	"go/ast"
	"go/types"
	"strings"
)

// call lowers a call, a conversion or a use of a builtin.
func (l *lowerer) call(e *ast.CallExpr) ast.Expr {
	if id, ok := ast.Unparen(e.Fun).(*ast.Ident); ok {
		if b, ok := l.info.Uses[id].(*types.Builtin); ok {
			return l.builtin(e, b.Name())
		}
	}
	if made, ok := l.conversion(e); ok {
		return made
	}
	if made, ok := l.errorsAs(e); ok {
		return made
	}
	return l.callExpr(e)
}

// replaced lists compiled functions that the host has its own form of: one that an interrupt ends, and those that ask for room
// first.
var replaced = map[string]string{"time.Sleep": "Sleep", "strings.Repeat": "Repeat", "bytes.Repeat": "RepeatBytes"}

// growing lists the methods whose argument is a number of bytes to make room for.
var growing = map[string]bool{"(*strings.Builder).Grow": true, "(*bytes.Buffer).Grow": true}

// callExpr lowers a call that stays one. Function literals that go straight to compiled code are bound first (L12).
func (l *lowerer) callExpr(e *ast.CallExpr) *ast.CallExpr {
	native := l.nativeCallee(e.Fun)
	for name, host := range replaced {
		if importPath, fn, _ := strings.Cut(name, "."); l.isNative(e.Fun, importPath, fn) {
			l.exprs(e.Args)
			l.at(e.Pos())
			return l.host(host, e.Args...)
		}
	}
	sel, selected := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	var through ast.Expr
	if selected {
		through = l.methodOfInterface(sel)
	}
	l.args(e, native)
	if fn := l.callee(e.Fun); fn != nil && growing[fn.FullName()] {
		l.at(e.Pos())
		e.Args[0] = l.host("Room", e.Args[0], l.integer(1))
	}
	if through != nil {
		l.at(e.Pos())
		e.Fun = l.ident(l.callMethod(l.info.Uses[sel.Sel].(*types.Func)))
		e.Args = append([]ast.Expr{through}, e.Args...)
		return e
	}
	l.calling = ast.Unparen(e.Fun)
	e.Fun = l.expr(e.Fun)
	return e
}

// isNative reports whether fun names a function of a compiled package.
func (l *lowerer) isNative(fun ast.Expr, importPath, name string) bool {
	sel, ok := ast.Unparen(fun).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != name {
		return false
	}
	fn, ok := l.info.Uses[sel.Sel].(*types.Func)
	return ok && fn.Pkg() != nil && fn.Pkg().Path() == importPath && fn.Signature().Recv() == nil
}

// nativeCallee reports whether a call goes to a compiled function or method.
func (l *lowerer) nativeCallee(fun ast.Expr) bool {
	var id *ast.Ident
	switch f := ast.Unparen(fun).(type) {
	case *ast.Ident:
		id = f
	case *ast.SelectorExpr:
		id = f.Sel
	default:
		return false
	}
	obj, ok := l.info.Uses[id].(*types.Func)
	_, generic := l.info.Instances[id]
	return ok && !generic && obj.Pkg() != nil && obj.Pkg().Path() != "main"
}

// boundLiteral returns a function literal from another one. The engine gives a literal its own copy of the variables
// around it only when it is assigned, returned or sent; passed directly it would see their later values (L12).
func (l *lowerer) boundLiteral(lit *ast.FuncLit) ast.Expr {
	t := l.typeOf(lit)
	lowered := l.funcLit(lit)
	if t == nil {
		return lowered
	}
	l.at(lit.Pos())
	return l.bound(lowered, t)
}

// bound makes a literal of type t in a frame of its own: when a literal ends, the engine writes to the frame that made it, which
// on another goroutine may be about to call the next one.
func (l *lowerer) bound(lowered ast.Expr, t types.Type) ast.Expr {
	return l.typed(l.apply(l.lambda(nil, []*ast.Field{l.result(t)}, l.ret(lowered))), t)
}
