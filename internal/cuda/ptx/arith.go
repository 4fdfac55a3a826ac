package ptx

import (
	"math"
	"math/bits"
)

// rounded takes the rounding of an instruction of floating numbers, which must be to nearest: without one the assembler
// may contract a product and a sum.
func (c *compiler) rounded() {
	if !c.has("rn") {
		c.fail("without .rn it may be contracted")
	}
}

// arithmetic is an instruction that reads registers and writes one.
func (c *compiler) arithmetic() op {
	name := c.parts[0]
	k := c.kindAt(len(c.parts) - 1)
	if k.class == 'f' {
		return c.floating(name, k)
	}
	switch name {
	case "mul", "mad":
		return c.product(name, k)
	case "not", "neg", "abs", "popc", "clz", "brev":
		return c.one(name, c.only())
	case "shl", "shr":
		return c.shift(name, c.only())
	}
	return c.two(name, c.only())
}

// floating is an instruction on f32 or f64.
func (c *compiler) floating(name string, k kind) op {
	switch name {
	case "add", "sub", "mul", "div":
		c.rounded()
		c.only()
		c.count(3)
		d, a, b := c.to(0, k), c.from(1, k), c.from(2, k)
		if k == f64 {
			return doubles(name, d, a, b)
		}
		return floats(name, d, a, b)
	case "min", "max":
		c.only()
		c.count(3)
		return extreme(name == "max", k, c.to(0, k), c.from(1, k), c.from(2, k))
	case "fma":
		c.rounded()
		c.only()
		c.count(4)
		d, a, b, e := c.to(0, k), c.from(1, k), c.from(2, k), c.from(3, k)
		if k == f64 {
			return func(t *thread) { t.r[d] = ofF64(math.FMA(asF64(t.r[a]), asF64(t.r[b]), asF64(t.r[e]))) }
		}
		return func(t *thread) { t.r[d] = ofF32(fma32(asF32(t.r[a]), asF32(t.r[b]), asF32(t.r[e]))) }
	case "sqrt", "rcp":
		c.rounded()
		fallthrough
	case "neg", "abs":
		c.only()
		c.count(2)
		return single(name, k, c.to(0, k), c.from(1, k))
	}
	c.fail("unknown instruction")
	return nil
}

func floats(name string, d, a, b int) op {
	switch name {
	case "add":
		return func(t *thread) { t.r[d] = ofF32(asF32(t.r[a]) + asF32(t.r[b])) }
	case "sub":
		return func(t *thread) { t.r[d] = ofF32(asF32(t.r[a]) - asF32(t.r[b])) }
	case "mul":
		return func(t *thread) { t.r[d] = ofF32(asF32(t.r[a]) * asF32(t.r[b])) }
	}
	return func(t *thread) { t.r[d] = ofF32(asF32(t.r[a]) / asF32(t.r[b])) }
}

func doubles(name string, d, a, b int) op {
	switch name {
	case "add":
		return func(t *thread) { t.r[d] = ofF64(asF64(t.r[a]) + asF64(t.r[b])) }
	case "sub":
		return func(t *thread) { t.r[d] = ofF64(asF64(t.r[a]) - asF64(t.r[b])) }
	case "mul":
		return func(t *thread) { t.r[d] = ofF64(asF64(t.r[a]) * asF64(t.r[b])) }
	}
	return func(t *thread) { t.r[d] = ofF64(asF64(t.r[a]) / asF64(t.r[b])) }
}

// single is an instruction with one argument. neg and abs change the sign bit, of a NaN too.
func single(name string, k kind, d, a int) op {
	sign := uint64(1) << (8*k.size - 1)
	switch {
	case name == "neg":
		return func(t *thread) { t.r[d] = t.r[a] ^ sign }
	case name == "abs":
		return func(t *thread) { t.r[d] = t.r[a] &^ sign }
	case name == "sqrt" && k == f32: // a root of 24 bits rounded to 53 and then to 24 is rounded right
		return func(t *thread) { t.r[d] = ofF32(float32(math.Sqrt(float64(asF32(t.r[a]))))) }
	case name == "sqrt":
		return func(t *thread) { t.r[d] = ofF64(math.Sqrt(asF64(t.r[a]))) }
	case k == f32:
		return func(t *thread) { t.r[d] = ofF32(1 / asF32(t.r[a])) }
	}
	return func(t *thread) { t.r[d] = ofF64(1 / asF64(t.r[a])) }
}

// extreme is min or max, which give the other argument for a NaN and take −0 for less than +0.
func extreme(largest bool, k kind, d, a, b int) op {
	of, as := ofF64, asF64
	if k == f32 {
		of = func(v float64) uint64 { return ofF32(float32(v)) }
		as = func(v uint64) float64 { return float64(asF32(v)) }
	}
	return func(t *thread) {
		x, y := as(t.r[a]), as(t.r[b])
		switch {
		case x != x:
			t.r[d] = of(y)
		case y != y:
			t.r[d] = of(x)
		case largest:
			t.r[d] = of(math.Max(x, y))
		default:
			t.r[d] = of(math.Min(x, y))
		}
	}
}

// fma32 is a·b + c with one rounding. The product is exact in float64; the sum is made odd in its last bit if it is not
// exact, so that the rounding to float32 sees on which side it lies (Boldo and Melquiond, 2008).
func fma32(a, b, c float32) float32 {
	p, q := float64(a)*float64(b), float64(c)
	s := p + q
	if math.IsInf(s, 0) || s != s {
		return float32(s)
	}
	rest := s - p
	if low := (p - (s - rest)) + (q - rest); low != 0 {
		if u := math.Float64bits(s); u&1 == 0 {
			if (low > 0) == (s > 0) {
				u++
			} else {
				u--
			}
			s = math.Float64frombits(u)
		}
	}
	return float32(s)
}

