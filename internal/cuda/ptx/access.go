package ptx

import "encoding/binary"

// place is an operand in memory.
type place struct {
	base   int // a slot
	offset uint64
	space  string // global, shared, or empty for the generic one
}

// at is the place that operand n names in a space.
func (c *compiler) place(n int, space string) place {
	if n >= len(c.s.operands) || !c.s.operands[n].memory {
		c.fail("operand %d is not in memory", n)
	}
	o := c.s.operands[n]
	p := place{offset: uint64(o.offset), space: space}
	if v, ok := c.shared(o.text); ok && space == "shared" {
		p.base = c.constant(uint64(v.at))
		return p
	}
	if r, ok := c.e.regs[o.text]; ok && space == "shared" && r.kind.size == 4 {
		p.base = r.slot
		return p
	}
	p.base = c.register(o.text, kinds["b64"])
	return p
}

// bytes are size bytes at the place, after all checks.
func (p *place) bytes(t *thread, size int, how access) []byte {
	address := t.r[p.base] + p.offset
	space := p.space
	if space == "" && address >= sharedWindow {
		space, address = "shared", address-sharedWindow
	}
	if space == "shared" {
		if t.block.shared == nil {
			t.fail("shared memory: there is none")
		}
		return t.block.shared.use(t, address, size, how)
	}
	b := t.block.run.mem.At(address)
	if b == nil {
		t.fail("address %#x is in no buffer (out of bounds)", address)
	}
	return b.use(t, address, size, how)
}

// space takes the space out of the opcode.
func (c *compiler) space() string {
	for _, s := range []string{"global", "shared", "param"} {
		if c.has(s) {
			return s
		}
	}
	return ""
}

// words are the slots of the registers of a load or store: one, or those of a vector.
func (c *compiler) words(n int, k kind, read bool) []int {
	many := 1
	switch {
	case c.has("v2"):
		many = 2
	case c.has("v4"):
		many = 4
	}
	if n >= len(c.s.operands) {
		c.fail("too few operands")
	}
	if many == 1 {
		if read {
			return []int{c.from(n, k)}
		}
		return []int{c.to(n, k)}
	}
	names := c.s.operands[n].vector
	if len(names) != many {
		c.fail("%d registers, not %d", len(names), many)
	}
	slots := make([]int, many)
	for i, name := range names {
		if _, ok := c.e.regs[name]; !ok && read {
			slots[i] = c.constant(c.number(name, k))
			continue
		}
		slots[i] = c.register(name, k)
	}
	return slots
}

// memoryKind is the type of a load or store and that of its register, operand n, which may be wider.
func (c *compiler) memoryKind(n int) (memory, register kind) {
	memory = c.kindAt(len(c.parts) - 1)
	if memory.size == 0 {
		c.fail("predicates are not in memory")
	}
	o := c.s.operands[n]
	name := o.text
	if o.vector != nil {
		name = o.vector[0]
	}
	return memory, c.wider(name, memory)
}

// wider is the type of a register that holds a k, which may have more bytes if it is not floating.
func (c *compiler) wider(name string, k kind) kind {
	if r, ok := c.e.regs[name]; ok && k.class != 'f' && r.kind.class != 'f' && r.kind.size > k.size {
		return kind{'b', r.kind.size}
	}
	return k
}

func (c *compiler) load() op {
	space := c.space()
	how := reads
	if c.has("nc") {
		how = readsCached
	}
	c.count(2)
	k, reg := c.memoryKind(0)
	if space == "param" {
		return c.loadParameter(k, reg)
	}
	to := c.words(0, reg, false)
	c.only()
	p := c.place(1, space)
	if len(to) == 1 && k.size == 4 {
		d := to[0]
		return func(t *thread) { t.r[d] = uint64(binary.LittleEndian.Uint32(p.bytes(t, 4, how))) }
	}
	return func(t *thread) {
		b := p.bytes(t, k.size*len(to), how)
		for i, d := range to {
			t.r[d] = reg.cut(k.extended(get(b[i*k.size:], k.size)))
		}
	}
}

// extended is the number with its sign in all 64 bits.
func (k kind) extended(v uint64) uint64 {
	if k.class == 's' {
		return uint64(k.signed(v))
	}
	return v
}

func get(b []byte, size int) uint64 {
	switch size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(binary.LittleEndian.Uint16(b))
	case 4:
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return binary.LittleEndian.Uint64(b)
}

func put(b []byte, size int, v uint64) {
	switch size {
	case 1:
		b[0] = byte(v)
	case 2:
		binary.LittleEndian.PutUint16(b, uint16(v))
	case 4:
		binary.LittleEndian.PutUint32(b, uint32(v))
	default:
		binary.LittleEndian.PutUint64(b, v)
	}
}

func (c *compiler) loadParameter(k, reg kind) op {
	c.only()
	o := c.s.operands[1]
	n, ok := c.e.params[o.text]
	switch {
	case !ok || !o.memory:
		c.fail("%s is not a parameter", o.text)
	case o.offset != 0 || c.e.Params[n] != k.size:
		c.fail("the parameter has %d bytes", c.e.Params[n])
	}
	d := c.to(0, reg)
	return func(t *thread) { t.r[d] = reg.cut(k.extended(t.block.run.args[n].Bits)) }
}

func (c *compiler) store() op {
	space := c.space()
	if space == "param" {
		c.fail("parameters are read-only")
	}
	c.count(2)
	k, reg := c.memoryKind(1)
	from := c.words(1, reg, true)
	c.only()
	p := c.place(0, space)
	if len(from) == 1 && k.size == 4 {
		a := from[0]
		return func(t *thread) { binary.LittleEndian.PutUint32(p.bytes(t, 4, writes), uint32(t.r[a])) }
	}
	return func(t *thread) {
		b := p.bytes(t, k.size*len(from), writes)
		for i, a := range from {
			put(b[i*k.size:], k.size, t.r[a])
		}
	}
}

// atomic changes a word in memory by add or or; atom also gives what was there, red does not.
func (c *compiler) atomic() op {
	gives := c.parts[0] == "atom"
	space := c.space()
	sum := c.has("add")
	if space == "param" || !sum && !c.has("or") {
		c.fail("only add and or are known")
	}
	k := c.only()
	if k.size != 4 && k.size != 8 || k == f64 || !sum && k.class == 'f' {
		c.fail("an atomic operation on an unknown type")
	}
	n, d := 0, -1
	if gives {
		n = 1
		d = c.to(0, k)
	}
	c.count(n + 2)
	p, a := c.place(n, space), c.from(n+1, k)
	return func(t *thread) {
		b := p.bytes(t, k.size, updates)
		old := get(b, k.size)
		v := old | t.r[a]
		switch {
		case sum && k == f32:
			v = ofF32(asF32(old) + asF32(t.r[a]))
		case sum:
			v = old + t.r[a]
		}
		put(b, k.size, v)
		if gives {
			t.r[d] = old
		}
	}
}
