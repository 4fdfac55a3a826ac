package interp

import (
	"go/ast"
	"go/token"
	"maps"
	"reflect"
	"slices"
	"sync/atomic"
	"unsafe"

	yaegi "github.com/traefik/yaegi/interp"
)

// The engine gives each script type a type of package reflect, and that package makes none that mention each other. So the
// types of a cell that contain themselves, directly or through others, are declared ahead of the rest in three steps:
//
//  1. each under its name, with nothing in it;
//  2. each with what it contains, under a second name: what it mentions is all known by now;
//  3. each takes over the contents of its second self, and the reflected types are tied together in place.
//
// The last step goes around the rules of the engine and of reflect, as forget does; the engine itself ties a struct that
// contains pointers to itself, and only that, in this way. The probes would tell if a new version of either
// arranged its types differently.

// recursiveTypes takes the type declarations out of the program that contain themselves, and those that they mention.
func (out *program) recursiveTypes() []*ast.TypeSpec {
	specs := map[string]*ast.TypeSpec{}
	for _, d := range out.decls {
		if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.TYPE {
			for _, s := range d.Specs {
				specs[s.(*ast.TypeSpec).Name.Name] = s.(*ast.TypeSpec)
			}
		}
	}
	if len(specs) == 0 {
		return nil
	}
	mentions := map[string][]string{}
	for name, spec := range specs {
		mentions[name] = mentionedTypes(spec.Type, specs, true)
	}
	ahead := map[string]bool{}
	for name := range specs {
		if reached := map[string]bool{}; reaches(name, name, mentions, reached) {
			ahead[name] = true
			maps.Copy(ahead, reached)
		}
	}
	var list []*ast.TypeSpec
	rest := out.decls[:0:0]
	for _, d := range out.decls {
		if decl, ok := d.(*ast.GenDecl); ok && decl.Tok == token.TYPE {
			decl.Specs = slices.DeleteFunc(decl.Specs, func(s ast.Spec) bool {
				spec := s.(*ast.TypeSpec)
				if ahead[spec.Name.Name] {
					list = append(list, spec)
				}
				return ahead[spec.Name.Name]
			})
			if len(decl.Specs) == 0 {
				continue
			}
		}
		rest = append(rest, d)
	}
	out.decls = rest
	return list
}

// mentionedTypes lists which of the declared types a type expression mentions: anywhere, or only as a part of its values.
func mentionedTypes(e ast.Expr, specs map[string]*ast.TypeSpec, anywhere bool) (names []string) {
	var walk func(e ast.Expr)
	fields := func(list *ast.FieldList) {
		if list != nil {
			for _, f := range list.List {
				walk(f.Type)
			}
		}
	}
	walk = func(e ast.Expr) {
		switch e := e.(type) {
		case *ast.Ident:
			if specs[e.Name] != nil {
				names = append(names, e.Name)
			}
		case *ast.ParenExpr:
			walk(e.X)
		case *ast.StructType:
			fields(e.Fields)
		case *ast.ArrayType:
			if anywhere || e.Len != nil {
				walk(e.Elt)
			}
		}
		if !anywhere {
			return
		}
		switch e := e.(type) {
		case *ast.StarExpr:
			walk(e.X)
		case *ast.Ellipsis:
			walk(e.Elt)
		case *ast.MapType:
			walk(e.Key)
			walk(e.Value)
		case *ast.ChanType:
			walk(e.Value)
		case *ast.FuncType:
			fields(e.Params)
			fields(e.Results)
		}
	}
	walk(e)
	return names
}

// reaches reports whether a type mentions another through any number of others, which it collects.
func reaches(from, to string, mentions map[string][]string, reached map[string]bool) (found bool) {
	for _, next := range mentions[from] {
		found = found || next == to
		if !reached[next] {
			reached[next] = true
			found = reaches(next, to, mentions, reached) || found
		}
	}
	return found
}

const contents = mark + "0" // ends the second name of a recursive type

