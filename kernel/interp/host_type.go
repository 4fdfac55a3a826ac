package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"sync"
)

// dtype is a type as the running program knows it: what a box carries, and what assertions compare. There is one for each
// type, whoever mentions it, so pointers compare.
type dtype struct {
	ID   int
	key  string       // the type's text, with the generations of its names: equal for identical types
	name string       // as %T prints it
	typ  types.Type   // names of fields and elements, for printing
	wrap reflect.Type // of a compiled interface: the struct of functions that implements it

	// Later cells may add to these; the table's lock guards them.
	pkg  *types.Package
	sigs map[string]string        // its method set: name → text of the signature
	code map[string]reflect.Value // of a script's methods
}

// typeTable holds the types of a session. Scripts' goroutines read it while cells are lowered.
type typeTable struct {
	mu       sync.RWMutex
	universe *universe
	list     []*dtype
	byKey    map[string]*dtype
	byType   map[types.Type]*dtype
	native   map[reflect.Type]*dtype
	cases    [][]*dtype // the case types of each type switch
}

func newTypeTable(u *universe) *typeTable {
	return &typeTable{universe: u, byKey: map[string]*dtype{}, byType: map[types.Type]*dtype{}, native: map[reflect.Type]*dtype{}}
}

// enter returns the entry of a type, a new one if need be. named says how the key mentions a script's type.
func (tt *typeTable) enter(t types.Type, pkg *types.Package, named func(*types.TypeName) string) *dtype {
	key := typeKey(t, named)
	tt.mu.Lock()
	defer tt.mu.Unlock()
	d := tt.byKey[key]
	if d == nil {
		name := typeKey(t, func(obj *types.TypeName) string { return obj.Pkg().Name() + "." + clean(obj.Name()) })
		d = &dtype{ID: len(tt.list), key: key, name: name, typ: t, code: map[string]reflect.Value{}, wrap: tt.universe.wrapper(t)}
		tt.list = append(tt.list, d)
		tt.byKey[key] = d
	}
	if d.sigs == nil || d.pkg != pkg { // the checker has built its world anew: there may be more methods
		d.pkg, d.sigs = pkg, signatures(t, named)
	}
	tt.byType[t] = d
	return d
}

// known reports whether a type has an entry.
func (tt *typeTable) known(t types.Type, named func(*types.TypeName) string) bool {
	tt.mu.RLock()
	defer tt.mu.RUnlock()
	return tt.byKey[typeKey(t, named)] != nil
}

// at returns the type that a lowered program mentions by its number.
func (tt *typeTable) at(id int) *dtype {
	tt.mu.RLock()
	defer tt.mu.RUnlock()
	return tt.list[id]
}

// of returns the entry of a script's type, or nil.
func (tt *typeTable) of(t types.Type) *dtype {
	tt.mu.RLock()
	defer tt.mu.RUnlock()
	return tt.byType[t]
}

// dynamic is the type of the value in an interface, nil for a nil interface.
func (tt *typeTable) dynamic(v any) *dtype {
	switch v := v.(type) {
	case nil:
		return nil
	case box:
		return v.T
	case errBox:
		return v.T
	case errsBox:
		return v.T
	}
	t := reflect.TypeOf(v)
	tt.mu.RLock()
	d := tt.native[t]
	tt.mu.RUnlock()
	if d == nil {
		d = tt.enter(tt.universe.reflected(t), nil, pathName)
		tt.mu.Lock()
		tt.native[t] = d
		tt.mu.Unlock()
	}
	return d
}

// implements reports whether a type has the methods of an interface.
func (tt *typeTable) implements(d, iface *dtype) bool {
	tt.mu.RLock()
	defer tt.mu.RUnlock()
	for name, sig := range iface.sigs {
		if d.sigs[name] != sig {
			return false
		}
	}
	return true
}

// missing names a method that an interface has and a type lacks.
func (tt *typeTable) missing(d, iface *dtype) string {
	tt.mu.RLock()
	defer tt.mu.RUnlock()
	least := ""
	for name, sig := range iface.sigs {
		if d.sigs[name] != sig && (least == "" || name < least) {
			least = name
		}
	}
	return least
}

// method returns the code of a script's method: a function whose first parameter is the receiver, bare, as an any.
func (tt *typeTable) method(d *dtype, name string) (reflect.Value, bool) {
	if d == nil {
		return reflect.Value{}, false
	}
	tt.mu.RLock()
	defer tt.mu.RUnlock()
	code, ok := d.code[name]
	return code, ok
}

// pathName mentions a compiled type in a key.
func pathName(obj *types.TypeName) string {
	if obj.Pkg() == nil {
		return obj.Name()
	}
	return obj.Pkg().Path() + "." + obj.Name()
}

// braces writes interfaces and structs as package reflect does.
var braces = strings.NewReplacer("{}", " {}", "{", " { ", "}", " }")

// typeKey writes a type so that identical types have the same text.
func typeKey(t types.Type, named func(*types.TypeName) string) string {
	var w typeWriter
	w = typeWriter{
		name: func(t *types.Named) ast.Expr {
			if t.Obj().Pkg() == nil {
				return &ast.Ident{Name: t.Obj().Name()}
			}
			var args []string
			for arg := range t.TypeArgs().Types() {
				args = append(args, types.ExprString(w.expr(arg)))
			}
			if len(args) == 0 {
				return &ast.Ident{Name: named(t.Obj())}
			}
			return &ast.Ident{Name: named(t.Obj()) + "[" + strings.Join(args, ",") + "]"}
		},
		pos:   token.NoPos,
		exact: true,
	}
	return braces.Replace(types.ExprString(w.expr(t)))
}

// signatures is the method set of a type, or the methods of an interface.
func signatures(t types.Type, named func(*types.TypeName) string) map[string]string {
	sigs := map[string]string{}
	for s := range types.NewMethodSet(t).Methods() {
		sigs[s.Obj().Name()] = typeKey(s.Obj().(*types.Func).Signature(), named)
	}
	return sigs
}
