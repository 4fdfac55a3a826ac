package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// The engine's generics are weak, so it sees none (L7). Each instance of a generic function or type becomes a concrete
// declaration, made when it is first needed: a copy of the source in which the type parameters stand for the arguments,
// checked again, so that the other lowerings know the concrete types.

// genericIdent is the name in front of type arguments.
func genericIdent(e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	}
	return nil
}

// instantiated is what a generic function or type with its arguments, written or inferred, becomes.
func (l *lowerer) instantiated(e, name ast.Expr) (ast.Expr, bool) {
	id := genericIdent(name)
	inst, ok := l.info.Instances[id]
	if id == nil || !ok {
		return nil, false
	}
	l.at(e.Pos())
	if fn, ok := l.info.Uses[id].(*types.Func); ok {
		return l.typed(l.ident(l.funcInstance(fn.Origin(), typeList(inst.TypeArgs))), inst.Type), true
	}
	return l.syntax(inst.Type), true
}

func typeList(list *types.TypeList) []types.Type {
	var all []types.Type
	for t := range list.Types() {
		all = append(all, t)
	}
	return all
}

// funcInstance is the name of a generic function's instance.
func (l *lowerer) funcInstance(fn *types.Func, args []types.Type) string {
	name, known := l.instance(fn, args)
	if !known {
		l.emit(&instance{origin: fn, args: args, name: name, params: fn.Signature().TypeParams()})
	}
	return name
}

// typeInstance is the name of a generic type's instance, which is declared with all its methods.
func (l *lowerer) typeInstance(t *types.Named) ast.Expr {
	origin, args := t.Origin(), typeList(t.TypeArgs())
	name, known := l.instance(origin.Obj(), args)
	if known {
		return l.ident(name)
	}
	spec := &ast.TypeSpec{Name: l.ident(name), Type: l.syntax(t.Underlying())}
	l.plan.out.decls = append(l.plan.out.decls, &ast.GenDecl{TokPos: l.pos, Tok: token.TYPE, Specs: []ast.Spec{spec}})
	for m := range origin.Methods() {
		l.emit(&instance{origin: m, args: args, name: m.Name(), params: m.Signature().RecvTypeParams()})
	}
	return l.ident(name)
}

// instance is the name for a generic object with type arguments, and whether it is declared.
func (l *lowerer) instance(origin types.Object, args []types.Type) (name string, known bool) {
	base := l.nameOf(origin)
	if pkg := origin.Pkg().Path(); pkg != "main" {
		base = mark + strings.ReplaceAll(pkg, "/", "_") + mark + origin.Name()
	}
	key := base
	for _, t := range args {
		key += "," + typeKey(t, l.keyName)
	}
	for _, table := range []map[string]string{l.plan.in.instances, l.plan.instances} {
		if name, known = table[key]; known {
			return name, true
		}
	}
	l.plan.in.temps++
	name = fmt.Sprintf("%s%s%d", base, mark, l.plan.in.temps)
	l.plan.instances[key] = name
	return name, false
}

// instance is a generic function or method with type arguments.
type instance struct {
	origin *types.Func
	args   []types.Type
	name   string
	params *types.TypeParamList
}

// emit checks and lowers the copy of a generic function or method.
func (l *lowerer) emit(inst *instance) {
	p, pkg := l.plan, inst.origin.Pkg()
	file := p.genericSource(inst.origin)
	if file == nil {
		l.refuse(l.pos, "the source of %s is not known", inst.origin.Name())
		return
	}
	decl := ownFunc(file, inst.origin.Name())
	substitute(decl, inst.aliases(p.in, pkg))
	decl.Type.TypeParams = nil
	decl.Name.Name = "_"
	method := decl.Recv
	if method != nil {
		decl.Type.Params.List = append(append([]*ast.Field{}, method.List...), decl.Type.Params.List...)
		decl.Recv = nil
	}
	info, errs := p.in.checkIn(pkg, file)
	if len(errs) > 0 {
		l.refuse(l.pos, "%s with these types: %s", inst.origin.Name(), clean(errs[0].Msg))
		return
	}
	copied := newLowerer(p, info)
	copied.pos = decl.Pos()
	copied.survey(decl)
	copied.funcType(decl.Type)
	decl.Body = copied.funcBody(decl.Type, info.Defs[decl.Name].(*types.Func).Signature().Results(), decl.Body)
	decl.Name.Name = inst.name
	if method != nil {
		n := len(method.List)
		decl.Recv = &ast.FieldList{Opening: decl.Pos(), List: decl.Type.Params.List[:n], Closing: decl.Pos()}
		decl.Type.Params.List = decl.Type.Params.List[n:]
	}
	copied.decls = append(copied.decls, decl)
	p.out.take(copied)
	if l.err == nil {
		l.err = copied.err
	}
}

// aliases puts the type arguments into a package under names of their own: by the name of the parameter that each stands
// for, as the source of a method or function writes it.
func (inst *instance) aliases(in *Interp, pkg *types.Package) map[string]string {
	names := map[string]string{}
	for i, t := range inst.args {
		in.temps++
		name := fmt.Sprintf("%sT%d", mark, in.temps)
		obj := types.NewTypeName(token.NoPos, pkg, name, nil)
		types.NewAlias(obj, t)
		pkg.Scope().Insert(obj)
		names[inst.params.At(i).Obj().Name()] = name
	}
	return names
}

// isArgument reports whether a type's name is one that aliases made.
func isArgument(t *types.TypeName) bool { return strings.HasPrefix(t.Name(), mark+"T") }

// substitute renames the type parameters in a function.
func substitute(decl *ast.FuncDecl, names map[string]string) {
	skip := map[*ast.Ident]bool{}
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			skip[n.Sel] = true
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok {
				skip[key] = true
			}
		case *ast.StructType:
			for _, f := range n.Fields.List {
				for _, id := range f.Names {
					skip[id] = true
				}
			}
		case *ast.Ident:
			if name, ok := names[n.Name]; ok && !skip[n] {
				n.Name = name
			}
		}
		return true
	})
}

// ownFunc is the function or method of that name in a file that holds no other.
func ownFunc(file *ast.File, name string) *ast.FuncDecl {
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Name.Name == name {
			return f
		}
	}
	return nil
}

// genericSource is a fresh tree of a generic function's or method's source, in a file of its own.
func (p *plan) genericSource(fn *types.Func) *ast.File {
	if fn.Pkg().Path() != "main" {
		return p.in.universe.genericSource(p.in.fset, fn)
	}
	name := fn.Name()
	if recv := fn.Signature().Recv(); recv != nil {
		name = namedOf(recv.Type()).Obj().Name() + "." + name
	}
	v := p.names[name]
	if v == nil || v.decl == nil {
		return nil
	}
	file, err := v.decl.parse(p.in.fset)
	if err != nil {
		return nil // it parsed when it was declared
	}
	p.imports.importInto(file, p.hidden)
	return file
}

// checkIn checks a file as a part of a package that is checked already.
func (in *Interp) checkIn(pkg *types.Package, file *ast.File) (*types.Info, []types.Error) {
	info := newInfo()
	var errs []types.Error
	config := types.Config{GoVersion: "go1.26", Importer: in.universe, Error: func(err error) {
		if e := err.(types.Error); !harmless(e) {
			errs = append(errs, e)
		}
	}}
	_ = types.NewChecker(&config, in.fset, pkg, info).Files([]*ast.File{file}) // reported through Error
	return info, errs
}
