package interp

import (
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strconv"
)

// imports says which package a name stands for: name → import path. Names that start with a dot and a path are dot
// imports.
type imports map[string]string

// add takes over one import declaration of a cell, after the checker accepted its path.
func (im imports) add(u *universe, spec *ast.ImportSpec) (name string, err error) {
	importPath, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return "", err
	}
	pkg, err := u.Import(importPath)
	if err != nil {
		return "", err
	}
	name = pkg.Name()
	switch {
	case spec.Name == nil:
	case spec.Name.Name == "_":
		return "", nil
	case spec.Name.Name == ".":
		im["."+importPath] = importPath
		return "", nil
	default:
		name = spec.Name.Name
	}
	im[name] = importPath
	return name, nil
}

// dots lists the paths of the dot imports, sorted.
func (im imports) dots() []string {
	var paths []string
	for name, importPath := range im {
		if name[0] == '.' {
			paths = append(paths, importPath)
		}
	}
	slices.Sort(paths)
	return paths
}

// mentioned lists the names in front of a dot in a tree: what may be a package.
func mentioned(node ast.Node) []string {
	names := map[string]bool{}
	ast.Inspect(node, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok {
				names[id.Name] = true
			}
		}
		return true
	})
	return slices.Sorted(maps.Keys(names))
}

// importInto puts an import declaration of the packages that a file mentions at its head. Names for which hidden says yes
// stand for something else.
func (im imports) importInto(file *ast.File, hidden func(name string) bool) {
	decl := &ast.GenDecl{Tok: token.IMPORT, TokPos: file.Package}
	add := func(name, importPath string) {
		decl.Specs = append(decl.Specs, importSpec(file.Package, name, importPath))
	}
	for _, name := range mentioned(file) {
		if importPath, ok := im[name]; ok && !hidden(name) {
			add(name, importPath)
		}
	}
	for _, importPath := range im.dots() {
		add(".", importPath)
	}
	if len(decl.Specs) > 0 {
		file.Decls = append([]ast.Decl{decl}, file.Decls...)
	}
}

func importSpec(pos token.Pos, name, importPath string) *ast.ImportSpec {
	return &ast.ImportSpec{
		Name: &ast.Ident{NamePos: pos, Name: name},
		Path: &ast.BasicLit{ValuePos: pos, Kind: token.STRING, Value: strconv.Quote(importPath)},
	}
}
