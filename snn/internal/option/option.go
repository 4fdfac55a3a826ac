// Package option reads the options of rules and encoders: what a constructor knows, checked by name and kind.
package option

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/livespike/livespike/snn"
	"github.com/livespike/livespike/snn/tensor"
)

// Set is what one constructor knows: where to keep each option's value, by the kind of value.
type Set struct {
	Who     string // plasticity.STDP
	Numbers map[string]*Number
	Words   map[string]*string
	Flags   map[string]*bool
	Counts  map[string]*int
	Tensors map[string]**tensor.Tensor
	Any     map[string]*any
}

// Apply stores every option. It panics on an option that the set does not know and lists those it does, on a value of
// the wrong kind, and on two of one name with different values.
func (s Set) Apply(opts []snn.Option) {
	for i, o := range opts {
		for _, before := range opts[:i] {
			if before.Name() == o.Name() && !reflect.DeepEqual(before.Value(), o.Value()) {
				panic(fmt.Sprintf("%s: two options %s: %v and %v", s.Who, o.Name(), before.Value(), o.Value()))
			}
		}
		if !s.set(o.Name(), o.Value()) {
			panic(fmt.Sprintf("%s: unknown option %s; it knows %s", s.Who, o.Name(), strings.Join(s.known(), ", ")))
		}
	}
}

func (s Set) set(name string, v any) bool {
	if p, ok := s.Numbers[name]; ok {
		*p = s.numeric(name, v)
	} else if p, ok := s.Words[name]; ok {
		*p = as[string](s.Who, name, v, "a word")
	} else if p, ok := s.Flags[name]; ok {
		*p = as[bool](s.Who, name, v, "true or false")
	} else if p, ok := s.Counts[name]; ok {
		*p = as[int](s.Who, name, v, "a whole number")
	} else if p, ok := s.Tensors[name]; ok {
		*p = as[*tensor.Tensor](s.Who, name, v, "a tensor")
	} else if p, ok := s.Any[name]; ok {
		*p = v
	} else {
		return false
	}
	return true
}

func as[T any](who, name string, v any, kind string) T {
	x, ok := v.(T)
	if !ok {
		panic(fmt.Sprintf("%s: %s is a %T; it takes %s", who, name, v, kind))
	}
	return x
}

func (s Set) known() []string {
	names := keys(nil, s.Numbers)
	names = keys(names, s.Words)
	names = keys(names, s.Flags)
	names = keys(names, s.Counts)
	names = keys(names, s.Tensors)
	names = keys(names, s.Any)
	slices.Sort(names)
	return names
}

func keys[T any](names []string, m map[string]T) []string {
	for n := range m {
		names = append(names, n)
	}
	return names
}

// numeric reads any Go number or a tensor.
func (s Set) numeric(name string, v any) Number {
	if t, ok := v.(*tensor.Tensor); ok && t != nil && len(t.Data()) > 0 {
		if len(t.Data()) == 1 && !t.RequiresGrad() { // a tensor that is trained stays one
			return Number{Value: float64(t.Data()[0])}
		}
		return Number{Tensor: t}
	}
	n := Number{Plain: true}
	switch r := reflect.ValueOf(v); {
	case r.IsValid() && r.CanInt() && r.Type().PkgPath() == "": // a time.Duration is no number
		n.Value = float64(r.Int())
	case r.IsValid() && r.CanUint():
		n.Value = float64(r.Uint())
	case r.IsValid() && r.CanFloat():
		n.Value = r.Float()
	default:
		panic(fmt.Sprintf("%s: %s is a %T; it takes a number or a tensor", s.Who, name, v))
	}
	if math.IsNaN(n.Value) {
		panic(fmt.Sprintf("%s: %s is NaN", s.Who, name))
	}
	return n
}
