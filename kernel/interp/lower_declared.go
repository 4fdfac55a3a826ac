package interp

import (
	"go/ast"
	"go/types"
)

// To the engine, a declared function that is returned, appended or the first value of a variable is its syntax tree, which
// no field or element, nor that variable later, can hold. There it becomes a function literal that calls it.

// declaredAmong finds the expressions that name a function of the script; the others have no signature.
func (l *lowerer) declaredAmong(list []ast.Expr) []*types.Signature {
	signatures := make([]*types.Signature, len(list))
	for i, e := range list {
		e = ast.Unparen(e)
		switch index := e.(type) {
		case *ast.IndexExpr:
			e = index.X
		case *ast.IndexListExpr:
			e = index.X
		}
		id, ok := e.(*ast.Ident)
		if !ok {
			continue
		}
		if fn, ok := l.info.Uses[id].(*types.Func); ok && fn.Pkg() != nil && fn.Pkg().Path() == "main" {
			signatures[i] = fn.Signature()
			if inst, ok := l.info.Instances[id]; ok {
				signatures[i] = inst.Type.(*types.Signature)
			}
		}
	}
	return signatures
}

// literals puts literals in the places of lowered names of functions.
func (l *lowerer) literals(list []ast.Expr, signatures []*types.Signature) {
	for i, sig := range signatures {
		id, ok := list[i].(*ast.Ident) // a box stays one
		if sig == nil || !ok {
			continue
		}
		l.at(id.Pos())
		params, args := l.forward(sig)
		call := l.apply(id, args...)
		l.spread(call, sig)
		list[i] = l.typed(l.lambda(params, l.resultsOf(sig), l.returnCall(call, sig)), sig)
	}
}
