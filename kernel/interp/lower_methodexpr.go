package interp

import (
	"go/ast"
	"go/types"
)

// methodExpr writes a method expression T.M as a function literal that calls the method (L13).
func (l *lowerer) methodExpr(e *ast.SelectorExpr, s *types.Selection) ast.Expr {
	l.at(e.Pos())
	sig := s.Type().(*types.Signature)
	var params []*ast.Field
	var args []ast.Expr
	for i := range sig.Params().Len() {
		name := l.temp()
		params = append(params, l.param(name, sig.Params().At(i).Type()))
		args = append(args, l.ident(name))
	}
	call := l.invoke(args[0], s.Recv(), s, args[1:])
	if sig.Variadic() {
		last := params[len(params)-1]
		last.Type = &ast.Ellipsis{Ellipsis: l.pos, Elt: last.Type.(*ast.ArrayType).Elt}
	}
	if sig.Results().Len() == 0 {
		return l.typed(l.lambda(params, nil, &ast.ExprStmt{X: call}), sig)
	}
	var results []*ast.Field
	for v := range sig.Results().Variables() {
		results = append(results, l.result(v.Type()))
	}
	return l.typed(l.lambda(params, results, l.ret(call)), sig)
}

// embeddedName is what the engine calls a field that bears the name of its script type, whose name carries its
// generation (L22).
func (l *lowerer) embeddedName(obj types.Object) (string, bool) {
	field, ok := obj.(*types.Var)
	if !ok || !field.Embedded() || erased(field.Type()) {
		return "", false
	}
	named := namedOf(field.Type())
	if named == nil || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "main" {
		return "", false
	}
	if id, ok := l.namedType(named).(*ast.Ident); ok {
		return id.Name, true
	}
	return "", false
}
