package interp

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"math"
	"strings"
)

// addStatements checks and lowers statements that stand together. Their variables become names of the session.
func (p *plan) addStatements(pieces []piece, last bool) *CellError {
	final := pieces[len(pieces)-1]
	f := fragment{cell: p.cell, from: pieces[0].from, to: final.to, stmts: true}
	file, err := f.parse(p.in.fset)
	if err != nil {
		return err
	}
	body := body(file)
	p.imports.importInto(file, p.hidden)
	if err := p.redefined(body.List); err != nil {
		return err
	}
	info, errs := p.check([]*ast.File{file}, nil)
	var echo *ast.ExprStmt
	if last && !final.silenced && len(body.List) > 0 {
		echo, _ = body.List[len(body.List)-1].(*ast.ExprStmt)
	}
	if errs = tolerateUnused(errs, body.List); len(errs) > 0 {
		return p.failure(errs)
	}
	if err := p.constantsFit(info, body.List); err != nil {
		return err
	}
	l := newLowerer(p, info)
	l.closures = true
	l.names = maps.Clone(p.names)
	p.hoist(l, body.List)
	for _, s := range body.List {
		if s == echo {
			p.out.statement(l.echo(echo), nil)
			break
		}
		defines := definedBy(s) // lowering changes the statement
		p.out.statement(l.topStatement(s), defines)
	}
	p.out.take(l)
	return l.err
}

// body is the function that statements were parsed into.
func body(file *ast.File) *ast.BlockStmt {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "_" {
			return f.Body
		}
	}
	return &ast.BlockStmt{}
}

// tolerateUnused drops the complaint that an expression at the top level of a cell is not used: it is what cells do.
func tolerateUnused(errs []types.Error, list []ast.Stmt) []types.Error {
	var hard []types.Error
	for _, e := range errs {
		tolerated := false
		for _, s := range list {
			if s, ok := unlabelled(s).(*ast.ExprStmt); ok && strings.HasSuffix(e.Msg, "is not used") && s.Pos() <= e.Pos && e.Pos < s.End() && !insideFunc(s, e.Pos) {
				tolerated = true
			}
		}
		if !tolerated {
			hard = append(hard, e)
		}
	}
	return hard
}

func unlabelled(s ast.Stmt) ast.Stmt {
	for {
		l, ok := s.(*ast.LabeledStmt)
		if !ok {
			return s
		}
		s = l.Stmt
	}
}

// insideFunc reports whether a place lies in the body of a function literal below node.
func insideFunc(node ast.Node, pos token.Pos) bool {
	found := false
	ast.Inspect(node, func(n ast.Node) bool {
		if f, ok := n.(*ast.FuncLit); ok && f.Body.Pos() <= pos && pos < f.Body.End() {
			found = true
		}
		return !found
	})
	return found
}

// constantsFit refuses a constant of the top level that its default type cannot hold: nothing else would say so.
func (p *plan) constantsFit(info *types.Info, list []ast.Stmt) *CellError {
	for _, s := range list {
		s, ok := unlabelled(s).(*ast.ExprStmt)
		if !ok {
			continue
		}
		tv := info.Types[s.X]
		if tv.Value == nil || tv.Value.Kind() == constant.Unknown {
			continue
		}
		t := types.Default(tv.Type)
		if basic, ok := t.Underlying().(*types.Basic); ok && !representable(tv.Value, basic) {
			msg := fmt.Sprintf("cannot use %s (untyped %s constant %s) as %s value: it overflows %s", types.ExprString(s.X), kindName(tv.Value), tv.Value, t, t)
			return &CellError{Stage: Compile, Pos: position(p.in.fset, s.Pos()), Msg: msg}
		}
	}
	return nil
}

func representable(v constant.Value, t *types.Basic) bool {
	switch t.Kind() {
	case types.Int:
		_, exact := constant.Int64Val(constant.ToInt(v))
		return exact
	case types.Int32:
		n, exact := constant.Int64Val(constant.ToInt(v))
		return exact && n == int64(int32(n))
	case types.Float64:
		f, _ := constant.Float64Val(constant.ToFloat(v))
		return !math.IsInf(f, 0)
	case types.Complex128:
		re, _ := constant.Float64Val(constant.Real(v))
		im, _ := constant.Float64Val(constant.Imag(v))
		return !math.IsInf(re, 0) && !math.IsInf(im, 0)
	}
	return true
}

