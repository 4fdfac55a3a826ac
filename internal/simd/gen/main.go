// Command gen writes the kernels of package simd, those of amd64 and, for the flag neon, those of arm64: go generate
// ./internal/simd runs it.
//
// Every kernel does the operations of its twin in Go, in their order: no reordered sum, and a fused multiplication and
// addition only where the twin has one too or a product with 0 is added. That is what makes their bits equal.
package main

import (
	"flag"
	"slices"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	flag.BoolVar(&neon, "neon", false, "write the kernels of arm64")
	flag.Parse()
	if neon {
		pass.Compile = pass.Func(translate)
	}
	ConstraintExpr("!purego")
	vectors()
	neurons()
	elementwise()
	active()
	adam()
	rows()
	convolution()
	products()
	transpose()
	peak()
	if !neon {
		vendor()
	}
	Generate()
}

// function begins a kernel.
func function(name, doc, signature string) {
	clear(resident)
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
	v := vector()
	if wide512 {
		VPTERNLOGD(Imm(0xff), v, v, v)
	} else {
		VPCMPEQD(v, v, v)
	}
	VPSRLD(Imm(25), v, v)
	VPSLLD(Imm(23), v, v)
	return v
}

func zeros() VecVirtual {
	v := vector()
	if wide512 {
		VPXORD(v, v, v) // VXORPS is not in the AVX-512 of every processor
	} else {
		VXORPS(v, v, v)
	}
	return v
}

func ret() {
	VZEROUPPER()
	RET()
}

// wide512 says that vectors are those of AVX-512, of 16 elements, else of AVX2, of 8.
var wide512 bool

// widths are the values of wide512 in turn, for what there is in both.
func widths() []bool {
	if neon {
		return []bool{false}
	}
	return []bool{true, false}
}

func isaName() string {
	switch {
	case neon:
		return "NEON"
	case wide512:
		return "AVX512"
	}
	return "AVX2"
}

func lanes() int {
	if wide512 {
		return 16
	}
	return 8
}

func vector() VecVirtual {
	if wide512 {
		return ZMM()
	}
	return YMM()
}

// instruction is one with operands of some kinds.
type instruction func(ops ...Op)

// emit writes an instruction, in its second form where an operand is a constant that AVX-512 repeats.
func emit(plain, repeating instruction, ops ...Op) {
	for i, op := range ops {
		ops[i] = where(op)
	}
	if slices.ContainsFunc(ops, repeats) {
		plain = repeating
	}
	plain(ops...)
}

// made is the vector that an instruction with two operands makes: a is on the left.
func made(plain, repeating instruction, a VecVirtual, b Op) VecVirtual {
	v := vector()
	emit(plain, repeating, b, a, v)
	return v
}

// The operations, each into a new vector: a is on the left.
func add(a VecVirtual, b Op) VecVirtual { return made(VADDPS, VADDPS_BCST, a, b) }
func sub(a VecVirtual, b Op) VecVirtual { return made(VSUBPS, VSUBPS_BCST, a, b) }
func mul(a VecVirtual, b Op) VecVirtual { return made(VMULPS, VMULPS_BCST, a, b) }
func div(a VecVirtual, b Op) VecVirtual { return made(VDIVPS, VDIVPS_BCST, a, b) }

// mask chooses elements of a vector: by all bits of a vector's element, or by the bits of a mask register.
type mask struct {
	v       VecVirtual
	negated bool // by no bits of v
	k       Register
	one     *VecVirtual // what ones has made
}

// compare is the mask of a vector's elements that compare so with b's.
func compare(how uint64, a VecVirtual, b Op) mask {
	if wide512 {
		k := K()
		emit(VCMPPS, VCMPPS_BCST, Imm(how), b, a, k)
		return mask{k: k, one: new(VecVirtual)}
	}
	v := YMM()
	VCMPPS(Imm(how), b, a, v)
	return mask{v: v, one: new(VecVirtual)}
}

// above is set where a > b, ordered and quiet: never for NaN.
func above(a VecVirtual, b Op) mask { return compare(0x1e, a, b) }

// ones is 1 where the mask is set, else 0; zeros the other way round.
func (m mask) ones() VecVirtual {
	if *m.one == nil {
		*m.one = m.of(constants["one"])
	}
	return *m.one
}
func (m mask) zeros() VecVirtual { return m.not().of(constants["one"]) }

// of is a, a constant in memory or a vector, where the mask is set, else +0.
func (m mask) of(a Op) VecVirtual {
	v := vector()
	switch {
	case wide512 && repeats(where(a)):
		VBROADCASTSS_Z(a, m.k, v)
	case wide512:
		VMOVUPS_Z(where(a), m.k, v)
	case m.negated:
		VANDNPS(a, m.v, v)
	default:
		VANDPS(a, m.v, v)
	}
	return v
}

func (m mask) not() mask {
	if wide512 {
		k := K()
		KNOTW(m.k, k)
		return mask{k: k, one: new(VecVirtual)}
	}
	return mask{v: m.v, negated: !m.negated, one: new(VecVirtual)}
}

// but is set where m is and other is not.
func (m mask) but(other mask) mask {
	if wide512 {
		k := K()
		KANDNW(m.k, other.k, k)
		return mask{k: k, one: new(VecVirtual)}
	}
	return mask{v: whereNot(other.v, m.v), one: new(VecVirtual)}
}

// choose is a where the mask is set, else b.
func (m mask) choose(a Op, b VecVirtual) VecVirtual {
	v := vector()
	if wide512 {
		VMOVAPS(b, v) // not VBLENDMPS, whose result avo takes for one of its operands
		VMOVUPS(a, m.k, v)
	} else {
		VBLENDVPS(m.v, a, b, v)
	}
	return v
}

// store writes a bit for each element.
func (m mask) store(at Mem) {
	if wide512 {
		KMOVW(m.k, at)
		return
	}
	bits := GP32()
	VMOVMSKPS(m.v, bits)
	MOVB(bits.As8(), at)
}

// and is a where the mask is set, else +0; whereNot the other way round.
func and(mask, a VecVirtual) VecVirtual      { v := YMM(); VANDPS(a, mask, v); return v }
func whereNot(mask, a VecVirtual) VecVirtual { v := YMM(); VANDNPS(a, mask, v); return v }
