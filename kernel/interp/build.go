package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// Small constructors of syntax at the present place.

func (l *lowerer) ident(name string) *ast.Ident { return &ast.Ident{NamePos: l.pos, Name: name} }

func (l *lowerer) lit(kind token.Token, text string) *ast.BasicLit {
	return &ast.BasicLit{ValuePos: l.pos, Kind: kind, Value: text}
}

func (l *lowerer) integer(n int) ast.Expr {
	if n < 0 {
		return l.negative(l.lit(token.INT, strconv.Itoa(-n)))
	}
	return l.lit(token.INT, strconv.Itoa(n))
}

func (l *lowerer) selector(x ast.Expr, name string) *ast.SelectorExpr {
	return &ast.SelectorExpr{X: x, Sel: l.ident(name)}
}

// apply is a call.
func (l *lowerer) apply(fun ast.Expr, args ...ast.Expr) *ast.CallExpr {
	return &ast.CallExpr{Fun: fun, Lparen: l.pos, Args: args, Rparen: l.pos}
}

func (l *lowerer) callName(name string, args ...ast.Expr) *ast.CallExpr {
	return l.apply(l.ident(name), args...)
}

// host is a call of one of the functions in host.go.
func (l *lowerer) host(name string, args ...ast.Expr) *ast.CallExpr {
	return l.apply(l.selector(l.pkg(hostPath), name), args...)
}

func (l *lowerer) convert(t types.Type, e ast.Expr) ast.Expr {
	s := l.syntax(t)
	switch s.(type) {
	case *ast.StarExpr, *ast.FuncType, *ast.ChanType, *ast.ArrayType:
		s = &ast.ParenExpr{Lparen: l.pos, X: s, Rparen: l.pos}
	}
	return l.apply(s, e)
}

func (l *lowerer) assign(tok token.Token, lhs, rhs []ast.Expr) *ast.AssignStmt {
	return &ast.AssignStmt{Lhs: lhs, TokPos: l.pos, Tok: tok, Rhs: rhs}
}

// set is x = e, and let is x := e.
func (l *lowerer) set(x, e ast.Expr) ast.Stmt {
	return l.assign(token.ASSIGN, []ast.Expr{x}, []ast.Expr{e})
}

func (l *lowerer) let(name string, e ast.Expr) ast.Stmt {
	return l.assign(token.DEFINE, []ast.Expr{l.ident(name)}, []ast.Expr{e})
}

func (l *lowerer) block(list ...ast.Stmt) *ast.BlockStmt {
	return &ast.BlockStmt{Lbrace: l.pos, List: list, Rbrace: l.pos}
}

// lambda is a function literal; params alternate names and types.
func (l *lowerer) lambda(params []*ast.Field, results []*ast.Field, body ...ast.Stmt) *ast.FuncLit {
	t := &ast.FuncType{Func: l.pos, Params: &ast.FieldList{Opening: l.pos, List: params, Closing: l.pos}}
	if len(results) > 0 {
		t.Results = &ast.FieldList{Opening: l.pos, List: results, Closing: l.pos}
	}
	return &ast.FuncLit{Type: t, Body: l.block(body...)}
}

func (l *lowerer) param(name string, t types.Type) *ast.Field {
	return &ast.Field{Names: []*ast.Ident{l.ident(name)}, Type: l.syntax(t)}
}

func (l *lowerer) result(t types.Type) *ast.Field { return &ast.Field{Type: l.syntax(t)} }

func (l *lowerer) ret(results ...ast.Expr) *ast.ReturnStmt {
	return &ast.ReturnStmt{Return: l.pos, Results: results}
}

// declareVar is var name T in a function.
func (l *lowerer) declareVar(name string, t types.Type) ast.Stmt {
	spec := &ast.ValueSpec{Names: []*ast.Ident{l.ident(name)}, Type: l.syntax(t)}
	return &ast.DeclStmt{Decl: &ast.GenDecl{TokPos: l.pos, Tok: token.VAR, Specs: []ast.Spec{spec}}}
}

// temp makes a name that nothing else has.
func (l *lowerer) temp() string {
	l.plan.in.temps++
	return mark + "t" + strconv.Itoa(l.plan.in.temps)
}

// zero writes the zero value of a type.
func (l *lowerer) zero(t types.Type) ast.Expr {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch info := u.Info(); {
		case info&types.IsBoolean != 0:
			return l.ident("false")
		case info&types.IsString != 0:
			return l.lit(token.STRING, `""`)
		case info&types.IsNumeric != 0:
			return l.lit(token.INT, "0")
		}
	case *types.Struct, *types.Array:
		return &ast.CompositeLit{Type: l.syntax(t), Lbrace: l.pos, Rbrace: l.pos}
	}
	return l.ident("nil")
}
