package interp

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Completion is what may replace the bytes from Start to End of a cell.
type Completion struct {
	Start, End int
	Matches    []Match
}

// Match is one proposal. Signature is a function's or a variable's type; Doc the first sentence of its documentation.
type Match struct {
	Text, Kind, Signature, Doc string
	rank                       int // locals, live names, members, packages, builtins
}

// Complete proposes what may stand at a place of a cell. No code runs; it may be called beside a cell.
func (in *Interp) Complete(src string, cursor int) Completion {
	cursor = min(max(cursor, 0), len(src))
	if quoted, start, ok := openString(src[:cursor]); ok {
		return Completion{start, cursor, in.completeString(src[:start], quoted)}
	}
	start := cursor
	for start > 0 && isName(src[start-1]) {
		start--
	}
	c := &completer{in: in, prefix: src[start:cursor]}
	in.mu.Lock()
	defer in.mu.Unlock()
	if s := in.sketch(src[:start]); s != nil {
		c.collect(s)
	}
	slices.SortStableFunc(c.matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(c.folded(a.Text), c.folded(b.Text)), cmp.Compare(a.rank, b.rank), cmp.Compare(a.Text, b.Text))
	})
	return Completion{start, cursor, c.matches}
}

// Prepare reads the documentation and checks a first sketch, so that the first completion is as quick as the others. It may be
// called beside a cell.
func (in *Interp) Prepare() {
	docs()
	in.Complete("fmt.P", len("fmt.P"))
}

func isName(b byte) bool {
	return b == '_' || b >= 0x80 || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

type completer struct {
	in      *Interp
	prefix  string
	matches []Match
}

// folded is 1 for a match that differs from the prefix in case.
func (c *completer) folded(text string) int {
	if strings.HasPrefix(text, c.prefix) {
		return 0
	}
	return 1
}

func (c *completer) add(rank int, name string, obj types.Object, doc symbolDoc) {
	if len(name) < len(c.prefix) || !strings.EqualFold(name[:len(c.prefix)], c.prefix) || strings.Contains(name, mark) || name == "_" {
		return
	}
	m := Match{Text: name, rank: rank, Doc: doc.first()}
	switch obj := obj.(type) {
	case *types.Func:
		m.Kind, m.Signature = "function", typeText(obj.Type())
		if _, named, ok := strings.Cut(doc.Sig, " "+obj.Name()+"("); ok { // the tables have no names of parameters
			m.Signature = "func(" + named
		}
	case *types.Var:
		m.Kind, m.Signature = "var", typeText(obj.Type())
		if obj.IsField() {
			m.Kind = "field"
		}
	case *types.Const:
		m.Kind, m.Signature = "const", typeText(obj.Type())
	case *types.TypeName:
		m.Kind, m.Signature = "type", typeText(obj.Type().Underlying())
	case *types.PkgName:
		m.Kind = "package"
	case *types.Builtin:
		m.Kind = "function"
	}
	c.matches = append(c.matches, m)
}

// collect gathers what fits the place.
func (c *completer) collect(s *sketch) {
	if sel := s.selector; sel != nil {
		if id, ok := sel.X.(*ast.Ident); ok {
			if pkg, ok := s.info.Uses[id].(*types.PkgName); ok {
				if s.call != nil {
					c.options(s)
				}
				c.members(pkg.Imported())
				return
			}
		}
		if t := s.info.TypeOf(sel.X); t != nil {
			c.selectable(t)
		}
		return
	}
	if s.literal != nil {
		c.fields(s.info.TypeOf(s.literal))
	}
	if s.call != nil {
		c.options(s)
	}
	c.scope(s)
}

// members proposes the exported names of a package.
func (c *completer) members(pkg *types.Package) {
	proposed := map[string]bool{}
	for _, m := range c.matches {
		proposed[m.Text] = true
	}
	for _, name := range pkg.Scope().Names() {
		if proposed[name] {
			continue
		}
		if obj := pkg.Scope().Lookup(name); obj.Exported() {
			c.add(2, name, obj, docs()[pkg.Name()+"."+name])
		}
	}
}

// selectable proposes the fields and methods of a type, through pointers and embedding.
func (c *completer) selectable(t types.Type) {
	if _, pointer := t.Underlying().(*types.Pointer); !pointer && !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	for sel := range types.NewMethodSet(t).Methods() {
		obj := sel.Obj()
		if obj.Exported() || obj.Pkg() == c.in.world.pkg {
			c.add(2, obj.Name(), obj, methodDoc(t, obj))
		}
	}
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	c.structFields(t, map[types.Type]bool{})
}

// methodDoc is the documentation of a method of a type, or of the type that it is promoted from.
func methodDoc(t types.Type, method types.Object) symbolDoc {
	if fn, ok := method.(*types.Func); ok && fn.Signature().Recv() != nil {
		t = fn.Signature().Recv().Type()
	}
	if named := namedOf(t); named != nil && named.Obj().Pkg() != nil {
		return docs()[named.Obj().Pkg().Name()+"."+named.Obj().Name()+"."+method.Name()]
	}
	return symbolDoc{}
}

func (c *completer) structFields(t types.Type, seen map[types.Type]bool) {
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok || seen[t] {
		return
	}
	seen[t] = true
	for f := range s.Fields() {
		if f.Exported() || f.Pkg() == c.in.world.pkg {
			c.add(1, f.Name(), f, symbolDoc{})
		}
		if f.Embedded() {
			c.structFields(f.Type(), seen)
		}
	}
}

// fields proposes the keys of a struct literal.
func (c *completer) fields(t types.Type) {
	if t == nil {
		return
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Exported() || f.Pkg() == c.in.world.pkg {
				c.add(0, f.Name(), f, symbolDoc{})
			}
		}
	}
}

