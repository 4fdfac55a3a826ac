package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// elementwise writes functions of every element, in float64 and rounded once. The comments are the lines of their twins.
func elementwise() {
	for _, wide512 = range widths() {
		function("exps"+isaName(), elementwiseDoc("exp(x)"), "func(dst, x *float32, n int)")
		mapped(limited)
		function("sigmoids"+isaName(), elementwiseDoc("1/(1 + exp(-x))"), "func(dst, x *float32, n int)")
		mapped(func(x VecVirtual) VecVirtual {
			return quotient(value(constants["one64"]), plus(limited(xor(x, constants["sign64"])), constants["one64"]))
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
	ys := doubles([]VecVirtual{value(Mem{Base: x, Index: at, Scale: 4})})
	for i, v := range ys {
		ys[i] = f(v)
	}
	VMOVUPS(joined(ys)[0], Mem{Base: dst, Index: at, Scale: 4})
	ADDQ(U32(lanes()), at)
	CMPQ(at, n)
	JLT(LabelRef("loop"))
	ret()
}

// limited is Exp. What is 0 or infinity there is e to the power of a limit here: neither shows in a float32, nor beside 1.
func limited(x VecVirtual) VecVirtual {
	least, most := value(constants["expLeast64"]), value(constants["expMost64"])
	VMINPD(x, most, most) // NaN passes
	VMAXPD(most, least, least)
	return exp64(least)[0]
}

// tanh64 is Tanh: below 0.1 its polynomial, else by exp, with the sign of x.
func tanh64(x VecVirtual) VecVirtual {
	a := masked(x, constants["magnitude64"])
	e := limited(times(a, constants["minus2"]))
	y := quotient(minus(value(constants["one64"]), e), plus(e, constants["one64"]))
	s := times(a, a)
	p := minus(times(s, constants["tanh0"]), constants["tanh1"])
	p = plus(times(p, s), constants["tanh2"])
	p = minus(times(p, s), constants["tanh3"])
	small := plus(a, times(a, times(p, s)))
	y = chooseBelow(a, constants["tanhSmall"], small, y)
	return joinedSign(y, x)
}

// The operations of float64, each into a new vector: a is on the left.
func plus(a VecVirtual, b Op) VecVirtual     { return made(VADDPD, VADDPD_BCST, a, b) }
func minus(a VecVirtual, b Op) VecVirtual    { return made(VSUBPD, VSUBPD_BCST, a, b) }
func times(a VecVirtual, b Op) VecVirtual    { return made(VMULPD, VMULPD_BCST, a, b) }
func quotient(a VecVirtual, b Op) VecVirtual { return made(VDIVPD, VDIVPD_BCST, a, b) }

func xor(a VecVirtual, b Op) VecVirtual {
	if wide512 {
		return made(VPXORQ, VPXORQ_BCST, a, b)
	}
	v := vector()
	VPXOR(b, a, v)
	return v
}

func masked(a VecVirtual, b Op) VecVirtual {
	if wide512 {
		return made(VPANDQ, VPANDQ_BCST, a, b)
	}
	v := vector()
	VPAND(b, a, v)
	return v
}

// joinedSign is the magnitude of y with the sign of x.
func joinedSign(y, x VecVirtual) VecVirtual {
	y, sign, v := masked(y, constants["magnitude64"]), masked(x, constants["sign64"]), vector()
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
		emit(VCMPPD, VCMPPD_BCST, Imm(0x11), limit, a, k)
		VBLENDMPD(yes, no, k, v)
	} else {
		m := YMM()
		VCMPPD(Imm(0x11), limit, a, m)
		VBLENDVPD(m, yes, no, v)
	}
	return v
}
