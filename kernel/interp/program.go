package interp

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// program is what the engine gets of a cell: package-level variables, functions and types, and the statements as the
// body of one function.
type program struct {
	in     *Interp
	cell   Cell
	decls  []ast.Decl
	body   []ast.Stmt
	steps  [][]string // the names that become live with each step
	echoes []types.Type
	pos    token.Pos // a place in the cell

	helpers map[string]string // generated functions that are new with this cell
	defines []ast.Stmt        // what the host has to know before the cell's first statement
}

func newProgram(in *Interp, cell Cell) *program {
	file := in.fset.AddFile(fmt.Sprintf("In[%d]", cell.N), -1, len(cell.Src)+1)
	return &program{in: in, cell: cell, pos: file.Pos(0), helpers: map[string]string{}}
}

// importName makes a package known to the engine and returns its name there. The engine keeps imports by the file that they
// stand in; those of a file without a name hold everywhere.
func (in *Interp) importName(importPath string) string {
	name := mark + strings.NewReplacer("/", "_", ".", "_", "-", "_", mark, "").Replace(importPath)
	if !in.imported[importPath] {
		in.imported[importPath] = true
		file, err := parser.ParseFile(in.fset, "", fmt.Sprintf("package main\nimport %s %q\n", name, importPath), parser.SkipObjectResolution)
		must(err)
		_, err = in.engine.CompileAST(file)
		must(err)
	}
	return name
}

// variable declares a session variable at package level.
func (out *program) variable(l *lowerer, v *live, pos token.Pos) {
	l.at(pos)
	spec := &ast.ValueSpec{Names: []*ast.Ident{l.ident(v.lowered())}, Type: l.syntax(v.typ)}
	out.decls = append(out.decls, &ast.GenDecl{TokPos: pos, Tok: token.VAR, Specs: []ast.Spec{spec}})
}

// statement adds one lowered statement of the cell's top level and says which names are live after it.
func (out *program) statement(list []ast.Stmt, defines []string) {
	out.body = append(out.body, list...)
	if len(defines) > 0 {
		out.steps = append(out.steps, defines)
		l := lowerer{plan: &plan{in: out.in, out: out}, pos: out.pos}
		out.body = append(out.body, &ast.ExprStmt{X: l.host("Done", l.integer(len(out.steps)))})
	}
}

// call adds a call of a function without parameters.
func (out *program) call(v *live) {
	l := lowerer{pos: out.pos}
	out.body = append(out.body, &ast.ExprStmt{X: l.callName(v.lowered())})
}

// helper is the name of a generated function that the engine has or will have, or empty.
func (out *program) helper(key string) string {
	if name := out.in.helpers[key]; name != "" {
		return name
	}
	return out.helpers[key]
}

func (out *program) has(key string) bool { return out.helper(key) != "" }

// take adds what a lowerer made beside its statements.
func (out *program) take(l *lowerer) {
	out.decls = append(out.decls, l.decls...)
	l.decls = nil
}

// cellFunc is the function that holds a cell's statements; each cell replaces the one before.
const cellFunc = mark + "cell"

// file is the whole program: its main hands the cell's function to the host, which runs it.
func (out *program) file() *ast.File {
	l := lowerer{plan: &plan{in: out.in, out: out}, pos: out.pos}
	none := &ast.FieldList{Opening: out.pos, Closing: out.pos}
	function := func(name string, body ...ast.Stmt) ast.Decl {
		return &ast.FuncDecl{Name: l.ident(name), Type: &ast.FuncType{Func: out.pos, Params: none}, Body: l.block(body...)}
	}
	run := &ast.ExprStmt{X: l.host("Run", l.ident(cellFunc))}
	out.decls = append(out.decls, function(cellFunc, append(out.defines, out.body...)...), function("main", run))
	return &ast.File{Package: out.pos, Name: l.ident("main"), Decls: out.decls}
}
