package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// neurons writes the steps of the neuron models. The comments are the twin's lines.
func neurons() {
	for _, wide512 = range widths() {
		for _, m := range models {
			m.kernels()
			if th, ok := map[string]int{"lif": 3, "lifBox": 2, "iaf": 0, "lifEx": 3}[m.name]; ok {
				subtracting(m, th).kernels()
			}
		}
	}
	for _, m := range backs {
		m.write()
	}
}

var models = []model{
	{name: "lif", bits: true, past: true, title: "LIF", vars: 2, coefs: 5, jump: 1, tiny: true, inRegisters: true, step: func(k *neuron) VecVirtual {
		u := membrane(k)
		return k.spike(0, above(u, k.c(3)), u, k.c(4))
	}},
	{name: "lifRefrac", bits: true, past: true, title: "LIFRefrac", vars: 3, coefs: 6, jump: 1, tiny: true, step: func(k *neuron) VecVirtual {
		u := membrane(k)
		f := above(u, k.c(3))
		return k.refractory(2, 0, f, k.reset(f, u, k.c(4)), k.c(5))
	}},
	{name: "li", past: true, title: "LI", vars: 2, coefs: 3, jump: 1, tiny: true, inRegisters: true, step: func(k *neuron) VecVirtual {
		v := membrane(k)
		k.set(0, v)
		return v
	}},
	{name: "liBox", title: "LIBox", vars: 1, coefs: 2, jump: -1, tiny: true, inRegisters: true, step: func(k *neuron) VecVirtual {
		v := k.v(0)
		v = add(v, k.products(0, add(sub(value(k.c(1)), v), k.x))[0]) // v += cm*((leak-v) + x)
		k.set(0, v)
		return v
	}},
	{name: "lifBox", title: "LIFBox", vars: 1, coefs: 4, jump: -1, tiny: true, inRegisters: true, step: func(k *neuron) VecVirtual {
		v := k.v(0)
		u := add(v, k.products(0, sub(add(value(k.x), k.c(1)), v))[0]) // u = v + cm*((x+leak) - v)
		return k.spike(0, above(u, k.c(2)), u, k.c(3))
	}},
	{name: "iaf", title: "IAF", vars: 1, coefs: 2, jump: 0, inRegisters: true, step: func(k *neuron) VecVirtual {
		u := add(k.v(0), k.x)
		return k.spike(0, above(u, k.c(0)), u, k.c(1))
	}},
	{name: "lsnn", title: "LSNN", vars: 3, coefs: 7, jump: 1, step: func(k *neuron) VecVirtual {
		u, b := membrane(k), k.v(2)
		t := add(b, mul(sub(value(k.c(3)), b), k.c(5))) // t = b + cb*(th-b)
		z := k.spike(0, above(u, t), u, k.c(4))
		k.set(2, add(t, mul(z, k.c(6)))) // b = t + f*beta
		return z
	}},
	{name: "adaLIF", title: "AdaLIF", vars: 3, coefs: 7, jump: 1, step: func(k *neuron) VecVirtual {
		b := k.v(2)
		u := add(k.v(0), mul(sub(drive(k, nil), b), k.c(0))) // u = v + cm*(((leak-v) + j) - b)
		t := add(b, mul(b, k.c(5)))                          // t = b + cb*b
		z := above(u, k.c(3)).ones()
		k.set(0, sub(u, mul(z, sub(value(k.c(3)), k.c(4))))) // v = u - f*(th-reset)
		k.set(2, add(t, mul(z, k.c(6))))                     // b = t + f*beta
		return z
	}},
	{name: "izhikevich", title: "Izhikevich", vars: 2, coefs: 9, jump: -1, step: func(k *neuron) VecVirtual {
		v, u := k.v(0), k.v(1)
		q := add(mul(mul(v, v), k.c(5)), mul(v, k.c(6)))
		q = add(sub(add(q, k.c(7)), u), k.x)             // q = (((sq*(v*v) + mn*v) + bias) - u) + x
		w := add(v, mul(q, k.c(0)))                      // w = v + kv*q
		y := add(u, mul(sub(mul(v, k.c(2)), u), k.c(1))) // y = u + ku*(b*v - u)
		f := above(w, k.c(8))
		k.set(1, k.reset(f, y, add(y, k.c(4))))
		return k.spike(0, f, w, k.c(3))
	}},
	{name: "lifEx", runsAway: true, title: "LIFEx", vars: 2, coefs: 6, jump: 1, step: func(k *neuron) VecVirtual {
		u := add(k.v(0), mul(drive(k, k.away), k.c(0))) // u = v + cm*(((leak-v) + e) + j)
		return k.spike(0, above(u, k.c(3)), u, k.c(4))
	}},
	{name: "lifAdEx", runsAway: true, title: "LIFAdEx", vars: 3, coefs: 9, jump: 1, step: func(k *neuron) VecVirtual {
		f, u, a := adapting(k)
		z := k.spike(0, f, u, k.c(4))
		k.set(2, add(a, mul(z, k.c(8))))
		return z
	}},
	{name: "lifAdExRefrac", runsAway: true, title: "LIFAdExRefrac", vars: 4, coefs: 10, jump: 1, step: func(k *neuron) VecVirtual {
		f, u, a := adapting(k)
		k.set(2, add(a, mul(f.ones(), k.c(8))))
		return k.refractory(3, 0, f, k.reset(f, u, k.c(4)), k.c(9))
	}},
	{name: "lifMC", title: "LIFMC", vars: 2, coefs: 6, jump: -1, step: func(k *neuron) VecVirtual {
		j, w := k.v(1), add(mul(value(k.x), k.c(5)), k.v(0))    // w = v + dt*x
		u := add(w, mul(add(sub(value(k.c(2)), w), j), k.c(0))) // u = w + cm*((leak-w) + j)
		k.set(1, add(j, mul(j, k.c(1))))
		return k.spike(0, above(u, k.c(3)), u, k.c(4))
	}},
	{name: "lifMCRefrac", title: "LIFMCRefrac", vars: 3, coefs: 7, jump: -1, step: func(k *neuron) VecVirtual {
		v, j, rho := k.v(0), k.v(1), k.v(2)
		m := above(rho, constants["zero"])
		in := mul(mul(m.zeros(), k.c(0)), add(sub(value(k.c(2)), v), j))
		u := add(v, add(in, mul(value(k.x), k.c(6)))) // u = v + (((1-m)*cm)*((leak-v) + i) + dt*x)
		k.set(1, add(j, mul(j, k.c(1))))
		f := above(u, k.c(3)).but(m)
		k.set(2, k.reset(f, relu(sub(rho, m.ones())), k.c(5)))
		return k.spike(0, f, u, k.c(4))
	}},
	{name: "cobaLIF", title: "CobaLIF", vars: 3, coefs: 9, jump: -1, step: func(k *neuron) VecVirtual {
		x, v := value(k.x), k.v(0)
		e := add(k.v(1), relu(x))
		i := add(k.v(2), relu(negative(x)))
		e = add(e, mul(e, k.c(0)))
		i = add(i, mul(i, k.c(1)))
		k.set(1, e)
		k.set(2, i)
		in := mul(sub(value(k.c(4)), v), k.c(3))    // gl*(rest-v)
		in = add(in, mul(e, sub(value(k.c(5)), v))) // + e*(toE-v)
		in = add(in, mul(i, sub(value(k.c(6)), v))) // + i*(toI-v)
		u := add(v, mul(in, k.c(2)))
		return k.spike(0, above(u, k.c(7)), u, k.c(8))
	}},
}

