package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// builtin lowers the builtin functions that the engine lacks (L6).
func (l *lowerer) builtin(e *ast.CallExpr, name string) ast.Expr {
	switch name {
	case "recover":
		return l.recoverCall()
	case "min", "max":
		return l.minMax(e, name)
	case "append":
		functions := l.declaredAmong(e.Args)
		call := l.callExpr(e)
		l.literals(call.Args, functions)
		return call
	case "clear":
		l.exprs(e.Args)
		l.at(e.Pos())
		return l.host("Clear", e.Args...)
	case "new":
		if tv := l.info.Types[e.Args[0]]; !tv.IsType() {
			return l.newValue(e, tv.Type)
		}
	}
	return l.callExpr(e)
}

// minMax calls the host's function for the type. Each argument is evaluated once, from left to right.
func (l *lowerer) minMax(e *ast.CallExpr, name string) ast.Expr {
	t := types.Default(l.typeOf(e))
	for i, arg := range e.Args {
		e.Args[i] = l.expr(arg)
	}
	l.at(e.Pos())
	basic, ok := t.Underlying().(*types.Basic)
	if !ok {
		l.refuse(e.Pos(), "%s of a type parameter: compare with < instead", name)
		return e
	}
	kind, wide := "Int", types.Typ[types.Int64]
	switch info := basic.Info(); {
	case info&types.IsString != 0:
		kind, wide = "String", types.Typ[types.String]
	case info&types.IsFloat != 0:
		kind, wide = "Float", types.Typ[types.Float64]
	case info&types.IsUnsigned != 0:
		kind, wide = "Uint", types.Typ[types.Uint64]
	}
	var args []ast.Expr
	for _, arg := range e.Args {
		args = append(args, l.convert(wide, arg))
	}
	host := map[string]string{"min": "Min", "max": "Max"}[name] + kind
	return l.typed(l.convert(t, l.host(host, args...)), t)
}

// newValue is new(v) of Go 1.26.
func (l *lowerer) newValue(e *ast.CallExpr, t types.Type) ast.Expr {
	t = types.Default(t)
	v := l.expr(e.Args[0])
	l.at(e.Pos())
	name := l.temp()
	address := &ast.UnaryExpr{OpPos: l.pos, Op: token.AND, X: l.ident(name)}
	ptr := types.NewPointer(t)
	body := []ast.Stmt{l.declareVar(name, t), l.set(l.ident(name), v), l.ret(address)}
	return l.typed(l.apply(l.lambda(nil, []*ast.Field{l.result(ptr)}, body...)), ptr)
}
