package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// boxing names the compiled packages whose functions take a script's value with its type: they print it, keep it, or give
// it back. Other compiled code that takes any reads the value by reflection, and gets it bare.
var boxing = map[string]bool{
	"log": true, "errors": true, "context": true, "sync": true, "sync/atomic": true,
	"github.com/livespike/livespike/plot/display": true,
	"container/list": true, "container/heap": true, "container/ring": true,
}

// scanning functions of fmt store through pointers.
var scanning = map[string]bool{
	"Scan": true, "Scanf": true, "Scanln": true, "Sscan": true, "Sscanf": true, "Sscanln": true,
	"Fscan": true, "Fscanf": true, "Fscanln": true,
}

// marshalling functions of encoding/json ask a value for its JSON, so it may be in a box.
var marshalling = map[string]bool{"Marshal": true, "MarshalIndent": true, "Encode": true}

// takesBare reports whether a callee reads its arguments by reflection.
func (l *lowerer) takesBare(fun ast.Expr) bool {
	fn := l.callee(fun)
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "main":
		return false
	case "fmt":
		return scanning[fn.Name()]
	case "encoding/json":
		return !marshalling[fn.Name()]
	}
	return !boxing[fn.Pkg().Path()]
}

// callee is the function or method that a call names, or nil.
func (l *lowerer) callee(fun ast.Expr) *types.Func {
	var id *ast.Ident
	switch f := ast.Unparen(fun).(type) {
	case *ast.Ident:
		id = f
	case *ast.SelectorExpr:
		id = f.Sel
	default:
		return nil
	}
	fn, _ := l.info.Uses[id].(*types.Func)
	return fn
}

// args lowers the arguments of a call to the types of the parameters.
func (l *lowerer) args(e *ast.CallExpr, native bool) {
	if l.callsElsewhere(e.Fun) {
		for i, arg := range e.Args {
			if signatureOf(l.typeOf(arg)) != nil {
				e.Args[i] = l.callback(arg)
			} else {
				e.Args[i] = l.expr(arg)
			}
		}
		return
	}
	l.argsTo(e, signatureOf(l.typeOf(e.Fun)), native, native && l.takesBare(e.Fun))
}

// argsTo lowers arguments to the types of the parameters of sig; a callee that takes them bare gets no boxes.
func (l *lowerer) argsTo(e *ast.CallExpr, sig *types.Signature, native, bare bool) {
	if len(e.Args) == 1 {
		if tuple, ok := l.typeOf(e.Args[0]).(*types.Tuple); ok {
			var want []types.Type
			for i := range tuple.Len() {
				want = append(want, l.argType(sig, i, e.Ellipsis, bare))
			}
			e.Args[0] = l.tuple(e.Args[0], want)
			return
		}
	}
	for i, arg := range e.Args {
		t := l.argType(sig, i, e.Ellipsis, false)
		from := l.typeOf(arg)
		switch lit, literal := ast.Unparen(arg).(*ast.FuncLit); {
		case literal && native:
			e.Args[i] = l.boundLiteral(lit)
			if !bare {
				e.Args[i] = l.become(e.Args[i], from, t)
			}
		case bare && t != nil && erased(t):
			e.Args[i] = l.expr(arg)
			if isInterface(from) && !l.info.Types[arg].IsNil() {
				e.Args[i] = l.at(arg.Pos()).host("Bare", e.Args[i])
			}
		case native && t != nil && erased(t) && isError(from): // it knows what to do with one
			e.Args[i] = l.expr(arg)
		default:
			e.Args[i] = l.to(arg, t)
		}
	}
}

// argType is the type of the parameter that an argument goes to, nil if it goes there as it is.
func (l *lowerer) argType(sig *types.Signature, i int, ellipsis token.Pos, bare bool) types.Type {
	if sig == nil {
		return nil
	}
	last := sig.Params().Len() - 1
	var t types.Type
	switch {
	case sig.Variadic() && i >= last && ellipsis.IsValid():
		return nil
	case sig.Variadic() && i >= last:
		t = sig.Params().At(last).Type()
		slice, ok := t.Underlying().(*types.Slice)
		if !ok { // append([]byte, string...)
			return nil
		}
		t = slice.Elem()
	case i <= last:
		t = sig.Params().At(i).Type()
	}
	if bare && t != nil && erased(t) {
		return nil
	}
	return t
}

func signatureOf(t types.Type) *types.Signature {
	if t == nil {
		return nil
	}
	sig, _ := t.Underlying().(*types.Signature)
	return sig
}

// conversion lowers T(x) to an interface.
func (l *lowerer) conversion(e *ast.CallExpr) (ast.Expr, bool) {
	t := l.typeOf(e.Fun)
	if !l.info.Types[e.Fun].IsType() || !isInterface(t) || len(e.Args) != 1 {
		return nil, false
	}
	if l.info.Types[e.Args[0]].IsNil() || !erased(t) && !l.becomes(l.typeOf(e.Args[0]), t) {
		return nil, false
	}
	from := l.typeOf(e.Args[0])
	x := l.to(e.Args[0], t)
	if erased(t) { // so that the engine knows that it is an interface now
		l.at(e.Pos())
		if isInterface(from) || l.becomes(from, t) {
			return x, true
		}
		return l.typed(l.convert(anyIface, x), t), true
	}
	return x, true
}

// errorsAs lowers errors.As with a target of a script's type: the engine's errors know such types only as boxes.
func (l *lowerer) errorsAs(e *ast.CallExpr) (ast.Expr, bool) {
	if !l.isNative(e.Fun, "errors", "As") || len(e.Args) != 2 {
		return nil, false
	}
	ptr, ok := l.typeOf(e.Args[1]).Underlying().(*types.Pointer)
	if !ok || !mentionsScript(ptr.Elem()) {
		return nil, false
	}
	err, target := l.to(e.Args[0], types.Universe.Lookup("error").Type()), l.expr(e.Args[1])
	l.at(e.Pos())
	return l.host("ErrorAs", l.number(ptr.Elem()), err, target), true
}
