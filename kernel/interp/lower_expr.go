package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// expr lowers an expression or type.
func (l *lowerer) expr(e ast.Expr) ast.Expr {
	if e == nil {
		return nil
	}
	if tv, ok := l.info.Types[e]; ok && tv.Value != nil {
		return l.constant(e, tv)
	}
	switch e := e.(type) {
	case *ast.Ident:
		return l.name(e)
	case *ast.BasicLit:
	case *ast.CompositeLit:
		return l.composite(e)
	case *ast.FuncLit:
		return l.funcLit(e)
	case *ast.ParenExpr:
		e.X = l.expr(e.X)
	case *ast.SelectorExpr:
		return l.selectorExpr(e)
	case *ast.IndexExpr:
		if inst, ok := l.instantiated(e, e.X); ok {
			return inst
		}
		t, index := l.typeOf(e.X), l.info.Types[e.Index]
		watched := l.watched[e]
		e.X = l.expr(e.X)
		e.Index = l.to(e.Index, keyType(t))
		if watched {
			l.checkIndex(e, t, index)
		}
	case *ast.IndexListExpr:
		if inst, ok := l.instantiated(e, e.X); ok {
			return inst
		}
	case *ast.SliceExpr:
		t, low, high := l.typeOf(e.X), l.info.Types[e.Low], l.info.Types[e.High]
		e.X, e.Low, e.High, e.Max = l.expr(e.X), l.expr(e.Low), l.expr(e.High), l.expr(e.Max)
		if l.watched[e] {
			l.checkSlice(e, t, low, high)
		}
	case *ast.TypeAssertExpr:
		return l.assertion(e)
	case *ast.CallExpr:
		return l.call(e)
	case *ast.StarExpr:
		e.X = l.expr(e.X)
	case *ast.UnaryExpr:
		e.X = l.expr(e.X)
	case *ast.BinaryExpr:
		return l.binary(e)
	case *ast.KeyValueExpr:
		e.Key, e.Value = l.expr(e.Key), l.expr(e.Value)
	case *ast.ArrayType:
		e.Len, e.Elt = l.expr(e.Len), l.expr(e.Elt)
	case *ast.Ellipsis:
		e.Elt = l.expr(e.Elt)
	case *ast.StructType:
		l.embedded(e.Fields)
		l.fields(e.Fields)
	case *ast.FuncType:
		l.funcType(e)
	case *ast.InterfaceType:
		return l.interfaceType(e)
	case *ast.MapType:
		e.Key, e.Value = l.expr(e.Key), l.expr(e.Value)
	case *ast.ChanType:
		e.Value = l.expr(e.Value)
	}
	return e
}

func (l *lowerer) exprs(list []ast.Expr) {
	for i, e := range list {
		list[i] = l.expr(e)
	}
}

// name lowers an identifier: top-level names get their generation, packages their hygienic name.
func (l *lowerer) name(id *ast.Ident) ast.Expr {
	if inst, ok := l.instantiated(id, id); ok {
		return inst
	}
	obj := l.info.Uses[id]
	if obj == nil {
		obj = l.info.Defs[id]
	}
	switch obj := obj.(type) {
	case nil:
	case *types.PkgName:
		return l.at(id.Pos()).pkg(obj.Imported().Path())
	default:
		if t, ok := obj.(*types.TypeName); ok && (erased(t.Type()) || isArgument(t)) {
			return l.at(id.Pos()).syntax(t.Type())
		}
		if pkg := obj.Pkg(); pkg != nil && pkg.Path() != "main" && obj.Parent() == pkg.Scope() { // from a dot import
			return l.selector(l.pkg(pkg.Path()), obj.Name())
		}
		if _, field := obj.(*types.Var); field && obj.(*types.Var).IsField() {
			return id
		}
		if fn, ok := obj.(*types.Func); ok {
			id.Name = l.at(id.Pos()).current(fn)
		} else {
			id.Name = l.nameOf(obj)
		}
	}
	return id
}

// at moves the place of generated nodes.
func (l *lowerer) at(pos token.Pos) *lowerer {
	if pos.IsValid() {
		l.pos = pos
	}
	return l
}

