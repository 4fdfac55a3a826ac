package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// addDeclarations checks and lowers declarations that stand together. What depends on a name that they redefine is
// compiled anew against it; a type that they change takes its methods and values with it.
func (p *plan) addDeclarations(pieces []piece, fw *forward) *CellError {
	var fresh []*declaration
	files := map[*declaration]*ast.File{}
	for _, piece := range pieces {
		f := p.fragmentOf(piece)
		file, err := f.parse(p.in.fset)
		if err != nil {
			return err
		}
		d := declare(f, piece.kind, file)
		if err := p.declaredTwice(d, file); err != nil {
			return err
		}
		if p.unchanged(d) {
			continue
		}
		fresh = append(fresh, d)
		files[d] = file
	}
	if len(fresh) == 0 && len(fw.pieces) == 0 {
		return nil
	}
	leave, again := p.affected(fresh)
	var without []types.Error // what was wrong without the variables further down
	for {
		if err := p.parseForward(fw); err != nil {
			return err
		}
		info, errs := p.recheck(fresh, again, files, leave, fw)
		culprit := p.culprit(errs, again)
		switch {
		case len(errs) == 0:
			more := p.unhookable(info, append(append([]*declaration{}, fresh...), again...), files)
			if len(more) == 0 {
				return p.lowerDeclarations(info, fresh, again, files, fw)
			}
			for _, d := range more {
				leave[d] = true
			}
			again = append(again, more...)
			p.in.world.stale = true
			continue
		case culprit == nil && without == nil && len(fw.cell) > 0:
			without = errs
			if fw.pieces = p.mentioned(fw, fresh); len(fw.pieces) > 0 {
				p.in.world.stale = true
				continue
			}
			return p.failure(errs)
		case culprit == nil:
			if without != nil && fw.within(errs[0].Pos) {
				errs = without
			}
			return p.failure(errs)
		}
		// A dependent that no longer fits stays what it was.
		p.note("%s keeps the old definition: %s", culprit.names[0], clean(errs[0].Msg))
		again = remove(again, culprit)
		delete(leave, culprit)
		p.in.world.stale = true
	}
}

// declaredTwice refuses a second declaration of a name within one cell.
func (p *plan) declaredTwice(d *declaration, file *ast.File) *CellError {
	at := file.Pos()
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			at = f.Name.Pos()
		} else {
			at = decl.Pos()
		}
	}
	for _, name := range d.names {
		if p.here[name] {
			return &CellError{Stage: Compile, Pos: position(p.in.fset, at), Msg: name + " redeclared in this cell"}
		}
	}
	return nil
}

// unchanged reports whether a declaration of a type, constant or method says again what is live already, so that a cell
// that is run once more loses no values.
func (p *plan) unchanged(d *declaration) bool {
	if d.kind == token.FUNC && d.recv == "" || len(d.names) == 0 {
		return false
	}
	var old *declaration
	for _, name := range d.names {
		v := p.names[name]
		if v == nil || v.decl == nil || old != nil && v.decl != old || v.decl.text() != d.text() {
			return false
		}
		old = v.decl
	}
	for name, generation := range old.uses {
		if v := p.names[name]; v == nil || v.generation != generation {
			return false
		}
	}
	for _, name := range d.names {
		p.here[name] = true
	}
	return true
}

// affected finds the live declarations that the fresh ones replace (leave) and those that must be compiled again.
func (p *plan) affected(fresh []*declaration) (leave map[*declaration]bool, again []*declaration) {
	leave = map[*declaration]bool{}
	redefined := map[string]bool{}
	for _, d := range fresh {
		for _, name := range d.names {
			old := p.names[name]
			if old == nil {
				continue
			}
			if !old.variable() && d.recv == "" { // a method's callers find the new one through its hook
				redefined[name] = true
			}
			p.in.world.stale = true
			if old.decl != nil && len(old.decl.names) == 1 {
				leave[old.decl] = true
			}
			if old.variable() || len(old.decl.names) > 1 {
				delete(p.names, name)
			}
		}
		if d.recv != "" && p.names[d.recv] != nil {
			p.in.world.stale = true // the checker knows no late methods
		}
	}
	for _, d := range p.names.dependents(redefined) {
		// A method of a type that is declared anew goes with the old type.
		if d.recv != "" && redefined[d.recv] && typeIn(fresh, d.recv) {
			leave[d] = true
			p.forget(d)
			continue
		}
		if !leave[d] {
			leave[d] = true
			again = append(again, d)
		}
	}
	return leave, again
}

