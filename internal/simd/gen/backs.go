package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// back is the backward step of a model with SuperSpike. It turns the gradients of the variables and returns that of the
// input.
type back struct {
	name, title string
	vars, coefs int
	step        func(k *backward) VecVirtual
}

// backward is such a step for a vector of neurons while it is being written.
type backward struct {
	dz, x  Mem
	s, ds  []Mem
	coefs  []Mem // alpha is the last
	loaded map[Mem]VecVirtual
}

func (k *backward) v(field int) VecVirtual { return k.of(k.s[field]) }
func (k *backward) d(field int) VecVirtual { return k.of(k.ds[field]) }
func (k *backward) of(m Mem) VecVirtual {
	if k.loaded[m] == nil {
		k.loaded[m] = value(m)
	}
	return k.loaded[m]
}
func (k *backward) set(field int, v VecVirtual) { VMOVUPS(v, k.ds[field]) }
func (k *backward) c(n int) Mem                 { return k.coefs[n] }

// spike is the gradient of u, a distance from the threshold, for the gradient up of the spike: up/(alpha*|u| + 1)².
func (k *backward) spike(u, up VecVirtual) VecVirtual {
	t := YMM()
	VANDPS(constants["magnitude"], u, t)
	t = add(mul(t, k.coefs[len(k.coefs)-1]), constants["one"])
	return div(up, mul(t, t))
}

// current takes the gradient w of the membrane back through j = i + x and i' = j + cs*j: it is x's.
func (k *backward) current(field int, w VecVirtual, cs Mem) VecVirtual {
	di := k.d(field)
	dj := add(w, add(di, mul(di, cs)))
	k.set(field, dj)
	return dj
}

func (m back) write() {
	function(m.name+"BackAVX2", fmt.Sprintf("is the backward step of n %s neurons with SuperSpike, n a multiple of 8; see Back.", m.title),
		"func(dx, dz, x, s, ds, c *float32, n, stride int)")
	dx, dz, x, n, at := loaded("dx"), loaded("dz"), loaded("x"), loaded("n"), GP64()
	s, ds, c := fields("s", m.vars), fields("ds", m.vars), loaded("c")
	XORQ(at, at)
	on := func(base Register) Mem { return Mem{Base: base, Index: at, Scale: 4} }
	k := &backward{dz: on(dz), x: on(x), loaded: map[Mem]VecVirtual{}}
	for j := range m.vars {
		k.s, k.ds = append(k.s, on(s[j])), append(k.ds, on(ds[j]))
	}
	for j := range m.coefs + 1 {
		to := AllocLocal(32)
		VMOVUPS(broadcast(Mem{Base: c, Disp: 4 * j}), to)
		k.coefs = append(k.coefs, to)
	}
	Label("loop")
	VMOVUPS(m.step(k), on(dx))
	ADDQ(Imm(8), at)
	CMPQ(at, n)
	JLT(LabelRef("loop"))
	ret()
}

