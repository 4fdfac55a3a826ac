package main

import (
	"bytes"
	"fmt"
	"go/constant"
	"go/format"
	"go/token"
	"go/types"
	"math/big"
	"path"
	"slices"
	"strconv"
	"strings"
)

// tablePrefix marks the generated files, so that stale ones can be told from written ones.
const tablePrefix = "table_"

// tableFile names a package's file: table_math_rand_v2.go, table_livespike_snn.go.
func tableFile(importPath string) string {
	short := strings.Replace(importPath, module, "livespike", 1)
	return tablePrefix + strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(short) + ".go"
}

// table collects one generated file.
type table struct {
	pkg      *types.Package
	imports  map[string]string // path → the name used in the file
	values   []string          // lines `"Name": reflect.ValueOf(…),`
	types    []string
	wrappers []string // type declarations
	wrapped  []string // lines `"_Name": …,`
	generic  []string // names left out
}

// symbolTable writes the Go source of one package's table.
func symbolTable(p source) ([]byte, error) {
	t := &table{pkg: p.types, imports: map[string]string{"reflect": "reflect"}}
	scope := p.types.Scope()
	for _, name := range scope.Names() {
		if object := scope.Lookup(name); object.Exported() {
			t.add(object)
		}
	}
	source, err := format.Source(t.source())
	if err != nil {
		return nil, fmt.Errorf("%w in\n%s", err, t.source())
	}
	return source, nil
}

func (t *table) add(object types.Object) {
	name := object.Name()
	switch o := object.(type) {
	case *types.Const:
		t.values = append(t.values, fmt.Sprintf("%q: reflect.ValueOf(%s),", name, t.constant(o)))
	case *types.Func:
		if o.Signature().TypeParams().Len() > 0 {
			t.generic = append(t.generic, name)
			return
		}
		t.values = append(t.values, fmt.Sprintf("%q: reflect.ValueOf(%s),", name, t.reference(o)))
	case *types.Var:
		t.values = append(t.values, fmt.Sprintf("%q: reflect.ValueOf(&%s).Elem(),", name, t.reference(o)))
	case *types.TypeName:
		t.addType(o)
	}
}

func (t *table) addType(o *types.TypeName) {
	name := o.Name()
	if generic(o.Type()) {
		t.generic = append(t.generic, name)
		return
	}
	face, isInterface := o.Type().Underlying().(*types.Interface)
	if isInterface && !face.IsMethodSet() {
		t.generic = append(t.generic, name) // a constraint: only usable as one
		return
	}
	t.types = append(t.types, fmt.Sprintf("%q: reflect.ValueOf((*%s)(nil)),", name, t.reference(o)))
	if isInterface {
		wrapper := "_" + strings.NewReplacer("/", "_", "-", "_", ".", "_").Replace(t.pkg.Path()) + "_" + name
		t.wrapped = append(t.wrapped, fmt.Sprintf("\"_%s\": reflect.ValueOf((*%s)(nil)),", name, wrapper))
		t.wrappers = append(t.wrappers, t.wrapper(wrapper, name, face))
	}
}

// generic reports whether a type has parameters, or is an alias of an instance of one that has: reflection knows an
// instance only by a name that no Go source can spell.
func generic(typ types.Type) bool {
	if alias, ok := typ.(*types.Alias); ok && alias.TypeParams().Len() > 0 {
		return true
	}
	named, ok := types.Unalias(typ).(*types.Named)
	return ok && (named.TypeParams().Len() > 0 || named.TypeArgs().Len() > 0)
}

// reference is how the file names an object: through its package, or the stand-in of restricted.go.
func (t *table) reference(o types.Object) string {
	if local := replaced[t.pkg.Path()+"."+o.Name()]; local != "" {
		return local
	}
	return t.qualify(t.pkg) + "." + o.Name()
}

// qualify imports a package under its own name, or, where that is taken, under its path's words.
func (t *table) qualify(p *types.Package) string {
	if name, ok := t.imports[p.Path()]; ok {
		return name
	}
	name := p.Name()
	for _, taken := range t.imports {
		if taken == name {
			name = strings.NewReplacer("/", "_", "-", "_", ".", "_").Replace(p.Path())
		}
	}
	t.imports[p.Path()] = name
	return name
}

// constant is a constant as reflection can carry it. An untyped number goes as go/constant, exactly: as a Go value it
// would have to fit its default type.
func (t *table) constant(o *types.Const) string {
	basic, ok := o.Type().(*types.Basic)
	if !ok || basic.Info()&types.IsUntyped == 0 {
		return t.reference(o)
	}
	var literal string
	var kind token.Token
	switch value := o.Val(); value.Kind() {
	case constant.String:
		kind, literal = token.STRING, value.ExactString()
	case constant.Int:
		kind, literal = token.INT, value.ExactString()
		if basic.Kind() == types.UntypedRune {
			if r, exact := constant.Int64Val(value); exact {
				kind, literal = token.CHAR, strconv.QuoteRune(rune(r))
			}
		}
	case constant.Float:
		kind, literal = token.FLOAT, exactFloat(constant.Val(value))
	default:
		return t.reference(o)
	}
	t.imports["go/constant"], t.imports["go/token"] = "constant", "token"
	return fmt.Sprintf("constant.MakeFromLiteral(%q, token.%s, 0)", literal, strings.ToUpper(kindName(kind)))
}

