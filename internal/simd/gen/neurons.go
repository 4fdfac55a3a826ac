package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// neurons writes the steps of the neuron models. The comments are the twin's lines.
func neurons() {
	step("lif", "LIF", 2, 5, func(k *neuron) {
		u := membrane(k)
		f := above(u, k.c(3))
		k.spike(0, f, u, k.c(4))
	})
	step("lifRefrac", "LIFRefrac", 3, 6, func(k *neuron) {
		u := membrane(k)
		f := above(u, k.c(3))
		u = k.reset(f, where(f, k.one), u, k.c(4))
		rho, zero := k.load(2), zeros()
		m := above(rho, zero)
		k.store(0, k.choose(m, k.load(0), u)) // v = (1-m)*u + m*v
		f = whereNot(m, f)                    // f = (1-m)*f
		left := sub(rho, where(m, k.one))
		VMAXPS(left, zero, left) // max(left, 0), and NaN stays NaN
		VADDPS(zero, left, left) // but it may be -0
		k.spike(2, f, left, k.c(5))
	})
	step("li", "LI", 2, 3, func(k *neuron) {
		v := membrane(k)
		k.store(0, v)
		k.out(v)
	})
	step("liBox", "LIBox", 1, 2, func(k *neuron) {
		v := k.load(0)
		v = add(v, k.products(0, add(sub(k.constant(1), v), k.x))[0]) // v += cm*((leak-v) + x)
		k.store(0, v)
		k.out(v)
	})
	step("lifBox", "LIFBox", 1, 4, func(k *neuron) {
		v := k.load(0)
		u := add(v, k.products(0, sub(add(k.input(), k.c(1)), v))[0]) // u = v + cm*((x+leak) - v)
		f := above(u, k.c(2))
		k.spike(0, f, u, k.c(3))
	})
	step("iaf", "IAF", 1, 2, func(k *neuron) {
		u := add(k.load(0), k.x)
		f := above(u, k.c(0))
		k.spike(0, f, u, k.c(1))
	})
	lifBack()
}

// membrane is u = v + cm*((leak-v) + j), with j = i + x, and stores i = j + cs*j. It leaves v as it was.
func membrane(k *neuron) VecVirtual {
	j := add(k.load(1), k.x)
	t := add(sub(k.constant(2), k.load(0)), j)
	p := k.products(0, t, j)
	k.store(1, add(j, p[1]))
	return add(p[0], k.field(0))
}

// neuron is a kernel while it is being written.
type neuron struct {
	vars   []Register // addresses of the variables
	z      Register
	at     Register // the position in all of them
	x      Mem
	coefs  []Mem // each coefficient in all elements of a vector
	limits []Mem // below these a factor's product with the coefficient is a denormal; see products
	one    Mem
	later  []func() // what stands behind the loop
}

func (k *neuron) c(n int) Mem { return k.coefs[n] }

func (k *neuron) constant(n int) VecVirtual { v := YMM(); VMOVUPS(k.coefs[n], v); return v }

func (k *neuron) field(field int) Mem { return Mem{Base: k.vars[field], Index: k.at, Scale: 4} }

func (k *neuron) load(field int) VecVirtual {
	v := YMM()
	VMOVUPS(k.field(field), v)
	return v
}

func (k *neuron) store(field int, v VecVirtual) {
	VMOVUPS(v, k.field(field))
}

func (k *neuron) input() VecVirtual { v := YMM(); VMOVUPS(k.x, v); return v }

func (k *neuron) out(v VecVirtual) { VMOVUPS(v, Mem{Base: k.z, Index: k.at, Scale: 4}) }

// spike stores the variable after the reset and the spikes, 1 where the mask f is set.
func (k *neuron) spike(field int, f, u VecVirtual, to Mem) {
	z := where(f, k.one)
	k.store(field, k.reset(f, z, u, to))
	k.out(z)
}

// reset is (1-z)*u + z*to for the mask f and z, which is 1 there. Where z is 0, u is taken as it is: multiplied by 1, a
// denormal would take long.
func (k *neuron) reset(f, z, u VecVirtual, to Mem) VecVirtual {
	return add(mul(z, to), k.kept(f, u))
}

// where takes a as a constant in memory.
func where(mask VecVirtual, a Mem) VecVirtual { v := YMM(); VANDPS(a, mask, v); return v }

// kept is u where f is not set, else 0*u.
func (k *neuron) kept(f, u VecVirtual) VecVirtual {
	gone, v := and(f, u), whereNot(f, u)
	VMULPS(constants["zero"], gone, gone)
	VORPS(gone, v, v)
	return v
}

