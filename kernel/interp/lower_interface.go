package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// The engine sees every interface of a script as interface{}, so that one value has one form wherever it goes, and
// conversions between interfaces cost nothing. What the methods of such an interface do is found by the type in the box:
//
//	s.Area(x)   becomes   ʹcallʹn(s, x)   with   func ʹcallʹn(s interface{}, a0 A) R
//
// Compiled interfaces, error among them, stay what they are.

// erased reports whether the engine sees a type as interface{}.
func erased(t types.Type) bool {
	t = types.Unalias(t)
	if !types.IsInterface(t) {
		return false
	}
	named, ok := t.(*types.Named)
	return !ok || named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "main"
}

// interfaceType lowers an interface.
func (l *lowerer) interfaceType(e *ast.InterfaceType) ast.Expr {
	return l.at(e.Pos()).syntax(types.NewInterfaceType(nil, nil))
}

// embedded gives the fields without a name that of their type, where the engine sees that type as interface{}.
func (l *lowerer) embedded(fields *ast.FieldList) {
	for _, f := range fields.List {
		if t := l.typeOf(f.Type); len(f.Names) == 0 && t != nil && erased(t) {
			f.Names = []*ast.Ident{{NamePos: f.Pos(), Name: types.Unalias(t).(*types.Named).Obj().Name()}}
		}
	}
}

// methodOfInterface finds the selections of a method through an interface of the script. It returns the interface value,
// lowered, or nil.
func (l *lowerer) methodOfInterface(e *ast.SelectorExpr) ast.Expr {
	s := l.info.Selections[e]
	if s == nil || s.Kind() != types.MethodVal {
		return nil
	}
	recv := s.Recv()
	if !throughErased(recv, s.Index()) {
		return nil
	}
	x := l.expr(e.X)
	l.at(e.Pos())
	return l.path(x, recv, s.Index())
}

// throughErased reports whether the last step of a selection is the method of an erased interface.
func throughErased(t types.Type, index []int) bool {
	return erased(stepInto(t, index[:len(index)-1]))
}

// stepInto is the type of the field that a selection goes through.
func stepInto(t types.Type, fields []int) types.Type {
	for _, i := range fields {
		t = structOf(t).Field(i).Type()
	}
	return t
}

func structOf(t types.Type) *types.Struct {
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	return t.Underlying().(*types.Struct)
}

// path writes the fields that a selection goes through.
func (l *lowerer) path(x ast.Expr, t types.Type, index []int) ast.Expr {
	for _, i := range index[:len(index)-1] {
		f := structOf(t).Field(i)
		x, t = l.selector(x, l.fieldName(f)), f.Type()
	}
	return x
}

// fieldName is a field's name in the program.
func (l *lowerer) fieldName(f *types.Var) string {
	if name, ok := l.embeddedName(f); ok {
		return name
	}
	return f.Name()
}

// invoke calls a method of x, which has type t, with arguments that are parameters of a generated function.
func (l *lowerer) invoke(x ast.Expr, t types.Type, s *types.Selection, args []ast.Expr) *ast.CallExpr {
	method := s.Obj().(*types.Func)
	call := l.apply(l.selector(x, method.Name()), args...)
	if throughErased(t, s.Index()) {
		call = l.callName(l.callMethod(method), append([]ast.Expr{l.path(x, t, s.Index())}, args...)...)
	}
	l.spread(call, method.Signature())
	return call
}

// callMethod is the function that calls a method of the value in an interface; x is its first argument.
func (l *lowerer) callMethod(method *types.Func) string {
	sig := method.Signature()
	key := "call " + method.Name() + " " + typeKey(sig, l.keyName)
	return l.helper(key, "call", sig, func(name string) ast.Decl {
		recv := types.NewInterfaceType(nil, nil)
		code := l.codeType(sig)
		bound := &ast.TypeAssertExpr{X: l.host("Method", l.stringLit(method.Name()), l.ident("s")), Lparen: l.pos, Type: code, Rparen: l.pos}
		fn := l.temp()
		params, args := l.forward(sig)
		call := l.apply(l.ident(fn), append([]ast.Expr{l.host("Bare", l.ident("s"))}, args...)...)
		l.spread(call, sig)
		body := []ast.Stmt{l.let(fn, bound), l.returnCall(call, sig)}
		return l.function(name, append([]*ast.Field{l.param("s", recv)}, params...), l.resultsOf(sig), body...)
	})
}

// methodValue is the value of a method of an interface: a function that is bound to x.
func (l *lowerer) methodValue(x ast.Expr, method *types.Func) ast.Expr {
	sig := method.Signature()
	call := l.callMethod(method)
	key := "bind " + call
	bind := l.helper(key, "bind", sig, func(name string) ast.Decl {
		params, args := l.forward(sig)
		apply := l.apply(l.ident(call), append([]ast.Expr{l.ident("s")}, args...)...)
		l.spread(apply, sig)
		literal := l.lambda(params, l.resultsOf(sig), l.returnCall(apply, sig))
		check := &ast.ExprStmt{X: l.host("Method", l.stringLit(method.Name()), l.ident("s"))} // a nil interface panics here
		bare := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
		return l.function(name, []*ast.Field{l.param("s", types.NewInterfaceType(nil, nil))}, []*ast.Field{l.result(bare)}, check, l.ret(literal))
	})
	return l.callName(bind, x)
}

// codeType is the type of a method's code: its signature with the receiver in front, bare, as an interface{}.
func (l *lowerer) codeType(sig *types.Signature) *ast.FuncType {
	params := []*types.Var{types.NewParam(token.NoPos, nil, "", types.NewInterfaceType(nil, nil))}
	for v := range sig.Params().Variables() {
		params = append(params, v)
	}
	t := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
	return l.syntax(t).(*ast.FuncType)
}

// forward makes parameters for a signature and the arguments that pass them on.
func (l *lowerer) forward(sig *types.Signature) (params []*ast.Field, args []ast.Expr) {
	for i := range sig.Params().Len() {
		name := fmt.Sprintf("a%d", i)
		f := l.param(name, sig.Params().At(i).Type())
		if sig.Variadic() && i == sig.Params().Len()-1 {
			f.Type = &ast.Ellipsis{Ellipsis: l.pos, Elt: f.Type.(*ast.ArrayType).Elt}
		}
		params, args = append(params, f), append(args, l.ident(name))
	}
	return params, args
}

func (l *lowerer) spread(call *ast.CallExpr, sig *types.Signature) {
	if sig.Variadic() {
		call.Ellipsis = l.pos
	}
}

func (l *lowerer) resultsOf(sig *types.Signature) []*ast.Field {
	var list []*ast.Field
	for v := range sig.Results().Variables() {
		list = append(list, l.result(v.Type()))
	}
	return list
}

func (l *lowerer) returnCall(call ast.Expr, sig *types.Signature) ast.Stmt {
	if sig.Results().Len() == 0 {
		return &ast.ExprStmt{X: call}
	}
	return l.ret(call)
}
