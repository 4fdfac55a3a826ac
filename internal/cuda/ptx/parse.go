package ptx

import (
	"fmt"
	"strconv"
	"strings"
)

// Module is a parsed text.
type Module struct {
	Version string // 6.0
	Target  string // sm_70
	Entries []*Entry
	shared  map[string]variable
}

// Entry is a kernel.
type Entry struct {
	Name   string
	Params []int // sizes in bytes: 4 or 8
	// Shared is the memory that a block's threads share, in bytes.
	Shared int

	most    int // threads of a block, 0 for as many as there may be
	module  *Module
	params  map[string]int // name to number
	shared  map[string]variable
	labels  map[string]int
	regs    map[string]register
	code    []statement
	ops     []op
	slots   int            // registers of a thread, constants included
	consts  []uint64       // the content of the last slots
	special map[string]int // the slots of special registers
	votes   map[int]ballot // by the number of the instruction
}

// op executes an instruction.
type op func(t *thread)

// ballot is the operands of a vote.
type ballot struct {
	to, pred, mask int
	not            bool
}

// variable is a place in shared memory.
type variable struct{ at, size int }

// register is where a register is kept and what it may hold.
type register struct {
	slot int
	kind kind
}

// statement is an instruction as it is written.
type statement struct {
	line     int
	guard    string // the register of @p, else empty
	not      bool   // @!p
	opcode   string
	operands []operand
}

// operand is a register, a number or a name; a place in memory; or up to four registers in braces.
type operand struct {
	text   string
	memory bool
	offset int64
	vector []string
}

// String is the instruction as text.
func (s statement) String() string {
	var b strings.Builder
	if s.guard != "" {
		b.WriteString("@")
		if s.not {
			b.WriteString("!")
		}
		b.WriteString(s.guard + " ")
	}
	b.WriteString(s.opcode)
	for k, o := range s.operands {
		if k > 0 {
			b.WriteString(",")
		}
		switch {
		case o.vector != nil:
			b.WriteString(" {" + strings.Join(o.vector, ", ") + "}")
		case o.memory:
			fmt.Fprintf(&b, " [%s%+d]", o.text, o.offset)
		default:
			b.WriteString(" " + o.text)
		}
	}
	return b.String()
}

// Parse reads a text and prepares its kernels for Run. What it does not know is an error.
func Parse(text string) (*Module, error) {
	all, err := tokens(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: all, module: &Module{shared: map[string]variable{}}}
	if err := p.run(); err != nil {
		return nil, err
	}
	for _, e := range p.module.Entries {
		if err := e.compile(); err != nil {
			return nil, err
		}
	}
	return p.module, nil
}

// Entry is the kernel of that name, or nil.
func (m *Module) Entry(name string) *Entry {
	for _, e := range m.Entries {
		if e.Name == name {
			return e
		}
	}
	return nil
}

type parser struct {
	tokens []token
	at     int
	module *Module
}

// stop is an error on its way out of the parser.
type stop struct{ err error }

func (p *parser) run() (err error) {
	defer func() {
		if r := recover(); r != nil {
			s, ok := r.(stop)
			if !ok {
				panic(r)
			}
			err = s.err
		}
	}()
	for p.at < len(p.tokens) {
		p.directive()
	}
	if p.module.Version == "" || p.module.Target == "" {
		p.fail("no .version or no .target")
	}
	return nil
}

func (p *parser) line() int {
	if p.at < len(p.tokens) {
		return p.tokens[p.at].line
	}
	if len(p.tokens) > 0 {
		return p.tokens[len(p.tokens)-1].line
	}
	return 1
}

func (p *parser) fail(format string, args ...any) {
	panic(stop{fmt.Errorf("ptx: line %d: %s", p.line(), fmt.Sprintf(format, args...))})
}

func (p *parser) peek() string {
	if p.at < len(p.tokens) {
		return p.tokens[p.at].text
	}
	return ""
}

func (p *parser) next() string {
	t := p.peek()
	if t == "" {
		p.fail("the text ends too early")
	}
	p.at++
	return t
}

func (p *parser) accept(text string) bool {
	if p.peek() == text {
		p.at++
		return true
	}
	return false
}

func (p *parser) expect(text string) {
	if !p.accept(text) {
		p.fail("%q, where %q is expected", p.peek(), text)
	}
}

func (p *parser) number(least, most int) int {
	n, err := strconv.Atoi(p.peek())
	if err != nil || n < least || n > most {
		p.fail("%q is not a number from %d to %d", p.peek(), least, most)
	}
	p.at++
	return n
}

func (p *parser) directive() {
	switch d := p.next(); d {
	case ".version":
		p.module.Version = p.next()
	case ".target":
		p.module.Target = p.next()
	case ".address_size":
		if n := p.number(32, 64); n != 64 {
			p.fail("addresses of %d bits; only 64 are known", n)
		}
	case ".visible":
		p.expect(".entry")
		p.entry()
	case ".entry":
		p.entry()
	case ".shared":
		p.sharedVariable(p.module.shared, sharedSize(p.module.shared))
	default:
		p.at--
		p.fail("unknown directive %q", d)
	}
}

