package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A value of a script's type that becomes an interface goes into a box, which remembers its type (L10). The checker knows
// every place where that happens: here stand the rules, and the lowerings of the places ask for them.
//
//	from a script's type to any or a script's interface      ʹhost.Box(number, v)
//	from one, or a script's interface, to a compiled one     ʹasʹn(…), which wraps the box
//	from a compiled interface to any                         ʹhost.Plain(v), which takes the wrapper off

// to lowers an expression that becomes a value of type t.
func (l *lowerer) to(e ast.Expr, t types.Type) ast.Expr {
	if e == nil {
		return nil
	}
	from := l.typeOf(e)
	lowered := l.become(l.expr(e), from, t)
	if u, ok := lowered.(*ast.UnaryExpr); ok && u.Op == token.ARROW {
		if _, two := from.(*types.Tuple); !two { // the engine returns and assigns only what is in parentheses
			return &ast.ParenExpr{Lparen: u.Pos(), X: u, Rparen: u.Pos()}
		}
	}
	return lowered
}

// become converts a lowered expression, if it is or becomes an interface, and leaves others as they are.
func (l *lowerer) become(e ast.Expr, from, t types.Type) ast.Expr {
	if !l.becomes(from, t) {
		return e
	}
	from = types.Default(from)
	if !types.IsInterface(from) {
		e = l.box(e, from)
	} else if !erased(from) {
		e = l.host("Plain", e)
	}
	if erased(t) {
		return l.typed(e, t)
	}
	return l.typed(l.callName(l.asHelper(t), e), t)
}

// becomes reports whether a conversion from one type to another needs a call.
func (l *lowerer) becomes(from, t types.Type) bool {
	if from == nil || t == nil || !types.IsInterface(t) {
		return false
	}
	if basic, ok := from.(*types.Basic); ok && (basic.Kind() == types.UntypedNil || basic.Kind() == types.Invalid) {
		return false
	}
	from = types.Default(from)
	switch {
	case !types.IsInterface(from):
		return mentionsScript(from)
	case erased(t):
		return !erased(from)
	}
	return erased(from)
}

// box puts a lowered value of type t into an interface.
func (l *lowerer) box(e ast.Expr, t types.Type) ast.Expr {
	if !mentionsScript(t) {
		return e
	}
	return l.host("Box", l.number(t), e)
}

// number is the number of a type in the host's table.
func (l *lowerer) number(t types.Type) ast.Expr {
	return l.integer(l.entry(t).ID)
}

// entry is a type's place in the host's table. The methods of all script types in it are made known to the host.
func (l *lowerer) entry(t types.Type) *dtype {
	d := l.plan.in.types.enter(t, l.plan.in.world.pkg, l.keyName)
	l.describe(t)
	return d
}

// keyName mentions a type in a key: a script's with its generation, or, within a function, with its place.
func (l *lowerer) keyName(obj *types.TypeName) string {
	switch {
	case obj.Pkg().Path() != "main":
		return pathName(obj)
	case l.plan.topLevel(obj), l.plan.lifted[obj] != "":
		return l.nameOf(obj)
	}
	return obj.Name() + mark + position(l.plan.in.fset, obj.Pos()).String()
}

// mentionsScript reports whether the engine's own type for t lacks something: a name, or the names of fields.
func mentionsScript(t types.Type) bool {
	return anyType(t, func(t types.Type) bool {
		switch t := t.(type) {
		case *types.Named:
			return t.Obj().Pkg() != nil && t.Obj().Pkg().Path() == "main"
		case *types.Struct:
			return t.NumFields() > 0
		case *types.Interface:
			return t.NumMethods() > 0
		}
		return false
	})
}

// anyType reports whether yes says so of a type or of one that its text mentions.
func anyType(t types.Type, yes func(types.Type) bool) bool {
	t = types.Unalias(t)
	if yes(t) {
		return true
	}
	some := func(tuple *types.Tuple) bool {
		for v := range tuple.Variables() {
			if anyType(v.Type(), yes) {
				return true
			}
		}
		return false
	}
	switch t := t.(type) {
	case *types.Named:
		for arg := range t.TypeArgs().Types() {
			if anyType(arg, yes) {
				return true
			}
		}
	case *types.Map:
		return anyType(t.Key(), yes) || anyType(t.Elem(), yes)
	case interface{ Elem() types.Type }:
		return anyType(t.Elem(), yes)
	case *types.Signature:
		return some(t.Params()) || some(t.Results())
	case *types.Struct:
		for f := range t.Fields() {
			if anyType(f.Type(), yes) {
				return true
			}
		}
	}
	return false
}

// tuple lowers a call of several results of which some become other types: the call is wrapped in a function that
// converts them.
func (l *lowerer) tuple(call ast.Expr, want []types.Type) ast.Expr {
	got, ok := l.typeOf(call).(*types.Tuple)
	needed := false
	for i := 0; ok && i < got.Len() && i < len(want); i++ {
		needed = needed || l.becomes(got.At(i).Type(), want[i])
	}
	lowered := l.expr(call)
	if !needed {
		return lowered
	}
	l.at(call.Pos())
	var names, values []ast.Expr
	var results []*ast.Field
	for i := range got.Len() {
		name, t := l.temp(), got.At(i).Type()
		names, values = append(names, l.ident(name)), append(values, l.become(l.ident(name), t, want[i]))
		if want[i] == nil {
			results = append(results, l.result(t))
		} else {
			results = append(results, l.result(want[i]))
		}
	}
	return l.apply(l.lambda(nil, results, l.assign(token.DEFINE, names, []ast.Expr{lowered}), l.ret(values...)))
}

// list lowers expressions that become the values of some types: as many, or one call of several results.
func (l *lowerer) list(list []ast.Expr, want []types.Type) {
	if len(list) == 1 && len(want) > 1 {
		if _, ok := l.typeOf(list[0]).(*types.Tuple); ok {
			list[0] = l.tuple(list[0], want)
			return
		}
	}
	for i, e := range list {
		var t types.Type
		if i < len(want) {
			t = want[i]
		}
		list[i] = l.to(e, t)
	}
}

// targetType is the type of what is assigned to, nil for the blank identifier.
func (l *lowerer) targetType(e ast.Expr) types.Type {
	if id, ok := e.(*ast.Ident); ok {
		if obj := l.info.ObjectOf(id); obj != nil && id.Name != "_" {
			return obj.Type()
		}
		return nil
	}
	return l.typeOf(e)
}

// resultTypes are the types of the present function's results.
func (l *lowerer) resultTypes() []types.Type {
	var list []types.Type
	if l.fn != nil && l.fn.results != nil {
		for v := range l.fn.results.Variables() {
			list = append(list, v.Type())
		}
	}
	return list
}
