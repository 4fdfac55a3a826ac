package ptx

import (
	"math"
	"strings"
)

// compare is setp: a comparison, alone or joined to a predicate.
func (c *compiler) compare() op {
	if len(c.parts) < 3 {
		c.fail("no comparison")
	}
	how := c.parts[1]
	c.parts = append(c.parts[:1:1], c.parts[2:]...)
	join := ""
	for _, j := range []string{"and", "or", "xor"} {
		if c.has(j) {
			join = j
		}
	}
	k := c.only()
	n := 3
	if join != "" {
		n = 4
	}
	c.count(n)
	d, a, b := c.to(0, kinds["pred"]), c.from(1, k), c.from(2, k)
	test := c.test(how, k)
	with := 0
	if join != "" {
		with = c.register(c.plain(3), kinds["pred"])
	}
	return func(t *thread) {
		v := truth(test(t.r[a], t.r[b]))
		switch join {
		case "and":
			v &= t.r[with]
		case "or":
			v |= t.r[with]
		case "xor":
			v ^= t.r[with]
		}
		t.r[d] = v
	}
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// test is a comparison of two numbers of a type.
func (c *compiler) test(how string, k kind) func(x, y uint64) bool {
	switch {
	case k.class == 'p':
		c.fail("predicates are not compared")
	case k == f32:
		f := c.floatTest(how)
		return func(x, y uint64) bool { return f(float64(asF32(x)), float64(asF32(y))) }
	case k == f64:
		f := c.floatTest(how)
		return func(x, y uint64) bool { return f(asF64(x), asF64(y)) }
	}
	if k.class == 'f' {
		c.fail("unknown type")
	}
	bad := k.class == 'b' && how != "eq" && how != "ne"
	switch how {
	case "eq", "ne", "lt", "le", "gt", "ge":
	case "lo", "ls", "hi", "hs":
		bad = bad || k.class == 's'
		how = map[string]string{"lo": "lt", "ls": "le", "hi": "gt", "hs": "ge"}[how]
	default:
		bad = true
	}
	if bad {
		c.fail("unknown comparison %s", how)
	}
	return func(x, y uint64) bool {
		less := x < y
		if k.class == 's' {
			less = k.signed(x) < k.signed(y)
		}
		switch how {
		case "eq":
			return x == y
		case "ne":
			return x != y
		case "lt":
			return less
		case "le":
			return less || x == y
		case "gt":
			return !less && x != y
		}
		return !less
	}
}

// floatTests are the comparisons of floating numbers, false for a NaN; with a u behind the name they are true for it.
var floatTests = map[string]func(x, y float64) bool{
	"eq":  func(x, y float64) bool { return x == y },
	"ne":  func(x, y float64) bool { return x < y || x > y },
	"lt":  func(x, y float64) bool { return x < y },
	"le":  func(x, y float64) bool { return x <= y },
	"gt":  func(x, y float64) bool { return x > y },
	"ge":  func(x, y float64) bool { return x >= y },
	"num": func(x, y float64) bool { return x == x && y == y },
	"nan": func(x, y float64) bool { return x != x || y != y },
}

// floatTest is the comparison of that name.
func (c *compiler) floatTest(how string) func(x, y float64) bool {
	if f, ok := floatTests[how]; ok {
		return f
	}
	f, ok := floatTests[strings.TrimSuffix(how, "u")]
	if !ok || len(how) != 3 {
		c.fail("unknown comparison %s", how)
	}
	return func(x, y float64) bool { return x != x || y != y || f(x, y) }
}

// convert is cvt: the type to, then the type from.
func (c *compiler) convert() op {
	mode := ""
	for _, m := range []string{"rn", "rzi", "rni", "rmi", "rpi"} {
		if c.has(m) {
			mode = m
		}
	}
	if len(c.parts) != 3 {
		c.fail("unknown conversion")
	}
	to, from := c.kindAt(1), c.kindAt(2)
	c.count(2)
	wide := c.wider(c.plain(0), to)
	d, a := c.to(0, wide), c.from(1, c.wider(c.plain(1), from))
	run := c.conversion(mode, to, from)
	return func(t *thread) { t.r[d] = wide.cut(to.extended(run(from.cut(t.r[a])))) }
}

// conversion gives the bits of the number in the other type.
func (c *compiler) conversion(mode string, to, from kind) func(v uint64) uint64 {
	value := func(v uint64) float64 { return asF64(v) }
	if from == f32 {
		value = func(v uint64) float64 { return float64(asF32(v)) }
	}
	switch {
	case to.size == 0 || from.size == 0 || to.class == 'b' || from.class == 'b':
	case to.class != 'f' && from.class != 'f' && mode == "":
		return func(v uint64) uint64 { return to.cut(from.extended(v)) }
	case to == f64 && from == f32 && mode == "":
		return func(v uint64) uint64 { return ofF64(value(v)) }
	case to == f32 && from == f64 && mode == "rn":
		return func(v uint64) uint64 { return ofF32(float32(value(v))) }
	case to == from && to.class == 'f' && whole[mode] != nil:
		return func(v uint64) uint64 {
			if to == f32 {
				return ofF32(float32(whole[mode](value(v))))
			}
			return ofF64(whole[mode](value(v)))
		}
	case to.class != 'f' && from.class == 'f' && whole[mode] != nil:
		return func(v uint64) uint64 { return to.saturated(whole[mode](value(v))) }
	case to.class == 'f' && from.class != 'f' && mode == "rn":
		return func(v uint64) uint64 {
			if to == f32 && from.class == 's' {
				return ofF32(float32(from.signed(v)))
			} else if to == f32 {
				return ofF32(float32(v))
			} else if from.class == 's' {
				return ofF64(float64(from.signed(v)))
			}
			return ofF64(float64(v))
		}
	}
	c.fail("unknown conversion")
	return nil
}

// whole are the roundings to whole numbers.
var whole = map[string]func(float64) float64{
	"rzi": math.Trunc, "rni": math.RoundToEven, "rmi": math.Floor, "rpi": math.Ceil,
}

// saturated is the whole number v in the type, or the nearest that it has; 0 for a NaN.
func (k kind) saturated(v float64) uint64 {
	if v != v {
		return 0
	}
	top := math.Ldexp(1, 8*k.size)
	if k.class == 'u' {
		switch {
		case v <= 0:
			return 0
		case v >= top:
			return k.cut(math.MaxUint64)
		}
		return uint64(v)
	}
	switch {
	case v >= top/2:
		return k.cut(math.MaxUint64) >> 1
	case v < -top/2:
		return 1 << (8*k.size - 1)
	}
	return k.cut(uint64(int64(v)))
}