// declareRecursive declares types that contain themselves.
func (in *Interp) declareRecursive(specs []*ast.TypeSpec, pos token.Pos) error {
	var empty, full []ast.Spec
	for _, s := range specs {
		empty = append(empty, &ast.TypeSpec{Name: s.Name, Type: emptied(s.Type)})
		full = append(full, &ast.TypeSpec{Name: &ast.Ident{NamePos: s.Name.NamePos, Name: s.Name.Name + contents}, Type: s.Type})
	}
	declare := func(specs []ast.Spec) error {
		decl := &ast.GenDecl{TokPos: pos, Tok: token.TYPE, Lparen: pos, Specs: specs, Rparen: pos}
		_, err := in.engine.CompileAST(&ast.File{Package: pos, Name: &ast.Ident{NamePos: pos, Name: "main"}, Decls: []ast.Decl{decl}})
		return err
	}
	if err := declare(empty); err != nil {
		return err
	}
	k := knot{engine: in.engine, specs: map[string]*ast.TypeSpec{}, tied: map[string]bool{}, stands: map[reflect.Type]reflect.Type{}}
	for _, s := range specs {
		k.specs[s.Name.Name] = s
		k.stand(s)
	}
	if err := declare(full); err != nil {
		return err
	}
	for _, s := range specs {
		k.take(s.Name.Name)
	}
	k.tie(specs)
	return nil
}

func namesType(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.Ident)
	return ok
}

// emptied is a type of the same kind that mentions nothing.
func emptied(e ast.Expr) ast.Expr {
	pos := e.Pos()
	number := &ast.Ident{NamePos: pos, Name: "int"}
	none := &ast.FieldList{Opening: pos, Closing: pos}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return emptied(e.X)
	case *ast.StructType:
		return &ast.StructType{Struct: pos, Fields: none}
	case *ast.FuncType:
		return &ast.FuncType{Func: pos, Params: none}
	case *ast.StarExpr:
		return &ast.StarExpr{Star: pos, X: number}
	case *ast.ArrayType:
		return &ast.ArrayType{Lbrack: pos, Len: e.Len, Elt: number}
	case *ast.MapType:
		return &ast.MapType{Map: pos, Key: number, Value: number}
	case *ast.ChanType:
		return &ast.ChanType{Begin: pos, Dir: e.Dir, Value: number}
	}
	return e // another name
}

// knot ties the types of one cell.
type knot struct {
	engine *yaegi.Interpreter
	specs  map[string]*ast.TypeSpec
	tied   map[string]bool
	stands map[reflect.Type]reflect.Type // what stands in for a type while the others are made → the type
}

// symbol is the engine's own type of that name.
func (k *knot) symbol(name string) reflect.Value {
	scope := reach(reflect.ValueOf(k.engine).Elem().FieldByName("scopes")).MapIndex(reflect.ValueOf("main"))
	symbol := reach(scope.Elem().FieldByName("sym")).MapIndex(reflect.ValueOf(name))
	return reach(symbol.Elem().FieldByName("typ")).Elem()
}

// reflected is where the engine keeps the reflected type of one of its own.
func reflected(symbol reflect.Value) reflect.Value { return reach(symbol.FieldByName("rtype")) }

var standIns atomic.Int64

// stand gives a struct or function type a stand-in that is like no other type.
func (k *knot) stand(s *ast.TypeSpec) {
	unique := reflect.ArrayOf(int(standIns.Add(1)), reflect.TypeFor[int8]())
	symbol := k.symbol(s.Name.Name)
	switch s.Type.(type) {
	case *ast.StructType:
		reflected(symbol).Set(reflect.ValueOf(unique))
	case *ast.FuncType:
		unique = reflect.FuncOf([]reflect.Type{unique}, nil, false)
		reflected(symbol).Set(reflect.ValueOf(unique))
	default:
		return
	}
	k.stands[unique] = nil
}

// take gives a type the contents of its second self, after those that are parts of its values.
func (k *knot) take(name string) {
	if k.tied[name] {
		return
	}
	k.tied[name] = true
	for _, part := range mentionedTypes(k.specs[name].Type, k.specs, false) {
		k.take(part)
	}
	symbol, full := k.symbol(name), k.symbol(name+contents)
	for _, field := range []string{"cat", "field", "key", "val", "arg", "ret", "length"} {
		reach(symbol.FieldByName(field)).Set(reach(full.FieldByName(field)))
	}
	if val := reach(full.FieldByName("val")); !val.IsNil() && namesType(k.specs[name].Type) {
		reach(symbol.FieldByName("field")).Set(reach(val.Elem().FieldByName("field")))
	}
	t := full.Addr().MethodByName("TypeOf").Call(nil)[0].Interface().(reflect.Type)
	if before, ok := reflected(symbol).Interface().(reflect.Type); ok {
		if _, ok := k.stands[before]; ok {
			k.stands[before] = t
		}
	}
	reflected(symbol).Set(reflect.ValueOf(t))
}

