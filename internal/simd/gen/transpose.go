package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// transpose writes the transposition of 8 rows, and in AVX-512 of 16.
func transpose() {
	if !neon {
		transposeWide()
	}
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

// transposeWide writes whole lines of a cache. Each vector takes 4 elements of every fourth row, so that 4 of them are left to
// transpose within quarters.
func transposeWide() {
	function("transposeAVX512", "writes 16 rows of src, ss apart, as the columns of n rows of dst, ds apart; n is a multiple of 4.",
		"func(dst, src *float32, n, ds, ss int)")
	dst, src, n, ds, ss := loaded("dst"), loaded("src"), loaded("n"), loaded("ds"), loaded("ss")
	SHLQ(Imm(2), ds)
	SHLQ(Imm(2), ss)
	ss3, ds3 := GP64(), GP64()
	LEAQ(Mem{Base: ss, Index: ss, Scale: 2}, ss3)
	LEAQ(Mem{Base: ds, Index: ds, Scale: 2}, ds3)
	from := [4]Register{src}
	var quarter [4]Register
	for k := 1; k < 4; k++ {
		r, bits := GP64(), GP32()
		LEAQ(Mem{Base: from[k-1], Index: ss, Scale: 4}, r)
		from[k], quarter[k] = r, K()
		MOVL(U32(0xf<<(4*k)), bits)
		KMOVW(bits, quarter[k])
	}
	rows := func(base, step, step3 Register) []Mem {
		return []Mem{{Base: base}, {Base: base, Index: step, Scale: 1}, {Base: base, Index: step, Scale: 2}, {Base: base, Index: step3, Scale: 1}}
	}
	Label("loop")
	var v, pairs, out [4]VecVirtual
	for k := range v {
		v[k] = ZMM()
		VBROADCASTF32X4(rows(from[0], ss, ss3)[k], v[k])
		for q := 1; q < 4; q++ {
			VBROADCASTF32X4(rows(from[q], ss, ss3)[k], quarter[q], v[k])
		}
	}
	for k := range pairs {
		pairs[k] = ZMM()
		if k%2 == 0 {
			VUNPCKLPS(v[k+1], v[k], pairs[k])
		} else {
			VUNPCKHPS(v[k], v[k-1], pairs[k])
		}
	}
	for k := range out {
		out[k] = ZMM()
		VSHUFPS(Imm([]uint64{0x44, 0xee}[k%2]), pairs[k/2+2], pairs[k/2], out[k])
		VMOVUPS(out[k], rows(dst, ds, ds3)[k])
	}
	for _, r := range from {
		ADDQ(Imm(16), r)
	}
	LEAQ(Mem{Base: dst, Index: ds, Scale: 4}, dst)
	SUBQ(Imm(4), n)
	JNZ(LabelRef("loop"))
	ret()
}
