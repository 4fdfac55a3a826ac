package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// source is one package: its types, from export data, and its files, for the documentation.
type source struct {
	path  string
	types *types.Package
	fset  *token.FileSet
	files []*ast.File // tests included: they hold the examples
}

// listed is what is read of `go list -json`.
type listed struct {
	ImportPath, Dir, Name, Export string
	GoFiles, CgoFiles             []string
	TestGoFiles, XTestGoFiles     []string
	Imports                       []string
	DepOnly                       bool
	Error                         *struct{ Err string }
	DepsErrors                    []struct{ Err string }
}

// load lists, builds and reads the packages, sorted by path. A package that does not compile, or has a test that does
// not parse, is in broken.
func load(root string) (packages []source, broken []string, err error) {
	all, err := list(root)
	if err != nil {
		return nil, nil, err
	}
	exports := map[string]string{}
	var wanted []listed
	for _, p := range all {
		exports[p.ImportPath] = p.Export
		if p.DepOnly || hidden[p.ImportPath] || p.Name == "main" || strings.Contains(p.ImportPath, "/internal/") ||
			slices.Contains(p.Imports, "testing") {
			continue
		}
		wanted = append(wanted, p)
	}
	slices.SortFunc(wanted, func(a, b listed) int { return strings.Compare(a.ImportPath, b.ImportPath) })

	fset := token.NewFileSet()
	importExport := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data for %s", path)
		}
		return os.Open(exports[path])
	})
	for _, p := range wanted {
		if p.Export == "" || p.Error != nil || len(p.DepsErrors) > 0 {
			broken = append(broken, p.ImportPath)
			continue
		}
		imported, importErr := importExport.Import(p.ImportPath)
		files, parseErr := parse(fset, p)
		if importErr != nil || parseErr != nil {
			broken = append(broken, p.ImportPath)
			continue
		}
		packages = append(packages, source{path: p.ImportPath, types: imported, fset: fset, files: files})
	}
	return packages, broken, nil
}

// list runs go list over everything, with the export data of all dependencies.
func list(root string) ([]listed, error) {
	arguments := append([]string{"list", "-e", "-export", "-deps", "-json=ImportPath,Dir,Name,Export,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,Imports,DepOnly,Error,DepsErrors"}, standard...)
	for _, pattern := range ours {
		dir := strings.TrimSuffix(pattern, "/...")
		if _, err := os.Stat(filepath.Join(root, dir)); err == nil {
			arguments = append(arguments, pattern)
		}
	}
	command := exec.Command("go", arguments...)
	command.Dir = root
	command.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}

func parse(fset *token.FileSet, p listed) ([]*ast.File, error) {
	var files []*ast.File
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles, p.TestGoFiles, p.XTestGoFiles) {
		file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}
