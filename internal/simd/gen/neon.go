package main

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"math/bits"
	"slices"

	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/reg"
)

// neon says that the kernels of arm64 are written. They are those of AVX2, whose instructions avo records: instead of giving
// them registers, translate writes each of them in instructions of arm64. A vector of 8 elements is two of 4, the lower half
// first; what both have in common, such as a coefficient of all neurons, is made and held once.
var neon bool

// translate is avo's pass that does so, in place of those that compile for amd64.
func translate(f *ir.File) error {
	data := map[string][]byte{}
	for _, s := range f.Sections {
		if g, ok := s.(*ir.Global); ok {
			data[g.Symbol.Name] = content(g)
		}
	}
	tables := map[string]bool{}
	for _, fn := range f.Functions() {
		for _, prepare := range []pass.FunctionPass{pass.LabelTarget, pass.CFG, pass.Liveness} {
			if err := prepare(fn); err != nil {
				return err
			}
		}
		if err := translateFunction(fn, data, tables); err != nil {
			return err
		}
	}
	// constants come with the code
	f.Sections = slices.DeleteFunc(f.Sections, func(s ir.Section) bool {
		g, ok := s.(*ir.Global)
		return ok && !tables[g.Symbol.Name]
	})
	return pass.IncludeTextFlagHeader(f)
}

func content(g *ir.Global) []byte {
	all := make([]byte, g.Size)
	for _, d := range g.Data {
		switch v := d.Value.(type) {
		case U8:
			all[d.Offset] = byte(v)
		case U32:
			binary.LittleEndian.PutUint32(all[d.Offset:], uint32(v))
		case U64:
			binary.LittleEndian.PutUint64(all[d.Offset:], uint64(v))
		default:
			panic(fmt.Sprintf("%s: a %T", g.Symbol, v))
		}
	}
	return all
}

// translateFunction holds as many constants in registers as there are left, those used most before others.
func translateFunction(fn *ir.Function, data map[string][]byte, tables map[string]bool) error {
	t := translation{data: data, tables: tables}
	t.function(fn, nil)
	held := slices.SortedFunc(maps.Keys(t.used), func(a, b constant) int {
		return cmp.Or(cmp.Compare(t.used[b], t.used[a]), cmp.Compare(a.low, b.low), cmp.Compare(a.high, b.high))
	})
	for {
		t.function(fn, held)
		t.code = overwrite(t.code)
		if allocate(t.code) {
			break
		}
		if len(held) == 0 {
			return fmt.Errorf("%s: too few registers", fn.Name)
		}
		held = held[:len(held)-1]
	}
	if fn.LocalSize > 0 {
		fn.LocalSize += 8 // what lies in front of it; see function
	}
	fn.Nodes = nil
	for _, i := range t.code {
		if !i.idle() {
			fn.AddNode(i.assembled())
		}
	}
	return nil
}

// constant is the bits of a vector.
type constant struct{ low, high uint64 }

func lanes32(bits uint64) constant { return constant{bits<<32 | bits, bits<<32 | bits} }

// halves are the registers of a vector of 8 elements, which may be the same; a vector of 4 has only the first.
type halves [2]*register

// translation is what is known of a function while it is being written.
type translation struct {
	data   map[string][]byte
	tables map[string]bool  // data whose addresses are taken
	used   map[constant]int // how often

	code      []*statement
	constants map[constant]*register // those held in registers
	vectors   map[reg.ID]halves      // what holds a vector of amd64's
	general   map[reg.ID]*register
	addresses map[address]*register
	locals    *register    // the address of the function's memory, nil if it has none
	alike     map[int]bool // the places there with a vector whose halves are alike, of which only one is there

	// A vector that is changed in place and lives across labels stays in its registers. Any other one is whatever was made
	// last, so that copying it costs nothing.
	stays    map[reg.ID]bool
	staying  map[*register]bool
	elements map[reg.ID]bool // broadcasts that are only factors of fused operations, which take them from the first element
}

type address struct {
	base, index *register
	shift       int
}

func (t *translation) function(fn *ir.Function, held []constant) {
	t.used, t.code, t.constants = map[constant]int{}, nil, map[constant]*register{}
	t.vectors, t.general, t.addresses = map[reg.ID]halves{}, map[reg.ID]*register{}, map[address]*register{}
	t.staying, t.alike, t.locals = map[*register]bool{}, map[int]bool{}, nil
	t.examine(fn)
	if fn.LocalSize > 0 { // it begins behind the saved link register, and at a multiple of 16 one place further
		t.locals = new(register)
		t.asm("ADD $16, RSP, R%d", nil, t.locals)
	}
	for _, c := range held {
		r := vectorRegister()
		t.load(c, r)
		t.constants[c] = r
	}
	for _, n := range fn.Nodes {
		switch n := n.(type) {
		case ir.Label:
			clear(t.addresses)
			t.code = append(t.code, &statement{label: string(n)})
		case *ir.Instruction:
			t.instruction(n)
		}
	}
}