// options proposes, as an argument of a defined type such as snn.Option, the functions of its package that make one: first
// those that the documentation of the called function mentions.
func (c *completer) options(s *sketch) {
	want := s.wanted()
	named := namedOf(want)
	if named == nil || named.Obj().Pkg() == nil || named.Obj().Pkg() == c.in.world.pkg {
		return
	}
	pkg := named.Obj().Pkg()
	qualified := s.selector == nil
	mentioned := map[string]bool{} // tau_mem_inv is TauMemInv
	for _, word := range strings.Fields(s.calledDoc().Doc) {
		mentioned[strings.ReplaceAll(word, "_", "")] = true
	}
	for _, name := range pkg.Scope().Names() {
		fn, ok := pkg.Scope().Lookup(name).(*types.Func)
		if !ok || fn.Signature().Results().Len() != 1 || !types.Identical(fn.Signature().Results().At(0).Type(), want) {
			continue
		}
		rank := 1
		if mentioned[strings.ToLower(name)] {
			rank = 0
		}
		text := name
		if qualified {
			text = pkg.Name() + "." + name
		}
		c.add(rank, text, fn, docs()[pkg.Name()+"."+name])
	}
}

// scope proposes the names that are visible at the place.
func (c *completer) scope(s *sketch) {
	seen := map[string]bool{}
	visit := func(rank int, scope *types.Scope) {
		for _, name := range scope.Names() {
			if obj := scope.Lookup(name); !seen[name] && (obj.Pos() <= s.at || scope.Parent() == types.Universe || scope == types.Universe) {
				seen[name] = true
				c.add(rank, name, obj, symbolDoc{})
			}
		}
	}
	for scope := s.scope; scope != nil && scope != c.in.world.pkg.Scope() && scope != types.Universe; scope = scope.Parent() {
		if scope.Parent() != c.in.world.pkg.Scope() { // not the file's: its packages come below
			visit(0, scope)
		}
	}
	visit(1, c.in.world.pkg.Scope())
	for name, importPath := range c.in.imports {
		if name[0] != '.' && !seen[name] {
			c.add(3, name, types.NewPkgName(token.NoPos, nil, name, c.in.universe.pkg(importPath)), docs()[name])
		}
	}
	visit(4, types.Universe)
}

// openString reports whether the text ends inside a string literal on its last line, and where its content begins.
func openString(text string) (content string, start int, ok bool) {
	tokens := lex(text)
	for _, l := range tokens {
		if l.tok == token.STRING && len(l.lit) > 0 && (len(l.lit) == 1 || l.lit[len(l.lit)-1] != l.lit[0]) && !strings.Contains(l.lit, "\n") {
			return l.lit[1:], l.offset + 1, true
		}
	}
	return "", 0, false
}

// completeString proposes import paths in an import, else names of files.
func (in *Interp) completeString(before, prefix string) []Match {
	if p := split(before); len(p) > 0 && p[len(p)-1].kind == token.IMPORT {
		var list []Match
		for importPath := range in.universe.tables {
			if strings.HasPrefix(importPath, prefix) && !strings.Contains(importPath, mark) {
				list = append(list, Match{Text: importPath, Kind: "package"})
			}
		}
		slices.SortFunc(list, func(a, b Match) int { return cmp.Compare(a.Text, b.Text) })
		return list
	}
	return Files(prefix)
}

// Files proposes the files and folders whose paths begin like this.
func Files(prefix string) []Match {
	var list []Match
	dir, name := filepath.Split(prefix)
	entries, err := os.ReadDir(cmp.Or(dir, "."))
	if err != nil {
		return nil // no such folder: nothing to propose
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), name) && (name != "" || e.Name()[0] != '.') {
			m := Match{Text: dir + e.Name(), Kind: "file"}
			if e.IsDir() {
				m.Text, m.Kind = m.Text+"/", "folder"
			}
			list = append(list, m)
		}
	}
	return list
}
