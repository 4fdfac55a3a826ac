package interp

import (
	"embed"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
)

// Reflection knows no generic functions, so those of the standard library come as sources of our own (L20): ordinary
// packages below generic/. What a script uses of them is instantiated like a generic of its own.

//go:embed generic/*/*.go
var genericFiles embed.FS

// genericText is the source of a package's generic functions.
type genericText struct {
	head  string // the package clause and the imports
	funcs map[string]string
}

// addGeneric declares the generic functions and types of a package that is being built from its table. Their bodies are
// checked when they are instantiated.
func (u *universe) addGeneric(pkg *types.Package) {
	name := "generic/" + pkg.Path() + "/" + path.Base(pkg.Path()) + ".go"
	src, err := genericFiles.ReadFile(name)
	if err != nil {
		return // most packages have none
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	must(err)
	text := genericText{head: "package " + pkg.Name() + "\n", funcs: map[string]string{}}
	for _, spec := range file.Imports {
		text.head += "import " + spec.Path.Value + "\n"
	}
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			from, to := fset.Position(f.Pos()).Offset, fset.Position(f.End()).Offset
			text.funcs[f.Name.Name] = string(src[from:to])
			f.Body = nil
		}
	}
	config := types.Config{GoVersion: "go1.26", Importer: importerFunc(u.build), Error: func(error) {}} // of the missing bodies
	_ = types.NewChecker(&config, fset, pkg, nil).Files([]*ast.File{file})
	u.generic[pkg.Path()] = text
}

type importerFunc func(importPath string) (*types.Package, error)

func (f importerFunc) Import(importPath string) (*types.Package, error) { return f(importPath) }

// genericSource is a fresh tree of a generic function of a standard package.
func (u *universe) genericSource(fset *token.FileSet, fn *types.Func) *ast.File {
	text := u.generic[fn.Pkg().Path()]
	src, ok := text.funcs[fn.Name()]
	if !ok {
		return nil
	}
	file, err := parser.ParseFile(fset, "generic "+fn.Pkg().Path(), text.head+src, parser.SkipObjectResolution)
	must(err)
	return file
}
