// Command stdlibgen writes what the interpreter knows about compiled packages: one symbol table a package in stdlib,
// and their documentation in kernel/interp/docs.json.
//
// It takes the standard packages of list.go and every package of this module below snn, io and plot that exists, so it
// can be run again whenever one of them changes:
//
//	go generate ./stdlib
//
// The tables have the form of yaegi's extract command (github.com/traefik/yaegi v0.16.1, extract/extract.go). That
// command type-checks each package and everything below it from source, one after the other; this one reads the export
// data the build has anyway, lists the generic names it leaves out, and qualifies packages of the same name.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := generate(".."); err != nil {
		fmt.Fprintln(os.Stderr, "stdlibgen:", err)
		os.Exit(1)
	}
}

// generate writes all files below the module's root.
func generate(root string) error {
	packages, broken, err := load(root)
	if err != nil {
		return err
	}
	dir := filepath.Join(root, "stdlib")
	keep := map[string]bool{}
	for _, path := range broken {
		keep[tableFile(path)] = true
	}
	for _, p := range packages {
		name := tableFile(p.path)
		keep[name] = true
		source, err := symbolTable(p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
		if err := write(filepath.Join(dir, name), source); err != nil {
			return err
		}
	}
	if err := removeStale(dir, keep); err != nil {
		return err
	}
	target := filepath.Join(root, "kernel", "interp", "docs.json")
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	docs, err := docsJSON(packages, former(target, broken))
	if err != nil {
		return err
	}
	if err := write(target, docs); err != nil {
		return err
	}
	if len(broken) > 0 {
		return fmt.Errorf("not compiled, so their tables are as they were: %s", strings.Join(broken, ", "))
	}
	return nil
}

// removeStale deletes the tables of packages that no longer exist.
func removeStale(dir string, keep map[string]bool) error {
	tables, err := filepath.Glob(filepath.Join(dir, tablePrefix+"*.go"))
	if err != nil {
		return err
	}
	for _, file := range tables {
		if !keep[filepath.Base(file)] {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	return nil
}

// write replaces a file only when its text changes, so that an unchanged table does not cost a rebuild.
func write(file string, text []byte) error {
	if old, err := os.ReadFile(file); err == nil && string(old) == string(text) {
		return nil
	}
	temporary := file + ".new"
	if err := os.WriteFile(temporary, text, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, file)
}
