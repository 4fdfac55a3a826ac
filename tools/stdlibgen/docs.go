package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/doc"
	"go/printer"
	"go/token"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
)

// entry is what docs.json says about one name.
type entry struct {
	Sig     string   `json:"sig,omitempty"`     // declaration in one line: func LIFCell(opts ...Option) *Cell
	Doc     string   `json:"doc,omitempty"`     // comment as written
	Params  []string `json:"params,omitempty"`  // parameter names, "" where the source gives none
	Example string   `json:"example,omitempty"` // body of the first example
	See     string   `json:"see,omitempty"`     // without an example: the name whose example has this one
}

// docsJSON writes the documentation of all packages. A key is the package's name and the symbol, "snn.LIFCell",
// "tensor.Tensor.Add"; the package's own comment is under its name alone. Where two packages share a name the second,
// in the order of their paths, goes by its full path: "math/rand/v2.IntN".
// kept are entries to take over as they are.
func docsJSON(packages []source, kept map[string]entry) ([]byte, error) {
	entries := maps.Clone(kept)
	taken, own := map[string]bool{}, map[string]bool{}
	for _, p := range packages {
		name := p.types.Name()
		if taken[name] {
			name = p.path
		}
		taken[name], own[name] = true, strings.HasPrefix(p.path, module+"/")
		if err := document(p, name, entries); err != nil {
			return nil, err
		}
	}
	borrowExamples(entries, own)
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	b.WriteString("{\n")
	keys := make([]string, 0, len(entries))
	for key := range entries {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for i, key := range keys { // one line an entry, so that a diff shows what changed
		name, err := json.Marshal(key)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteString(": ")
		if err := encoder.Encode(entries[key]); err != nil {
			return nil, err
		}
		if i < len(keys)-1 {
			b.Truncate(b.Len() - 1)
			b.WriteString(",\n")
		}
	}
	b.WriteString("}\n")
	return b.Bytes(), nil
}

// former reads what an earlier run wrote on packages that do not compile now. A file that is missing or damaged holds
// nothing.
func former(file string, broken []string) map[string]entry {
	kept, all := map[string]entry{}, map[string]entry{}
	text, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(text, &all) != nil {
		return kept
	}
	for _, importPath := range broken {
		name := path.Base(importPath)
		for key, e := range all {
			if key == name || strings.HasPrefix(key, name+".") {
				kept[key] = e
			}
		}
	}
	return kept
}

var qualified = regexp.MustCompile(`\b[a-z]\w*\.[A-Z]\w*`)

// borrowExamples lets names of our own packages without an example see the shortest one of ours that has them. The names
// of a type's methods, which an example's text does not tell from others', go without.
func borrowExamples(entries map[string]entry, own map[string]bool) {
	ours := func(key string) bool {
		name, _, _ := strings.Cut(key, ".")
		return own[name]
	}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		example := entries[key].Example
		if !ours(key) {
			continue
		}
		for _, name := range qualified.FindAllString(example, -1) {
			e, known := entries[name]
			if !known || !ours(name) || e.Example != "" || e.See != "" && len(entries[e.See].Example) <= len(example) {
				continue
			}
			e.See = key
			entries[name] = e
		}
	}
}

func document(p source, name string, entries map[string]entry) error {
	d, err := doc.NewFromFiles(p.fset, p.files, p.path)
	if err != nil {
		return err
	}
	entries[name] = entry{Sig: "package " + path.Base(p.path) + " // import " + `"` + p.path + `"`, Doc: d.Doc, Example: example(p.fset, d.Examples)}
	add := func(key string, e entry) { entries[name+"."+key] = e }
	functions := func(prefix string, list []*doc.Func) {
		for _, f := range list {
			add(prefix+f.Name, entry{signature(p.fset, f.Decl), f.Doc, parameterNames(f.Decl), example(p.fset, f.Examples), ""})
		}
	}
	values := func(list []*doc.Value) {
		for _, v := range list {
			valueEntries(p.fset, v, add)
		}
	}
	functions("", d.Funcs)
	values(d.Consts)
	values(d.Vars)
	for _, t := range d.Types {
		add(t.Name, entry{Sig: declaration(p.fset, t.Decl), Doc: t.Doc, Example: example(p.fset, t.Examples)})
		functions("", t.Funcs)
		functions(t.Name+".", t.Methods)
		values(t.Consts)
		values(t.Vars)
		interfaceMethods(p.fset, t, add)
	}
	return nil
}

