package interp

import (
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// typ is the checker's type of a reflected one.
func (u *universe) typ(t reflect.Type) types.Type {
	if known, ok := u.types[t]; ok {
		return known
	}
	if t.PkgPath() == "iter" {
		if seq := u.sequence(t); seq != nil {
			u.types[t] = seq
			return seq
		}
	}
	if t.Name() != "" && t.PkgPath() != "" {
		return u.named(t)
	}
	made := u.unnamed(t)
	u.types[t] = made
	return made
}

// sequence is an instance of iter.Seq or iter.Seq2 as the checker makes it, or nil without package iter.
func (u *universe) sequence(t reflect.Type) types.Type {
	pkg, err := u.build("iter")
	if err != nil {
		return nil
	}
	name, _, _ := strings.Cut(t.Name(), "[")
	obj := pkg.Scope().Lookup(name)
	if obj == nil {
		return nil
	}
	var args []types.Type
	for in := range t.In(0).Ins() {
		args = append(args, u.typ(in))
	}
	seq, err := types.Instantiate(nil, obj.Type(), args, false)
	must(err)
	return seq
}

// named makes a defined type with its methods. An instance of a generic type keeps its brackets in its name, so that no
// script can mention it.
func (u *universe) named(t reflect.Type) types.Type {
	home := u.home(t)
	pkg := u.pkg(home.path)
	obj := types.NewTypeName(token.NoPos, pkg, home.name, nil)
	named := types.NewNamed(obj, nil, nil)
	u.types[t] = named
	u.native[obj] = t
	if !strings.Contains(home.name, "[") && token.IsExported(home.name) && pkg.Scope().Lookup(home.name) == nil {
		pkg.Scope().Insert(obj)
	}
	named.SetUnderlying(u.unnamed(t))
	if t.Kind() == reflect.Interface {
		return named
	}
	for m := range reflect.PointerTo(t).Methods() {
		var recv types.Type = named
		if _, byValue := t.MethodByName(m.Name); !byValue {
			recv = types.NewPointer(named)
		}
		v := types.NewVar(token.NoPos, pkg, "", recv)
		named.AddMethod(types.NewFunc(token.NoPos, pkg, m.Name, u.signature(m.Type, v, true)))
	}
	for _, sealed := range u.sealed {
		u.seal(t, named, sealed)
	}
	u.defined = append(u.defined, t)
	return named
}

// seal gives a type the unexported methods of an interface that it implements: reflection lists none of a type's own.
func (u *universe) seal(t reflect.Type, named *types.Named, sealed reflect.Type) {
	var recv types.Type = named
	switch {
	case t.Implements(sealed):
	case reflect.PointerTo(t).Implements(sealed):
		recv = types.NewPointer(named)
	default:
		return
	}
	for m := range sealed.Methods() {
		if m.PkgPath == "" {
			continue
		}
		pkg := u.methodPkg(sealed, m)
		if obj, _, _ := types.LookupFieldOrMethod(named, true, pkg, m.Name); obj == nil {
			v := types.NewVar(token.NoPos, pkg, "", recv)
			named.AddMethod(types.NewFunc(token.NoPos, pkg, m.Name, u.signature(m.Type, v, false)))
		}
	}
}

// place is the package and the name of a type.
type place struct{ path, name string }

// home is where scripts find a type. One of a package that has no table may stand in another package's table, in the
// place of a type that scripts must not have.
func (u *universe) home(t reflect.Type) place {
	own := place{t.PkgPath(), instanceName(t.Name())}
	if _, known := u.tables[own.path]; known {
		return own
	}
	if u.standIns == nil {
		u.standIns = map[reflect.Type]place{}
		for importPath, key := range u.tables {
			for name, v := range u.symbols[key] {
				if v.Kind() != reflect.Pointer || !v.IsNil() || !token.IsExported(name) {
					continue
				}
				if elem := v.Type().Elem(); elem.PkgPath() != importPath {
					u.standIns[elem] = place{importPath, name}
				}
			}
		}
	}
	if stood, ok := u.standIns[t]; ok {
		return stood
	}
	return own
}

// instanceName shortens the full paths in an instance's name: Pointer[example.com/a/b.T] is Pointer[b.T].
func instanceName(name string) string {
	open := strings.IndexByte(name, '[')
	if open < 0 {
		return name
	}
	arg := name[open:]
	if slash := strings.LastIndexByte(arg, '/'); slash >= 0 {
		arg = "[" + arg[slash+1:]
	}
	return name[:open] + arg
}

// unnamed makes the type literal, or the underlying type of a named one.
func (u *universe) unnamed(t reflect.Type) types.Type {
	switch t.Kind() {
	case reflect.Pointer:
		return types.NewPointer(u.typ(t.Elem()))
	case reflect.Slice:
		return types.NewSlice(u.typ(t.Elem()))
	case reflect.Array:
		return types.NewArray(u.typ(t.Elem()), int64(t.Len()))
	case reflect.Map:
		return types.NewMap(u.typ(t.Key()), u.typ(t.Elem()))
	case reflect.Chan:
		dir := map[reflect.ChanDir]types.ChanDir{
			reflect.BothDir: types.SendRecv, reflect.SendDir: types.SendOnly, reflect.RecvDir: types.RecvOnly,
		}
		return types.NewChan(dir[t.ChanDir()], u.typ(t.Elem()))
	case reflect.Func:
		return u.signature(t, nil, false)
	case reflect.Struct:
		return u.structure(t)
	case reflect.Interface:
		return u.iface(t)
	case reflect.UnsafePointer:
		return types.Typ[types.UnsafePointer]
	}
	return types.Universe.Lookup(t.Kind().String()).Type()
}

// signature makes a function's type. A method's reflected type may begin with its receiver, which is left out.
func (u *universe) signature(t reflect.Type, recv *types.Var, skipFirst bool) *types.Signature {
	var params, results []*types.Var
	for in := range t.Ins() {
		params = append(params, types.NewParam(token.NoPos, nil, "", u.typ(in)))
	}
	if skipFirst {
		params = params[1:]
	}
	for out := range t.Outs() {
		results = append(results, types.NewParam(token.NoPos, nil, "", u.typ(out)))
	}
	return types.NewSignatureType(recv, nil, nil, types.NewTuple(params...), types.NewTuple(results...), t.IsVariadic())
}

func (u *universe) structure(t reflect.Type) types.Type {
	var fields []*types.Var
	var tags []string
	for f := range t.Fields() {
		pkg := u.pkg(t.PkgPath())
		if f.PkgPath != "" {
			pkg = u.pkg(f.PkgPath)
		}
		fields = append(fields, types.NewField(token.NoPos, pkg, f.Name, u.typ(f.Type), f.Anonymous))
		tags = append(tags, string(f.Tag))
	}
	return types.NewStruct(fields, tags)
}

func (u *universe) iface(t reflect.Type) types.Type {
	if t.NumMethod() == 0 {
		if t.Name() == "" {
			return types.Universe.Lookup("any").Type()
		}
		return types.NewInterfaceType(nil, nil)
	}
	var methods []*types.Func
	hidden := false
	for m := range t.Methods() {
		pkg := u.pkg(t.PkgPath())
		if m.PkgPath != "" {
			pkg, hidden = u.methodPkg(t, m), true
		}
		methods = append(methods, types.NewFunc(token.NoPos, pkg, m.Name, u.signature(m.Type, nil, false)))
	}
	if hidden {
		u.sealed = append(u.sealed, t)
		for _, known := range slices.Clone(u.defined) {
			u.seal(known, u.types[known].(*types.Named), t)
		}
	}
	return types.NewInterfaceType(methods, nil).Complete()
}

// reflected is the checker's type of a value that a running script holds.
func (u *universe) reflected(t reflect.Type) types.Type {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.typ(t)
}

// wrapper is the struct of functions that implements a compiled interface for values of scripts, or nil.
func (u *universe) wrapper(t types.Type) reflect.Type {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || !types.IsInterface(t) || named.Obj().Pkg() == nil {
		return nil
	}
	w, ok := u.symbols[u.tables[named.Obj().Pkg().Path()]]["_"+named.Obj().Name()]
	if !ok {
		return nil
	}
	return w.Type().Elem()
}

// methodPkg is the package of an unexported method of an interface.
func (u *universe) methodPkg(iface reflect.Type, m reflect.Method) *types.Package {
	if m.PkgPath == iface.PkgPath() {
		return u.pkg(u.home(iface).path)
	}
	return u.pkg(m.PkgPath)
}
