package interp

import (
	"go/ast"
	"go/types"
	"strings"
)

// Doc is what is known about a name.
type Doc struct {
	Name, Sig, Text string
}

// Inspect tells about the name at a place of a cell: its signature, documentation and example, for a live variable its
// type. Inside the parentheses of a call, where no name stands, it tells about the function. Detail 1 adds the source
// of a declaration of the session.
func (in *Interp) Inspect(src string, cursor, detail int) (Doc, bool) {
	cursor = min(max(cursor, 0), len(src))
	end := cursor
	for end < len(src) && isName(src[end]) {
		end++
	}
	start := end
	for start > 0 && isName(src[start-1]) {
		start--
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if start == end {
		return in.inspectCall(src[:cursor])
	}
	s := in.sketch(src[:start])
	if s == nil {
		return Doc{}, false
	}
	name := src[start:end]
	if s.selector != nil {
		return in.inspectSelector(s, name)
	}
	if s.scope != nil {
		if _, obj := s.scope.LookupParent(name, s.at); obj != nil && obj.Pkg() == in.world.pkg && obj.Parent() != in.world.pkg.Scope() {
			return in.describe(obj, symbolDoc{}, detail), true
		}
	}
	if obj := in.world.pkg.Scope().Lookup(name); obj != nil {
		return in.describe(obj, symbolDoc{}, detail), true
	}
	if importPath, ok := in.imports[name]; ok {
		pkg, err := in.universe.Import(importPath)
		if err != nil {
			return Doc{}, false
		}
		d := docs()[pkg.Name()]
		return page(name, d.Sig, d), true
	}
	if obj := types.Universe.Lookup(name); obj != nil {
		d := docs()["builtin."+name]
		if d.Sig == "" {
			d.Sig = obj.String()
		}
		return page(name, d.Sig, d), true
	}
	return Doc{}, false
}

// inspectSelector tells about pkg.Name or value.Name.
func (in *Interp) inspectSelector(s *sketch, name string) (Doc, bool) {
	if id, ok := s.selector.X.(*ast.Ident); ok {
		if pkg, ok := s.info.Uses[id].(*types.PkgName); ok {
			obj := pkg.Imported().Scope().Lookup(name)
			if obj == nil {
				return Doc{}, false
			}
			return in.describe(obj, docs()[pkg.Imported().Name()+"."+name], 0), true
		}
	}
	t := s.info.TypeOf(s.selector.X)
	if t == nil {
		return Doc{}, false
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, in.world.pkg, name)
	if obj == nil {
		return Doc{}, false
	}
	return in.describe(obj, methodDoc(t, obj), 0), true
}

// inspectCall tells about the function whose arguments the cursor stands in.
func (in *Interp) inspectCall(before string) (Doc, bool) {
	s := in.sketch(before)
	if s == nil || s.call == nil {
		return Doc{}, false
	}
	switch f := ast.Unparen(s.call.Fun).(type) {
	case *ast.Ident:
		if obj := s.info.Uses[f]; obj != nil {
			return in.describe(obj, symbolDoc{}, 0), true
		}
	case *ast.SelectorExpr:
		obj := s.info.Uses[f.Sel]
		if obj == nil {
			return Doc{}, false
		}
		if sel := s.info.Selections[f]; sel != nil {
			return in.describe(obj, methodDoc(sel.Recv(), obj), 0), true
		}
		if obj.Pkg() != nil {
			return in.describe(obj, docs()[obj.Pkg().Name()+"."+obj.Name()], 0), true
		}
	}
	return Doc{}, false
}

// describe writes the page of an object.
func (in *Interp) describe(obj types.Object, d symbolDoc, detail int) Doc {
	sig := d.Sig
	if sig == "" {
		sig = clean(types.ObjectString(obj, func(p *types.Package) string {
			if p == in.world.pkg {
				return ""
			}
			return p.Name()
		}))
	}
	doc := page(obj.Name(), sig, d)
	if v := in.names[obj.Name()]; v != nil && v.decl != nil && obj.Parent() == in.world.pkg.Scope() && detail > 0 {
		doc.Text += "\n\n" + v.decl.text()
	}
	return doc
}

// page is signature, documentation and example, one below the other.
func page(name, sig string, d symbolDoc) Doc {
	parts := []string{sig}
	if d.Doc != "" {
		parts = append(parts, strings.TrimSpace(d.Doc))
	}
	heading := "Example:"
	if d.Example == "" && d.See != "" {
		heading, d.Example = "Example, of "+d.See+":", docs()[d.See].Example
	}
	if d.Example != "" {
		parts = append(parts, heading+"\n\n\t"+strings.ReplaceAll(strings.TrimSpace(d.Example), "\n", "\n\t"))
	}
	return Doc{Name: name, Sig: sig, Text: strings.Join(parts, "\n\n")}
}