// choose is (1-m)*u + m*v for the mask m, without a product of a denormal v.
func (k *neuron) choose(m, v, u VecVirtual) VecVirtual {
	none := whereNot(m, v)
	VANDPS(constants["signAndExponent"], none, none)
	VMULPS(constants["zero"], none, none) // ±0, or NaN
	VORPS(and(m, v), none, none)
	return add(k.kept(m, u), none)
}

// products is c*x for the coefficients from first on, one for each x. Products that round among the denormals take a
// processor of Intel's more than a hundred cycles, and a neuron without input gets there and may stay for ever: they are
// made of integers, with the same bits.
func (k *neuron) products(first int, xs ...VecVirtual) []VecVirtual {
	var least VecVirtual
	for n, x := range xs {
		q := YMM() // orders by magnitude, zero last
		VPADDD(x, x, q)
		VPADDD(constants["most"], q, q)
		if n == 0 {
			least = q
		} else {
			VPMINSD(q, least, least)
		}
	}
	tiny := YMM()
	VMOVDQU(k.limits[len(k.limits)-1], tiny)
	VPCMPGTD(least, tiny, tiny)
	VPTEST(tiny, tiny)
	JNZ(LabelRef("denormal"))
	var out []VecVirtual
	for n, x := range xs {
		out = append(out, mul(x, k.c(first+n)))
	}
	Label("products")
	k.later = append(k.later, func() {
		Label("denormal")
		for n, x := range xs {
			k.tinyProduct(out[n], x, first+n)
		}
		JMP(LabelRef("products"))
	})
	return out
}

// tinyProduct is out = c*x, rounded in units of the least denormal where it is one. Rounding to an integer a product that
// is rounded already goes wrong where that looks like a tie and is none, which its remainder shows.
func (k *neuron) tinyProduct(out, x VecVirtual, n int) {
	abs, tiny, normal := YMM(), YMM(), YMM()
	VPAND(constants["magnitude"], x, abs)
	VMOVDQU(k.limits[n], tiny)
	VPCMPGTD(abs, tiny, tiny)
	VPANDN(x, tiny, out)
	VMULPS(k.c(n), out, out) // of the others
	VPANDN(out, tiny, out)

	units, scaled := YMM(), YMM()
	VPCMPGTD(constants["largestDenormal"], abs, normal)
	VCVTDQ2PS(abs, units)
	VPANDN(units, normal, units)
	VPAND(abs, normal, scaled)
	VPAND(scaled, tiny, scaled)
	VMULPS(constants["scale100"], scaled, scaled)
	VMULPS(constants["scale49"], scaled, scaled)
	VPOR(scaled, units, units)

	c, p, q := YMM(), YMM(), YMM()
	VMOVUPS(k.c(n), c)
	sign := abs
	VPXOR(c, x, sign)
	VPAND(constants["sign"], sign, sign)
	VPAND(constants["magnitude"], c, c)
	VMULPS(c, units, p)
	VFMSUB213PS(p, c, units) // the remainder: c*units - p
	VROUNDPS(Imm(8), p, q)
	VSUBPS(q, p, p) // what rounding took away
	VMULPS(p, units, units)
	tie, more := c, normal
	VPAND(constants["magnitude"], p, tie)
	VCMPPS(Imm(0), constants["half"], tie, tie)
	VXORPS(more, more, more)
	VCMPPS(Imm(0x1e), more, units, more) // the remainder points the same way
	VPAND(more, tie, tie)
	VADDPS(p, p, p)
	VPAND(p, tie, tie)
	VADDPS(tie, q, q)
	VCVTPS2DQ(q, q)
	VPOR(sign, q, q)
	VPAND(tiny, q, q)
	VPOR(q, out, out)
}

// constants are vectors in memory.
var constants = map[string]Mem{}

// vectors writes the constants.
func vectors() {
	for _, c := range []struct {
		name string
		bits uint32
	}{
		{"zero", 0},
		{"one", math.Float32bits(1)},
		{"half", math.Float32bits(0.5)},
		{"sign", 1 << 31},
		{"magnitude", 1<<31 - 1},
		{"most", 1<<31 - 1},
		{"signAndExponent", 0xff800000},
		{"largestDenormal", 0x007fffff},
		{"leastNormal", 0x00800000},
		{"scale100", math.Float32bits(0x1p100)},
		{"scaleDown100", math.Float32bits(0x1p-100)},
		{"scale49", math.Float32bits(0x1p49)},
	} {
		constants[c.name] = GLOBL(c.name, RODATA|NOPTR)
		for at := range 8 {
			DATA(4*at, U32(c.bits))
		}
	}
}

