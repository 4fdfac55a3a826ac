package ptx

import (
	"fmt"
	"strconv"
	"strings"
)

// compiler turns the statements of an entry into functions. Every operand is a slot of the thread's registers: numbers
// and addresses that the text names are slots that are filled when a thread starts.
type compiler struct {
	e      *Entry
	s      *statement
	at     int
	parts  []string // of the opcode
	consts map[uint64]int
}

func (e *Entry) compile() (err error) {
	c := &compiler{e: e, consts: map[uint64]int{}}
	defer func() {
		if r := recover(); r != nil {
			s, ok := r.(stop)
			if !ok {
				panic(r)
			}
			err = s.err
		}
	}()
	for k := range e.code {
		for _, o := range e.code[k].operands {
			c.reserve(o.text)
		}
	}
	e.ops = make([]op, len(e.code))
	for k := range e.code {
		c.s, c.at = &e.code[k], k
		e.ops[k] = c.guarded(c.instruction())
	}
	e.Shared = sharedSize(e.shared)
	e.slots += len(e.consts)
	return nil
}

// reserve gives special registers their slots, before the constants get theirs.
func (c *compiler) reserve(name string) {
	if !specials[name] {
		return
	}
	if _, ok := c.e.special[name]; !ok {
		c.e.special[name] = c.e.slots
		c.e.slots++
	}
}

func (c *compiler) fail(format string, args ...any) {
	panic(stop{fmt.Errorf("ptx: %s: line %d: %s: %s", c.e.Name, c.s.line, c.s, fmt.Sprintf(format, args...))})
}

// guarded adds the predicate in front of the instruction.
func (c *compiler) guarded(run op) op {
	if c.s.guard == "" {
		return run
	}
	if c.parts[0] == "bar" || c.parts[0] == "vote" {
		c.fail("not all threads come here")
	}
	p := c.register(c.s.guard, kinds["pred"])
	if c.s.not {
		return func(t *thread) {
			if t.r[p] == 0 {
				run(t)
			}
		}
	}
	return func(t *thread) {
		if t.r[p] != 0 {
			run(t)
		}
	}
}

// constant is the slot of a number.
func (c *compiler) constant(bits uint64) int {
	if slot, ok := c.consts[bits]; ok {
		return slot
	}
	slot := c.e.slots + len(c.e.consts)
	c.consts[bits] = slot
	c.e.consts = append(c.e.consts, bits)
	return slot
}

// register is the slot of a register that can hold k.
func (c *compiler) register(name string, k kind) int {
	r, ok := c.e.regs[name]
	if !ok {
		c.fail("%s is not a register", name)
	}
	if r.kind.size != k.size || k.class != 'b' && r.kind.class != 'b' && (k.class == 'f') != (r.kind.class == 'f') {
		c.fail("%s is of another type", name)
	}
	return r.slot
}

// count panics unless there are that many operands.
func (c *compiler) count(n int) {
	if len(c.s.operands) != n {
		c.fail("%d operands, not %d", len(c.s.operands), n)
	}
}

// to is the slot of operand n, a register that is written.
func (c *compiler) to(n int, k kind) int {
	o := c.plain(n)
	return c.register(o, k)
}

// plain is the text of operand n, which is neither memory nor a vector.
func (c *compiler) plain(n int) string {
	if n >= len(c.s.operands) {
		c.fail("too few operands")
	}
	o := c.s.operands[n]
	if o.memory || o.vector != nil {
		c.fail("operand %d is not a register or a number", n)
	}
	return o.text
}

// from is the slot of operand n, which is read: a register, a number or the address of a shared variable.
func (c *compiler) from(n int, k kind) int {
	text := c.plain(n)
	if slot, ok := c.e.special[text]; ok {
		if k.size != 4 || k.class == 'f' {
			c.fail("%s is a number of 32 bits", text)
		}
		return slot
	}
	if _, ok := c.e.regs[text]; ok {
		return c.register(text, k)
	}
	if v, ok := c.shared(text); ok {
		if k.class == 'f' || k.size < 4 {
			c.fail("the address of %s does not fit", text)
		}
		return c.constant(uint64(v.at))
	}
	return c.constant(c.number(text, k))
}

// shared is the shared variable of that name. One of the module gets its place in the kernel's memory here.
func (c *compiler) shared(name string) (variable, bool) {
	v, ok := c.e.shared[name]
	if of, known := c.e.module.shared[name]; known && !ok {
		const align = 128
		v = variable{(sharedSize(c.e.shared) + align - 1) / align * align, of.size}
		if v.at+v.size > maxShared {
			c.fail("more than %d bytes of shared memory", maxShared)
		}
		c.e.shared[name] = v
		return v, true
	}
	return v, ok
}

// number is the bits of a number: 0f3F800000, 0d…, or decimal.
func (c *compiler) number(text string, k kind) uint64 {
	if k.class == 'f' {
		prefix, size := "0f", 32
		if k.size == 8 {
			prefix, size = "0d", 64
		}
		digits, ok := strings.CutPrefix(strings.ToLower(text), prefix)
		v, err := strconv.ParseUint(digits, 16, size)
		if !ok || err != nil || len(digits) != size/4 {
			c.fail("%s is not a number of type f%d", text, size)
		}
		return v
	}
	if k.class == 'p' {
		if text != "0" && text != "1" && text != "-1" {
			c.fail("%s is not a predicate", text)
		}
		return truth(text != "0")
	}
	if v, err := strconv.ParseUint(text, 0, 8*k.size); err == nil {
		return v
	}
	v, err := strconv.ParseInt(text, 0, 8*k.size)
	if err != nil {
		c.fail("%s is neither a register nor a number of %d bits", text, 8*k.size)
	}
	return k.cut(uint64(v))
}