// valueEntries documents each exported name of a const or var group: by its own comment, else by the group's.
func valueEntries(fset *token.FileSet, v *doc.Value, add func(string, entry)) {
	for _, spec := range v.Decl.Specs {
		s, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		text := s.Doc.Text()
		if text == "" {
			text = s.Comment.Text()
		}
		if text == "" {
			text = v.Doc
		}
		for _, id := range s.Names {
			if !id.IsExported() {
				continue
			}
			sig := v.Decl.Tok.String() + " " + id.Name
			if s.Type != nil {
				sig += " " + print(fset, s.Type)
			}
			add(id.Name, entry{Sig: sig, Doc: text})
		}
	}
}

// interfaceMethods documents the methods that an interface declares itself.
func interfaceMethods(fset *token.FileSet, t *doc.Type, add func(string, entry)) {
	for _, spec := range t.Decl.Specs {
		s, ok := spec.(*ast.TypeSpec)
		if !ok || s.Name.Name != t.Name {
			continue
		}
		face, ok := s.Type.(*ast.InterfaceType)
		if !ok {
			continue
		}
		for _, method := range face.Methods.List {
			function, ok := method.Type.(*ast.FuncType)
			if !ok {
				continue
			}
			text := method.Doc.Text()
			if text == "" {
				text = method.Comment.Text()
			}
			for _, id := range method.Names {
				if id.IsExported() {
					add(t.Name+"."+id.Name, entry{"func " + id.Name + strings.TrimPrefix(print(fset, function), "func"), text, fieldNames(function.Params), "", ""})
				}
			}
		}
	}
}

func signature(fset *token.FileSet, f *ast.FuncDecl) string {
	bare := *f
	bare.Doc, bare.Body = nil, nil
	return print(fset, &bare)
}

// declaration is a type's own text without comments; the fields of a struct stand on lines of their own.
func declaration(fset *token.FileSet, d *ast.GenDecl) string {
	bare := *d
	bare.Doc = nil
	return print(fset, &bare)
}

func parameterNames(f *ast.FuncDecl) []string { return fieldNames(f.Type.Params) }

func fieldNames(list *ast.FieldList) []string {
	var names []string
	if list == nil {
		return nil
	}
	for _, field := range list.List {
		if len(field.Names) == 0 {
			names = append(names, "")
		}
		for _, id := range field.Names {
			names = append(names, id.Name)
		}
	}
	return names
}

// example is the body of the first example, without the braces, and its expected output.
func example(fset *token.FileSet, list []*doc.Example) string {
	if len(list) == 0 {
		return ""
	}
	e := list[0]
	text := print(fset, &printer.CommentedNode{Node: e.Code, Comments: e.Comments})
	if _, isBlock := e.Code.(*ast.BlockStmt); isBlock {
		text = strings.TrimSuffix(strings.TrimPrefix(text, "{"), "}")
		text = strings.TrimSpace(strings.ReplaceAll(text, "\n\t", "\n"))
	}
	if e.Output != "" && !strings.Contains(text, "// Output:") {
		text += "\n// Output:\n// " + strings.ReplaceAll(strings.TrimSpace(e.Output), "\n", "\n// ")
	}
	return text
}

func print(fset *token.FileSet, node any) string {
	var b bytes.Buffer
	config := printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}
	if err := config.Fprint(&b, fset, node); err != nil {
		panic(fmt.Sprintf("printing a parsed node: %v", err))
	}
	return b.String()
}