// exactFloat writes a constant so that reading it gives the same number: in decimal where that ends within a line, else
// in hexadecimal. go/constant holds a float as one of the two types below.
func exactFloat(value any) string {
	switch v := value.(type) {
	case *big.Rat:
		if digits, exact := v.FloatPrec(); exact && digits < 100 {
			return v.FloatString(max(digits, 1))
		}
		return new(big.Float).SetPrec(512).SetRat(v).Text('p', 0)
	case *big.Float:
		return v.Text('p', 0)
	default:
		panic(fmt.Sprintf("a float constant is a %T", value))
	}
}

// kindName is the identifier of a literal's token in go/token.
func kindName(kind token.Token) string {
	return map[token.Token]string{token.STRING: "string", token.INT: "int", token.CHAR: "char", token.FLOAT: "float"}[kind]
}

// wrapper is the struct by which yaegi gives an interpreted value the methods of a compiled interface: a field
// W<Method> per method, IValue for the value itself.
func (t *table) wrapper(wrapper, name string, face *types.Interface) string {
	var fields, methods strings.Builder
	for method := range face.Methods() {
		if !method.Exported() {
			continue
		}
		signature := method.Signature()
		parameters, arguments := t.parameters(signature)
		results := t.results(signature)
		fmt.Fprintf(&fields, "\tW%s func(%s) (%s)\n", method.Name(), parameters, results)
		fmt.Fprintf(&methods, "\nfunc (W %s) %s(%s) (%s) {\n", wrapper, method.Name(), parameters, results)
		if method.Name() == "String" && signature.Params().Len() == 0 {
			methods.WriteString("\tif W.WString == nil {\n\t\treturn \"\"\n\t}\n")
		}
		if signature.Results().Len() > 0 {
			methods.WriteString("\treturn ")
		}
		fmt.Fprintf(&methods, "W.W%s(%s)\n}\n", method.Name(), arguments)
	}
	if object, _, _ := types.LookupFieldOrMethod(face, false, t.pkg, "Format"); object == nil {
		// A container that prints its parts shows the value, not this struct.
		t.imports["fmt"] = "fmt"
		fmt.Fprintf(&methods, "\nfunc (W %s) Format(f fmt.State, verb rune) {\n\tfmt.Fprintf(f, fmt.FormatString(f, verb), W.IValue)\n}\n", wrapper)
	}
	return fmt.Sprintf("// %s carries an interpreted %s.\ntype %s struct {\n\tIValue any\n%s}\n%s", wrapper, name, wrapper, fields.String(), methods.String())
}

func (t *table) parameters(signature *types.Signature) (parameters, arguments string) {
	var declared, passed []string
	for i := range signature.Params().Len() {
		v := signature.Params().At(i)
		name := v.Name()
		if name == "" || name == "_" || name == "W" {
			name = fmt.Sprintf("a%d", i)
		}
		text := types.TypeString(v.Type(), t.qualify)
		if signature.Variadic() && i == signature.Params().Len()-1 {
			declared = append(declared, name+" ..."+strings.TrimPrefix(text, "[]"))
			passed = append(passed, name+"...")
			continue
		}
		declared = append(declared, name+" "+text)
		passed = append(passed, name)
	}
	return strings.Join(declared, ", "), strings.Join(passed, ", ")
}

func (t *table) results(signature *types.Signature) string {
	var results []string
	for v := range signature.Results().Variables() {
		results = append(results, types.TypeString(v.Type(), t.qualify))
	}
	return strings.Join(results, ", ")
}

func (t *table) source() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Code generated by stdlibgen for %s. DO NOT EDIT.\n", t.pkg.Path())
	if len(t.generic) > 0 {
		fmt.Fprintf(&b, "//\n// Left out, because generic: %s.\n", strings.Join(t.generic, ", "))
	}
	if !strings.Contains(t.pkg.Path(), ".") {
		b.WriteString("\n//go:build go1.26\n\n//lint:file-ignore SA1019 scripts may use whatever Go still has\n")
	}
	b.WriteString("\npackage stdlib\n\n")
	b.WriteString(importBlock(t.imports))
	fmt.Fprintf(&b, "var _ = register(%q, map[string]reflect.Value{\n", path.Join(t.pkg.Path(), t.pkg.Name()))
	for _, group := range []struct {
		title string
		lines []string
	}{{"functions, constants and variables", t.values}, {"types", t.types}, {"interface wrappers", t.wrapped}} {
		if len(group.lines) > 0 {
			fmt.Fprintf(&b, "\t// %s\n\t%s\n", group.title, strings.Join(group.lines, "\n\t"))
		}
	}
	b.WriteString("}")
	for _, name := range t.generic {
		fmt.Fprintf(&b, ", %q", name)
	}
	b.WriteString(")\n")
	for _, w := range t.wrappers {
		b.WriteString("\n" + w)
	}
	return b.Bytes()
}

// importBlock writes the imports as gofumpt wants them: the standard library first.
func importBlock(imports map[string]string) string {
	var std, other []string
	for importPath, name := range imports {
		line := strconv.Quote(importPath)
		if path.Base(importPath) != name {
			line = name + " " + line
		}
		if strings.Contains(strings.SplitN(importPath, "/", 2)[0], ".") {
			other = append(other, line)
		} else {
			std = append(std, line)
		}
	}
	sortByPath(std)
	sortByPath(other)
	block := "import (\n\t" + strings.Join(std, "\n\t") + "\n"
	if len(other) > 0 {
		block += "\n\t" + strings.Join(other, "\n\t") + "\n"
	}
	return block + ")\n\n"
}

// sortByPath orders import lines by their paths, whatever name stands before them.
func sortByPath(lines []string) {
	slices.SortFunc(lines, func(a, b string) int {
		return strings.Compare(a[strings.Index(a, `"`):], b[strings.Index(b, `"`):])
	})
}
