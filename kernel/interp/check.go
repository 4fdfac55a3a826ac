package interp

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"regexp"
	"strings"
)

// world is what the checker knows: the package "main" with an object for each live name.
//
// A scope cannot forget. So when a name changes its meaning, or a check failed half way, the package is stale and the
// next check builds a new one out of the sources of all live declarations; otherwise a check sees the new text only.
type world struct {
	pkg   *types.Package
	stale bool
}

// check type-checks files on top of the live names. The declarations in leave are not put in front of them, because the
// files bring them anew.
func (p *plan) check(files []*ast.File, leave map[*declaration]bool) (*types.Info, []types.Error) {
	in := p.in
	info := newInfo()
	old := map[*ast.File]bool{}
	rebuilt := in.world.stale || len(leave) > 0
	if rebuilt {
		in.world = world{pkg: types.NewPackage("main", "main")}
		for _, file := range p.known(leave) {
			old[file] = true
			files = append(files, file)
		}
	}
	var errs []types.Error
	config := types.Config{
		GoVersion: "go1.26",
		Importer:  in.universe,
		Error: func(err error) {
			e := err.(types.Error)
			for file := range old {
				if file.FileStart <= e.Pos && e.Pos <= file.FileEnd {
					return // checked before
				}
			}
			if !harmless(e) {
				errs = append(errs, e)
			}
		},
	}
	_ = types.NewChecker(&config, in.fset, in.world.pkg, info).Files(files) // reported through Error
	p.selected = selectedTypes(files, info, errs)
	if rebuilt {
		p.retype()
	}
	return info, errs
}

// retype gives the live variables the types of a package that was built anew, so that types are compared within one.
func (p *plan) retype() {
	for _, v := range p.names {
		if obj, ok := p.in.world.pkg.Scope().Lookup(v.name).(*types.Var); ok && v.variable() && obj.Type() != types.Typ[types.Invalid] {
			v.typ = obj.Type()
		}
	}
}

func newInfo() *types.Info {
	return &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Instances:  map[*ast.Ident]types.Instance{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Implicits:  map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes:     map[ast.Node]*types.Scope{},
	}
}

// harmless tells the complaints that never stop a cell. The checker marks others as soft, too, which must.
func harmless(e types.Error) bool {
	return e.Soft && (strings.HasPrefix(e.Msg, "declared and not used") ||
		strings.HasSuffix(e.Msg, "imported and not used") || strings.Contains(e.Msg, " imported as ") ||
		strings.HasPrefix(e.Msg, "label ") && strings.HasSuffix(e.Msg, "declared and not used"))
}

// known makes files of the live names: declarations without their bodies, and the variables by their types.
func (p *plan) known(leave map[*declaration]bool) []*ast.File {
	var files []*ast.File
	seen := map[*declaration]bool{}
	var vars strings.Builder
	paths := map[string]string{}
	qualify := func(pkg *types.Package) string { return packageAlias(pkg, paths) }
	for _, v := range p.names.sorted() {
		switch d := v.decl; {
		case v.variable():
			fmt.Fprintf(&vars, "var %s %s\n", v.name, types.TypeString(v.typ, qualify))
		case !seen[d] && !leave[d]:
			seen[d] = true
			file, err := d.parse(p.in.fset)
			if err != nil {
				continue // it parsed when it was declared
			}
			p.strip(d, file)
			files = append(files, file)
		}
	}
	head := "package main\n"
	for alias, importPath := range paths {
		head += fmt.Sprintf("import %s %q\n", alias, importPath)
	}
	if file, err := parser.ParseFile(p.in.fset, "variables", head+vars.String(), parser.SkipObjectResolution); err == nil {
		files = append(files, file)
	}
	return files
}

// packageAlias is a name for a package that no user's name hides; paths collects what to import.
func packageAlias(pkg *types.Package, paths map[string]string) string {
	if pkg == nil || pkg.Path() == "main" {
		return ""
	}
	alias := mark + strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(pkg.Path())
	paths[alias] = pkg.Path()
	return alias
}

// strip takes the bodies out of a live declaration, blanks names that stand for something newer, and imports packages
// under names that no variable hides.
func (p *plan) strip(d *declaration, file *ast.File) {
	current := func(name string) bool { v := p.names[name]; return v != nil && v.decl == d }
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			decl.Body = nil
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if !current(spec.Name.Name) {
						spec.Name.Name = "_"
					}
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						if !current(id.Name) {
							id.Name = "_"
						}
					}
				}
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && p.imports[id.Name] != "" {
				id.Name += mark
			}
		}
		return true
	})
	marked := imports{}
	for name, importPath := range p.imports {
		if name[0] == '.' {
			marked[name] = importPath
		} else {
			marked[name+mark] = importPath
		}
	}
	marked.importInto(file, func(string) bool { return false })
}

// maxErrors is how many complaints about one cell are worth reading.
const maxErrors = 10

// failure turns the checker's complaints into the cell's error: the first one, and those on other lines beside it.
func (p *plan) failure(errs []types.Error) *CellError {
	first := p.complaint(errs[0])
	lines := map[int]bool{first.Pos.Line: true}
	for _, e := range errs[1:] {
		if c := p.complaint(e); !lines[c.Pos.Line] && len(first.More) < maxErrors-1 {
			lines[c.Pos.Line] = true
			first.More = append(first.More, c)
		}
	}
	return first
}

func (p *plan) complaint(e types.Error) *CellError {
	msg := clean(strings.TrimPrefix(e.Msg, "main."))
	pos := position(p.in.fset, e.Pos)
	if !pos.IsValid() {
		pos = Position{Cell: p.cell.N, Line: 1, Col: 1}
	}
	if m := couldNotImport.FindStringSubmatch(msg); m != nil {
		msg = m[1]
	}
	if name, ok := strings.CutPrefix(msg, "undefined: "); ok && p.imports[name] != "" { // imported where a member is mentioned
		msg = "use of package " + name + " without selector"
	}
	return &CellError{Stage: Compile, Pos: pos, Msg: msg, Hint: p.hint(msg, p.selected[e.Pos])}
}

var couldNotImport = regexp.MustCompile(`^could not import \S+ \((.*)\)$`)
