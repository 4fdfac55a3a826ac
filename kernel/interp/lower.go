package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// lowerer turns checked Go into the part of Go that the engine executes as the language says. It walks a tree from the
// inside out and changes it in place; what a construct becomes stands in a file of its own, lower_*.go.
//
// Every generated name contains the mark, so that it meets none of the user's, and every generated node stands at a place in
// the cell, because the engine looks imports up by file.
type lowerer struct {
	plan     *plan
	info     *types.Info
	names    names                   // what the checker saw: a chunk's own definitions are in hoisted
	hoisted  map[types.Object]*live  // variables of the cell's top level
	pos      token.Pos               // of the statement being lowered: where generated nodes stand
	fn       *function               // innermost, nil at the top level of a cell
	decls    []ast.Decl              // what the construct needs at the top level
	setup    []ast.Stmt              // what declarations need to be done when the cell comes to them
	captured map[types.Object]bool   // variables that outlive a round of a loop, see lower_captured.go
	renamed  map[types.Object]string // results of functions that defer
	prepare  func(*function)         // for the literal that is lowered next, see lower_frozen.go
	closures bool                    // literals may outlive the functions that they call, see lower_current.go
	head     bool                    // in the init part of a statement, where a declaration has to stay one
	ahead    []ast.Stmt              // what has to come before the statement being lowered
	calling  ast.Expr                // what the call being lowered calls
	watched  map[ast.Expr]bool       // what is looked at before the statement being lowered, see lower_bounds.go
	looks    []ast.Stmt              // how
	loops    []ast.Expr              // around the statement, by their keys, nil without one
	err      *CellError
}

// function is what the lowerings of statements need to know of the function around them.
type function struct {
	outer   *function
	results *types.Tuple
	typ     *ast.FuncType
	async   bool            // it runs on a goroutine of its own
	defers  string          // the variable of its deferred calls, if it has any
	panics  func() ast.Expr // of a literal that is deferred: whose panics it may recover
	entered string          // the variable of whose panics it may recover, if it asks
}

func newLowerer(p *plan, info *types.Info) *lowerer {
	return &lowerer{plan: p, info: info, names: p.names, hoisted: map[types.Object]*live{}, renamed: map[types.Object]string{}}
}

// refuse stops the cell with a message at a construct that cannot be made right.
func (l *lowerer) refuse(pos token.Pos, format string, args ...any) {
	if l.err == nil {
		l.err = &CellError{Stage: Compile, Pos: position(l.plan.in.fset, pos), Msg: fmt.Sprintf(format, args...)}
	}
}

// typeOf is the static type of an expression of the user, or of one that a lowering made and noted with typed.
func (l *lowerer) typeOf(e ast.Expr) types.Type { return l.info.TypeOf(e) }

func (l *lowerer) typed(e ast.Expr, t types.Type) ast.Expr {
	l.info.Types[e] = types.TypeAndValue{Type: t}
	return e
}

// syntax writes a type at the present place.
func (l *lowerer) syntax(t types.Type) ast.Expr {
	return typeSyntax(t, l.pos, l.namedType)
}

func (l *lowerer) namedType(t *types.Named) ast.Expr {
	switch {
	case t.Obj().Pkg() != nil && t.Obj().Pkg().Path() == "iter": // a function type that needs no name
		return l.syntax(t.Underlying())
	case t.TypeArgs().Len() > 0:
		return l.typeInstance(t)
	}
	return l.typeName(t.Obj())
}

func (l *lowerer) typeName(obj *types.TypeName) ast.Expr {
	switch pkg := obj.Pkg(); {
	case pkg == nil:
		return l.ident(obj.Name())
	case pkg.Path() != "main":
		return l.selector(l.pkg(pkg.Path()), obj.Name())
	}
	return l.ident(l.nameOf(obj))
}

// nameOf is what an object is called in the program.
func (l *lowerer) nameOf(obj types.Object) string {
	if name := l.renamed[obj]; name != "" {
		return name
	}
	if name := l.plan.lifted[obj]; name != "" {
		return name
	}
	if v := l.hoisted[obj]; v != nil {
		return v.lowered()
	}
	if l.plan.topLevel(obj) {
		if v := l.names[obj.Name()]; v != nil {
			return v.lowered()
		}
	}
	return localName(obj, obj.Name())
}

// pkg is an identifier that stands for a package at the present place.
func (l *lowerer) pkg(importPath string) *ast.Ident {
	return l.ident(l.plan.in.importName(importPath))
}

