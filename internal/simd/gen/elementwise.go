package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// elementwise writes functions of every element, in float64 and rounded once. The comments are the lines of their twins.
func elementwise() {
	for _, wide512 = range []bool{true, false} {
		function("exps"+isaName(), elementwiseDoc("exp(x)"), "func(dst, x *float32, n int)")
		mapped(exp64)
		function("sigmoids"+isaName(), elementwiseDoc("1/(1 + exp(-x))"), "func(dst, x *float32, n int)")
		mapped(func(x VecVirtual) VecVirtual {
			return quotient(value(wide("exp8")), plus(exp64(xor(x, wide("sign64"))), wide("exp8")))
		})
		function("tanhs"+isaName(), elementwiseDoc("tanh(x)"), "func(dst, x *float32, n int)")
		mapped(tanh64)
	}
	wide512 = false
}

func elementwiseDoc(what string) string {
	if wide512 {
		return "writes " + what + " of n elements of x into dst, n a multiple of 16."
	}
	return "writes " + what + " of n elements of x into dst, n a multiple of 8."
}

// mapped writes the loop over the elements.
func mapped(f func(x VecVirtual) VecVirtual) {
	dst, x, n, at := loaded("dst"), loaded("x"), loaded("n"), GP64()
	XORQ(at, at)
	Label("loop")
	var ys []VecVirtual
	for _, half := range inHalves([]VecVirtual{value(Mem{Base: x, Index: at, Scale: 4})}) {
		v := vector()
		VCVTPS2PD(half, v)
		ys = append(ys, f(v))
	}
	VMOVUPS(joined(ys)[0], Mem{Base: dst, Index: at, Scale: 4})
	ADDQ(U32(lanes()), at)
	CMPQ(at, n)
	JLT(LabelRef("loop"))
	ret()
}

// exp64 is Exp. What is 0 or infinity there is e to the power of a limit here: neither shows in a float32, nor beside 1.
func exp64(x VecVirtual) VecVirtual {
	least, most := value(wide("expLeast64")), value(wide("expMost64"))
	VMINPD(x, most, most) // NaN passes
	VMAXPD(most, least, least)
	x = least
	t := plus(times(x, wide("log2e")), wide("whole"))
	r := minus(x, times(minus(t, wide("whole")), wide("ln2")))
	r2 := times(r, r)
	r4 := times(r2, r2)
	p01 := plus(r, wide("exp8"))
	p23 := plus(times(r, wide("exp6")), wide("exp7"))
	p45 := plus(times(r, wide("exp4")), wide("exp5"))
	p67 := plus(times(r, wide("exp2")), wide("exp3"))
	p89 := plus(times(r, wide("exp0")), wide("exp1"))
	// p = (p01 + p23*r2) + ((p45 + p67*r2) + p89*r4)*r4
	p := plus(plus(p01, times(p23, r2)), times(plus(plus(p45, times(p67, r2)), times(p89, r4)), r4))
	VPADDQ(wide("exponentBias"), t, t)
	VPSLLQ(Imm(52), t, t)
	return times(p, t)
}

// tanh64 is Tanh: below 0.1 its polynomial, else by exp, with the sign of x.
func tanh64(x VecVirtual) VecVirtual {
	a := masked(x, wide("magnitude64"))
	e := exp64(times(a, wide("minus2")))
	y := quotient(minus(value(wide("exp8")), e), plus(e, wide("exp8")))
	s := times(a, a)
	p := minus(times(s, wide("tanh0")), wide("tanh1"))
	p = plus(times(p, s), wide("tanh2"))
	p = minus(times(p, s), wide("tanh3"))
	small := plus(a, times(a, times(p, s)))
	y = chooseBelow(a, wide("tanhSmall"), small, y)
	return joinedSign(y, x)
}

// The operations of float64, each into a new vector: a is on the left.
func plus(a VecVirtual, b Op) VecVirtual     { v := vector(); VADDPD(b, a, v); return v }
func minus(a VecVirtual, b Op) VecVirtual    { v := vector(); VSUBPD(b, a, v); return v }
func times(a VecVirtual, b Op) VecVirtual    { v := vector(); VMULPD(b, a, v); return v }
func quotient(a VecVirtual, b Op) VecVirtual { v := vector(); VDIVPD(b, a, v); return v }

func xor(a VecVirtual, b Op) VecVirtual {
	v := vector()
	if wide512 {
		VPXORQ(b, a, v)
	} else {
		VPXOR(b, a, v)
	}
	return v
}

func masked(a VecVirtual, b Op) VecVirtual {
	v := vector()
	if wide512 {
		VPANDQ(b, a, v)
	} else {
		VPAND(b, a, v)
	}
	return v
}

// joinedSign is the magnitude of y with the sign of x.
func joinedSign(y, x VecVirtual) VecVirtual {
	y, sign, v := masked(y, wide("magnitude64")), masked(x, wide("sign64")), vector()
	if wide512 {
		VPORQ(sign, y, v)
	} else {
		VPOR(sign, y, v)
	}
	return v
}

// chooseBelow is yes where a < limit, else no.
func chooseBelow(a VecVirtual, limit Op, yes, no VecVirtual) VecVirtual {
	v := vector()
	if wide512 {
		k := K()
		VCMPPD(Imm(0x11), limit, a, k)
		VBLENDMPD(yes, no, k, v)
	} else {
		m := YMM()
		VCMPPD(Imm(0x11), limit, a, m)
		VBLENDVPD(m, yes, no, v)
	}
	return v
}