// tie puts the types in the places of their stand-ins.
func (k *knot) tie(specs []*ast.TypeSpec) {
	for _, t := range k.stands {
		switch t.Kind() {
		case reflect.Struct:
			fields := (*structType)(typeAddress(t)).fields
			for i := range fields {
				fields[i].typ = typeAddress(k.real(t.Field(i).Type))
			}
		case reflect.Func:
			list := unsafe.Slice((*unsafe.Pointer)(unsafe.Add(typeAddress(t), unsafe.Sizeof(funcType{}))), t.NumIn()+t.NumOut())
			for i := range t.NumIn() {
				list[i] = typeAddress(k.real(t.In(i)))
			}
			for i := range t.NumOut() {
				list[t.NumIn()+i] = typeAddress(k.real(t.Out(i)))
			}
		}
	}
	seen := map[unsafe.Pointer]bool{}
	for _, s := range specs {
		k.refresh(k.symbol(s.Name.Name), seen)
	}
}

// real is a type with the true ones in the places of stand-ins.
func (k *knot) real(t reflect.Type) reflect.Type {
	if made, ok := k.stands[t]; ok {
		return made
	}
	if t.Name() != "" {
		return t
	}
	switch t.Kind() {
	case reflect.Pointer:
		return reflect.PointerTo(k.real(t.Elem()))
	case reflect.Slice:
		return reflect.SliceOf(k.real(t.Elem()))
	case reflect.Array:
		return reflect.ArrayOf(t.Len(), k.real(t.Elem()))
	case reflect.Chan:
		return reflect.ChanOf(t.ChanDir(), k.real(t.Elem()))
	case reflect.Map:
		return reflect.MapOf(k.real(t.Key()), k.real(t.Elem()))
	case reflect.Func:
		if k.isTied(t) {
			return t
		}
		in, out := make([]reflect.Type, t.NumIn()), make([]reflect.Type, t.NumOut())
		for i := range in {
			in[i] = k.real(t.In(i))
		}
		for i := range out {
			out[i] = k.real(t.Out(i))
		}
		return reflect.FuncOf(in, out, t.IsVariadic())
	case reflect.Struct:
		if k.isTied(t) {
			return t
		}
		fields := make([]reflect.StructField, t.NumField())
		changed := false
		for i := range fields {
			fields[i] = t.Field(i)
			fields[i].Type = k.real(fields[i].Type)
			changed = changed || fields[i].Type != t.Field(i).Type
		}
		if changed {
			return reflect.StructOf(fields)
		}
	}
	return t
}

// isTied reports whether a type is one that is tied in place.
func (k *knot) isTied(t reflect.Type) bool {
	for _, other := range k.stands {
		if t == other {
			return true
		}
	}
	return false
}

// refresh replaces the reflected types that the engine has noted with stand-ins in them.
func (k *knot) refresh(t reflect.Value, seen map[unsafe.Pointer]bool) {
	if at := t.Addr().UnsafePointer(); seen[at] {
		return
	} else {
		seen[at] = true
	}
	if old, ok := reflected(t).Interface().(reflect.Type); ok {
		reflected(t).Set(reflect.ValueOf(k.real(old)))
	}
	next := func(p reflect.Value) {
		if !p.IsNil() {
			k.refresh(p.Elem(), seen)
		}
	}
	for _, field := range []string{"key", "val", "ptr"} {
		next(reach(t.FieldByName(field)))
	}
	for _, field := range []string{"arg", "ret"} {
		list := reach(t.FieldByName(field))
		for i := range list.Len() {
			next(list.Index(i))
		}
	}
	fields := reach(t.FieldByName("field"))
	for i := range fields.Len() {
		next(reach(fields.Index(i).FieldByName("typ")))
	}
}

// What package reflect makes, as internal/abi describes it.
type (
	commonType struct {
		_ [2]uintptr
		_ uint32
		_ [4]uint8
		_ [2]uintptr
		_ [2]int32
	}
	structType struct {
		commonType
		_      uintptr
		fields []struct {
			_   uintptr
			typ unsafe.Pointer
			_   uintptr
		}
	}
	funcType struct {
		_ commonType
		_ [2]uint16
	}
)

// typeAddress is where a type's description lies.
func typeAddress(t reflect.Type) unsafe.Pointer {
	return reflect.ValueOf(t).UnsafePointer()
}
