package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// plan is a cell on its way: checked chunk by chunk, lowered into one program, and, when it ran, committed.
type plan struct {
	in        *Interp
	cell      Cell
	names     names // after the cell; the session's own stay as they are until the commit
	imports   imports
	here      map[string]bool          // names that this cell has defined
	lifted    map[types.Object]string  // types within functions
	instances map[string]string        // of generic functions and types, see lower_generic.go
	current   map[string]string        // variables for functions that closures call, see lower_current.go
	hooks     map[string]bool          // variables for methods that the cell declares, see lower_method.go
	selected  map[token.Pos]types.Type // of the values whose fields and methods the last check complained about
	out       *program
	notes     []string
}

// newPlan checks and lowers a whole cell. Nothing of it has run when this returns.
func (in *Interp) newPlan(cell Cell) (*plan, *CellError) {
	p := &plan{
		in: in, cell: cell, names: maps.Clone(in.names), imports: maps.Clone(in.imports),
		here: map[string]bool{}, hooks: map[string]bool{}, current: map[string]string{}, lifted: map[types.Object]string{}, instances: map[string]string{}, out: newProgram(in, cell),
	}
	pieces := split(cell.Src)
	whole := len(pieces) > 0 && pieces[0].kind == token.PACKAGE
	if whole {
		if err := p.addProgram(pieces[1:]); err != nil {
			return nil, err
		}
		pieces = nil
	}
	for len(pieces) > 0 {
		n := chunk(pieces)
		var err *CellError
		switch first := pieces[0]; {
		case first.kind == token.IMPORT:
			err = p.addImport(first)
		case first.statement():
			err = p.addStatements(pieces[:n], n == len(pieces))
		default:
			err = p.addDeclarations(pieces[:n], &forward{cell: p.vars(pieces[n:])})
		}
		if err != nil {
			return nil, err
		}
		pieces = pieces[n:]
	}
	if main := p.names["main"]; whole && main != nil && p.here["main"] {
		p.out.call(main)
	}
	return p, nil
}

// chunk is how many pieces at the head belong together: an import alone, or all statements or declarations in a row.
func chunk(pieces []piece) int {
	group := func(p piece) int {
		switch {
		case p.kind == token.IMPORT || p.kind == token.PACKAGE:
			return 0
		case p.statement():
			return 1
		}
		return 2
	}
	first := group(pieces[0])
	n := 1
	for first != 0 && n < len(pieces) && group(pieces[n]) == first {
		n++
	}
	return n
}

func (p *plan) addImport(piece piece) *CellError {
	file, cellErr := fragment{cell: p.cell, from: piece.from, to: piece.to}.parse(p.in.fset)
	if cellErr != nil {
		return cellErr
	}
	for _, spec := range file.Imports {
		name, err := p.imports.add(p.in.universe, spec)
		if err != nil {
			at := position(p.in.fset, spec.Path.Pos())
			return &CellError{Stage: Compile, Pos: at, Msg: err.Error(), Hint: p.in.importHint(spec.Path.Value)}
		}
		if p.names[name] != nil { // an explicit import takes the name back
			p.drop(p.names[name], "")
		}
	}
	return nil
}

// drop takes a name out of the session; a reason makes a note.
func (p *plan) drop(v *live, reason string) {
	delete(p.names, v.name)
	p.in.world.stale = true
	if reason != "" {
		p.note("%s dropped: %s", v.name, reason)
	}
}

func (p *plan) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(p.notes, text) {
		p.notes = append(p.notes, text)
	}
}

// hidden reports whether a live name stands in front of a package of the same name.
func (p *plan) hidden(name string) bool { return p.names[name] != nil }

// use lists the top-level names that a checked tree mentions, methods as Type.Method, with their generations.
func (p *plan) use(info *types.Info, node ast.Node) map[string]int {
	uses := map[string]int{}
	add := func(name string) {
		if v := p.names[name]; v != nil {
			uses[name] = v.generation
		}
	}
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if obj := info.Uses[n]; obj != nil && p.topLevel(obj) {
				add(obj.Name())
			}
		case *ast.SelectorExpr:
			if s := info.Selections[n]; s != nil {
				if named := namedOf(s.Recv()); named != nil {
					add(named.Obj().Name() + "." + n.Sel.Name)
				}
			}
		}
		return true
	})
	return uses
}

// topLevel reports whether an object is one of the session's names.
func (p *plan) topLevel(obj types.Object) bool { return obj.Parent() == p.in.world.pkg.Scope() }

// namedOf is the defined type behind a pointer, or nil.
func namedOf(t types.Type) *types.Named {
	t = types.Unalias(t)
	if ptr, ok := t.(*types.Pointer); ok {
		t = types.Unalias(ptr.Elem())
	}
	named, _ := t.(*types.Named)
	return named
}

// define makes v live with a new generation.
func (p *plan) define(v *live) {
	p.in.generations[v.name]++
	v.generation = p.in.generations[v.name]
	p.names[v.name] = v
}