// survey looks at a tree before it is lowered.
func (l *lowerer) survey(node ast.Node) {
	l.unshadow(node)
	l.refuseArrays(node)
	l.noteCaptured(node)
}

// declaration lowers a top-level function or type into the program. Constants leave nothing: their uses are literals.
func (l *lowerer) declaration(decl ast.Decl) {
	l.pos = decl.Pos()
	l.survey(decl)
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		l.funcDecl(decl)
	case *ast.GenDecl:
		if decl.Tok == token.TYPE {
			l.typeDecl(decl)
		}
	}
}

func (l *lowerer) funcDecl(decl *ast.FuncDecl) {
	fn, ok := l.info.Defs[decl.Name].(*types.Func)
	if !ok { // a function init or one without a name, which nothing can call
		return
	}
	if fn.Signature().TypeParams().Len() > 0 || fn.Signature().RecvTypeParams().Len() > 0 {
		return // its instances are declared, see lower_generic.go
	}
	if fn.Signature().Recv() != nil {
		l.methodDecl(decl, fn)
		return
	}
	decl.Name.Name = l.nameOf(fn)
	l.redefine(fn)
	l.funcType(decl.Type)
	decl.Body = l.funcBody(decl.Type, fn.Signature().Results(), decl.Body)
	l.decls = append(l.decls, decl)
}

// typeDecl lowers a type declaration into the program. Of generic types only instances are declared, and nothing mentions an
// interface by its name.
func (l *lowerer) typeDecl(decl *ast.GenDecl) {
	var specs []ast.Spec
	for _, spec := range decl.Specs {
		spec := spec.(*ast.TypeSpec)
		obj := l.info.Defs[spec.Name]
		if spec.TypeParams != nil || types.IsInterface(obj.Type()) {
			continue
		}
		if named, ok := obj.Type().(*types.Named); ok && endless(named) {
			l.refuse(spec.Pos(), "the type %s contains itself, which cannot be run here without a struct between: make it a struct with a field of that type", spec.Name.Name)
		}
		spec.Name.Name = l.nameOf(obj)
		spec.Type = l.expr(spec.Type)
		specs = append(specs, spec)
	}
	if len(specs) > 0 {
		l.decls = append(l.decls, &ast.GenDecl{TokPos: decl.TokPos, Tok: token.TYPE, Lparen: decl.TokPos, Specs: specs, Rparen: decl.TokPos})
	}
}

// localType lowers a type declaration within a function to the top level, under a name of its own: instances of generic
// functions may mention it there.
func (l *lowerer) localType(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		id := spec.(*ast.TypeSpec).Name
		l.plan.lifted[l.info.Defs[id]] = id.Name + l.temp()
	}
	l.typeDecl(decl)
}

func (l *lowerer) funcType(t *ast.FuncType) {
	l.fields(t.Params)
	l.fields(t.Results)
}

func (l *lowerer) fields(list *ast.FieldList) {
	if list == nil {
		return
	}
	for _, f := range list.List {
		f.Type = l.expr(f.Type)
	}
}

// funcBody lowers the statements of a function or function literal.
func (l *lowerer) funcBody(t *ast.FuncType, results *types.Tuple, body *ast.BlockStmt) *ast.BlockStmt {
	pos, head, loops := l.pos, l.head, l.loops
	l.head, l.loops = false, nil
	l.nameParameters(t)
	fn := &function{outer: l.fn, results: results, typ: t}
	if l.prepare != nil {
		l.prepare(fn)
		l.prepare = nil
	}
	if hasDefer(body) {
		fn.defers = l.temp()
		l.nameResults(t)
	} else {
		l.nameBlanks(t)
	}
	l.fn = fn
	body.List = l.stmts(body.List)
	if fn.defers != "" {
		body.List = l.deferringBody(fn, body.List)
	}
	body.List = l.localResults(t, results, body.List)
	if fn.entered != "" {
		body.List = append([]ast.Stmt{l.let(fn.entered, l.host("Entered"))}, body.List...)
	}
	if fn.async {
		body.List = append([]ast.Stmt{l.let(placeName, l.host("Place"))}, body.List...)
	}
	l.fn = fn.outer
	l.pos, l.head, l.loops = pos, head, loops
	return body
}

// topStatement lowers a statement of the cell's top level.
func (l *lowerer) topStatement(s ast.Stmt) []ast.Stmt {
	l.pos = s.Pos()
	l.survey(s)
	return append(l.markLine(s), l.stmt(s)...)
}
