package main

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// instruction writes one of amd64's instructions.
func (t *translation) instruction(i *ir.Instruction) {
	ops := i.Operands
	if t.onNumbers(i.Opcode, ops) {
		return
	}
	if len(ops) == 3 && ops[0] == ops[1] { // the same, whatever was in it
		switch i.Opcode {
		case "VXORPS":
			t.fill(ops[2], constant{})
			return
		case "VPCMPEQD":
			t.fill(ops[2], lanes32(1<<32-1))
			return
		}
	}
	to := ops[max(0, len(ops)-1):]
	if o, ok := inArm64[i.Opcode]; ok {
		sources := slices.Clone(ops[:len(ops)-1])
		slices.Reverse(sources)
		t.each(o, to[0], sources...)
		return
	}
	switch i.Opcode {
	case "VZEROUPPER":
	case "VMOVUPS", "VMOVAPS", "VMOVDQU":
		t.move(ops[0], ops[1])
	case "VMOVSS", "MOVSS":
		if m, ok := ops[1].(Mem); ok {
			t.element("FMOVS", "F", m, 2, t.scalar(ops[0]), true)
			return
		}
		t.element("FMOVS", "F", ops[0].(Mem), 2, t.target(ops[1])[0], false)
	case "VBROADCASTSS", "VPBROADCASTD":
		t.broadcast(ops[0], ops[1])
	case "VBROADCASTF128":
		r := vectorRegister()
		t.vector(ops[0].(Mem), halves{r}, 1)
		t.set(ops[1], halves{r, r})
	case "VPBROADCASTB":
		r := vectorRegister()
		base, _ := t.place(ops[0].(Mem))
		t.asm("VLD1R (R%d), [V%d.B16]", from(base), r)
		t.set(ops[1], halves{r, r})
	case "VMOVD":
		if IsR32(ops[0]) {
			t.asm("FMOVS R%d, F%d", from(t.gpr(ops[0])), t.target(ops[1])[0])
			return
		}
		t.asm("FMOVS F%d, R%d", from(t.scalar(ops[0])), t.gpr(ops[1]))

	case "VADDSS":
		t.do(fadd1, t.target(ops[2])[0], t.scalar(ops[1]), t.scalar(ops[0]))
	case "VFMADD231SS":
		sum := t.own(ops[2], 1)[0]
		t.do(fmadd1, sum, t.scalar(ops[0]), t.scalar(ops[1]), sum)
	case "VFMADD231PS":
		t.fused(fmla, ops)
	case "VFMADD231PD":
		t.fused(fmla2, ops)
	case "VFNMADD231PD":
		t.fused(fmls2, ops)
	case "VFMADD213PD": // the first operand plus the product of the others
		t.several(ops[2], ops, func(in []*register) *register {
			return t.do(fmla2, t.changeable(in[0]), in[1], in[2])
		})
	case "VANDNPS":
		t.each(bic, to[0], ops[0], ops[1])
	case "VCMPPS", "VCMPPD":
		t.compare(i.Opcode == "VCMPPD", uint8(ops[0].(U8)), ops[1], ops[2], ops[3])
	case "VMAXPS", "VMINPS", "VMAXPD", "VMINPD":
		t.extreme(i.Opcode, ops[0], ops[1], ops[2])
	case "VBLENDVPS", "VBLENDVPD":
		t.several(ops[3], ops[:3], func(in []*register) *register {
			return t.do(bsl, t.changeable(in[0]), in[1], in[2])
		})
	case "VPSLLD", "VPSRLD", "VPSLLQ":
		k := int(ops[0].(U8))
		o := map[string]operation{"VPSLLD": shiftLeft(32, k), "VPSRLD": shiftRight(32, k), "VPSLLQ": shiftLeft(64, k)}
		t.each(o[i.Opcode], ops[2], ops[1])

	case "VEXTRACTF128", "VEXTRACTI128":
		t.set(ops[2], halves{t.read(ops[1], 2)[ops[0].(U8)]})
	case "VINSERTF128":
		t.set(ops[3], halves{t.read(ops[2], 2)[0], t.read(ops[1], 1)[0]})
	case "VPERM2F128":
		k := ops[0].(U8) & 1 // 0x20 takes the lower halves, 0x31 the upper ones
		t.set(ops[3], halves{t.read(ops[2], 2)[k], t.read(ops[1], 2)[k]})
	case "VSHUFPS":
		o := map[U8]operation{0x44: zip1d, 0xee: zip2d}[ops[0].(U8)]
		t.each(o, ops[3], ops[2], ops[1])
	case "VCVTPS2PD":
		x := t.read(ops[0], 1)[0]
		t.set(ops[1], halves{t.made(fcvtl, x), t.made(fcvtl2, x)})
	case "VCVTPD2PSY":
		x := t.read(ops[0], 2)
		t.set(ops[1], halves{t.do(fcvtn2, t.made(fcvtn, x[0]), x[1])})
	case "VMOVMSKPS":
		t.mask(ops[0], ops[1])
	case "VPMOVZXBD":
		b := vectorRegister()
		t.element("FMOVD", "F", ops[0].(Mem), 3, b, false)
		t.do(ushll8, b, b)
		t.set(ops[1], halves{t.made(ushll, b), t.made(ushll2, b)})
	case "VPERMPS":
		t.permute(ops[0], ops[1], ops[2])
	default:
		panic("no translation of " + i.Opcode)
	}
}

