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
	runsAway    bool // it has an exponential
}

// backward is such a step for a vector of neurons while it is being written.
type backward struct {
	dz, x  Mem
	s, ds  []Mem
	coefs  []Mem // alpha is the last
	loaded map[Mem]VecVirtual
	spare  Mem // of models with an exponential
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
	function(m.name+"Back"+isaName(), fmt.Sprintf("is the backward step of n %s neurons with SuperSpike, n a multiple of 8; see Back.", m.title),
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
	if m.runsAway {
		k.spare = AllocLocal(32)
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
	{name: "lif", title: "LIF", vars: 2, coefs: 5, step: func(k *backward) VecVirtual {
		v, after := k.v(0), k.d(0)
		u := add(v, mul(add(sub(value(k.c(2)), v), add(k.v(1), k.x)), k.c(0)))
		f := above(u, k.c(3))
		up := add(mul(after, sub(value(k.c(4)), u)), k.dz)
		du := add(mul(f.zeros(), after), k.spike(sub(u, k.c(3)), up))
		w := mul(du, k.c(0))
		k.set(0, sub(du, w))
		return k.current(1, w, k.c(1))
	}},
	{name: "lifRefrac", title: "LIFRefrac", vars: 3, coefs: 6, step: func(k *backward) VecVirtual {
		v, dv := k.v(0), k.d(0)
		u := add(v, mul(add(sub(value(k.c(2)), v), add(k.v(1), k.x)), k.c(0)))
		f := above(u, k.c(3))
		to := add(mul(f.zeros(), u), mul(f.ones(), k.c(4)))
		rho, dr := k.v(2), k.d(2)
		m := above(rho, constants["zero"])
		z := f.but(m)

		left, dLeft := refractoryBack(rho, dr, m, z)
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
	{name: "li", title: "LI", vars: 2, coefs: 3, step: func(k *backward) VecVirtual {
		du := add(k.d(0), k.dz)
		w := mul(du, k.c(0))
		k.set(0, sub(du, w))
		return k.current(1, w, k.c(1))
	}},
	{name: "liBox", title: "LIBox", vars: 1, coefs: 2, step: func(k *backward) VecVirtual {
		du := add(k.d(0), k.dz)
		w := mul(du, k.c(0))
		k.set(0, sub(du, w))
		return w
	}},
	{name: "lifBox", title: "LIFBox", vars: 1, coefs: 4, step: func(k *backward) VecVirtual {
		v, after := k.v(0), k.d(0)
		u := add(v, mul(sub(add(value(k.x), k.c(1)), v), k.c(0)))
		f := above(u, k.c(2))
		up := add(mul(after, sub(value(k.c(3)), u)), k.dz)
		du := add(mul(f.zeros(), after), k.spike(sub(u, k.c(2)), up))
		w := mul(du, k.c(0))
		k.set(0, sub(du, w))
		return w
	}},
	{name: "iaf", title: "IAF", vars: 1, coefs: 2, step: func(k *backward) VecVirtual {
		u, after := add(k.v(0), k.x), k.d(0)
		f := above(u, k.c(0))
		up := add(mul(after, sub(value(k.c(1)), u)), k.dz)
		du := add(mul(f.zeros(), after), k.spike(sub(u, k.c(0)), up))
		k.set(0, du)
		return du
	}},
	{name: "lsnn", title: "LSNN", vars: 3, coefs: 7, step: func(k *backward) VecVirtual {
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
	{name: "adaLIF", title: "AdaLIF", vars: 3, coefs: 7, step: func(k *backward) VecVirtual {
		v, b, dv, db := k.v(0), k.v(2), k.d(0), k.d(2)
		u := add(v, mul(sub(add(sub(value(k.c(2)), v), add(k.v(1), k.x)), b), k.c(0)))
		up := sub(value(k.dz), mul(dv, sub(value(k.c(3)), k.c(4))))
		du := add(dv, k.spike(sub(u, k.c(3)), add(up, mul(db, k.c(6)))))
		w := mul(du, k.c(0))
		k.set(0, sub(du, w))
		k.set(2, sub(add(db, mul(db, k.c(5))), w))
		return k.current(1, w, k.c(1))
	}},
	{name: "izhikevich", title: "Izhikevich", vars: 2, coefs: 9, step: func(k *backward) VecVirtual {
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
	{name: "lifEx", title: "LIFEx", vars: 2, coefs: 6, runsAway: true, step: func(k *backward) VecVirtual {
		away, byV := k.runAway()
		v, after := k.v(0), k.d(0)
		u := add(v, mul(k.drive(away), k.c(0)))
		f := above(u, k.c(3))
		up := add(mul(after, sub(value(k.c(4)), u)), k.dz)
		du := add(mul(f.zeros(), after), k.spike(sub(u, k.c(3)), up))
		w := mul(du, k.c(0))
		k.set(0, add(du, mul(w, sub(value(byV), constants["one"]))))
		return k.current(1, w, k.c(1))
	}},
	{name: "lifAdEx", title: "LIFAdEx", vars: 3, coefs: 9, runsAway: true, step: func(k *backward) VecVirtual {
		away, byV := k.runAway()
		v, after, da := k.v(0), k.d(0), k.d(2)
		u := add(v, mul(sub(k.drive(away), k.v(2)), k.c(0)))
		f := above(u, k.c(3))
		up := add(add(mul(after, sub(value(k.c(4)), u)), k.dz), mul(da, k.c(8)))
		du := add(mul(f.zeros(), after), k.spike(sub(u, k.c(3)), up))
		return k.adapt(du, mul(du, k.c(0)), byV, nil)
	}},
	{name: "lifAdExRefrac", title: "LIFAdExRefrac", vars: 4, coefs: 10, runsAway: true, step: func(k *backward) VecVirtual {
		away, byV := k.runAway()
		u := add(k.v(0), mul(sub(k.drive(away), k.v(2)), k.c(0)))
		f := above(u, k.c(3))
		to := add(mul(f.zeros(), u), mul(f.ones(), k.c(4)))
		rho, dr, dv := value(k.s[3]), value(k.ds[3]), value(k.ds[0])
		m := above(rho, constants["zero"])
		left, dLeft := refractoryBack(rho, dr, m, f.but(m))
		up := add(mul(dr, sub(value(k.c(9)), left)), k.dz)
		dm := sub(sub(mul(dv, sub(value(k.s[0]), to)), mul(up, f.ones())), dLeft)
		k.set(3, add(dLeft, k.spike(rho, dm)))

		after, frozen := mul(m.zeros(), dv), mul(m.ones(), dv)
		up = add(add(mul(m.zeros(), up), mul(after, sub(value(k.c(4)), u))), mul(value(k.ds[2]), k.c(8)))
		du := add(mul(f.zeros(), after), k.spike(sub(u, k.c(3)), up))
		return k.adapt(du, mul(du, k.c(0)), byV, frozen)
	}},
	{name: "lifMC", title: "LIFMC", vars: 2, coefs: 6, step: func(k *backward) VecVirtual {
		v, after := add(mul(value(k.x), k.c(5)), k.v(0)), k.d(0)
		u := add(v, mul(add(sub(value(k.c(2)), v), k.v(1)), k.c(0)))
		f := above(u, k.c(3))
		up := add(mul(after, sub(value(k.c(4)), u)), k.dz)
		du := add(mul(f.zeros(), after), k.spike(sub(u, k.c(3)), up))
		w := mul(du, k.c(0))
		dv := sub(du, w)
		k.set(0, dv)
		k.current(1, w, k.c(1))
		return mul(dv, k.c(5))
	}},
	{name: "lifMCRefrac", title: "LIFMCRefrac", vars: 3, coefs: 7, step: func(k *backward) VecVirtual {
		v, dv, rho, dr := k.v(0), k.d(0), k.v(2), k.d(2)
		m := above(rho, constants["zero"])
		cm := mul(m.zeros(), k.c(0))
		in := add(sub(value(k.c(2)), v), k.v(1))
		u := add(v, add(mul(cm, in), mul(value(k.x), k.c(6))))
		f := above(u, k.c(3))
		z := f.but(m)
		left, dLeft := refractoryBack(rho, dr, m, z)
		up := add(add(mul(dv, sub(value(k.c(4)), u)), k.dz), mul(dr, sub(value(k.c(5)), left)))
		du := add(mul(z.zeros(), dv), k.spike(sub(u, k.c(3)), mul(m.zeros(), up)))
		dm := sub(sub(negative(mul(up, f.ones())), mul(mul(du, in), k.c(0))), dLeft)
		k.set(2, add(dLeft, k.spike(rho, dm)))
		w := mul(cm, du)
		k.set(0, sub(du, w))
		k.current(1, w, k.c(1))
		return mul(du, k.c(6))
	}},
	{name: "cobaLIF", title: "CobaLIF", vars: 3, coefs: 9, step: func(k *backward) VecVirtual {
		x, v, after := value(k.x), k.v(0), k.d(0)
		e := add(k.v(1), relu(x))
		i := add(k.v(2), relu(negative(x)))
		e = add(e, mul(e, k.c(0)))
		i = add(i, mul(i, k.c(1)))
		in := mul(sub(value(k.c(4)), v), k.c(3))
		in = add(in, mul(e, sub(value(k.c(5)), v)))
		in = add(in, mul(i, sub(value(k.c(6)), v)))
		u := add(v, mul(in, k.c(2)))
		f := above(u, k.c(7))
		up := add(mul(after, sub(value(k.c(8)), u)), k.dz)
		du := add(mul(f.zeros(), after), k.spike(sub(u, k.c(7)), up))
		w := mul(du, k.c(2))
		de := add(mul(w, sub(value(k.c(5)), v)), k.ds[1])
		di := add(mul(w, sub(value(k.c(6)), v)), k.ds[2])
		de = add(de, mul(de, k.c(0)))
		di = add(di, mul(di, k.c(1)))
		k.set(0, sub(du, mul(w, add(add(value(k.c(3)), e), i))))
		k.set(1, de)
		k.set(2, di)
		return or(above(x, constants["zero"]).of(de), compare(0x11, x, constants["zero"]).of(negative(di)))
	}},
}

// adapt is the end of the models with an adaptation: du is the gradient of the membrane, w that of what drives it.
func (k *backward) adapt(du, w VecVirtual, byV Mem, frozen VecVirtual) VecVirtual {
	da := value(k.ds[2])
	slow := mul(da, k.c(6))
	dv := add(du, mul(w, sub(value(byV), constants["one"])))
	if frozen != nil {
		dv = add(frozen, dv)
	}
	k.set(0, add(dv, mul(slow, k.c(7))))
	k.set(2, sub(sub(da, slow), w))
	return k.current(1, w, k.c(1))
}

// drive is j = i + x, in = ((leak-v) + away) + j, or (leak-v) + j for a nil away.
func (k *backward) drive(away VecVirtual) VecVirtual {
	in := sub(value(k.c(2)), k.v(0))
	if away != nil {
		in = add(in, away)
	}
	return add(in, add(k.v(1), k.x))
}

// runAway is the exponential current and its slope by v, in memory: the registers are few.
func (k *backward) runAway() (away VecVirtual, byV Mem) {
	x := div(sub(value(k.s[0]), k.c(3)), k.c(5))
	least, most := value(constants["expLeast"]), value(constants["expMost"])
	VMINPS(x, most, x) // NaN passes
	VMAXPS(x, least, x)
	some := compare(0x04, value(k.c(5)), constants["zero"]) // not equal, or NaN
	e := some.of(joined(exp64(doubles([]VecVirtual{x})...))[0])
	byV = k.spare
	VMOVUPS(e, byV)
	return some.of(mul(e, k.c(5))), byV
}

// refractoryBack is what is left of the refractory period rho and its gradient for the gradient dr and the spikes z, both 0
// where the period is over; NaN stays.
func refractoryBack(rho, dr VecVirtual, m, z mask) (left, dLeft VecVirtual) {
	left = sub(rho, m.ones())
	some := above(left, constants["zero"])
	nan := compare(0x03, left, left) // left <= 0 is false for NaN
	keep := mask{v: or(some.v, nan.v), one: new(VecVirtual)}
	return keep.of(left), keep.of(mul(z.zeros(), dr))
}

func or(a, b VecVirtual) VecVirtual { v := YMM(); VORPS(b, a, v); return v }
