package interp

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math/bits"
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
	case "make":
		return l.makeCall(e)
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

// plentyOf is a number of elements that needs no question whether there is room for them.
const plentyOf = 1 << 16

// makeCall lowers a make. The host is asked for room for many elements: an allocation beyond the machine's memory would end
// the process.
func (l *lowerer) makeCall(e *ast.CallExpr) ast.Expr {
	size := elementSize(l.typeOf(e))
	call := l.callExpr(e)
	for i, arg := range call.Args[1:] {
		if tv := l.info.Types[e.Args[i+1]]; tv.Value != nil {
			if n, exact := constant.Int64Val(constant.ToInt(tv.Value)); exact && n < plentyOf {
				continue
			}
		}
		l.at(e.Pos())
		call.Args[i+1] = l.host("Room", l.convert(types.Typ[types.Int], arg), l.integer(size))
	}
	return call
}

// elementSize is how many bytes an element of what make makes takes, about.
func elementSize(t types.Type) int {
	switch t := t.Underlying().(type) {
	case *types.Slice:
		return sizeOf(t.Elem())
	case *types.Chan:
		return sizeOf(t.Elem())
	case *types.Map:
		return sizeOf(t.Key()) + sizeOf(t.Elem())
	}
	return 1
}

func sizeOf(t types.Type) int {
	if !sized(t) {
		return 1
	}
	return int(types.SizesFor("gc", "amd64").Sizeof(t))
}

// sized reports whether the size of a type is known: that of a type parameter is not.
func sized(t types.Type) bool {
	if _, parameter := t.(*types.TypeParam); parameter {
		return false
	}
	switch t := t.Underlying().(type) {
	case *types.Array:
		return sized(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if !sized(f.Type()) {
				return false
			}
		}
	}
	return true
}

// refuseArrays refuses the array types below node that the session has no room for.
func (l *lowerer) refuseArrays(node ast.Node) {
	ast.Inspect(node, func(n ast.Node) bool {
		e, ok := n.(*ast.ArrayType)
		if !ok {
			return true
		}
		if array, ok := l.typeOf(e).(*types.Array); ok {
			high, need := bits.Mul64(uint64(array.Len()), uint64(sizeOf(array.Elem())))
			if limit := l.plan.in.room(); high != 0 || need > limit {
				l.refuse(e.Pos(), "an array of %s, and the session may hold %s", gib(need), gib(limit))
				return false
			}
		}
		return true
	})
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
