package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// Variables belong to statements, which run in source order; but a function may stand before the variable that it uses.
// A cell that is a whole program is declared as one, with its variables set in the order of Go's initialization. In other
// cells, a variable that declarations lack and that a later var statement of the cell defines is declared with them,
// and set where it stands.

// forward is the variables of a cell that are declared together with its functions.
type forward struct {
	cell   []piece // the var statements further down
	pieces []piece // those of them that are declared now
	files  []*ast.File
	set    bool             // the variables are set right after the declarations
	old    map[string]*live // what the names stood for
}

// addProgram adds the declarations and variables of a whole program.
func (p *plan) addProgram(pieces []piece) *CellError {
	var declarations, vars, statements []piece
	for _, piece := range pieces {
		switch {
		case piece.kind == token.IMPORT:
			if err := p.addImport(piece); err != nil {
				return err
			}
		case p.isVar(piece):
			vars = append(vars, piece)
		case piece.statement():
			statements = append(statements, piece)
		default:
			declarations = append(declarations, piece)
		}
	}
	if err := p.addDeclarations(declarations, &forward{pieces: vars, set: true}); err != nil {
		return err
	}
	if len(statements) == 0 {
		return nil
	}
	return p.addStatements(statements, true)
}

func (p *plan) isVar(piece piece) bool {
	tokens := lex(p.cell.Src[piece.from:piece.to])
	return piece.statement() && tokens[0].tok == token.VAR
}

// vars lists the var statements among pieces.
func (p *plan) vars(pieces []piece) []piece {
	return slices.DeleteFunc(slices.Clone(pieces), func(piece piece) bool { return !p.isVar(piece) })
}

// mentioned reports which of the cell's later variables the declarations mention, themselves or through each other.
func (p *plan) mentioned(fw *forward, fresh []*declaration) (list []piece) {
	mentions := map[string]bool{}
	note := func(text string) {
		for _, t := range lex(text) {
			mentions[t.lit] = mentions[t.lit] || t.tok == token.IDENT
		}
	}
	for _, d := range fresh {
		note(d.text())
	}
	for again := true; again; {
		again = false
		for _, piece := range fw.cell {
			if slices.Contains(list, piece) {
				continue
			}
			file, err := p.fragmentOf(piece).parse(p.in.fset)
			if err == nil && slices.ContainsFunc(varNames(file), func(id *ast.Ident) bool { return mentions[id.Name] }) {
				list, again = append(list, piece), true
				note(p.cell.Src[piece.from:piece.to])
			}
		}
	}
	slices.SortFunc(list, func(a, b piece) int { return a.from - b.from })
	return list
}

func (p *plan) fragmentOf(piece piece) fragment {
	return fragment{cell: p.cell, from: piece.from, to: piece.to}
}

// varNames lists the variables that a file declares.
func varNames(file *ast.File) (list []*ast.Ident) {
	for _, decl := range file.Decls {
		list = append(list, declaredVars(&ast.DeclStmt{Decl: decl})...)
	}
	return list
}

// parseForward parses the variables, and takes the names out of the session that they give a new meaning.
func (p *plan) parseForward(fw *forward) *CellError {
	fw.files = nil
	for _, piece := range fw.pieces {
		file, err := p.fragmentOf(piece).parse(p.in.fset)
		if err != nil {
			return err
		}
		p.imports.importInto(file, p.hidden)
		fw.files = append(fw.files, file)
		for _, id := range varNames(file) {
			if v := p.names[id.Name]; v != nil {
				if fw.old == nil {
					fw.old = map[string]*live{}
				}
				fw.old[id.Name] = v
				p.drop(v, "")
			}
		}
	}
	return nil
}

// inForward reports whether a place lies in one of the variables' declarations.
func (fw *forward) within(pos token.Pos) bool {
	return slices.ContainsFunc(fw.files, func(f *ast.File) bool { return f.FileStart <= pos && pos <= f.FileEnd })
}

// defineForward makes the variables live: the old ones where the types are the same.
func (p *plan) defineForward(fw *forward, info *types.Info) {
	l := newLowerer(p, info)
	for _, file := range fw.files {
		for _, id := range varNames(file) {
			obj := info.Defs[id]
			if obj == nil || id.Name == "_" {
				continue
			}
			if old := fw.old[id.Name]; old != nil && old.variable() && typeKey(old.typ, l.keyName) == typeKey(obj.Type(), l.keyName) {
				old.typ = obj.Type()
				p.names[id.Name] = old
			} else {
				v := &live{name: id.Name, typ: obj.Type()}
				p.define(v)
				p.out.variable(l, v, id.Pos())
				if old != nil {
					p.keepers(old)
				}
			}
			if fw.set {
				p.here[id.Name] = true
			}
		}
	}
	p.out.take(l)
}

// setForward sets the variables: those without a value first, the others in the order that the checker found.
func (p *plan) setForward(fw *forward, info *types.Info) *CellError {
	idents := map[types.Object]*ast.Ident{}
	var list []ast.Stmt
	for _, file := range fw.files {
		for _, decl := range file.Decls {
			decl, ok := decl.(*ast.GenDecl)
			if !ok || decl.Tok != token.VAR {
				continue
			}
			for _, spec := range decl.Specs {
				spec := spec.(*ast.ValueSpec)
				for _, id := range spec.Names {
					idents[info.Defs[id]] = id
				}
				if len(spec.Values) == 0 {
					one := &ast.GenDecl{TokPos: spec.Pos(), Tok: token.VAR, Specs: []ast.Spec{spec}}
					list = append(list, &ast.DeclStmt{Decl: one})
				}
			}
		}
	}
	for _, init := range info.InitOrder {
		s := &ast.AssignStmt{TokPos: init.Rhs.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{init.Rhs}}
		for _, v := range init.Lhs {
			s.Lhs = append(s.Lhs, idents[v])
		}
		list = append(list, s)
	}
	l := newLowerer(p, info)
	l.closures = true
	for obj, id := range idents {
		if v := p.names[id.Name]; v != nil && id.Name != "_" {
			l.hoisted[obj] = v
		}
	}
	for _, s := range list {
		var names []string
		switch s := s.(type) {
		case *ast.DeclStmt:
			names = definedBy(s)
		case *ast.AssignStmt:
			for _, e := range s.Lhs {
				if id := e.(*ast.Ident); id.Name != "_" {
					names = append(names, id.Name)
				}
			}
		}
		p.out.statement(l.topStatement(s), names)
	}
	p.out.take(l)
	return l.err
}