// examine finds which vectors stay in their registers and which are elements.
func (t *translation) examine(fn *ir.Function) {
	t.stays, t.elements = map[reg.ID]bool{}, map[reg.ID]bool{}
	writes := map[reg.ID]int{}
	for _, i := range fn.Instructions() {
		for _, r := range i.OutputRegisters() {
			writes[r.ID()]++
			t.elements[r.ID()] = i.Opcode == "VBROADCASTSS" && IsMem(i.Operands[0])
		}
	}
	for _, target := range fn.LabelTarget {
		for id := range target.LiveIn {
			t.stays[id] = writes[id] > 1
		}
	}
	for _, i := range fn.Instructions() {
		for _, r := range i.InputRegisters() {
			if i.Opcode != "VFMADD231PS" || i.Operands[1] != Op(r) {
				t.elements[r.ID()] = false
			}
		}
	}
}

func vectorRegister() *register { return &register{vector: true} }

// gpr is the register of a number or an address.
func (t *translation) gpr(op Op) *register {
	if op == Op(reg.StackPointer) {
		return t.locals
	}
	id := op.(reg.Register).ID()
	if t.general[id] == nil {
		t.general[id] = new(register)
	}
	return t.general[id]
}

// do appends an operation on vectors.
func (t *translation) do(o operation, to *register, from ...*register) *register {
	t.code = append(t.code, &statement{
		text: o.text, word: o.word,
		registers: append([]*register{to}, from...), writes: append([]bool{true}, make([]bool, len(from))...),
	})
	return to
}

// made is an operation's result in a new register.
func (t *translation) made(o operation, from ...*register) *register {
	return t.do(o, vectorRegister(), from...)
}

// asm appends an instruction that Go's assembler knows: %d stands for the registers, first those that are read.
func (t *translation) asm(text string, reads []*register, writes ...*register) {
	i := &statement{text: text, registers: slices.Concat(reads, writes)}
	for k := range i.registers {
		i.writes = append(i.writes, k >= len(reads))
	}
	t.code = append(t.code, i)
	maps.DeleteFunc(t.addresses, func(a address, _ *register) bool {
		return slices.Contains(writes, a.base) || slices.Contains(writes, a.index)
	})
}

func from(r ...*register) []*register { return r }

// load fills a register with a constant.
func (t *translation) load(c constant, r *register) {
	if c == (constant{}) {
		t.do(movi0, r)
		return
	}
	t.asm(fmt.Sprintf("VMOVQ $%#x, $%#x, V%%d", c.low, c.high), nil, r)
}

// constant is a register that holds c and must not be changed.
func (t *translation) constant(c constant) *register {
	t.used[c]++
	if r := t.constants[c]; r != nil {
		return r
	}
	r := vectorRegister()
	t.load(c, r)
	return r
}

// changeable is a new register with what is in r.
func (t *translation) changeable(r *register) *register {
	c := t.made(orr, r, r)
	c.copied = r
	return c
}

// constantAt is what lies at a place in the data.
func (t *translation) constantAt(m Mem) halves {
	at := t.data[m.Symbol.Name][m.Disp:]
	of := func(b []byte) constant {
		return constant{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}
	}
	low, high := of(at), of(at[16:])
	if low == high {
		r := t.constant(low)
		return halves{r, r}
	}
	return halves{t.constant(low), t.constant(high)}
}

// place is where m is: a register's name and an offset, for pairs of vectors.
func (t *translation) place(m Mem) (*register, int) {
	base := t.gpr(m.Base)
	if m.Index == nil {
		return base, m.Disp
	}
	a := address{base, t.gpr(m.Index), bits.TrailingZeros8(m.Scale)}
	r := t.addresses[a]
	if r == nil {
		r = new(register)
		t.asm("ADD "+shifted(a.shift)+", R%d, R%d", from(a.index, a.base), r)
		t.addresses[a] = r
	}
	return r, m.Disp
}

// shifted is a register whose content is shifted to the left.
func shifted(by int) string {
	if by == 0 {
		return "R%d"
	}
	return fmt.Sprintf("R%%d<<%d", by)
}

// element appends a load of one element of 1<<size bytes, or a store for a register that is read; name is the instruction,
// with the kind of its register.
func (t *translation) element(name, kind string, m Mem, size int, r *register, store bool) {
	where, registers := "", []*register(nil)
	shift := 0
	if m.Index != nil {
		shift = bits.TrailingZeros8(m.Scale)
	}
	switch {
	case m.Base == reg.FramePointer:
		where = m.Asm()
	case m.Index != nil && m.Disp == 0 && (shift == size || shift == 0):
		where, registers = "(R%d)("+shifted(shift)+")", from(t.gpr(m.Base), t.gpr(m.Index))
	default:
		base, offset := t.place(m)
		where, registers = fmt.Sprintf("%d(R%%d)", offset), from(base)
	}
	if store {
		t.asm(fmt.Sprintf("%s %s%%d, %s", name, kind, where), append(from(r), registers...))
		return
	}
	t.asm(fmt.Sprintf("%s %s, %s%%d", name, where, kind), registers, r)
}

