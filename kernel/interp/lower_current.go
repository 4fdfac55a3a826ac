package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A closure that a variable holds cannot be compiled again without losing what it captured. So the function literals of a
// cell's statements call the functions of the session through variables, which a redefinition with the same type sets.

// current is the variable that holds the newest definition of a function, or its name where no closure is made.
func (l *lowerer) current(fn *types.Func) string {
	name := l.nameOf(fn)
	if !l.closures || l.fn == nil || !l.plan.topLevel(fn) || fn.Signature().TypeParams().Len() > 0 {
		return name
	}
	key := l.currentKey(fn)
	for _, table := range []map[string]string{l.plan.in.current, l.plan.current} {
		if variable := table[key]; variable != "" {
			return variable
		}
	}
	variable := fn.Name() + l.temp()
	l.plan.current[key] = variable
	spec := &ast.ValueSpec{Names: []*ast.Ident{l.ident(variable)}, Type: l.syntax(fn.Signature())}
	l.decls = append(l.decls, &ast.GenDecl{TokPos: l.pos, Tok: token.VAR, Specs: []ast.Spec{spec}})
	l.plan.out.defines = append(l.plan.out.defines, l.set(l.ident(variable), l.ident(name)))
	return variable
}

// currentKey tells functions of one name apart by their types.
func (l *lowerer) currentKey(fn *types.Func) string {
	return fn.Name() + " " + typeKey(asFunction(fn.Signature()), l.keyName)
}

// redefine sets the variable of a function that was declared anew.
func (l *lowerer) redefine(fn *types.Func) {
	for _, table := range []map[string]string{l.plan.in.current, l.plan.current} {
		if variable := table[l.currentKey(fn)]; variable != "" {
			l.setup = append(l.setup, l.set(l.ident(variable), l.ident(l.nameOf(fn))))
		}
	}
}