func typeIn(list []*declaration, name string) bool {
	for _, d := range list {
		if d.kind != token.TYPE {
			continue
		}
		for _, n := range d.names {
			if n == name {
				return true
			}
		}
	}
	return false
}

func (p *plan) forget(d *declaration) {
	for _, name := range d.names {
		if v := p.names[name]; v != nil && v.decl == d {
			delete(p.names, name)
		}
	}
}

func remove(list []*declaration, d *declaration) []*declaration {
	var rest []*declaration
	for _, other := range list {
		if other != d {
			rest = append(rest, other)
		}
	}
	return rest
}

// recheck checks the fresh declarations and, with their bodies, those that depend on them.
func (p *plan) recheck(fresh, again []*declaration, files map[*declaration]*ast.File, leave map[*declaration]bool, fw *forward) (*types.Info, []types.Error) {
	p.dropValues(fresh, again)
	var list []*ast.File
	for _, d := range append(append([]*declaration{}, fresh...), again...) {
		file, err := d.parse(p.in.fset)
		if err != nil {
			continue // it parsed before
		}
		p.imports.importInto(file, p.hidden)
		files[d] = file
		list = append(list, file)
	}
	return p.check(append(list, fw.files...), leave)
}

// dropValues takes variables out of the session whose type mentions a type that is about to change.
func (p *plan) dropValues(fresh, again []*declaration) {
	changed := map[string]bool{}
	for _, d := range append(append([]*declaration{}, fresh...), again...) {
		if d.kind == token.TYPE {
			for _, name := range d.names {
				if old := p.names[name]; old != nil && !old.variable() {
					changed[name] = true
				}
			}
		}
	}
	if len(changed) == 0 {
		return
	}
	for _, v := range p.names.sorted() {
		if v.variable() {
			if name := mentionsType(v.typ, changed); name != "" {
				p.drop(v, "its type "+name+" was redefined")
			}
		}
	}
}

// mentionsType finds one of the script types within a type.
func mentionsType(t types.Type, changed map[string]bool) string {
	found := ""
	seen := map[types.Type]bool{}
	var walk func(types.Type)
	walk = func(t types.Type) {
		if seen[t] || found != "" {
			return
		}
		seen[t] = true
		switch t := types.Unalias(t).(type) {
		case *types.Named:
			if pkg := t.Obj().Pkg(); pkg != nil && pkg.Path() == "main" && changed[t.Obj().Name()] {
				found = t.Obj().Name()
				return
			}
			for arg := range t.TypeArgs().Types() {
				walk(arg)
			}
		case interface{ Elem() types.Type }:
			if m, ok := t.(*types.Map); ok {
				walk(m.Key())
			}
			walk(t.Elem())
		case *types.Signature:
			for v := range t.Params().Variables() {
				walk(v.Type())
			}
			for v := range t.Results().Variables() {
				walk(v.Type())
			}
		case *types.Struct:
			for f := range t.Fields() {
				walk(f.Type())
			}
		}
	}
	walk(t)
	return found
}

// culprit is the dependent in which the first error lies, or nil if it lies in the cell's own text.
func (p *plan) culprit(errs []types.Error, again []*declaration) *declaration {
	if len(errs) == 0 {
		return nil
	}
	at := position(p.in.fset, errs[0].Pos)
	for _, d := range again {
		from, to := d.lines()
		if at.Cell == d.cell.N && from <= at.Line && at.Line <= to {
			return d
		}
	}
	return nil
}

// lowerDeclarations makes the checked declarations live and writes them into the program.
func (p *plan) lowerDeclarations(info *types.Info, fresh, again []*declaration, files map[*declaration]*ast.File, fw *forward) *CellError {
	all := append(append([]*declaration{}, fresh...), again...)
	for _, d := range all {
		for _, name := range d.names {
			p.define(&live{name: name, decl: d})
		}
	}
	for _, d := range fresh {
		for _, name := range d.names {
			p.here[name] = true
		}
	}
	p.defineForward(fw, info)
	for _, d := range all {
		d.uses = p.use(info, files[d])
	}
	for _, d := range all {
		l := newLowerer(p, info)
		for _, decl := range files[d].Decls {
			l.declaration(decl)
		}
		if len(l.setup) > 0 {
			p.out.statement(l.setup, d.names)
		}
		p.out.take(l)
		if l.err != nil {
			return l.err
		}
	}
	if fw.set {
		return p.setForward(fw, info)
	}
	return nil
}
