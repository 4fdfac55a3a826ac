package interp

import "go/ast"

// goStmt lowers a go statement (L19): the function value and the arguments are evaluated now, and the host starts the
// goroutine, so that a panic in it is reported and ends nothing else.
func (l *lowerer) goStmt(s *ast.GoStmt) []ast.Stmt {
	list, call := l.frozenCall(s.Call, true, func(fn *function) { fn.async = true })
	l.at(s.Pos())
	return append(list, &ast.ExprStmt{X: l.host("Go", call)})
}
