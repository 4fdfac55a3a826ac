package main

import (
	"fmt"
	"maps"
	"math"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// neuron is the step of a model while it is being written, once or twice in a kernel.
type neuron struct {
	at       Register     // the position in all of the following
	vars     []Register   // addresses of the variables
	x        Op           // the input
	state    []VecVirtual // the variables
	coefs    []Op
	subtract Op     // the threshold, where a spike takes it away from the membrane
	limits   []Mem  // below these a factor's product with the coefficient is a denormal; see products
	later    func() // what stands behind the loop
}

// v is a variable in front of the step, or what set made of it.
func (k *neuron) v(field int) VecVirtual { return k.state[field] }

func (k *neuron) set(field int, v VecVirtual) { k.state[field] = v }

// c is a coefficient.
func (k *neuron) c(n int) Op { return k.coefs[n] }

// spike resets a variable where the mask f is set, and is 1 there and 0 elsewhere.
func (k *neuron) spike(field int, f, u VecVirtual, to Op) VecVirtual {
	if k.subtract != nil {
		to = sub(u, k.subtract)
	}
	k.set(field, k.reset(f, u, to))
	return where(f, constants["one"])
}

// reset is (1-z)*u + z*to, for z of 1 where the mask f is set and of 0 elsewhere.
func (k *neuron) reset(f, u VecVirtual, to Op) VecVirtual {
	set := mul(where(f, constants["one"]), to)
	if k.limits != nil {
		return add(set, kept(f, u))
	}
	return add(mul(whereNot(f, value(constants["one"])), u), set)
}

// choose is (1-m)*u + m*v for the mask m.
func (k *neuron) choose(m, v, u VecVirtual) VecVirtual {
	if k.limits == nil {
		one := value(constants["one"])
		return add(mul(whereNot(m, one), u), mul(and(m, one), v))
	}
	none := whereNot(m, v)
	VANDPS(constants["signAndExponent"], none, none)
	VMULPS(constants["zero"], none, none) // ±0, or NaN
	VORPS(and(m, v), none, none)
	return add(kept(m, u), none)
}

// kept is (1-f)*u for the mask f, without a product with 1, which takes long for a denormal.
func kept(f, u VecVirtual) VecVirtual {
	gone, v := and(f, u), whereNot(f, u)
	VMULPS(constants["zero"], gone, gone)
	VORPS(gone, v, v)
	return v
}

// where takes a as a constant in memory.
func where(mask VecVirtual, a Mem) VecVirtual { v := YMM(); VANDPS(a, mask, v); return v }

// value is m in a register.
func value(m Op) VecVirtual { v := YMM(); VMOVUPS(m, v); return v }

// relu is max(v, 0); NaN stays NaN, and -0 becomes +0.
func relu(v VecVirtual) VecVirtual {
	zero, left := zeros(), YMM()
	VMAXPS(v, zero, left)
	return add(left, zero)
}

// products is c*x for the coefficients from first on, one for each x. Products that round among the denormals take a
// processor of Intel's more than a hundred cycles, and a neuron without input gets there and may stay for ever: the
// kernels named Tiny make them of integers, with the same bits.
func (k *neuron) products(first int, xs ...VecVirtual) []VecVirtual {
	var out []VecVirtual
	if k.limits == nil {
		for n, x := range xs {
			out = append(out, mul(x, k.c(first+n)))
		}
		return out
	}
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
	for n, x := range xs {
		out = append(out, mul(x, k.c(first+n)))
	}
	Label("products")
	k.later = func() {
		Label("denormal")
		for n, x := range xs {
			k.tinyProduct(out[n], x, first+n)
		}
		seen := GP64()
		MOVQ(U32(1), seen)
		Store(seen, ReturnIndex(0))
		JMP(LabelRef("products"))
	}
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
		{"expMost", math.Float32bits(89)},
		{"expLeast", math.Float32bits(-104)},
		{"infinity", math.Float32bits(float32(math.Inf(1)))},
	} {
		constants[c.name] = GLOBL(c.name, RODATA|NOPTR)
		for at := range 8 {
			DATA(4*at, U32(c.bits))
		}
	}
	doubles := map[string]uint64{"log2e": math.Float64bits(math.Log2E), "ln2": math.Float64bits(math.Ln2), "exponentBias": 1023}
	for n, v := range []float64{1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1} {
		doubles[fmt.Sprintf("exp%d", n)] = math.Float64bits(v)
	}
	for _, name := range slices.Sorted(maps.Keys(doubles)) {
		constants[name] = GLOBL(name, RODATA|NOPTR)
		for at := range 4 {
			DATA(8*at, U64(doubles[name]))
		}
	}
}

// wide is a vector of four float64.
func wide(name string) Mem { return constants[name] }

// model is a neuron model: its step works on the variables and returns the output.
type model struct {
	name, title string
	vars, coefs int
	jump        int  // the variable that the input is added to, -1 if there is none
	tiny        bool // there is a kernel for products among the denormals
	inRegisters bool // there are few enough coefficients
	step        func(k *neuron) VecVirtual
}

// kernels writes the forms of a model's step: one step and two, with the input before and, where it jumps, behind it.
func (m model) kernels() {
	m.kernel("", 1, false)
	m.kernel("Pair", 2, false)
	if m.jump >= 0 {
		m.kernel("Late", 1, true)
		m.kernel("LatePair", 2, true)
	}
	if m.tiny {
		m.tinyKernel("Tiny", false)
		if m.jump >= 0 {
			m.tinyKernel("LateTiny", true)
		}
	}
}

