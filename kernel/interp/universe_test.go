package interp

import (
	"fmt"
	"go/constant"
	"go/importer"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"

	"github.com/livespike/livespike/stdlib"
)

// TestUniverseAgreesWithSource compares packages rebuilt by reflection with the same ones type-checked from source, which is
// the second implementation. Parameter names are not in reflection and are left out of the comparison, and so is what
// is generic.
func TestUniverseAgreesWithSource(t *testing.T) {
	if testing.Short() {
		t.Skip("type-checks standard packages from source, which takes seconds")
	}
	u := newUniverse(stdlib.Symbols)
	source := importer.ForCompiler(token.NewFileSet(), "source", nil)
	qualify := func(p *types.Package) string { return p.Path() }
	for _, path := range []string{"strings", "time", "sort", "errors", "math", "bufio", "io", "strconv", "sync"} {
		want, err := source.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := u.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range want.Scope().Names() {
			w := want.Scope().Lookup(name)
			if !w.Exported() || isGeneric(w) {
				continue
			}
			g := got.Scope().Lookup(name)
			if g == nil {
				t.Errorf("%s.%s is missing", path, name)
				continue
			}
			alias := strings.NewReplacer("byte", "uint8", "rune", "int32") // which reflection cannot tell apart
			if a, b := alias.Replace(shape(g, qualify)), alias.Replace(shape(w, qualify)); a != b {
				t.Errorf("%s.%s is %s, want %s", path, name, a, b)
			}
		}
	}
}

func isGeneric(obj types.Object) bool {
	switch t := obj.Type().(type) {
	case *types.Signature:
		return t.TypeParams().Len() > 0
	case *types.Named:
		return t.TypeParams().Len() > 0
	}
	return false
}

// shape is an object's kind and type without parameter names.
func shape(obj types.Object, qualify types.Qualifier) string {
	switch obj := obj.(type) {
	case *types.Func:
		return "func " + types.TypeString(nameless(obj.Signature()), qualify)
	case *types.Const:
		if obj.Val().Kind() == constant.Float { // tables round it differently
			f, _ := constant.Float64Val(obj.Val())
			return fmt.Sprint("const ", f)
		}
		return "const " + obj.Val().ExactString()
	case *types.TypeName:
		text := "type " + types.TypeString(obj.Type(), qualify)
		methods := types.NewMethodSet(types.NewPointer(obj.Type()))
		for m := range methods.Methods() {
			if m.Obj().Exported() {
				text += "; " + m.Obj().Name() + types.TypeString(nameless(m.Obj().(*types.Func).Signature()), qualify)
			}
		}
		return text
	}
	return types.TypeString(obj.Type(), qualify)
}

func nameless(s *types.Signature) *types.Signature {
	strip := func(t *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for v := range t.Variables() {
			typ := v.Type()
			if inner, ok := typ.(*types.Signature); ok {
				typ = nameless(inner)
			}
			vars = append(vars, types.NewParam(token.NoPos, nil, "", typ))
		}
		return types.NewTuple(vars...)
	}
	return types.NewSignatureType(nil, nil, nil, strip(s.Params()), strip(s.Results()), s.Variadic())
}

// A compiled interface with unexported methods, as of a closed set of commands, is implemented by its package's types.
func TestUniverseSealedInterface(t *testing.T) {
	u := newUniverse(map[string]map[string]reflect.Value{
		"interp/interp": {
			"Sealed":  reflect.ValueOf((*sealedCommand)(nil)),
			"Move":    reflect.ValueOf((*moveCommand)(nil)),
			"Stop":    reflect.ValueOf((*stopCommand)(nil)),
			"Nothing": reflect.ValueOf((*strings.Builder)(nil)),
		},
	})
	pkg, err := u.Import("interp")
	if err != nil {
		t.Fatal(err)
	}
	sealed := pkg.Scope().Lookup("Sealed").Type().Underlying().(*types.Interface)
	move, stop, nothing := pkg.Scope().Lookup("Move").Type(), pkg.Scope().Lookup("Stop").Type(), pkg.Scope().Lookup("Nothing").Type()
	for _, c := range []struct {
		t    types.Type
		want bool
	}{{move, true}, {stop, false}, {types.NewPointer(stop), true}, {types.NewPointer(nothing), false}} {
		if got := types.Implements(c.t, sealed); got != c.want {
			t.Errorf("%s implements the sealed interface: %v, want %v", c.t, got, c.want)
		}
	}
}

type sealedCommand interface{ command() int }

type (
	moveCommand struct{}
	stopCommand struct{}
)

func (moveCommand) command() int  { return 1 }
func (*stopCommand) command() int { return 2 }
