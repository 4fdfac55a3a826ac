package snn

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/livespike/livespike/snn/tensor"
)

// param declares one parameter of a model.
type param struct {
	name  string // Norse's name; lif.v_th for a nested one
	value any    // the default: an int or a float64, printed as Python prints it, or the name of a method
	unit  string // 1/s, s, or empty
	check check
	plain bool // the default is a plain number in Norse and not a tensor

	hidden bool // where the state starts, which Norse does not count among the parameters
}

// check is the range that a parameter must lie in.
type check int

const (
	anyNumber   check = iota // not NaN
	positive                 // finite and above 0
	notNegative              // finite and 0 or above
)

func rate(name string, v any) param { return param{name: name, value: v, unit: "1/s", check: positive} }

func level(name string, v any) param { return param{name: name, value: v} }

// number is a parameter that Norse keeps as a plain number.
func number(name string, v any) param { return param{name: name, value: v, plain: true} }

func (p param) in(c check) param { p.check = c; return p }

// spiking is the pair of parameters that all models with a threshold end with, alpha as a tensor.
func spiking() []param {
	return []param{{name: "method", value: "super"}, level("alpha", 100.0).in(positive)}
}

// spikingPlain is spiking with alpha as a plain number.
func spikingPlain() []param {
	return []param{{name: "method", value: "super"}, number("alpha", 100.0).in(positive)}
}

func join(lists ...[]param) []param {
	var all []param
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// under puts a nested parameter set's name in front.
func under(prefix string, list []param) []param {
	out := make([]param, len(list))
	for k, p := range list {
		p.name = prefix + "." + p.name
		out[k] = p
	}
	return out
}

// value is a parameter as it was given: a number, or a tensor. What Norse writes as a product of dt and a parameter is
// rounded differently for the two; see product.
type value struct {
	num   float64
	isInt bool           // for printing: 100 or 100.0
	t     *tensor.Tensor // nil for a number
	asT   bool           // a number that Norse holds as a tensor without axes
}

// single is the value of a number or of a tensor with one element.
func (v value) single() (float32, bool) {
	if v.t == nil {
		return float32(v.num), true
	}
	if d := v.t.Data(); len(d) == 1 {
		return d[0], true
	}
	return 0, false
}

// exact reports whether the value takes part in products as a float64.
func (v value) exact() bool { return v.t == nil && !v.asT }

// String is the value as torch or Python prints it.
func (v value) String() string {
	switch {
	case v.t != nil:
		return fmt.Sprint(v.t)
	case v.asT:
		return scalarText(v.num, v.isInt)
	case v.isInt:
		return strconv.FormatInt(int64(v.num), 10)
	}
	return pyFloat(v.num)
}

// valueOf reads what a user gave for a numeric option.
func valueOf(who, name string, given any, c check) value {
	var v value
	switch x := given.(type) {
	case *tensor.Tensor:
		if x == nil || len(x.Data()) == 0 {
			panicf("%s: %s is an empty tensor", who, name)
		}
		v.t = x
		if !x.RequiresGrad() { // a tensor that is trained stays the user's
			v.t = copyOf(x)
		}
		for _, e := range x.Data() {
			checkRange(who, name, float64(e), c)
		}
		return v
	case time.Duration:
		panicf("%s: %s is a number, not the time %v; snn.Tau converts a time constant to 1/s", who, name, x)
	case float64:
		v.num = x
	case float32:
		v.num = float64(x)
	case int:
		v.num, v.isInt = float64(x), true
	default:
		r := reflect.ValueOf(given)
		switch {
		case r.IsValid() && r.CanInt():
			v.num, v.isInt = float64(r.Int()), true
		case r.IsValid() && r.CanUint():
			v.num, v.isInt = float64(r.Uint()), true
		case r.IsValid() && r.CanFloat():
			v.num = r.Float()
		default:
			panicf("%s: %s is a number or a *tensor.Tensor, not %s", who, name, kindOf(given))
		}
	}
	checkRange(who, name, v.num, c)
	return v
}

func kindOf(v any) string {
	if v == nil {
		return "nil"
	}
	return fmt.Sprintf("%T", v)
}

func checkRange(who, name string, v float64, c check) {
	switch {
	case math.IsNaN(v):
		panicf("%s: %s is NaN", who, name)
	case c == positive && (v <= 0 || math.IsInf(v, 0)):
		panicf("%s: %s must be positive and finite, not %v", who, name, v)
	case c == notNegative && (v < 0 || math.IsInf(v, 0)):
		panicf("%s: %s must be 0 or more and finite, not %v", who, name, v)
	}
}
