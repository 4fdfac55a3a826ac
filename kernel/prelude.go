package kernel

import (
	"path"
	"strings"

	"github.com/livespike/livespike/stdlib"
)

// root is the path of this module.
const root = "github.com/livespike/livespike/"

// prelude lists the packages that a cell may use without importing them, by name: all that have a table. Where two have
// one name the shorter path wins, so rand is math/rand's successor only when imported.
func prelude(standardOnly bool) map[string]string {
	imports := make(map[string]string, len(stdlib.Symbols))
	for key := range stdlib.Symbols {
		importPath, name := path.Dir(key), path.Base(key)
		if standardOnly && strings.HasPrefix(importPath, root) {
			continue
		}
		if before, twice := imports[name]; !twice || better(importPath, before) {
			imports[name] = importPath
		}
	}
	return imports
}

// better orders packages of one name: the standard library's first, then the shorter path.
func better(a, b string) bool {
	if oursA, oursB := strings.HasPrefix(a, root), strings.HasPrefix(b, root); oursA != oursB {
		return oursB
	}
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}