func (m model) begin(form, what string) (k *neuron, z, x, c, n, row, cstep Register) {
	function(m.name+form+"AVX2", fmt.Sprintf("is %s of n %s neurons; see Step.", what, m.title),
		"func(z, x, s, c *float32, n, stride, row, cstep int) int")
	k = &neuron{at: GP64()}
	z, x, n, c, row, cstep = loaded("z"), loaded("x"), loaded("n"), loaded("c"), loaded("row"), loaded("cstep")
	k.vars = fields("s", m.vars)
	XORQ(k.at, k.at)
	return k, z, x, c, n, row, cstep
}

func (m model) kernel(form string, steps int, late bool) {
	what := []string{"", "the step", "two steps"}[steps]
	if late {
		what += ", with the input behind,"
	}
	k, z, x, c, n, row, cstep := m.begin(form, what)
	xs, zs := []Register{x}, []Register{z}
	if steps == 2 {
		x2, z2 := GP64(), GP64()
		LEAQ(Mem{Base: x, Index: row, Scale: 4}, x2)
		LEAQ(Mem{Base: z, Index: row, Scale: 4}, z2)
		xs, zs = append(xs, x2), append(zs, z2)
	}
	flags := AllocLocal(8)
	watchDenormals(flags)
	Label("loop")
	k.coefs = make([]Op, m.coefs)
	for j := range k.coefs {
		k.coefs[j] = Mem{Base: c, Disp: 32 * j}
		if m.inRegisters {
			k.coefs[j] = value(k.coefs[j])
		}
	}
	k.state = make([]VecVirtual, m.vars)
	for f := range k.state {
		k.state[f] = value(Mem{Base: k.vars[f], Index: k.at, Scale: 4})
	}
	for t := range steps {
		in := Mem{Base: xs[t], Index: k.at, Scale: 4}
		if k.x = in; late {
			k.x = constants["zero"]
		}
		out := m.step(k)
		if late {
			k.set(m.jump, add(k.v(m.jump), in))
		}
		VMOVUPS(out, Mem{Base: zs[t], Index: k.at, Scale: 4})
	}
	for f, v := range k.state {
		VMOVUPS(v, Mem{Base: k.vars[f], Index: k.at, Scale: 4})
	}
	ADDQ(cstep, c)
	ADDQ(Imm(8), k.at)
	CMPQ(k.at, n)
	JLT(LabelRef("loop"))
	Store(sawDenormals(flags), ReturnIndex(0))
	ret()
}

// watchDenormals clears the processor's notes of what happened to floating-point numbers.
func watchDenormals(at Mem) {
	STMXCSR(at)
	r := GP32()
	MOVL(at, r)
	ANDL(I32(^0x3f), r)
	MOVL(r, at)
	LDMXCSR(at)
}

// sawDenormals is not 0 if a denormal went into an operation, or came out of one, since watchDenormals.
func sawDenormals(at Mem) Register {
	STMXCSR(at)
	r := GP64()
	MOVLQZX(at, r)
	ANDQ(Imm(0x12), r)
	return r
}

// tinyKernel writes the step whose products among the denormals do not stall the processor. It returns whether there
// were any.
func (m model) tinyKernel(form string, late bool) {
	k, z, x, c, n, _, cstep := m.begin(form, "the step, with products among the denormals made of integers,")
	none := GP64()
	XORQ(none, none)
	Store(none, ReturnIndex(0))
	k.coefs = make([]Op, m.coefs)
	for j := range k.coefs {
		k.coefs[j] = Mem{Base: c, Disp: 32 * j}
	}
	for range min(2, m.vars) + 1 {
		k.limits = append(k.limits, AllocLocal(32))
	}
	in := Mem{Base: x, Index: k.at, Scale: 4}
	if k.x = in; late {
		k.x = constants["zero"]
	}
	Label("loop")
	k.bounds()
	k.state = make([]VecVirtual, m.vars)
	for f := range k.state {
		k.state[f] = value(Mem{Base: k.vars[f], Index: k.at, Scale: 4})
	}
	out := m.step(k)
	if late {
		k.set(m.jump, add(k.v(m.jump), in))
	}
	VMOVUPS(out, Mem{Base: z, Index: k.at, Scale: 4})
	for f, v := range k.state {
		VMOVUPS(v, Mem{Base: k.vars[f], Index: k.at, Scale: 4})
	}
	ADDQ(cstep, c)
	ADDQ(Imm(8), k.at)
	CMPQ(k.at, n)
	JLT(LabelRef("loop"))
	ret()
	k.later()
}

// bounds makes, for the first coefficients, the numbers below which a product with it is a denormal, and at last the
// largest of them.
func (k *neuron) bounds() {
	most := zeros()
	for j, to := range k.limits[:len(k.limits)-1] {
		v, limit, known := value(k.c(j)), YMM(), YMM()
		VCMPPS(Imm(0), v, v, known)
		VANDPS(constants["magnitude"], v, v)
		VMOVUPS(constants["leastNormal"], limit)
		VDIVPS(v, limit, limit)
		VMINPS(constants["scaleDown100"], limit, limit)
		VANDPS(known, limit, limit)
		VMOVUPS(limit, to)
		VPMAXSD(limit, most, most)
	}
	VPADDD(most, most, most)
	VPADDD(constants["most"], most, most)
	VMOVUPS(most, k.limits[len(k.limits)-1])
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
