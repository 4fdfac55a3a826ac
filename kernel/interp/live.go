package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// live is a top-level name of the session. A method's name is Type.Method.
type live struct {
	name       string
	generation int
	typ        types.Type   // of a variable
	decl       *declaration // of everything else
}

// lowered is the name in the interpreted program. Every generation has its own, so old code keeps what it was
// compiled against.
func (v *live) lowered() string {
	name := v.name
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		name = name[dot+1:]
	}
	return fmt.Sprintf("%s%s%d", name, mark, v.generation)
}

func (v *live) variable() bool { return v.decl == nil }

// declaration is a function, method, constant or type declaration as source. A group in parentheses is one declaration
// with several names.
type declaration struct {
	fragment
	kind      token.Token
	names     []string
	recv      string         // the type's name, for a method
	signature string         // of a method, with its receiver as the first parameter
	recovers  bool           // a function that calls recover itself
	uses      map[string]int // top-level names that it mentions and their generation when it was lowered
}

// declare reads the names of a declaration off its tree.
func declare(f fragment, kind token.Token, file *ast.File) *declaration {
	d := &declaration{fragment: f, kind: kind}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			name := decl.Name.Name
			if decl.Recv != nil {
				d.recv = receiver(decl)
				name = d.recv + "." + name
			}
			d.names = append(d.names, name)
			d.recovers = recovers(decl.Body)
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					d.names = append(d.names, spec.Name.Name)
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						d.names = append(d.names, id.Name)
					}
				}
			}
		}
	}
	d.names = slices.DeleteFunc(d.names, func(name string) bool { return name == "_" })
	return d
}

// receiver is the name of a method's type.
func receiver(decl *ast.FuncDecl) string {
	if len(decl.Recv.List) == 0 {
		return ""
	}
	t := decl.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// names is the table of what is live. A cell works on a copy, which replaces the table when it is committed.
type names map[string]*live

func (n names) sorted() []*live {
	var list []*live
	for _, key := range slices.Sorted(maps.Keys(n)) {
		list = append(list, n[key])
	}
	return list
}

// dependents lists the declarations that mention one of the names, directly or through others.
func (n names) dependents(of map[string]bool) []*declaration {
	changed := maps.Clone(of)
	var list []*declaration
	seen := map[*declaration]bool{}
	for again := true; again; {
		again = false
		for _, v := range n.sorted() {
			d := v.decl
			if d == nil || seen[d] || !mentions(d, changed) || of[v.name] {
				continue
			}
			seen[d], again = true, true
			list = append(list, d)
			for _, name := range d.names {
				changed[name] = true
			}
		}
	}
	return list
}

func mentions(d *declaration, changed map[string]bool) bool {
	if d.recv != "" && changed[d.recv] {
		return true
	}
	for name := range d.uses {
		if changed[name] {
			return true
		}
	}
	return false
}
