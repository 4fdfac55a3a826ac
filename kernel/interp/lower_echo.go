package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// quiet are functions whose results nobody wants to see.
var quiet = map[string]bool{
	"fmt.Print": true, "fmt.Printf": true, "fmt.Println": true,
	"fmt.Fprint": true, "fmt.Fprintf": true, "fmt.Fprintln": true,
}

// echo turns the last expression of a cell into a report of its values, all of them, with their static types (L2).
func (l *lowerer) echo(s *ast.ExprStmt) []ast.Stmt {
	l.pos = s.Pos()
	l.survey(s)
	return append(l.markLine(s), l.after(s, func() []ast.Stmt { return l.reports(s) })...)
}

func (l *lowerer) reports(s *ast.ExprStmt) []ast.Stmt {
	tv := l.info.Types[s.X]
	if tv.IsVoid() || tv.IsType() || l.isQuiet(s.X) {
		if tv.IsType() {
			l.refuse(s.Pos(), "%s is a type, not a value", typeText(tv.Type))
		}
		return l.stmt(s)
	}
	if tv.IsNil() {
		return []ast.Stmt{l.report(types.Universe.Lookup("any").Type(), l.ident("nil"))}
	}
	tuple, ok := tv.Type.(*types.Tuple)
	if !ok {
		t := types.Default(tv.Type)
		if tv.Value == nil && t != tv.Type { // an untyped result, such as of a comparison
			return []ast.Stmt{l.report(t, l.convert(t, l.expr(s.X)))}
		}
		report := l.report
		// A conversion looks like a call; what it gives is asked for.
		if call, ok := ast.Unparen(s.X).(*ast.CallExpr); ok && !l.info.Types[call.Fun].IsType() && types.Identical(t, types.Universe.Lookup("error").Type()) {
			report = l.reportError
		}
		return []ast.Stmt{report(t, l.expr(s.X))}
	}
	call := l.expr(s.X)
	l.at(s.Pos())
	var lhs []ast.Expr
	var list []ast.Stmt
	for v := range tuple.Variables() {
		name := l.temp()
		lhs = append(lhs, l.ident(name))
		list = append(list, l.report(v.Type(), l.ident(name)))
	}
	return append([]ast.Stmt{l.assign(token.DEFINE, lhs, []ast.Expr{call})}, list...)
}

// report hands a value to the host, with a number that stands for its static type.
func (l *lowerer) report(t types.Type, v ast.Expr) ast.Stmt { return l.reportTo("Echo", t, v) }

// reportError is report for an error that a call returns: f.Close() that went well echoes nothing.
func (l *lowerer) reportError(t types.Type, v ast.Expr) ast.Stmt {
	return l.reportTo("EchoError", t, v)
}

func (l *lowerer) reportTo(host string, t types.Type, v ast.Expr) ast.Stmt {
	out := l.plan.out
	out.echoes = append(out.echoes, t)
	l.entry(t)
	return &ast.ExprStmt{X: l.host(host, l.integer(len(out.echoes)-1), v)}
}

func (l *lowerer) isQuiet(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	fn, ok := l.info.Uses[sel.Sel].(*types.Func)
	return ok && fn.Pkg() != nil && quiet[fn.Pkg().Name()+"."+fn.Name()] && fn.Signature().Recv() == nil
}
