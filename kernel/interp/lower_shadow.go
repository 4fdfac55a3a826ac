package interp

import (
	"go/ast"
	"go/types"
)

// unshadow renames the local variables below node that hide a name of the language, such as len or nil: generated code means
// the language's, and so does the engine in places.
func (l *lowerer) unshadow(node ast.Node) {
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if v, ok := l.info.ObjectOf(n).(*types.Var); ok {
				n.Name = localName(v, n.Name)
			}
		case *ast.TypeSwitchStmt: // its variable is one of each clause, not of the name
			if assign, ok := n.Assign.(*ast.AssignStmt); ok {
				id := assign.Lhs[0].(*ast.Ident)
				if types.Universe.Lookup(id.Name) != nil {
					id.Name += mark
				}
			}
		}
		return true
	})
}

// localName is what a variable that is called name is called in the program.
func localName(obj types.Object, name string) string {
	v, ok := obj.(*types.Var)
	if !ok || v.IsField() || types.Universe.Lookup(name) == nil {
		return name
	}
	return name + mark
}