// The comments are those of the models in package snn.
var backs = []back{
	{"lif", "LIF", 2, 5, func(k *backward) VecVirtual {
		v, after := k.v(0), k.d(0)
		u := add(v, mul(add(sub(value(k.c(2)), v), add(k.v(1), k.x)), k.c(0)))
		f := above(u, k.c(3))
		up := add(mul(after, sub(value(k.c(4)), u)), k.dz)
		du := add(mul(f.zeros(), after), k.spike(sub(u, k.c(3)), up))
		w := mul(du, k.c(0))
		k.set(0, sub(du, w))
		return k.current(1, w, k.c(1))
	}},
	{"lifRefrac", "LIFRefrac", 3, 6, func(k *backward) VecVirtual {
		v, dv := k.v(0), k.d(0)
		u := add(v, mul(add(sub(value(k.c(2)), v), add(k.v(1), k.x)), k.c(0)))
		f := above(u, k.c(3))
		to := add(mul(f.zeros(), u), mul(f.ones(), k.c(4)))
		rho, dr := k.v(2), k.d(2)
		m := above(rho, constants["zero"])
		z := f.but(m)

		left := sub(rho, m.ones())
		some := above(left, constants["zero"])
		nan := compare(0x03, left, left) // left <= 0 is false for NaN, which stays
		keep := mask{v: or(some.v, nan.v), one: new(VecVirtual)}
		dLeft := keep.of(mul(z.zeros(), dr))
		left = keep.of(left)
		up := add(mul(dr, sub(value(k.c(5)), left)), k.dz)
		dm := sub(sub(mul(dv, sub(v, to)), mul(up, f.ones())), dLeft)
		k.set(2, add(dLeft, k.spike(rho, dm)))

		after, frozen := mul(m.zeros(), dv), mul(m.ones(), dv)
		up = add(mul(m.zeros(), up), mul(after, sub(value(k.c(4)), u)))
		du := add(mul(f.zeros(), after), k.spike(sub(u, k.c(3)), up))
		w := mul(du, k.c(0))
		k.set(0, add(frozen, sub(du, w)))
		return k.current(1, w, k.c(1))
	}},
	{"li", "LI", 2, 3, func(k *backward) VecVirtual {
		du := add(k.d(0), k.dz)
		w := mul(du, k.c(0))
		k.set(0, sub(du, w))
		return k.current(1, w, k.c(1))
	}},
	{"liBox", "LIBox", 1, 2, func(k *backward) VecVirtual {
		du := add(k.d(0), k.dz)
		w := mul(du, k.c(0))
		k.set(0, sub(du, w))
		return w
	}},
	{"lifBox", "LIFBox", 1, 4, func(k *backward) VecVirtual {
		v, after := k.v(0), k.d(0)
		u := add(v, mul(sub(add(value(k.x), k.c(1)), v), k.c(0)))
		f := above(u, k.c(2))
		up := add(mul(after, sub(value(k.c(3)), u)), k.dz)
		du := add(mul(f.zeros(), after), k.spike(sub(u, k.c(2)), up))
		w := mul(du, k.c(0))
		k.set(0, sub(du, w))
		return w
	}},
	{"iaf", "IAF", 1, 2, func(k *backward) VecVirtual {
		u, after := add(k.v(0), k.x), k.d(0)
		f := above(u, k.c(0))
		up := add(mul(after, sub(value(k.c(1)), u)), k.dz)
		du := add(mul(f.zeros(), after), k.spike(sub(u, k.c(0)), up))
		k.set(0, du)
		return du
	}},
	{"lsnn", "LSNN", 3, 7, func(k *backward) VecVirtual {
		v, b, dv, db := k.v(0), k.v(2), k.d(0), k.d(2)
		u := add(v, mul(add(sub(value(k.c(2)), v), add(k.v(1), k.x)), k.c(0)))
		t := add(b, mul(sub(value(k.c(3)), b), k.c(5)))
		f := above(u, t)
		up := add(add(mul(dv, sub(value(k.c(4)), u)), k.dz), mul(db, k.c(6)))
		spike := k.spike(sub(u, t), up)
		du, dt := add(mul(f.zeros(), dv), spike), sub(db, spike)
		w := mul(du, k.c(0))
		k.set(0, sub(du, w))
		k.set(2, sub(dt, mul(dt, k.c(5))))
		return k.current(1, w, k.c(1))
	}},
	{"adaLIF", "AdaLIF", 3, 7, func(k *backward) VecVirtual {
		v, b, dv, db := k.v(0), k.v(2), k.d(0), k.d(2)
		u := add(v, mul(sub(add(sub(value(k.c(2)), v), add(k.v(1), k.x)), b), k.c(0)))
		up := sub(value(k.dz), mul(dv, sub(value(k.c(3)), k.c(4))))
		du := add(dv, k.spike(sub(u, k.c(3)), add(up, mul(db, k.c(6)))))
		w := mul(du, k.c(0))
		k.set(0, sub(du, w))
		k.set(2, sub(add(db, mul(db, k.c(5))), w))
		return k.current(1, w, k.c(1))
	}},
	{"izhikevich", "Izhikevich", 2, 9, func(k *backward) VecVirtual {
		v, u, after, dy := k.v(0), k.v(1), k.d(0), k.d(1)
		q := add(mul(mul(v, v), k.c(5)), mul(v, k.c(6)))
		q = add(sub(add(q, k.c(7)), u), k.x)
		w := add(v, mul(q, k.c(0)))
		f := above(w, k.c(8))
		up := add(add(mul(after, sub(value(k.c(3)), w)), k.dz), mul(dy, k.c(4)))
		dw := add(mul(f.zeros(), after), k.spike(sub(w, k.c(8)), up))
		dq, slow := mul(dw, k.c(0)), mul(dy, k.c(1))
		sq := value(k.c(5))
		slope := add(mul(add(sq, sq), v), k.c(6)) // 2·sq·v + mn
		k.set(0, add(add(dw, mul(dq, slope)), mul(slow, k.c(2))))
		k.set(1, sub(sub(dy, slow), dq))
		return dq
	}},
}

func or(a, b VecVirtual) VecVirtual { v := YMM(); VORPS(b, a, v); return v }
