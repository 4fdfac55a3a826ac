package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// asHelper is the function that makes a compiled interface of an any:
//
//	func ʹasʹn(v interface{}) N { r, _ := ʹhost.As(number, v).(N); return r }
func (l *lowerer) asHelper(t types.Type) string {
	d := l.entry(t)
	if d.wrap == nil && d.key != "error" && len(d.sigs) > 0 {
		l.refuse(l.pos, "a value of a script cannot be a %s: compiled code keeps that interface to itself", typeText(t))
	}
	return l.helper("as "+d.key, "as", t, func(name string) ast.Decl {
		assert := &ast.TypeAssertExpr{X: l.host("As", l.integer(d.ID), l.ident("v")), Lparen: l.pos, Type: l.syntax(t), Rparen: l.pos}
		get := l.assign(token.DEFINE, []ast.Expr{l.ident("r"), l.ident("_")}, []ast.Expr{assert})
		return l.function(name, []*ast.Field{l.anyParam("v")}, []*ast.Field{l.result(t)}, get, l.ret(l.ident("r")))
	})
}

func (l *lowerer) anyParam(name string) *ast.Field {
	return l.param(name, types.NewInterfaceType(nil, nil))
}

// assertion lowers x.(T). The engine knows neither the names of script types nor
// Go's words for a failure, and leaves a variable what it was when an assertion fails. So a function of the session asserts:
//
//	func ʹisʹn(x interface{}) (T, bool) { … }      func ʹmustʹn(x interface{}) T { … }
func (l *lowerer) assertion(e *ast.TypeAssertExpr) ast.Expr {
	t := l.typeOf(e.Type)
	from := l.typeOf(e.X)
	tuple, commaOk := l.typeOf(e).(*types.Tuple)
	x := l.to(e.X, anyIface)
	l.at(e.Pos())
	if commaOk {
		return l.typed(l.apply(l.asserter(t, from, true), x), tuple)
	}
	return l.typed(l.apply(l.asserter(t, from, false), x), t)
}

var anyIface = types.Universe.Lookup("any").Type()

// asserter is a function that asserts an any to be of type t.
func (l *lowerer) asserter(t, from types.Type, commaOk bool) ast.Expr {
	d := l.entry(t)
	stem := "must"
	if commaOk {
		stem = "is"
	}
	source := ""
	if !commaOk {
		source = l.sourceName(from)
	}
	return l.ident(l.helper(stem+" "+d.key+" "+source, stem, t, func(name string) ast.Decl {
		lit := l.assertFunc(t, from, commaOk)
		return &ast.FuncDecl{Name: l.ident(name), Type: lit.Type, Body: lit.Body}
	}))
}

// sourceName is what Go calls the interface in a message about a failed assertion.
func (l *lowerer) sourceName(from types.Type) string {
	return clean(typeKey(from, func(obj *types.TypeName) string { return obj.Pkg().Name() + "." + obj.Name() }))
}

func (l *lowerer) assertFunc(t, from types.Type, commaOk bool) *ast.FuncLit {
	x, v, ok := l.ident("x"), "v", "ok"
	number := func() ast.Expr { return l.number(t) }
	assert := func(x ast.Expr) ast.Stmt {
		a := &ast.TypeAssertExpr{X: x, Lparen: l.pos, Type: l.syntax(t), Rparen: l.pos}
		return l.assign(token.ASSIGN, []ast.Expr{l.ident(v), l.ident(ok)}, []ast.Expr{a})
	}
	boolean := types.Typ[types.Bool]
	var body []ast.Stmt
	switch {
	case erased(t):
		body = []ast.Stmt{&ast.IfStmt{
			If: l.pos, Cond: l.host("Has", number(), x),
			Body: l.block(l.set(l.ident(v), l.ident("x")), l.set(l.ident(ok), l.ident("true"))),
		}}
	case types.IsInterface(t):
		raw := l.temp()
		body = []ast.Stmt{l.declareVar(raw, anyIface), l.set(l.ident(raw), l.host("As", number(), x)), l.unlessNil(raw, assert(l.ident(raw)))}
	case mentionsScript(t):
		raw := l.temp()
		body = []ast.Stmt{l.declareVar(raw, anyIface), l.set(l.ident(raw), l.host("Unbox", number(), x)), l.unlessNil(raw, assert(l.ident(raw)))}
	default:
		body = []ast.Stmt{l.unlessNil("x", assert(x))}
	}
	body = append([]ast.Stmt{l.declareVar(v, t), l.declareVar(ok, boolean)}, body...)
	if commaOk {
		body = append(body, l.ret(l.ident(v), l.ident(ok)))
		return l.lambda([]*ast.Field{l.anyParam("x")}, []*ast.Field{l.result(t), l.result(boolean)}, body...)
	}
	failed := &ast.ExprStmt{X: l.host("Failed", number(), l.stringLit(l.sourceName(from)), l.ident("x"))}
	body = append(body, &ast.IfStmt{If: l.pos, Cond: &ast.UnaryExpr{OpPos: l.pos, Op: token.NOT, X: l.ident(ok)}, Body: l.block(failed)})
	return l.lambda([]*ast.Field{l.anyParam("x")}, []*ast.Field{l.result(t)}, append(body, l.ret(l.ident(v)))...)
}

func (l *lowerer) unlessNil(name string, then ast.Stmt) ast.Stmt {
	cond := &ast.BinaryExpr{X: l.ident(name), OpPos: l.pos, Op: token.NEQ, Y: l.ident("nil")}
	return &ast.IfStmt{If: l.pos, Cond: cond, Body: l.block(then)}
}
