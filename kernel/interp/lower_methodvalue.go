package interp

import (
	"go/ast"
	"go/types"
)

// boundMethod binds a method value to a copy of its receiver: the engine would look at the receiver when the method is
// called. Methods with a pointer receiver, and those of interfaces, need none; but the receiver needs a name, or the engine
// loses the method for later calls.
func (l *lowerer) boundMethod(e *ast.SelectorExpr, s *types.Selection) ast.Expr {
	recv, pointerMethod := s.Recv(), false
	if r := s.Obj().(*types.Func).Signature().Recv(); r != nil {
		_, pointerMethod = r.Type().(*types.Pointer)
	}
	ptr, ok := recv.Underlying().(*types.Pointer)
	if types.IsInterface(recv) || pointerMethod && (!ok || plainOperand(e.X)) {
		return e
	}
	l.at(e.Pos())
	x := e.X
	if ok && !pointerMethod {
		recv, x = ptr.Elem(), &ast.StarExpr{Star: l.pos, X: &ast.ParenExpr{Lparen: l.pos, X: e.X, Rparen: l.pos}}
	}
	name := l.temp()
	method := l.temp()
	bound := l.let(method, l.selector(l.ident(name), e.Sel.Name))
	bind := l.lambda([]*ast.Field{l.param(name, recv)}, []*ast.Field{l.result(s.Type())}, bound, l.ret(l.ident(method)))
	return l.typed(l.apply(bind, x), s.Type())
}
