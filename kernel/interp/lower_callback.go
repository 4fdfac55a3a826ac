package interp

import (
	"go/ast"
	"go/types"
)

// elsewhere lists the compiled functions that call a function argument on a goroutine of its own. Nobody could recover a
// panic there, so the host does (L19).
var elsewhere = map[string]bool{
	"(*sync.WaitGroup).Go": true,
	"context.AfterFunc":    true,
	"time.AfterFunc":       true,
}

// callsElsewhere reports whether a call is one of those.
func (l *lowerer) callsElsewhere(fun ast.Expr) bool {
	sel, ok := ast.Unparen(fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	fn, ok := l.info.Uses[sel.Sel].(*types.Func)
	return ok && elsewhere[fn.FullName()]
}

// callback lowers a function argument that will run on another goroutine.
func (l *lowerer) callback(arg ast.Expr) ast.Expr {
	if lit, ok := ast.Unparen(arg).(*ast.FuncLit); ok {
		l.prepare = func(fn *function) { fn.async = true }
		arg = l.boundLiteral(lit)
	} else {
		arg = l.expr(arg)
	}
	return l.host("Guard", arg)
}
