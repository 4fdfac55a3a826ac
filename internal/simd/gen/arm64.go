package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
)

// operation is an instruction of arm64 on vectors. Go's assembler has few of them, so all are written as words, with a comment
// that says what they are; .ci/arm compares the words with what another assembler makes of the comments.
type operation struct {
	text string // with %d for the numbers of registers: what is written, then what is read
	word uint32 // for registers 0
}

// same is an operation whose registers are all arranged alike.
func same(name, arrangement string, registers int, word uint32) operation {
	return operation{name + " " + strings.Join(repeat("v%d."+arrangement, registers), ", "), word}
}

func repeat(s string, n int) (all []string) {
	for range n {
		all = append(all, s)
	}
	return all
}

// The operations as the Arm Architecture Reference Manual encodes them, section C7.2. A 2 behind the name of one of ours is
// for float64, a 1 for a single element.
var (
	fadd   = same("fadd", "4s", 3, 0x4e20d400)
	fmla   = same("fmla", "4s", 3, 0x4e20cc00)
	fmla2  = same("fmla", "2d", 3, 0x4e60cc00)
	fmls2  = same("fmls", "2d", 3, 0x4ee0cc00)
	fcmgt  = same("fcmgt", "4s", 3, 0x6ea0e400)
	fcmgt2 = same("fcmgt", "2d", 3, 0x6ee0e400)
	fcmeq  = same("fcmeq", "4s", 3, 0x4e20e400)
	and16  = same("and", "16b", 3, 0x4e201c00)
	bic    = same("bic", "16b", 3, 0x4e601c00)
	orr    = same("orr", "16b", 3, 0x4ea01c00)
	bsl    = same("bsl", "16b", 3, 0x6e601c00) // bits of the second where the first has them, else of the third
	bit    = same("bit", "16b", 3, 0x6ea01c00) // bits of the second where the third has them, else those of the first
	bif    = same("bif", "16b", 3, 0x6ee01c00) // the other way round
	mvn    = same("mvn", "16b", 2, 0x6e205800)
	mla    = same("mla", "4s", 3, 0x4ea09400)
	sub16  = same("sub", "16b", 3, 0x6e208400)
	zip1   = same("zip1", "4s", 3, 0x4e803800)
	zip2   = same("zip2", "4s", 3, 0x4e807800)
	zip1d  = same("zip1", "2d", 3, 0x4ec03800)
	zip2d  = same("zip2", "2d", 3, 0x4ec07800)
	fcvtl  = operation{"fcvtl v%d.2d, v%d.2s", 0x0e617800}
	fcvtl2 = operation{"fcvtl2 v%d.2d, v%d.4s", 0x4e617800}
	fcvtn  = operation{"fcvtn v%d.2s, v%d.2d", 0x0e616800}
	fcvtn2 = operation{"fcvtn2 v%d.4s, v%d.2d", 0x4e616800}
	fmlaBy = operation{"fmla v%d.4s, v%d.4s, v%d.s[0]", 0x4f801000}
	dup    = operation{"dup v%d.4s, v%d.s[0]", 0x4e040400}
	addv   = operation{"addv s%d, v%d.4s", 0x4eb1b800}
	addv8  = operation{"addv b%d, v%d.8b", 0x0e31b800}
	cnt    = operation{"cnt v%d.8b, v%d.8b", 0x0e205800}
	ushll8 = operation{"ushll v%d.8h, v%d.8b, #0", 0x2f08a400}
	ushll  = operation{"ushll v%d.4s, v%d.4h, #0", 0x2f10a400}
	ushll2 = operation{"ushll2 v%d.4s, v%d.8h, #0", 0x6f10a400}
	tbl    = operation{"tbl v%d.16b, {v%d.16b}, v%d.16b", 0x4e000000}
	tbx    = operation{"tbx v%d.16b, {v%d.16b}, v%d.16b", 0x4e001000}
	movi0  = operation{"movi v%d.2d, #0", 0x6f00e400}
	fadd1  = operation{"fadd s%d, s%d, s%d", 0x1e202800}
	fmadd1 = operation{"fmadd s%d, s%d, s%d, s%d", 0x1f000000}
)

// inArm64 are the operations that do, for each half, what an instruction of amd64 does, with its operands in the other order.
var inArm64 = map[string]operation{
	"VADDPS":    fadd,
	"VSUBPS":    same("fsub", "4s", 3, 0x4ea0d400),
	"VMULPS":    same("fmul", "4s", 3, 0x6e20dc00),
	"VDIVPS":    same("fdiv", "4s", 3, 0x6e20fc00),
	"VSQRTPS":   same("fsqrt", "4s", 2, 0x6ea1f800),
	"VADDPD":    same("fadd", "2d", 3, 0x4e60d400),
	"VSUBPD":    same("fsub", "2d", 3, 0x4ee0d400),
	"VMULPD":    same("fmul", "2d", 3, 0x6e60dc00),
	"VDIVPD":    same("fdiv", "2d", 3, 0x6e60fc00),
	"VANDPS":    and16,
	"VPAND":     and16,
	"VORPS":     orr,
	"VPOR":      orr,
	"VXORPS":    same("eor", "16b", 3, 0x6e201c00),
	"VPXOR":     same("eor", "16b", 3, 0x6e201c00),
	"VPADDD":    same("add", "4s", 3, 0x4ea08400),
	"VPSUBD":    same("sub", "4s", 3, 0x6ea08400),
	"VPADDQ":    same("add", "2d", 3, 0x4ee08400),
	"VPHADDD":   same("addp", "4s", 3, 0x4ea0bc00),
	"VPCMPEQD":  same("cmeq", "4s", 3, 0x6ea08c00),
	"VUNPCKLPS": zip1,
	"VUNPCKHPS": zip2,
}

