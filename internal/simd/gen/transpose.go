package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// transpose writes the transposition of 8 rows.
func transpose() {
	function("transposeAsm", "writes 8 rows of src, ss apart, as the columns of n rows of dst, ds apart; n is a multiple of 8.",
		"func(dst, src *float32, n, ds, ss int)")
	dst, src, n, ds, ss := loaded("dst"), loaded("src"), loaded("n"), loaded("ds"), loaded("ss")
	SHLQ(Imm(2), ds)
	SHLQ(Imm(2), ss)
	ss3, ds3, at, to := GP64(), GP64(), GP64(), GP64()
	LEAQ(Mem{Base: ss, Index: ss, Scale: 2}, ss3)
	LEAQ(Mem{Base: ds, Index: ds, Scale: 2}, ds3)
	Label("loop")
	LEAQ(Mem{Base: src, Index: ss, Scale: 4}, at)
	LEAQ(Mem{Base: dst, Index: ds, Scale: 4}, to)
	rows := func(first, fifth, step, step3 Register) []Mem {
		return []Mem{
			{Base: first},
			{Base: first, Index: step, Scale: 1},
			{Base: first, Index: step, Scale: 2},
			{Base: first, Index: step3, Scale: 1},
			{Base: fifth},
			{Base: fifth, Index: step, Scale: 1},
			{Base: fifth, Index: step, Scale: 2},
			{Base: fifth, Index: step3, Scale: 1},
		}
	}
	from := rows(src, at, ss, ss3)
	var pairs, fours, out [8]VecVirtual
	for k := 0; k < 8; k += 2 {
		a := YMM()
		VMOVUPS(from[k], a)
		low, high := YMM(), YMM()
		VUNPCKLPS(from[k+1], a, low)
		VUNPCKHPS(from[k+1], a, high)
		pairs[k], pairs[k+1] = low, high
	}
	for k := range 8 {
		a, b := pairs[k/4*4+k%4/2], pairs[k/4*4+2+k%4/2]
		fours[k] = YMM()
		if k%2 == 0 {
			VSHUFPS(Imm(0x44), b, a, fours[k])
		} else {
			VSHUFPS(Imm(0xee), b, a, fours[k])
		}
	}
	for k := range 8 {
		out[k] = YMM()
		if k < 4 {
			VPERM2F128(Imm(0x20), fours[k+4], fours[k], out[k])
		} else {
			VPERM2F128(Imm(0x31), fours[k], fours[k-4], out[k])
		}
	}
	for k, m := range rows(dst, to, ds, ds3) {
		VMOVUPS(out[k], m)
	}
	ADDQ(Imm(32), src)
	LEAQ(Mem{Base: dst, Index: ds, Scale: 8}, dst)
	SUBQ(Imm(8), n)
	JNZ(LabelRef("loop"))
	ret()
}
