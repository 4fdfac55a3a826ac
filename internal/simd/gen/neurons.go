package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// neurons writes the steps of the neuron models. The comments are the twin's lines.
func neurons() {
	step("lif", "LIF", 2, 5, func(k *neuron) {
		cm, cs, leak, th, reset := k.c[0], k.c[1], k.c[2], k.c[3], k.c[4]
		v, i := k.load(0), k.load(1)
		u, i := membrane(k, v, i, cm, cs, leak)
		k.store(1, i)
		f := above(u, th)
		k.store(0, k.reset(f, u, reset))
		k.out(where(f, k.one))
	})
	step("lifRefrac", "LIFRefrac", 3, 6, func(k *neuron) {
		cm, cs, leak, th, reset, rest := k.c[0], k.c[1], k.c[2], k.c[3], k.c[4], k.c[5]
		v, i := k.load(0), k.load(1)
		u, i := membrane(k, v, i, cm, cs, leak)
		k.store(1, i)
		f := above(u, th)
		u = k.reset(f, u, reset)
		rho := k.load(2)
		m := above(rho, k.zero)
		one, other := where(m, k.one), whereNot(m, k.one)
		k.store(0, add(mul(other, u), mul(one, v))) // v = (1-m)*u + m*v
		f = whereNot(m, f)                          // f = (1-m)*f
		left := sub(rho, one)
		VMAXPS(left, k.zero, left) // max(left, 0), and NaN stays NaN
		VADDPS(k.zero, left, left) // but it may be -0
		k.store(2, k.reset(f, left, rest))
		k.out(where(f, k.one))
	})
	step("li", "LI", 2, 3, func(k *neuron) {
		v, i := membrane(k, k.load(0), k.load(1), k.c[0], k.c[1], k.c[2])
		k.store(0, v)
		k.store(1, i)
		k.out(v)
	})
	step("liBox", "LIBox", 1, 2, func(k *neuron) {
		v := k.load(0)
		v = add(v, mul(k.c[0], add(sub(k.c[1], v), k.x)))
		k.store(0, v)
		k.out(v)
	})
	step("lifBox", "LIFBox", 1, 4, func(k *neuron) {
		v := k.load(0)
		u := add(v, mul(k.c[0], sub(add(k.input(), k.c[1]), v)))
		f := above(u, k.c[2])
		k.store(0, k.reset(f, u, k.c[3]))
		k.out(where(f, k.one))
	})
	step("iaf", "IAF", 1, 2, func(k *neuron) {
		u := add(k.load(0), k.x)
		f := above(u, k.c[0])
		k.store(0, k.reset(f, u, k.c[1]))
		k.out(where(f, k.one))
	})
	lifBack()
}

// membrane is u = v + cm*((leak-v) + j) and i = j + cs*j with j = i + x.
func membrane(k *neuron, v, i, cm, cs, leak VecVirtual) (VecVirtual, VecVirtual) {
	j := add(i, k.x)
	u := add(v, mul(cm, add(sub(leak, v), j)))
	return u, add(j, mul(cs, j))
}

// neuron is a kernel while it is being written.
type neuron struct {
	vars      []Register // addresses of the variables
	z         Register
	at        Register // the position in all of them
	x         Mem
	c         []VecVirtual
	one, zero VecVirtual
}

func (k *neuron) load(field int) VecVirtual {
	v := YMM()
	VMOVUPS(Mem{Base: k.vars[field], Index: k.at, Scale: 4}, v)
	return v
}

func (k *neuron) store(field int, v VecVirtual) {
	VMOVUPS(v, Mem{Base: k.vars[field], Index: k.at, Scale: 4})
}

func (k *neuron) input() VecVirtual { v := YMM(); VMOVUPS(k.x, v); return v }

func (k *neuron) out(v VecVirtual) { VMOVUPS(v, Mem{Base: k.z, Index: k.at, Scale: 4}) }

// reset is (1-f)*u + f*to for the mask f.
func (k *neuron) reset(f, u, to VecVirtual) VecVirtual {
	return add(mul(whereNot(f, k.one), u), mul(where(f, k.one), to))
}

// step writes the step of n neurons, a multiple of 8.
func step(name, model string, vars, coefs int, body func(k *neuron)) {
	function(name+"AVX2", fmt.Sprintf("is the step of n %s neurons, n a multiple of 8; see Step.", model),
		"func(z, x, s, c *float32, n, stride int)")
	k := &neuron{z: loaded("z"), at: GP64(), one: ones(), zero: zeros()}
	x, n := loaded("x"), loaded("n")
	k.vars = fields("s", vars)
	c := loaded("c")
	for j := range coefs {
		k.c = append(k.c, broadcast(Mem{Base: c, Disp: 4 * j}))
	}
	k.x = Mem{Base: x, Index: k.at, Scale: 4}
	XORQ(k.at, k.at)
	Label("loop")
	body(k)
	ADDQ(Imm(8), k.at)
	CMPQ(k.at, n)
	JLT(LabelRef("loop"))
	ret()
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
