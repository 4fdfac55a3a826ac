package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// methodDecl lowers a method. The engine ignores a second definition of a method, so each one asks a variable first
// whether it was redefined; a redefinition is an assignment to that variable:
//
//	func (p P) M(a A) R { if hookʹ != nil { return hookʹ(p, a) }; body }
//	hookʹ = func(p P, a A) R { body }
//
// So existing values have the new method, also behind interfaces.
func (l *lowerer) methodDecl(decl *ast.FuncDecl, fn *types.Func) {
	recv := fn.Signature().Recv()
	l.lateMethod(recv.Type())
	l.fields(decl.Recv)
	l.funcType(decl.Type)
	args := l.nameParams(decl)
	decl.Body = l.funcBody(decl.Type, fn.Signature().Results(), decl.Body)
	l.at(decl.Pos())
	hook := l.nameOf(namedOf(recv.Type()).Obj()) + mark + decl.Name.Name
	all := *decl.Type
	params := *decl.Type.Params
	params.List = append(append([]*ast.Field{}, decl.Recv.List...), params.List...)
	all.Params = &params
	if l.plan.in.hooks[hook] {
		literal := &ast.FuncLit{Type: &all, Body: decl.Body}
		l.setup = append(l.setup, l.set(l.ident(hook), literal))
		return
	}
	l.plan.hooks[hook] = true
	spec := &ast.ValueSpec{Names: []*ast.Ident{l.ident(hook)}, Type: l.syntax(asFunction(fn.Signature()))}
	l.decls = append(l.decls, &ast.GenDecl{TokPos: l.pos, Tok: token.VAR, Specs: []ast.Spec{spec}}, decl)
	call := l.apply(l.ident(hook), args...)
	if fn.Signature().Variadic() {
		call.Ellipsis = l.pos
	}
	then := l.block(l.ret(call))
	if fn.Signature().Results().Len() == 0 {
		then = l.block(&ast.ExprStmt{X: call}, l.ret())
	}
	redefined := &ast.BinaryExpr{X: l.ident(hook), OpPos: l.pos, Op: token.NEQ, Y: l.ident("nil")}
	decl.Body.List = append([]ast.Stmt{&ast.IfStmt{If: l.pos, Cond: redefined, Body: then}}, decl.Body.List...)
}

// nameParams gives the receiver and every parameter a name, and lists them.
func (l *lowerer) nameParams(decl *ast.FuncDecl) []ast.Expr {
	var args []ast.Expr
	for _, list := range []*ast.FieldList{decl.Recv, decl.Type.Params} {
		for _, f := range list.List {
			l.at(f.Pos())
			if len(f.Names) == 0 {
				f.Names = []*ast.Ident{l.ident("_")}
			}
			for _, id := range f.Names {
				if id.Name == "_" {
					id.Name = l.temp()
				}
				args = append(args, l.ident(id.Name))
			}
		}
	}
	return args
}

// asFunction is a function's type without names; a method's has the receiver as the first parameter.
func asFunction(sig *types.Signature) *types.Signature {
	unnamed := func(v *types.Var) *types.Var { return types.NewParam(token.NoPos, nil, "", v.Type()) }
	var params []*types.Var
	if sig.Recv() != nil {
		params = append(params, unnamed(sig.Recv()))
	}
	for v := range sig.Params().Variables() {
		params = append(params, unnamed(v))
	}
	var results []*types.Var
	for v := range sig.Results().Variables() {
		results = append(results, unnamed(v))
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), types.NewTuple(results...), sig.Variadic())
}

// unhookable lists the declarations that must be compiled anew as well, because a method changes in a way that its type
// cannot follow: then the type gets a new generation.
func (p *plan) unhookable(info *types.Info, all []*declaration, files map[*declaration]*ast.File) []*declaration {
	known := map[*declaration]bool{}
	changed := map[string]bool{}
	for _, d := range all {
		known[d] = true
		if d.kind == token.TYPE {
			for _, name := range d.names {
				changed[name] = true
			}
		}
	}
	var more []*declaration
	for _, d := range all {
		if d.recv == "" {
			continue
		}
		t, old := p.names[d.recv], p.names[d.names[0]]
		fn := methodIn(info, files[d])
		if fn == nil {
			continue
		}
		sig := asFunction(fn.Signature())
		d.signature = typeText(sig)
		if t == nil || t.decl == nil || changed[d.recv] {
			continue
		}
		generic := namedOf(fn.Signature().Recv().Type()).TypeParams().Len() > 0
		hooked := old == nil || old.decl == nil || old.decl.signature == d.signature && mentionsType(sig, changed) == ""
		if hooked && !generic {
			continue
		}
		for _, d := range append([]*declaration{t.decl}, p.names.dependents(map[string]bool{d.recv: true})...) {
			if !known[d] && !known[p.replacement(d, all)] {
				known[d] = true
				more = append(more, d)
			}
		}
	}
	return more
}

// replacement is the declaration in list that takes the place of d, or nil.
func (p *plan) replacement(d *declaration, list []*declaration) *declaration {
	for _, other := range list {
		if len(d.names) == 1 && len(other.names) == 1 && d.names[0] == other.names[0] {
			return other
		}
	}
	return nil
}

// methodIn is the method that a file declares.
func methodIn(info *types.Info, file *ast.File) *types.Func {
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil {
			fn, _ := info.Defs[f.Name].(*types.Func)
			return fn
		}
	}
	return nil
}