// shiftLeft and shiftRight shift elements of some bits by k bits.
func shiftLeft(bits, k int) operation {
	return operation{
		fmt.Sprintf("shl %s, #%d", strings.Join(repeat("v%d."+arrangements[bits], 2), ", "), k),
		0x4f005400 | uint32(bits+k)<<16,
	}
}

func shiftRight(bits, k int) operation {
	return operation{
		fmt.Sprintf("ushr %s, #%d", strings.Join(repeat("v%d."+arrangements[bits], 2), ", "), k),
		0x6f000400 | uint32(2*bits-k)<<16,
	}
}

var arrangements = map[int]string{32: "4s", 64: "2d"}

// register is one of arm64's, without a number until allocate gives it one.
type register struct {
	vector      bool
	number      int
	copied      *register // what it begins with a copy of, whose number it takes over where that ends there
	first, last int       // where it is written first and read last: instruction k reads at 2k and writes at 2k+1
}

// statement is an instruction of arm64, or a label.
type statement struct {
	text      string // of Go's assembler, with %d for the registers, or of the word
	word      uint32
	registers []*register
	writes    []bool // whether it writes the register, else it reads it
	label     string
}

// idle says that it copies a register to itself.
func (i *statement) idle() bool {
	return i.word == orr.word && i.registers[0].number == i.registers[1].number && i.registers[1] == i.registers[2]
}

// assembled is the instruction as avo prints it.
func (i *statement) assembled() ir.Node {
	if i.label != "" && i.text == "" {
		return ir.Label(i.label)
	}
	numbers := make([]any, len(i.registers))
	for k, r := range i.registers {
		numbers[k] = r.number
	}
	text := fmt.Sprintf(i.text, numbers...)
	name, operands, _ := strings.Cut(text, " ")
	if i.word != 0 {
		word := i.word
		for k, at := range []int{0, 5, 16, 10}[:len(i.registers)] {
			word |= uint32(i.registers[k].number) << at
		}
		name, operands = "WORD", fmt.Sprintf("$%#08x // %s", word, text)
	}
	node := &ir.Instruction{Opcode: name, IsTerminal: name == "RET"}
	if operands != "" {
		node.Operands = []Op{written(operands)}
	}
	return node
}

// written is operands as they are printed.
type written string

func (w written) Asm() string { return string(w) }

// The registers that may be used: not those of the system, of Go and of its assembler and linker.
var pools = map[bool][]int{false: numbers(0, 16, 19, 26), true: numbers(0, 32)}

func numbers(bounds ...int) (all []int) {
	for ; len(bounds) > 0; bounds = bounds[2:] {
		for n := bounds[0]; n < bounds[1]; n++ {
			all = append(all, n)
		}
	}
	return all
}

// lives finds the registers and where each is needed: from where it is first written to where it is last read, or to the end
// of a loop that it was written before.
func lives(code []*statement) (all []*register) {
	seen := map[*register]bool{}
	labels := map[string]int{}
	for at, i := range code {
		if i.label != "" && i.text == "" {
			labels[i.label] = 2 * at
		}
		for k, r := range i.registers {
			here := 2 * at
			if i.writes[k] {
				here++
			}
			if !seen[r] {
				if !i.writes[k] {
					panic("read before it is written: " + i.text)
				}
				seen[r], r.first, r.last = true, here, here
				all = append(all, r)
			}
			r.last = max(r.last, here)
		}
	}
	for changed := true; changed; {
		changed = false
		for at, i := range code {
			begin, ok := labels[i.label]
			if !ok || i.text == "" || begin > 2*at {
				continue
			}
			for _, r := range all {
				if r.first < begin && r.last >= begin && r.last < 2*at {
					r.last, changed = 2*at, true
				}
			}
		}
	}
	return all
}

// overwrite lets a choice by a mask that is needed again write over one of its numbers that is not, which saves a copy of the
// mask.
func overwrite(code []*statement) []*statement {
	lives(code)
	kept := code[:0:0]
	for k, copied := range code {
		kept = append(kept, copied)
		if k+1 == len(code) || copied.word != orr.word || code[k+1].word != bsl.word || copied.registers[0] != code[k+1].registers[0] {
			continue
		}
		choice, mask := code[k+1], copied.registers[1]
		was, yes, no := choice.registers[0], choice.registers[1], choice.registers[2]
		over, by, o := no, yes, bit
		if no.last > 2*(k+1) {
			over, by, o = yes, no, bif
		}
		if mask.last == 2*k || over.last > 2*(k+1) {
			continue
		}
		choice.text, choice.word, choice.registers = o.text, o.word, []*register{over, by, mask}
		for _, s := range code[k+2:] {
			for j, r := range s.registers {
				if r == was {
					s.registers[j] = over
				}
			}
		}
		over.last, mask.last = max(was.last, over.last), max(mask.last, 2*(k+1))
		kept = kept[:len(kept)-1]
	}
	return kept
}

// allocate numbers the registers of a function and reports whether they are enough: by linear scan, as Poletto and Sarkar
// have it, 1999.
func allocate(code []*statement) bool {
	all := lives(code)
	slices.SortStableFunc(all, func(a, b *register) int { return a.first - b.first })
	holds := map[bool]map[int]*register{false: {}, true: {}}
	for _, r := range all {
		free := func(n int) bool { return holds[r.vector][n] == nil || holds[r.vector][n].last < r.first }
		at := -1
		if r.copied != nil && free(r.copied.number) {
			at = slices.Index(pools[r.vector], r.copied.number)
		} else {
			at = slices.IndexFunc(pools[r.vector], free)
		}
		if at < 0 {
			return false
		}
		r.number = pools[r.vector][at]
		holds[r.vector][r.number] = r
	}
	return true
}