// fill makes a vector of a constant.
func (t *translation) fill(to Op, c constant) {
	if !t.stays[to.(reg.Register).ID()] {
		r := t.constant(c)
		t.set(to, halves{r, r})
		return
	}
	h := t.target(to)
	for _, r := range h[:halvesOf(to)] {
		t.load(c, r)
	}
}

func (t *translation) move(from, to Op) {
	if m, ok := to.(Mem); ok {
		t.store(t.read(from, halvesOf(from)), halvesOf(from), m)
		return
	}
	if m, ok := from.(Mem); ok && t.stays[to.(reg.Register).ID()] {
		t.vector(m, t.target(to), halvesOf(to))
		return
	}
	t.set(to, t.read(from, halvesOf(to)))
}

func (t *translation) broadcast(from, to Op) {
	x := t.scalar(from)
	id := to.(reg.Register).ID()
	switch {
	case t.elements[id]:
		t.vectors[id] = halves{x}
	case t.stays[id]:
		h := t.target(to)
		t.do(dup, h[1], x)
		t.do(dup, h[0], x) // behind, since x may be it
	default:
		r := t.made(dup, x)
		t.vectors[id] = halves{r, r}
	}
}

// fused adds the product of the first operands to the last.
func (t *translation) fused(o operation, ops []Op) {
	n := halvesOf(ops[2])
	x, factor, sum := t.read(ops[0], n), t.read(ops[1], n), t.own(ops[2], n)
	for k := range n {
		if t.elements[ops[1].(reg.Register).ID()] {
			t.do(fmlaBy, sum[k], x[k], factor[0])
		} else {
			t.do(o, sum[k], x[k], factor[k])
		}
	}
}

// compare writes the masks by amd64's numbers of predicates.
func (t *translation) compare(double bool, how uint8, b, a, to Op) {
	greater := fcmgt
	if double {
		greater = fcmgt2
	}
	switch how {
	case 0x1e: // a > b
		t.each(greater, to, a, b)
	case 0x11: // a < b
		t.each(greater, to, b, a)
	case 0x04: // not equal, or NaN
		t.several(to, []Op{a, b}, func(in []*register) *register { return t.made(mvn, t.made(fcmeq, in...)) })
	case 0x03: // NaN
		if a != b {
			panic("NaN is looked for in one vector")
		}
		t.several(to, []Op{a, a}, func(in []*register) *register { return t.made(mvn, t.made(fcmeq, in...)) })
	default:
		panic(fmt.Sprintf("no predicate %#x", how))
	}
}

// extreme is the larger or smaller one of a and b, and b where they compare neither way: fmax and fmin differ there.
func (t *translation) extreme(name string, b, a, to Op) {
	greater := map[string]operation{"VMAXPS": fcmgt, "VMINPS": fcmgt, "VMAXPD": fcmgt2, "VMINPD": fcmgt2}[name]
	t.several(to, []Op{a, b}, func(in []*register) *register {
		if name[1:4] == "MAX" {
			return t.do(bsl, t.made(greater, in[0], in[1]), in[0], in[1])
		}
		return t.do(bsl, t.made(greater, in[1], in[0]), in[0], in[1])
	})
}

// mask gathers a bit of each element, all of whose bits are alike.
func (t *translation) mask(m, to Op) {
	h := t.read(m, halvesOf(m))
	sum := t.made(and16, h[0], t.constant(constant{2<<32 | 1, 8<<32 | 4}))
	if halvesOf(m) == 2 {
		sum = t.made(orr, sum, t.made(and16, h[1], t.constant(constant{32<<32 | 16, 128<<32 | 64})))
	}
	t.asm("FMOVS F%d, R%d", from(t.made(addv, sum)), t.gpr(to))
}