func (l *lowerer) selectorExpr(e *ast.SelectorExpr) ast.Expr {
	if inst, ok := l.instantiated(e, e); ok {
		return inst
	}
	s := l.info.Selections[e]
	if s != nil && s.Kind() == types.MethodExpr {
		return l.methodExpr(e, s)
	}
	if x := l.methodOfInterface(e); x != nil {
		return l.methodValue(x, s.Obj().(*types.Func))
	}
	called := l.calling == ast.Expr(e)
	e.X = l.expr(e.X) // Sel is a field, a method or an exported name
	switch {
	case s == nil:
	case s.Kind() == types.FieldVal:
		e.Sel.Name = l.fieldName(s.Obj().(*types.Var))
	case s.Kind() == types.MethodVal && !called:
		return l.boundMethod(e, s)
	}
	return e
}

// composite lowers a composite literal. The keys of a struct are fields, not names.
func (l *lowerer) composite(e *ast.CompositeLit) ast.Expr {
	t := l.typeOf(e)
	e.Type = l.expr(e.Type)
	if t == nil {
		return e
	}
	if ptr, ok := t.Underlying().(*types.Pointer); ok { // an elided &T
		t = ptr.Elem()
	}
	structure, isStruct := t.Underlying().(*types.Struct)
	native := l.nativeType(t)
	for i, elt := range e.Elts {
		kv, ok := elt.(*ast.KeyValueExpr)
		switch {
		case ok && isStruct:
			f := l.info.Uses[kv.Key.(*ast.Ident)].(*types.Var)
			kv.Key.(*ast.Ident).Name = l.fieldName(f)
			kv.Value = l.field(kv.Value, f.Type(), native)
		case ok:
			kv.Key, kv.Value = l.to(kv.Key, keyType(t)), l.to(kv.Value, element(t))
		case isStruct:
			e.Elts[i] = l.field(elt, structure.Field(i).Type(), native)
		default:
			e.Elts[i] = l.to(elt, element(t))
		}
	}
	return e
}

// keyType is the type of a map's keys, else nil.
func keyType(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	if m, ok := t.Underlying().(*types.Map); ok {
		return m.Key()
	}
	return nil
}

// field lowers the value of a struct's field. A function in a native struct is bound first.
func (l *lowerer) field(e ast.Expr, t types.Type, native bool) ast.Expr {
	if lit, ok := e.(*ast.FuncLit); ok && native {
		return l.boundLiteral(lit)
	}
	return l.to(e, t)
}

// nativeType reports whether a type is one of a compiled package.
func (l *lowerer) nativeType(t types.Type) bool {
	named := namedOf(t)
	return named != nil && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() != "main"
}

func (l *lowerer) funcLit(e *ast.FuncLit) ast.Expr {
	sig, _ := l.typeOf(e).(*types.Signature)
	l.funcType(e.Type)
	var results *types.Tuple
	if sig != nil {
		results = sig.Results()
	}
	e.Body = l.funcBody(e.Type, results, e.Body)
	return e
}

func (l *lowerer) binary(e *ast.BinaryExpr) ast.Expr {
	if (e.Op == token.EQL || e.Op == token.NEQ) && (isInterface(l.typeOf(e.X)) || isInterface(l.typeOf(e.Y))) {
		return l.comparison(e)
	}
	// A literal beside a typed operand needs no conversion.
	shift := e.Op == token.SHL || e.Op == token.SHR
	bare, t := l.info.Types[e.Y].IsNil() && (!named(e.X) || l.isConversion(e.X)), l.typeOf(e.X)
	e.X = l.operand(e.X, e.Y, !shift)
	e.Y = l.operand(e.Y, e.X, true)
	if l.watched[e] {
		l.checkShift(e.Y)
	}
	if bare {
		e.X = l.returned(e.X, t)
	}
	return e
}

// named reports whether the engine can compare an expression with nil: it can what has a place, and results of functions.
func named(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr, *ast.CallExpr:
		return true
	case *ast.TypeAssertExpr:
		return named(e.X)
	}
	return false
}

// returned is a value as the result of a function.
func (l *lowerer) returned(e ast.Expr, t types.Type) ast.Expr {
	return l.typed(l.apply(l.lambda(nil, []*ast.Field{l.result(t)}, l.ret(e))), t)
}

// operand lowers one side of a binary expression.
func (l *lowerer) operand(e, other ast.Expr, bare bool) ast.Expr {
	tv := l.info.Types[e]
	if tv.Value == nil || !bare || l.info.Types[other].Value != nil {
		return l.expr(e)
	}
	if basic, ok := tv.Type.Underlying().(*types.Basic); ok && basic.Info()&types.IsNumeric != 0 && l.info.TypeOf(other) != nil && !types.IsInterface(l.info.TypeOf(other)) {
		return l.literal(tv.Value, basic)
	}
	return l.expr(e)
}