func kindName(v constant.Value) string {
	switch v.Kind() {
	case constant.Int:
		return "int"
	case constant.Float:
		return "float"
	case constant.Complex:
		return "complex"
	}
	return v.Kind().String()
}

// redefined refuses a variable that an earlier chunk of the same cell has defined, as Go does within a block.
func (p *plan) redefined(list []ast.Stmt) *CellError {
	for _, s := range list {
		switch s := unlabelled(s).(type) {
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE {
				continue
			}
			fresh := false
			for _, e := range s.Lhs {
				if id, ok := e.(*ast.Ident); ok && id.Name != "_" && !p.here[id.Name] {
					fresh = true
				}
			}
			if !fresh {
				return &CellError{Stage: Compile, Pos: position(p.in.fset, s.TokPos), Msg: "no new variables on left side of :="}
			}
		case *ast.DeclStmt:
			for _, id := range declaredVars(s) {
				if p.here[id.Name] {
					return &CellError{Stage: Compile, Pos: position(p.in.fset, id.Pos()), Msg: id.Name + " redeclared in this cell"}
				}
			}
		}
	}
	return nil
}

// declaredVars lists the names of a var statement.
func declaredVars(s *ast.DeclStmt) []*ast.Ident {
	var list []*ast.Ident
	if decl, ok := s.Decl.(*ast.GenDecl); ok && decl.Tok == token.VAR {
		for _, spec := range decl.Specs {
			list = append(list, spec.(*ast.ValueSpec).Names...)
		}
	}
	return list
}

// definedIdents lists the names that a top-level statement may define.
func definedIdents(s ast.Stmt) []*ast.Ident {
	switch s := unlabelled(s).(type) {
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE {
			return nil
		}
		var list []*ast.Ident
		for _, e := range s.Lhs {
			if id, ok := e.(*ast.Ident); ok {
				list = append(list, id)
			}
		}
		return list
	case *ast.DeclStmt:
		return declaredVars(s)
	}
	return nil
}

// hoist gives each variable of the cell's top level its place in the session: the live variable of that name if the
// types are identical, else a new generation.
func (p *plan) hoist(l *lowerer, list []ast.Stmt) {
	for _, s := range list {
		for _, id := range definedIdents(s) {
			obj := l.info.Defs[id]
			if obj == nil || id.Name == "_" {
				continue
			}
			old := p.names[id.Name]
			v := old
			if old == nil || !old.variable() || !types.Identical(old.typ, obj.Type()) {
				v = &live{name: id.Name, typ: obj.Type()}
				if old != nil {
					p.keepers(old)
				}
				p.define(v)
				p.out.variable(l, v, id.Pos())
				p.expose(v, old != nil)
			}
			p.here[id.Name] = true
			l.hoisted[obj] = v
		}
	}
}

// expose shows a new variable to the chunks and cells that follow.
func (p *plan) expose(v *live, replaces bool) {
	scope := p.in.world.pkg.Scope()
	if replaces || scope.Lookup(v.name) != nil {
		p.in.world.stale = true
		return
	}
	scope.Insert(types.NewVar(token.NoPos, p.in.world.pkg, v.name, v.typ))
}

// keepers notes the functions that go on using what a name stood for.
func (p *plan) keepers(old *live) {
	if !old.variable() {
		return
	}
	for _, v := range p.names.sorted() {
		if v.decl != nil && v.decl.kind == token.FUNC && v.decl.uses[old.name] == old.generation {
			p.note("%s still uses the old %s (%s)", v.name, old.name, typeText(old.typ))
		}
	}
}

// definedBy lists the session names that become live when the statement has finished.
func definedBy(s ast.Stmt) []string {
	var list []string
	for _, id := range definedIdents(s) {
		if id.Name != "_" {
			list = append(list, id.Name)
		}
	}
	return list
}

// typeText is a type as the user writes it.
func typeText(t types.Type) string {
	return clean(types.TypeString(types.Default(t), func(pkg *types.Package) string {
		if pkg.Path() == "main" {
			return ""
		}
		return pkg.Name()
	}))
}