// vector loads a vector of some halves from memory.
func (t *translation) vector(m Mem, to halves, n int) {
	base, offset := t.place(m)
	if n == 1 {
		t.asm(fmt.Sprintf("FMOVQ %d(R%%d), F%%d", offset), from(base), to[0])
		return
	}
	t.asm(fmt.Sprintf("FLDPQ %d(R%%d), (F%%d, F%%d)", offset), from(base), to[0], to[1])
}

func (t *translation) store(h halves, n int, m Mem) {
	base, offset := t.place(m)
	if m.Base == reg.StackPointer {
		if t.alike[offset] = h[0] == h[1]; t.alike[offset] {
			n = 1
		}
	}
	if n == 1 {
		t.asm(fmt.Sprintf("FMOVQ F%%d, %d(R%%d)", offset), from(h[0], base))
		return
	}
	t.asm(fmt.Sprintf("FSTPQ (F%%d, F%%d), %d(R%%d)", offset), from(h[0], h[1], base))
}

// halvesOf is how many halves a vector has.
func halvesOf(op Op) int {
	if IsXMM(op) {
		return 1
	}
	return 2
}

// read is what holds an operand of n halves.
func (t *translation) read(op Op, n int) halves {
	m, ok := op.(Mem)
	switch {
	case !ok:
		return t.vectors[op.(reg.Register).ID()]
	case m.Symbol.Static:
		return t.constantAt(m)
	}
	to := halves{vectorRegister(), vectorRegister()}
	if m.Base == reg.StackPointer && t.alike[m.Disp] {
		to[1], n = to[0], 1
	}
	t.vector(m, to, n)
	return to
}

// scalar is what holds an operand of one element.
func (t *translation) scalar(op Op) *register {
	if m, ok := op.(Mem); ok {
		r := vectorRegister()
		t.element("FMOVS", "F", m, 2, r, false)
		return r
	}
	return t.vectors[op.(reg.Register).ID()][0]
}

// target is what a vector is written to.
func (t *translation) target(op Op) halves {
	id := op.(reg.Register).ID()
	h := halves{vectorRegister(), vectorRegister()}
	if t.stays[id] {
		if old := t.vectors[id]; old[0] != nil {
			h = old
		}
		t.staying[h[0]], t.staying[h[1]] = true, true
	}
	t.vectors[id] = h
	return h
}

// set makes a vector what is in some registers.
func (t *translation) set(op Op, h halves) {
	id := op.(reg.Register).ID()
	if t.stays[id] {
		for k, r := range t.target(op) {
			if h[k] != nil {
				t.do(orr, r, h[k], h[k])
			}
		}
		return
	}
	for k, r := range h {
		if t.staying[r] {
			h[k] = t.changeable(r)
		}
	}
	t.vectors[id] = h
}

// own is the registers of a vector, which an operation may change.
func (t *translation) own(op Op, n int) halves {
	id := op.(reg.Register).ID()
	h := t.vectors[id]
	if t.stays[id] {
		return h
	}
	both := n == 2 && h[0] == h[1]
	for k, r := range h[:n] {
		if both || t.shared(r, id) {
			h[k] = t.changeable(r)
		}
	}
	t.vectors[id] = h
	return h
}

func (t *translation) shared(r *register, id reg.ID) bool {
	for _, c := range t.constants {
		if c == r {
			return true
		}
	}
	for other, h := range t.vectors {
		if other != id && (h[0] == r || h[1] == r) {
			return true
		}
	}
	return false
}

// each writes an operation on every half, or on one where the halves are alike.
func (t *translation) each(o operation, to Op, operands ...Op) {
	n := halvesOf(to)
	in := t.operands(n, operands)
	out := t.target(to)
	if n == 2 && !t.stays[to.(reg.Register).ID()] && alike(in) {
		n, out[1] = 1, out[0]
		t.vectors[to.(reg.Register).ID()] = out
	}
	for k := range n {
		t.do(o, out[k], half(in, k)...)
	}
}

// several does the same with what takes more than one operation, and returns what it has made.
func (t *translation) several(to Op, operands []Op, f func(in []*register) *register) {
	n := halvesOf(to)
	in := t.operands(n, operands)
	out := halves{f(half(in, 0))}
	switch {
	case n == 2 && alike(in):
		out[1] = out[0]
	case n == 2:
		out[1] = f(half(in, 1))
	}
	t.set(to, out)
}

func (t *translation) operands(n int, operands []Op) []halves {
	var in []halves
	for _, op := range operands {
		in = append(in, t.read(op, n))
	}
	return in
}

func alike(in []halves) bool {
	return !slices.ContainsFunc(in, func(h halves) bool { return h[0] != h[1] })
}

func half(in []halves, k int) []*register {
	var h []*register
	for _, both := range in {
		h = append(h, both[k])
	}
	return h
}