// product is mul or mad of whole numbers: the low half, the high one, or both.
func (c *compiler) product(name string, k kind) op {
	wide, low, high := c.has("wide"), c.has("lo"), c.has("hi")
	c.only()
	if k.class == 'b' || k.size < 2 || !wide && !low && !high {
		c.fail("unknown product")
	}
	to := k
	if wide {
		to.size *= 2
		if to.size > 8 {
			c.fail("a product of 128 bits")
		}
	}
	sum := -1
	if name == "mad" {
		c.count(4)
		sum = c.from(3, to)
	} else {
		c.count(3)
	}
	d, a, b := c.to(0, to), c.from(1, k), c.from(2, k)
	return func(t *thread) {
		x, y := t.r[a], t.r[b]
		var v uint64
		switch {
		case wide || low:
			v = k.extended(x) * k.extended(y)
		case k.size == 8 && k.class == 's':
			v, _ = bits.Mul64(x, y)
			v -= uint64(int64(x)>>63)&y + uint64(int64(y)>>63)&x
		case k.size == 8:
			v, _ = bits.Mul64(x, y)
		default:
			v = k.extended(x) * k.extended(y) >> (8 * k.size)
		}
		if sum >= 0 {
			v += t.r[sum]
		}
		t.r[d] = to.cut(v)
	}
}

// one is an instruction on one whole number.
func (c *compiler) one(name string, k kind) op {
	c.count(2)
	if k.class == 'p' {
		if name != "not" {
			c.fail("unknown instruction")
		}
		d, a := c.to(0, k), c.register(c.plain(1), k)
		return func(t *thread) { t.r[d] = t.r[a] ^ 1 }
	}
	a := c.from(1, k)
	if name == "popc" || name == "clz" {
		d := c.to(0, kinds["u32"])
		return func(t *thread) {
			if name == "popc" {
				t.r[d] = uint64(bits.OnesCount64(t.r[a]))
			} else {
				t.r[d] = uint64(bits.LeadingZeros64(t.r[a]) - 64 + 8*k.size)
			}
		}
	}
	d := c.to(0, k)
	return func(t *thread) {
		v := t.r[a]
		switch name {
		case "not":
			v = ^v
		case "neg":
			v = -v
		case "abs":
			if k.signed(v) < 0 {
				v = -v
			}
		case "brev":
			v = bits.Reverse64(v) >> (64 - 8*k.size)
		}
		t.r[d] = k.cut(v)
	}
}

// shift moves by a number of 32 bits; moving by more than there are bits leaves none.
func (c *compiler) shift(name string, k kind) op {
	c.count(3)
	if k.class == 'p' {
		c.fail("unknown instruction")
	}
	d, a, b := c.to(0, k), c.from(1, k), c.from(2, kinds["u32"])
	return func(t *thread) {
		by := t.r[b]
		switch {
		case name == "shl":
			t.r[d] = k.cut(t.r[a] << by)
		case k.class == 's':
			t.r[d] = k.cut(uint64(k.signed(t.r[a]) >> by))
		default:
			t.r[d] = t.r[a] >> by
		}
	}
}

// two is an instruction on two whole numbers or predicates.
func (c *compiler) two(name string, k kind) op {
	c.count(3)
	if k.class == 'p' && name != "and" && name != "or" && name != "xor" {
		c.fail("unknown instruction")
	}
	d := c.to(0, k)
	if k.class == 'p' {
		a, b := c.register(c.plain(1), k), c.register(c.plain(2), k)
		return logic(name, k, d, a, b)
	}
	a, b := c.from(1, k), c.from(2, k)
	switch name {
	case "and", "or", "xor":
		return logic(name, k, d, a, b)
	case "add":
		return func(t *thread) { t.r[d] = k.cut(t.r[a] + t.r[b]) }
	case "sub":
		return func(t *thread) { t.r[d] = k.cut(t.r[a] - t.r[b]) }
	case "div", "rem", "min", "max":
		if k.class == 'b' {
			c.fail("signed or unsigned?")
		}
		return func(t *thread) { t.r[d] = k.cut(k.ordered(t, name, t.r[a], t.r[b])) }
	}
	c.fail("unknown instruction")
	return nil
}

func logic(name string, k kind, d, a, b int) op {
	switch name {
	case "and":
		return func(t *thread) { t.r[d] = t.r[a] & t.r[b] }
	case "or":
		return func(t *thread) { t.r[d] = t.r[a] | t.r[b] }
	}
	return func(t *thread) { t.r[d] = t.r[a] ^ t.r[b] }
}

// ordered is what depends on whether numbers have a sign.
func (k kind) ordered(t *thread, name string, x, y uint64) uint64 {
	if (name == "div" || name == "rem") && y == 0 {
		t.fail("division by zero")
	}
	if k.class == 's' {
		p, q := k.signed(x), k.signed(y)
		switch name {
		case "div":
			return uint64(p / q)
		case "rem":
			return uint64(p % q)
		case "min":
			return uint64(min(p, q))
		}
		return uint64(max(p, q))
	}
	switch name {
	case "div":
		return x / y
	case "rem":
		return x % y
	case "min":
		return min(x, y)
	}
	return max(x, y)
}