// subtracting is a model with the subtractive reset, whose threshold is the coefficient th.
func subtracting(m model, th int) model {
	m.name, m.title, m.tiny, m.bits, m.past = m.name+"Subtract", m.title+" (subtractive reset)", false, false, false
	step := m.step
	m.step = func(k *neuron) VecVirtual {
		k.subtract = k.c(th)
		return step(k)
	}
	return m
}

// membrane is u = v + cm*((leak-v) + j), with j = i + x, and makes i = j + cs*j.
func membrane(k *neuron) VecVirtual {
	j := add(k.v(1), k.x)
	p := k.products(0, add(sub(value(k.c(2)), k.v(0)), j), j)
	k.set(1, add(j, p[1]))
	return add(p[0], k.v(0))
}

// drive is ((leak-v) + e) + j, or (leak-v) + j for a nil e, with j = i + x, and makes i = j + cs*j.
func drive(k *neuron, e VecVirtual) VecVirtual {
	in := sub(value(k.c(2)), k.v(0))
	if e != nil {
		in = add(in, e)
	}
	j := add(k.v(1), k.x)
	k.set(1, add(j, mul(j, k.c(1))))
	return add(in, j)
}

// adapting is the step of LIFAdEx up to the spike: its mask, the membrane and the adaptation.
func adapting(k *neuron) (f mask, u, a VecVirtual) {
	v, a0 := k.v(0), k.v(2)
	u = add(v, mul(sub(drive(k, k.away), a0), k.c(0)))             // u = v + cm*((((leak-v) + e) + j) - a)
	a = add(a0, mul(sub(mul(sub(v, k.c(2)), k.c(7)), a0), k.c(6))) // a = a + ca*(perV*(v-leak) - a)
	return above(u, k.c(3)), u, a
}