// permute takes the elements of x that order says, by their bytes: those of the lower half, then those 16 behind.
func (t *translation) permute(x, order, to Op) {
	in, at := t.read(x, 2), t.read(order, 2)
	var out halves
	for k := range out {
		index := t.do(mla, t.changeable(t.constant(lanes32(0x03020100))), at[k], t.constant(lanes32(0x04040404)))
		above := t.made(sub16, index, t.constant(lanes32(0x10101010)))
		out[k] = t.do(tbx, t.made(tbl, in[0], index), in[1], above)
	}
	t.set(to, out)
}

// branches by the flags of CMP and SUBS.
var branches = map[string]string{"JMP": "JMP", "JGE": "BGE", "JLT": "BLT", "JNE": "BNE", "JNZ": "BNE", "JE": "BEQ"}

// arithmetic is what changes its last operand by the one before.
var arithmetic = map[string]string{
	"ADDQ": "ADD", "SUBQ": "SUBS", "IMULQ": "MUL", "SHLQ": "LSL", "SHRQ": "LSR", "INCQ": "ADD", "DECQ": "SUBS",
}

// onNumbers writes an instruction on numbers and addresses, or reports that it is none.
func (t *translation) onNumbers(name string, ops []Op) bool {
	if to, ok := branches[name]; ok {
		label := ops[0].Asm()
		t.code = append(t.code, &statement{text: to + " " + label, label: label})
		return true
	}
	if by, ok := arithmetic[name]; ok {
		to := t.gpr(ops[len(ops)-1])
		switch {
		case len(ops) == 1:
			t.asm(by+" $1, R%d, R%d", from(to), to)
		case IsRegister(ops[0]):
			t.asm(by+" R%d, R%d, R%d", from(t.gpr(ops[0]), to), to)
		default:
			t.asm(by+" "+ops[0].Asm()+", R%d, R%d", from(to), to)
		}
		return true
	}
	switch name {
	case "RET":
		t.asm("RET", nil)
	case "XORQ": // with itself
		t.asm("MOVD $0, R%d", nil, t.gpr(ops[1]))
	case "CMPQ":
		if IsRegister(ops[1]) {
			t.asm("CMP R%d, R%d", from(t.gpr(ops[1]), t.gpr(ops[0])))
		} else {
			t.asm("CMP "+ops[1].Asm()+", R%d", from(t.gpr(ops[0])))
		}
	case "IMUL3Q":
		factor := new(register)
		t.asm("MOVD "+ops[0].Asm()+", R%d", nil, factor)
		t.asm("MUL R%d, R%d, R%d", from(factor, t.gpr(ops[1])), t.gpr(ops[2]))
	case "CMOVQGE":
		t.asm("CSEL GE, R%d, R%d, R%d", from(t.gpr(ops[0]), t.gpr(ops[1])), t.gpr(ops[1]))
	case "POPCNTQ":
		set := vectorRegister()
		t.asm("FMOVD R%d, F%d", from(t.gpr(ops[0])), set)
		t.asm("FMOVS F%d, R%d", from(t.made(addv8, t.made(cnt, set))), t.gpr(ops[1]))
	case "LEAQ":
		t.address(ops[0].(Mem), t.gpr(ops[1]))
	case "MOVQ", "MOVLQSX", "MOVBQZX", "MOVB":
		t.number(name, ops[0], ops[1])
	default:
		return false
	}
	return true
}

// address puts where m is into a register.
func (t *translation) address(m Mem, to *register) {
	switch {
	case m.Symbol.Static:
		t.tables[m.Symbol.Name] = true
		t.asm("MOVD $"+m.Asm()+", R%d", nil, to)
	case m.Index == nil:
		t.asm(fmt.Sprintf("ADD $%d, R%%d, R%%d", m.Disp), from(t.gpr(m.Base)), to)
	case m.Disp == 0:
		shift := bits.TrailingZeros8(m.Scale)
		t.asm("ADD "+shifted(shift)+", R%d, R%d", from(t.gpr(m.Index), t.gpr(m.Base)), to)
	default:
		panic("an address of three")
	}
}

// number moves a number between registers and memory.
func (t *translation) number(name string, from, to Op) {
	how, size := "MOVD", 3
	switch name {
	case "MOVLQSX":
		how, size = "MOVW", 2
	case "MOVBQZX":
		how, size = "MOVBU", 0
	case "MOVB":
		how, size = "MOVB", 0
	}
	if m, ok := to.(Mem); ok {
		t.element(how, "R", m, size, t.gpr(from), true)
		return
	}
	if m, ok := from.(Mem); ok {
		t.element(how, "R", m, size, t.gpr(to), false)
		return
	}
	t.asm("MOVD R%d, R%d", []*register{t.gpr(from)}, t.gpr(to))
}
