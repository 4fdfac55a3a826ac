package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// The host calls methods of scripts: String for a text, Less for a sort, and all those of interfaces. So the program hands
// it their code, once for each type that may come to stand in an interface and again when a method is defined anew:
//
//	ʹhost.Define(number, "Area", func(r interface{}, a0 A) R { v, _ := r.(T); return v.Area(a0) })

// describe makes the methods of the script types that t mentions known to the host.
func (l *lowerer) describe(t types.Type) {
	seen := map[types.Type]bool{}
	var walk func(types.Type)
	walk = func(t types.Type) {
		if t = types.Unalias(t); seen[t] {
			return
		}
		seen[t] = true
		switch u := t.(type) {
		case *types.Named:
			l.methods(t)
			if pkg := u.Obj().Pkg(); pkg == nil || pkg.Path() != "main" {
				return
			}
		case *types.Pointer, *types.Struct:
			l.methods(t)
		}
		switch u := t.Underlying().(type) {
		case *types.Struct:
			for f := range u.Fields() {
				walk(f.Type())
			}
		case *types.Map:
			walk(u.Key())
			walk(u.Elem())
		case interface{ Elem() types.Type }:
			walk(u.Elem())
		}
	}
	walk(t)
}

// methods hands the host the code of a type's methods.
func (l *lowerer) methods(t types.Type) {
	in := l.plan.in
	if !ofScript(t) {
		return
	}
	d := in.types.enter(t, in.world.pkg, l.keyName)
	for s := range types.NewMethodSet(t).Methods() {
		method := s.Obj().(*types.Func)
		key := "method " + strconv.Itoa(d.ID) + " " + method.Name() + " " + d.sigs[method.Name()]
		if l.plan.out.has(key) || !l.writable(method) {
			continue
		}
		l.plan.out.helpers[key] = method.Name()
		sig := method.Signature()
		params, args := l.forward(sig)
		l.plan.out.defines = append(l.plan.out.defines, func() ast.Stmt {
			recv := &ast.TypeAssertExpr{X: l.ident("r"), Lparen: l.pos, Type: l.syntax(t), Rparen: l.pos}
			call := l.invoke(l.ident("v"), t, s, args)
			code := l.lambda(append([]*ast.Field{l.param("r", types.NewInterfaceType(nil, nil))}, params...), l.resultsOf(sig),
				l.assign(token.DEFINE, []ast.Expr{l.ident("v"), l.ident("_")}, []ast.Expr{recv}), l.returnCall(call, sig))
			return &ast.ExprStmt{X: l.host("Define", l.integer(d.ID), l.stringLit(method.Name()), code)}
		}())
	}
}

// ofScript reports whether a script declares the type or the methods of one: it is a defined type, a struct that embeds
// another type, or a pointer to one of these.
func ofScript(t types.Type) bool {
	switch t := types.Unalias(deref(t)).(type) {
	case *types.Named:
		return t.Obj().Pkg() != nil && t.Obj().Pkg().Path() == "main" && !types.IsInterface(t)
	case *types.Struct:
		return true
	}
	return false
}

// lateMethod hands over the code of a method whose type stands in interfaces already.
func (l *lowerer) lateMethod(recv types.Type) {
	base := types.Type(namedOf(recv))
	for _, t := range []types.Type{base, types.NewPointer(base)} {
		if l.plan.in.types.known(t, l.keyName) {
			l.methods(t)
		}
	}
}

// writable reports whether a program can write the types of a method's signature.
func (l *lowerer) writable(method *types.Func) bool {
	return !anyType(method.Signature(), func(t types.Type) bool {
		named, ok := t.(*types.Named)
		return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() != "main" && !named.Obj().Exported()
	})
}

// helper returns the name of a generated function of the session, which make writes when it is first needed.
func (l *lowerer) helper(key, stem string, t types.Type, write func(name string) ast.Decl) string {
	if name := l.plan.out.helper(key); name != "" {
		return name
	}
	l.plan.in.temps++
	name := mark + stem + mark + strconv.Itoa(l.plan.in.temps)
	l.plan.out.helpers[key] = name
	l.plan.out.decls = append(l.plan.out.decls, write(name))
	return name
}

func (l *lowerer) function(name string, params, results []*ast.Field, body ...ast.Stmt) ast.Decl {
	lit := l.lambda(params, results, body...)
	return &ast.FuncDecl{Name: l.ident(name), Type: lit.Type, Body: lit.Body}
}

func (l *lowerer) stringLit(s string) ast.Expr { return l.lit(token.STRING, strconv.Quote(s)) }