// refractory freezes variable v of a neuron that has spiked before, where rho > 0: u is what it would be and f the mask of
// its spikes. It is the spikes that are left.
func (k *neuron) refractory(rho, v int, f mask, u VecVirtual, rest Op) VecVirtual {
	r := k.v(rho)
	m := above(r, constants["zero"])
	k.set(v, k.choose(m, k.v(v), u)) // v = (1-m)*u + m*v
	f = f.but(m)                     // f = (1-m)*f
	return k.spike(rho, f, relu(sub(r, m.ones())), rest)
}

func negative(x VecVirtual) VecVirtual {
	v := vector()
	if wide512 {
		VPXORD_BCST(constants["sign"], x, v)
	} else {
		VXORPS(constants["sign"], x, v)
	}
	return v
}

// approach is (v-th)/delta, in next if that is not nil. What exp rounds to infinity and to 0 begins at the limits, and NaN
// passes them.
func approach(ks []*neuron, th, delta Op, next []VecVirtual) []VecVirtual {
	for i, k := range ks {
		if len(next) == i {
			next = append(next, vector())
		}
		x := next[i]
		VDIVPS(delta, sub(k.load(k.of(k.vars[0])), th), x) // v is loaded again behind: the registers are few
		VMINPS(x, value(constants["expMost"]), x)
		VMAXPS(x, value(constants["expLeast"]), x)
	}
	return next
}

// runAway makes delta*e of the exponentials, and 0 for a delta of 0.
func runAway(ks []*neuron, es []VecVirtual, delta Op) {
	some := compare(0x04, value(delta), constants["zero"]) // not equal, or NaN
	for i, e := range es {
		ks[i].away = some.of(mul(e, delta))
	}
}

// expCoefficients are those of Exp, the last powers first.
var expCoefficients = []float64{
	2.47082893223604366e-05, 1.99089389415406348e-04, 1.38891971288205757e-03, 8.33328180808801077e-03, 4.16666644050889917e-02,
	1.66666667844418169e-01, 5.00000000042680777e-01, 1, 1,
}

// exp64 is Exp between its limits; it writes over xs. The operations of several vectors alternate, since each waits for the
// one before.
func exp64(xs ...VecVirtual) []VecVirtual {
	n := len(xs)
	t, p := make([]VecVirtual, n), make([]VecVirtual, n)
	each := func(f func(i int)) {
		for i := range n {
			f(i)
		}
	}
	each(func(i int) {
		t[i] = fresh(constants["whole"])
		emit(VFMADD231PD, VFMADD231PD_BCST, constants["log2e"], xs[i], t[i]) // rounds to k, whose bits are the last ones
	})
	each(func(i int) {
		k := minus(t[i], constants["whole"])
		emit(VFNMADD231PD, VFNMADD231PD_BCST, constants["ln2"], k, xs[i]) // r
		if wide512 {
			t[i] = k
		}
	})
	each(func(i int) {
		p[i] = fresh(constants["exp1"])
		emit(VFMADD231PD, VFMADD231PD_BCST, constants["exp0"], xs[i], p[i])
	})
	for c := range expCoefficients[2:] {
		each(func(i int) { emit(VFMADD213PD, VFMADD213PD_BCST, constants[fmt.Sprintf("exp%d", c+2)], xs[i], p[i]) })
	}
	each(func(i int) { // p·2ᵏ; NaN stays
		if wide512 {
			VSCALEFPD(t[i], p[i], p[i])
			return
		}
		VPSLLQ(Imm(52), t[i], t[i])
		VPADDQ(t[i], p[i], p[i])
	})
	return p
}

// doubles is vectors in float64, two for each; joined rounds those back.
func doubles(xs []VecVirtual) []VecVirtual {
	var halves []VecVirtual
	for _, half := range inHalves(xs) {
		v := vector()
		VCVTPS2PD(half, v)
		halves = append(halves, v)
	}
	return halves
}

// inHalves is the halves of vectors.
func inHalves(xs []VecVirtual) []Op {
	var halves []Op
	for _, x := range xs {
		if wide512 {
			high := YMM()
			VEXTRACTF64X4(Imm(1), x, high)
			halves = append(halves, x.AsY(), high)
		} else {
			high := XMM()
			VEXTRACTF128(Imm(1), x, high)
			halves = append(halves, x.AsX(), high)
		}
	}
	return halves
}

func joined(p []VecVirtual) []VecVirtual {
	var es []VecVirtual
	for i := 0; i < len(p); i += 2 {
		e := vector()
		if wide512 {
			low, high := YMM(), YMM()
			VCVTPD2PS(p[i], low)
			VCVTPD2PS(p[i+1], high)
			VINSERTF64X4(Imm(1), high, low.AsZ(), e)
		} else {
			low, high := XMM(), XMM()
			VCVTPD2PSY(p[i], low)
			VCVTPD2PSY(p[i+1], high)
			VINSERTF128(Imm(1), high, low.AsY(), e)
		}
		es = append(es, e)
	}
	return es
}
