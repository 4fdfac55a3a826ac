// Command gen writes the AVX2 kernels of package simd: go generate ./internal/simd runs it.
//
// Every kernel does the operations of its twin in Go, in their order: no reordered sum, and a fused multiplication and
// addition only where the twin has simd.FMA. That is what makes their bits equal.
package main

import (
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("!purego")
	vectors()
	neurons()
	active()
	rows()
	convolution()
	products()
	transpose()
	peak()
	Generate()
}

// function begins a kernel.
func function(name, doc, signature string) {
	TEXT(name, NOSPLIT, signature)
	Pragma("noescape")
	Doc(strings.Split(name+" "+doc, "\n")...)
}

func loaded(name string) GPVirtual {
	r := GP64()
	Load(Param(name), r)
	return r
}

// broadcast fills a vector with the float at m.
func broadcast(m Mem) VecVirtual {
	v := YMM()
	VBROADCASTSS(m, v)
	return v
}

// ones is a vector of 1.
func ones() VecVirtual {
	v := YMM()
	VPCMPEQD(v, v, v)
	VPSRLD(Imm(25), v, v)
	VPSLLD(Imm(23), v, v)
	return v
}

func zeros() VecVirtual {
	v := YMM()
	VXORPS(v, v, v)
	return v
}

func ret() {
	VZEROUPPER()
	RET()
}

// The operations, each into a new vector: a is on the left.
func add(a VecVirtual, b Op) VecVirtual { v := YMM(); VADDPS(b, a, v); return v }
func sub(a VecVirtual, b Op) VecVirtual { v := YMM(); VSUBPS(b, a, v); return v }
func mul(a VecVirtual, b Op) VecVirtual { v := YMM(); VMULPS(b, a, v); return v }
func div(a VecVirtual, b Op) VecVirtual { v := YMM(); VDIVPS(b, a, v); return v }

// above is all bits where a > b, ordered and quiet: never for NaN.
func above(a VecVirtual, b Op) VecVirtual {
	v := YMM()
	VCMPPS(Imm(0x1e), b, a, v)
	return v
}

// and is a where the mask is set, else +0; whereNot the other way round.
func and(mask, a VecVirtual) VecVirtual      { v := YMM(); VANDPS(a, mask, v); return v }
func whereNot(mask, a VecVirtual) VecVirtual { v := YMM(); VANDNPS(a, mask, v); return v }
