package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// active writes what finds the elements that are not ±0.
func active() {
	function("countAsm", "is the number of elements of x that are not ±0, n a multiple of 8.", "func(x *float32, n int) int")
	x, n, at := loaded("x"), loaded("n"), GP64()
	zero, count := zeros(), zeros()
	XORQ(at, at)
	Label("loop")
	m := YMM()
	VCMPPS(Imm(0x04), Mem{Base: x, Index: at, Scale: 4}, zero, m) // not equal, or NaN
	VPSUBD(m, count, count)
	ADDQ(Imm(8), at)
	CMPQ(at, n)
	JLT(LabelRef("loop"))
	half := XMM()
	VEXTRACTI128(Imm(1), count, half)
	low := count.AsX()
	VPADDD(half, low, low)
	VPHADDD(low, low, low)
	VPHADDD(low, low, low)
	sum := GP64()
	VMOVD(low, sum.As32())
	Store(sum, ReturnIndex(0))
	ret()

	// packs[m] holds the positions of the bits of m, in order.
	table := GLOBL("packs", RODATA|NOPTR)
	for m := range 256 {
		at := 0
		for bit := range 8 {
			if m>>bit&1 == 1 {
				DATA(8*m+at, U8(bit))
				at++
			}
		}
		for ; at < 8; at++ {
			DATA(8*m+at, U8(0))
		}
	}
	function("activeAsm", "writes first plus the position of every element of x that is not ±0 into index and the elements\n"+
		"into values, and returns how many there are. n is a multiple of 8; both have room for n.",
		"func(index *int32, values, x *float32, n, first int) int")
	index, values, x, n, at := loaded("index"), loaded("values"), loaded("x"), loaded("n"), GP64()
	zero = zeros()
	base, eight := YMM(), YMM()
	first := loaded("first")
	VMOVD(first.As32(), base.AsX())
	VPBROADCASTD(base.AsX(), base)
	VPCMPEQD(eight, eight, eight)
	VPSRLD(Imm(31), eight, eight)
	VPSLLD(Imm(3), eight, eight)
	packs, found := GP64(), GP64()
	LEAQ(table, packs)
	XORQ(found, found)
	XORQ(at, at)
	Label("loop")
	v, mask, bits := YMM(), YMM(), GP64()
	VMOVUPS(Mem{Base: x, Index: at, Scale: 4}, v)
	VCMPPS(Imm(0x04), v, zero, mask)
	VMOVMSKPS(mask, bits.As32())
	order, where := YMM(), YMM()
	VPMOVZXBD(Mem{Base: packs, Index: bits, Scale: 8}, order)
	VPADDD(base, order, where)
	VPERMPS(v, order, v)
	VMOVDQU(where, Mem{Base: index, Index: found, Scale: 4})
	VMOVUPS(v, Mem{Base: values, Index: found, Scale: 4})
	POPCNTQ(bits, bits)
	ADDQ(bits, found)
	VPADDD(eight, base, base)
	ADDQ(Imm(8), at)
	CMPQ(at, n)
	JLT(LabelRef("loop"))
	Store(found, ReturnIndex(0))
	ret()

	activeBits(table)
	pack()
	unpack()
}

// activeBits writes the list of the bits that are set.
func activeBits(table Mem) {
	function("activeBitsAsm", "writes the position of every bit of n bytes that is set into index, which has room for all, and returns\n"+
		"how many there are.", "func(index *int32, b *byte, n int) int")
	index, b, n := loaded("index"), loaded("b"), loaded("n")
	base, eight := zeros(), YMM()
	VPCMPEQD(eight, eight, eight)
	VPSRLD(Imm(31), eight, eight)
	VPSLLD(Imm(3), eight, eight)
	packs, found, at := GP64(), GP64(), GP64()
	LEAQ(table, packs)
	XORQ(found, found)
	XORQ(at, at)
	Label("loop")
	bits, where := GP64(), YMM()
	MOVBQZX(Mem{Base: b, Index: at, Scale: 1}, bits)
	VPMOVZXBD(Mem{Base: packs, Index: bits, Scale: 8}, where)
	VPADDD(base, where, where)
	VMOVDQU(where, Mem{Base: index, Index: found, Scale: 4})
	POPCNTQ(bits, bits)
	ADDQ(bits, found)
	VPADDD(eight, base, base)
	INCQ(at)
	CMPQ(at, n)
	JLT(LabelRef("loop"))
	Store(found, ReturnIndex(0))
	ret()
}

// pack writes the way from numbers to bits.
func pack() {
	function("packAsm", "writes a bit for each of n elements of x, n a multiple of 8: whether it is not ±0. It returns 0 if all of those are 1.",
		"func(b *byte, x *float32, n int) int")
	b, x, n := loaded("b"), loaded("x"), loaded("n")
	zero, one, other := zeros(), ones(), zeros()
	Label("loop")
	v, some, notOne, bits := YMM(), YMM(), YMM(), GP32()
	VMOVUPS(Mem{Base: x}, v)
	VCMPPS(Imm(0x04), v, zero, some) // not equal, or NaN
	VCMPPS(Imm(0x04), v, one, notOne)
	VANDPS(some, notOne, notOne)
	VORPS(notOne, other, other)
	VMOVMSKPS(some, bits)
	MOVB(bits.As8(), Mem{Base: b})
	INCQ(b)
	ADDQ(Imm(32), x)
	SUBQ(Imm(8), n)
	JNZ(LabelRef("loop"))
	any := GP64()
	VMOVMSKPS(other, any.As32())
	Store(any, ReturnIndex(0))
	ret()
}

// unpack writes the way from bits to spikes.
func unpack() {
	one := GLOBL("bitOfLane", RODATA|NOPTR)
	for lane := range 8 {
		DATA(4*lane, U32(1<<lane))
	}
	function("unpackAsm", "writes 1 or 0 for each of n bits, n a multiple of 8.", "func(x *float32, b *byte, n int)")
	x, b, n := loaded("x"), loaded("b"), loaded("n")
	bit := value(one)
	Label("loop")
	v := YMM()
	VPBROADCASTB(Mem{Base: b}, v)
	VPAND(bit, v, v)
	VPCMPEQD(bit, v, v)
	VPAND(constants["one"], v, v)
	VMOVUPS(v, Mem{Base: x})
	INCQ(b)
	ADDQ(Imm(32), x)
	SUBQ(Imm(8), n)
	JNZ(LabelRef("loop"))
	ret()
}
