package interp

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"path"
	"reflect"
	"strings"
	"sync"
)

// universe gives the type checker its packages: it builds them, when they are asked for, from the symbol tables by
// reflection. A named type is one object, however it is reached.
type universe struct {
	mu       sync.Mutex                          // scripts that run ask for types too
	symbols  map[string]map[string]reflect.Value // import path/name → name → value
	tables   map[string]string                   // import path → key of symbols
	packages map[string]*types.Package
	complete map[string]bool
	types    map[reflect.Type]types.Type
	native   map[*types.TypeName]reflect.Type // the way back
	standIns map[reflect.Type]place
	generic  map[string]genericText // sources, by import path
	defined  []reflect.Type         // the named ones that are no interfaces
	sealed   []reflect.Type         // the interfaces with unexported methods
}

func newUniverse(symbols map[string]map[string]reflect.Value) *universe {
	u := &universe{
		symbols:  symbols,
		tables:   map[string]string{},
		packages: map[string]*types.Package{"unsafe": types.Unsafe},
		complete: map[string]bool{},
		types:    map[reflect.Type]types.Type{reflect.TypeFor[error](): types.Universe.Lookup("error").Type()},
		native:   map[*types.TypeName]reflect.Type{},
		generic:  map[string]genericText{},
	}
	for key := range symbols {
		u.tables[path.Dir(key)] = key
	}
	return u
}

// Import returns the package of a path. It implements types.Importer.
func (u *universe) Import(importPath string) (*types.Package, error) {
	if u.complete[importPath] {
		return u.pkg(importPath), nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.build(importPath)
}

// build makes the package of a path, or returns the one that is made already.
func (u *universe) build(importPath string) (*types.Package, error) {
	key, ok := u.tables[importPath]
	if !ok {
		return nil, fmt.Errorf("package %s is not part of this session", importPath)
	}
	pkg := u.pkg(importPath)
	if u.complete[importPath] {
		return pkg, nil
	}
	u.complete[importPath] = true
	for name, v := range u.symbols[key] {
		if strings.HasPrefix(name, "_") || !token.IsExported(name) {
			continue // a wrapper of an interface
		}
		if obj := u.object(pkg, name, v); obj != nil && pkg.Scope().Lookup(name) == nil {
			pkg.Scope().Insert(obj)
		}
	}
	u.addGeneric(pkg)
	pkg.MarkComplete()
	return pkg, nil
}

// pkg returns the package of a path, which may hold no names yet.
func (u *universe) pkg(importPath string) *types.Package {
	p, ok := u.packages[importPath]
	if !ok {
		name := path.Base(importPath)
		if key, known := u.tables[importPath]; known {
			name = path.Base(key)
		}
		p = types.NewPackage(importPath, name)
		u.packages[importPath] = p
	}
	return p
}

var constantType = reflect.TypeFor[constant.Value]()

// object makes the object of one symbol; the kind of the reflected value tells what it is.
func (u *universe) object(pkg *types.Package, name string, v reflect.Value) types.Object {
	if !v.IsValid() {
		return nil
	}
	t := v.Type()
	switch {
	case t.Implements(constantType):
		c := v.Interface().(constant.Value)
		return types.NewConst(token.NoPos, pkg, name, untyped(c), c)
	case v.CanAddr():
		return types.NewVar(token.NoPos, pkg, name, u.typ(t))
	case t.Kind() == reflect.Func:
		return types.NewFunc(token.NoPos, pkg, name, u.signature(t, nil, false))
	case t.Kind() == reflect.Pointer && v.IsNil():
		return u.typeName(pkg, name, t.Elem())
	}
	c := constantOf(v)
	if c == nil {
		return types.NewVar(token.NoPos, pkg, name, u.typ(t))
	}
	return types.NewConst(token.NoPos, pkg, name, u.typ(t), c)
}

func (u *universe) typeName(pkg *types.Package, name string, t reflect.Type) types.Object {
	if t.Name() != "" && u.home(t) == (place{pkg.Path(), name}) {
		return u.typ(t).(*types.Named).Obj()
	}
	obj := types.NewTypeName(token.NoPos, pkg, name, nil)
	types.NewAlias(obj, u.typ(t))
	return obj
}

func untyped(c constant.Value) types.Type {
	switch c.Kind() {
	case constant.Bool:
		return types.Typ[types.UntypedBool]
	case constant.String:
		return types.Typ[types.UntypedString]
	case constant.Int:
		return types.Typ[types.UntypedInt]
	case constant.Float:
		return types.Typ[types.UntypedFloat]
	}
	return types.Typ[types.UntypedComplex]
}

// constantOf is the value of a typed constant, or nil if v is none.
func constantOf(v reflect.Value) constant.Value {
	switch {
	case v.Kind() == reflect.Bool:
		return constant.MakeBool(v.Bool())
	case v.Kind() == reflect.String:
		return constant.MakeString(v.String())
	case v.CanInt():
		return constant.MakeInt64(v.Int())
	case v.CanUint():
		return constant.MakeUint64(v.Uint())
	case v.CanFloat():
		return constant.MakeFloat64(v.Float())
	}
	return nil
}