// step writes the step of n neurons, a multiple of 8.
func step(name, model string, vars, coefs int, body func(k *neuron)) {
	function(name+"AVX2", fmt.Sprintf("is the step of n %s neurons, n a multiple of 8; see Step.", model),
		"func(z, x, s, c *float32, n, stride int)")
	k := &neuron{z: loaded("z"), at: GP64(), one: constants["one"]}
	x, n := loaded("x"), loaded("n")
	k.vars = fields("s", vars)
	c := loaded("c")
	most := YMM()
	VXORPS(most, most, most)
	for j := range coefs {
		v, to := broadcast(Mem{Base: c, Disp: 4 * j}), AllocLocal(32)
		VMOVUPS(v, to)
		k.coefs = append(k.coefs, to)
		if j < 2 && name != "iaf" && (j == 0 || vars > 1) {
			limit, known := YMM(), YMM()
			VCMPPS(Imm(0), v, v, known)
			VANDPS(constants["magnitude"], v, v)
			VMOVUPS(constants["leastNormal"], limit)
			VDIVPS(v, limit, limit)
			VMINPS(constants["scaleDown100"], limit, limit)
			VANDPS(known, limit, limit)
			to := AllocLocal(32)
			VMOVUPS(limit, to)
			k.limits = append(k.limits, to)
			VPMAXSD(limit, most, most)
		}
	}
	VPADDD(most, most, most)
	VPADDD(constants["most"], most, most)
	all := AllocLocal(32)
	VMOVUPS(most, all)
	k.limits = append(k.limits, all)
	k.x = Mem{Base: x, Index: k.at, Scale: 4}
	XORQ(k.at, k.at)
	Label("loop")
	body(k)
	ADDQ(Imm(8), k.at)
	CMPQ(k.at, n)
	JLT(LabelRef("loop"))
	ret()
	for _, f := range k.later {
		f()
	}
}

// fields is the addresses of variables that lie a stride apart.
func fields(base string, vars int) []Register {
	p := []Register{loaded(base)}
	if vars > 1 {
		stride := loaded("stride")
		for range vars - 1 {
			q := GP64()
			LEAQ(Mem{Base: p[len(p)-1], Index: stride, Scale: 4}, q)
			p = append(p, q)
		}
	}
	return p
}

// lifBack writes the backward pass of LIF with SuperSpike.
func lifBack() {
	function("lifBackAVX2", "is the backward step of n LIF neurons with SuperSpike, n a multiple of 8; see LIFBack.",
		"func(dx, dz, x, s, ds, c *float32, n, stride int)")
	dx, dz, x, n, at := loaded("dx"), loaded("dz"), loaded("x"), loaded("n"), GP64()
	s, ds, c := fields("s", 2), fields("ds", 2), loaded("c")
	var k [6]VecVirtual
	for j := range k {
		k[j] = broadcast(Mem{Base: c, Disp: 4 * j})
	}
	cm, cs, leak, th, reset, alpha := k[0], k[1], k[2], k[3], k[4], k[5]
	one, sign := ones(), YMM()
	VPCMPEQD(sign, sign, sign)
	VPSLLD(Imm(31), sign, sign)
	XORQ(at, at)
	on := func(base Register) Mem { return Mem{Base: base, Index: at, Scale: 4} }
	load := func(base Register) VecVirtual { v := YMM(); VMOVUPS(on(base), v); return v }
	Label("loop")
	v := load(s[0])
	u := add(v, mul(cm, add(sub(leak, v), add(load(s[1]), on(x)))))
	f, after := above(u, th), load(ds[0])
	up := mul(after, sub(reset, u))
	VADDPS(up, load(dz), up) // up = dz + after*(reset-u)
	t := sub(u, th)
	VANDNPS(t, sign, t)
	t = add(mul(alpha, t), one)
	du := add(mul(whereNot(f, one), after), div(up, mul(t, t)))
	w, di := mul(cm, du), load(ds[1])
	dj := add(w, add(di, mul(cs, di)))
	VMOVUPS(sub(du, w), on(ds[0]))
	VMOVUPS(dj, on(ds[1]))
	VMOVUPS(dj, on(dx))
	ADDQ(Imm(8), at)
	CMPQ(at, n)
	JLT(LabelRef("loop"))
	ret()
}
