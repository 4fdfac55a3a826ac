package stdlib

import (
	"errors"
	"go/constant"
	"go/token"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/livespike/livespike/"

// TestRules holds what our own packages export against the rules for packages that scripts use: nothing generic and
// nothing to assign but error sentinels.
func TestRules(t *testing.T) {
	seen := 0
	for key, symbols := range Symbols {
		if !strings.HasPrefix(key, module) {
			continue
		}
		seen++
		if left := Generic(path.Dir(key)); len(left) > 0 {
			t.Errorf("%s exports generic names: %v", path.Dir(key), left)
		}
		for name, value := range symbols {
			if value.CanSet() && !value.Type().Implements(reflect.TypeFor[error]()) {
				t.Errorf("%s.%s is a variable; scripts cannot assign it", path.Dir(key), name)
			}
		}
	}
	if seen == 0 {
		t.Fatal("no package of ours has a table")
	}
}

// TestForms checks each kind of symbol against the form that yaegi documents for its Exports.
func TestForms(t *testing.T) {
	pi, ok := Symbols["math/math"]["Pi"].Interface().(constant.Value)
	if !ok {
		t.Fatalf("math.Pi is a %v", Symbols["math/math"]["Pi"].Type())
	}
	// The digits are those of OEIS A000796, as in the source of package math.
	digits := constant.MakeFromLiteral("3.14159265358979323846264338327950288419716939937510582097494459", token.FLOAT, 0)
	if !constant.Compare(pi, token.EQL, digits) {
		t.Errorf("math.Pi = %s", pi.ExactString())
	}
	if huge := Symbols["math/math"]["MaxUint64"].Interface().(constant.Value); huge.ExactString() != "18446744073709551615" {
		t.Errorf("math.MaxUint64 = %s", huge.ExactString())
	}
	if args := Symbols["os/os"]["Args"]; !args.CanSet() {
		t.Error("os.Args is not addressable")
	}
	if stringer := Symbols["fmt/fmt"]["Stringer"]; stringer.Kind() != reflect.Pointer || !stringer.IsNil() {
		t.Error("fmt.Stringer is not a nil pointer to the type")
	}
	wrapper := Symbols["fmt/fmt"]["_Stringer"].Type().Elem()
	if wrapper.Field(0).Name != "IValue" || wrapper.Field(1).Name != "WString" {
		t.Errorf("the wrapper of fmt.Stringer is %v", wrapper)
	}
	if second := reflect.TypeOf(Symbols["time/time"]["Second"].Interface()); second.String() != "time.Duration" {
		t.Errorf("time.Second has type %v", second)
	}
}

func TestGeneric(t *testing.T) {
	if left := Generic("slices"); !slices.Contains(left, "SortFunc") || len(Symbols["slices/slices"]) != 0 {
		t.Errorf("slices leaves out %v and holds %d symbols", left, len(Symbols["slices/slices"]))
	}
	if left := Generic("sync/atomic"); !slices.Equal(left, []string{"Pointer"}) {
		t.Errorf("sync/atomic leaves out %v", left)
	}
	if left := Generic("fmt"); left != nil {
		t.Errorf("fmt leaves out %v", left)
	}
}

// TestExit checks that the ways to end a process end only the cell.
func TestExit(t *testing.T) {
	for name, want := range map[string]Exit{"os.Exit": 3, "log.Fatal": 1} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				var exit Exit
				if err, ok := recover().(error); !ok || !errors.As(err, &exit) || exit != want {
					t.Errorf("panicked with %v, want %v", err, want)
				}
			}()
			pkg, symbol, _ := strings.Cut(name, ".")
			in := []reflect.Value{}
			if name == "os.Exit" {
				in = append(in, reflect.ValueOf(3))
			}
			Symbols[pkg+"/"+pkg][symbol].Call(in)
		})
	}
}