// has takes a modifier out of the opcode's parts.
func (c *compiler) has(name string) bool {
	for k, p := range c.parts {
		if k > 0 && p == name {
			c.parts = append(c.parts[:k:k], c.parts[k+1:]...)
			return true
		}
	}
	return false
}

// kindAt is the type that part n of the opcode names.
func (c *compiler) kindAt(n int) kind {
	if n >= len(c.parts) {
		c.fail("no type")
	}
	k, ok := kinds[c.parts[n]]
	if !ok {
		c.fail("unknown type or modifier %s", c.parts[n])
	}
	return k
}

// only is the type of an opcode that has nothing else left.
func (c *compiler) only() kind {
	k := c.kindAt(1)
	if len(c.parts) != 2 {
		c.fail("unknown modifier %s", c.parts[2])
	}
	return k
}

// instruction is the function of the statement.
func (c *compiler) instruction() op {
	c.parts = strings.Split(c.s.opcode, ".")
	switch c.parts[0] {
	case "bra":
		return c.branch()
	case "ret":
		c.count(0)
		return func(t *thread) { t.status = done }
	case "bar":
		return c.barrier()
	case "vote":
		return c.vote()
	case "ld":
		return c.load()
	case "st":
		return c.store()
	case "atom", "red":
		return c.atomic()
	case "cvta":
		return c.convertAddress()
	case "cvt":
		return c.convert()
	case "setp":
		return c.compare()
	case "mov":
		return c.move()
	case "selp":
		return c.choose()
	}
	return c.arithmetic()
}

func (c *compiler) branch() op {
	c.has("uni")
	if len(c.parts) != 1 {
		c.fail("unknown modifier %s", c.parts[1])
	}
	c.count(1)
	target, ok := c.e.labels[c.plain(0)]
	if !ok {
		c.fail("no label %s", c.plain(0))
	}
	return func(t *thread) { t.pc = target }
}

func (c *compiler) barrier() op {
	if c.s.opcode != "bar.sync" && c.s.opcode != "barrier.sync" {
		c.fail("unknown barrier")
	}
	c.count(1)
	if c.plain(0) != "0" {
		c.fail("only barrier 0 is known")
	}
	return func(t *thread) { t.status = atBarrier }
}

func (c *compiler) vote() op {
	if c.s.opcode != "vote.sync.ballot.b32" {
		c.fail("unknown vote")
	}
	c.count(3)
	v := ballot{to: c.to(0, kinds["b32"]), mask: c.from(2, kinds["b32"])}
	v.pred = c.from(1, kinds["pred"])
	c.e.votes[c.at] = v
	return func(t *thread) { t.status = voting }
}

func (c *compiler) move() op {
	k := c.only()
	c.count(2)
	if k.size == 8 && (c.s.operands[0].vector != nil || c.s.operands[1].vector != nil) {
		return c.moveHalves()
	}
	d, a := c.to(0, k), c.from(1, k)
	return func(t *thread) { t.r[d] = t.r[a] }
}

// moveHalves takes a word of 64 bits apart or puts one together.
func (c *compiler) moveHalves() op {
	half := kinds["b32"]
	pair := func(names []string) (lo, hi int) {
		if len(names) != 2 {
			c.fail("two halves are needed")
		}
		return c.register(names[0], half), c.register(names[1], half)
	}
	if v := c.s.operands[0].vector; v != nil {
		lo, hi := pair(v)
		a := c.from(1, kinds["b64"])
		return func(t *thread) { t.r[lo], t.r[hi] = t.r[a]&0xffffffff, t.r[a]>>32 }
	}
	lo, hi := pair(c.s.operands[1].vector)
	d := c.to(0, kinds["b64"])
	return func(t *thread) { t.r[d] = t.r[lo] | t.r[hi]<<32 }
}

func (c *compiler) choose() op {
	k := c.only()
	c.count(4)
	d, a, b, p := c.to(0, k), c.from(1, k), c.from(2, k), c.register(c.plain(3), kinds["pred"])
	return func(t *thread) {
		if t.r[p] != 0 {
			t.r[d] = t.r[a]
		} else {
			t.r[d] = t.r[b]
		}
	}
}

// convertAddress goes from a space to the generic one, or back.
func (c *compiler) convertAddress() op {
	back := c.has("to")
	shared, global := c.has("shared"), c.has("global")
	if k := c.only(); k.size != 8 || shared == global {
		c.fail("unknown conversion of an address")
	}
	c.count(2)
	k := kinds["u64"]
	d, a := c.to(0, k), c.from(1, k)
	switch {
	case global:
		return func(t *thread) { t.r[d] = t.r[a] }
	case back:
		return func(t *thread) { t.r[d] = t.r[a] - sharedWindow }
	}
	return func(t *thread) { t.r[d] = t.r[a] + sharedWindow }
}