// sharedSize is the first byte behind all variables.
func sharedSize(vars map[string]variable) int {
	end := 0
	for _, v := range vars {
		end = max(end, v.at+v.size)
	}
	return end
}

// maxShared is the shared memory that a block may declare.
const maxShared = 48 << 10

// sharedVariable is ".align 4 .b8 name[1024];", or of another type.
func (p *parser) sharedVariable(vars map[string]variable, at int) {
	align := 1
	if p.accept(".align") {
		align = p.number(1, 128)
	}
	of, ok := kinds[strings.TrimPrefix(p.next(), ".")]
	if !ok || of.size == 0 {
		p.at--
		p.fail("shared memory of unknown type %q", p.peek())
	}
	name, count := p.next(), 1
	if p.accept("[") {
		count = p.number(1, maxShared)
		p.expect("]")
	}
	p.expect(";")
	at = (at + max(align, of.size) - 1) / max(align, of.size) * max(align, of.size)
	if _, twice := vars[name]; twice {
		p.fail("%s is declared twice", name)
	}
	if vars[name] = (variable{at, count * of.size}); at+count*of.size > maxShared {
		p.fail("%s: more than %d bytes of shared memory", name, maxShared)
	}
}

func (p *parser) entry() {
	e := &Entry{
		Name: p.next(), module: p.module, params: map[string]int{}, labels: map[string]int{}, regs: map[string]register{},
		shared: map[string]variable{}, special: map[string]int{}, votes: map[int]ballot{},
	}
	if p.module.Entry(e.Name) != nil {
		p.fail("%s is defined twice", e.Name)
	}
	p.module.Entries = append(p.module.Entries, e)
	p.expect("(")
	for !p.accept(")") {
		p.expect(".param")
		of := kinds[strings.TrimPrefix(p.next(), ".")]
		if of.size != 4 && of.size != 8 {
			p.fail("a parameter that does not have 4 or 8 bytes")
		}
		e.params[p.next()] = len(e.Params)
		e.Params = append(e.Params, of.size)
		p.accept(",")
	}
	if p.accept(".maxntid") {
		e.most = p.number(1, 1024)
		for p.accept(",") {
			e.most *= p.number(1, 1024)
		}
	}
	if p.accept(".minnctapersm") { // blocks of a multiprocessor, a hint
		p.number(1, 32)
	}
	p.expect("{")
	for !p.accept("}") {
		p.statement(e)
	}
}

func (p *parser) statement(e *Entry) {
	first := p.next()
	switch {
	case first == ".reg":
		p.registers(e)
	case first == ".shared":
		p.sharedVariable(e.shared, sharedSize(e.shared))
	case first == ".pragma":
		if text := p.next(); text != `"nounroll"` {
			p.fail("unknown pragma %s", text)
		}
		p.expect(";")
	case strings.HasPrefix(first, "$") && p.accept(":"):
		if _, twice := e.labels[first]; twice {
			p.fail("label %s is set twice", first)
		}
		e.labels[first] = len(e.code)
	default:
		p.at--
		p.instruction(e)
	}
}

// maxRegisters is how many registers a kernel may name.
const maxRegisters = 1 << 16

func (p *parser) registers(e *Entry) {
	of, ok := kinds[strings.TrimPrefix(p.next(), ".")]
	if !ok {
		p.at--
		p.fail("registers of unknown type %q", p.peek())
	}
	name, count := p.next(), -1
	if p.accept("<") {
		count = p.number(1, maxRegisters)
		p.expect(">")
	}
	p.expect(";")
	if e.slots+max(count, 1) > maxRegisters {
		p.fail("more than %d registers", maxRegisters)
	}
	if count < 0 {
		e.regs[name] = register{e.slots, of}
		e.slots++
	}
	for k := range max(count, 0) {
		e.regs[name+strconv.Itoa(k)] = register{e.slots, of}
		e.slots++
	}
}

func (p *parser) instruction(e *Entry) {
	s := statement{line: p.line()}
	if p.accept("@") {
		s.not = p.accept("!")
		s.guard = p.next()
	}
	s.opcode = p.next()
	for !p.accept(";") {
		if len(s.operands) > 0 {
			p.expect(",")
		}
		s.operands = append(s.operands, p.operand())
	}
	e.code = append(e.code, s)
}

func (p *parser) operand() operand {
	switch {
	case p.accept("["):
		o := operand{memory: true, text: p.next()}
		if p.accept("+") {
			negative := p.accept("-")
			n, err := strconv.ParseInt(p.next(), 10, 32)
			if err != nil {
				p.fail("bad offset: %v", err)
			}
			if o.offset = n; negative {
				o.offset = -n
			}
		}
		p.expect("]")
		return o
	case p.accept("{"):
		o := operand{vector: []string{p.next()}}
		for p.accept(",") {
			o.vector = append(o.vector, p.next())
		}
		p.expect("}")
		return o
	case p.accept("-"):
		return operand{text: "-" + p.next()}
	}
	t := p.next()
	if !isWord(t[0]) {
		p.at--
		p.fail("unexpected %q", t)
	}
	return operand{text: t}
}
