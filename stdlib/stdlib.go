// Package stdlib holds the symbol tables of the compiled packages that a cell may import: those of Livespike and a part
// of the standard library. Everything but this file, gen.go and restricted.go is generated.
package stdlib

import (
	"path"
	"reflect"
)

// Symbols is the table in the form that yaegi's Use wants: import path, a slash and the package's name → exported name →
// value. A constant is a constant.Value or a typed Go value, a variable is addressable, a type is a nil pointer to it,
// and _Name is the struct that carries interpreted values of the interface Name.
var Symbols = map[string]map[string]reflect.Value{}

// generic holds the names that reflection cannot carry, by import path.
var generic = map[string][]string{}

// Generic lists the exported names of a package that its table leaves out because they are generic: functions, types and
// constraints. The front end names them in its messages and has sources of its own for some.
func Generic(importPath string) []string { return generic[importPath] }

// register adds a package's table. It is called once by each generated file.
func register(key string, symbols map[string]reflect.Value, left ...string) bool {
	if _, twice := Symbols[key]; twice {
		panic("stdlib: two tables for " + key)
	}
	Symbols[key] = symbols
	if len(left) > 0 {
		generic[path.Dir(key)] = left
	}
	return true
}
