package ptx

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Memory is a device's global memory: buffers that lie far apart, so that no address of one leads into another.
type Memory struct{ buffers []*Buffer }

// NewMemory is a device without buffers.
func NewMemory() *Memory { return &Memory{} }

// Addresses: buffer k starts at (k+1)·spacing; shared memory has small addresses in its own space, and in the generic one
// they lie behind sharedWindow.
const (
	spacing      = 1 << 40
	sharedWindow = 0x7f << 56
)

// Buffer is a piece of global memory.
type Buffer struct {
	name            string
	base            uint64
	data            []byte
	written         []bool // by byte
	readOnly, freed bool
	marks           []mark // of the launch: one for every grain bytes
	grain           int    // 4 until something smaller is used
}

// Alloc is memory for n words of 32 bits. It holds NaN, and reading a byte before it is written is an error.
func (m *Memory) Alloc(name string, n int) *Buffer { return m.Bytes(name, 4*n) }

// Bytes is Alloc for n bytes.
func (m *Memory) Bytes(name string, n int) *Buffer {
	b := &Buffer{name: name, base: uint64(len(m.buffers)+1) * spacing, data: make([]byte, n), written: make([]bool, n)}
	for k := range b.data {
		b.data[k] = 0xff
	}
	m.buffers = append(m.buffers, b)
	return b
}

// Upload is a buffer that kernels may read only.
func (m *Memory) Upload(name string, x []float32) *Buffer {
	b := m.State(name, x)
	b.readOnly = true
	return b
}

// State is a buffer that kernels may change.
func (m *Memory) State(name string, x []float32) *Buffer {
	b := m.Alloc(name, len(x))
	for k, v := range x {
		b.Set(4*k, math.Float32bits(v))
	}
	return b
}

// Words is a buffer of 32-bit words that kernels may read only.
func (m *Memory) Words(name string, x []uint32) *Buffer {
	b := m.Alloc(name, len(x))
	for k, v := range x {
		b.Set(4*k, v)
	}
	b.readOnly = true
	return b
}

// Free ends a buffer; a kernel that uses it fails.
func (b *Buffer) Free() { b.freed, b.data, b.written = true, nil, nil }

// Len is in bytes.
func (b *Buffer) Len() int { return len(b.data) }

// Address is where it starts.
func (b *Buffer) Address() uint64 { return b.base }

// Set writes a word at a byte offset.
func (b *Buffer) Set(at int, v uint32) {
	binary.LittleEndian.PutUint32(b.data[at:], v)
	for k := range 4 {
		b.written[at+k] = true
	}
}

// Floats is the content as float32. What was not written is NaN.
func (b *Buffer) Floats() []float32 {
	x := make([]float32, len(b.data)/4)
	for k := range x {
		x[k] = math.Float32frombits(binary.LittleEndian.Uint32(b.data[4*k:]))
	}
	return x
}

// Uints is the content as words.
func (b *Buffer) Uints() []uint32 {
	x := make([]uint32, len(b.data)/4)
	for k := range x {
		x[k] = binary.LittleEndian.Uint32(b.data[4*k:])
	}
	return x
}

// Content is the content itself: a copy to it counts as no write; see Filled.
func (b *Buffer) Content() []byte { return b.data }

// Filled marks bytes as written.
func (b *Buffer) Filled(from, to int) {
	for k := from; k < to; k++ {
		b.written[k] = true
	}
}

// Missing is how many bytes nobody wrote.
func (b *Buffer) Missing() int {
	n := 0
	for _, w := range b.written {
		if !w {
			n++
		}
	}
	return n
}

// At is the buffer that an address lies in or behind, or nil.
func (m *Memory) At(address uint64) *Buffer {
	if k := address / spacing; k >= 1 && k <= uint64(len(m.buffers)) {
		return m.buffers[k-1]
	}
	return nil
}

// who has used a byte: nobody, thread k as k, several threads of block k as −k−1, or threads of several blocks.
type who int32

const (
	nobody     who = 0
	everywhere who = math.MinInt32
)

// mark is the uses of a byte in a launch: the last ones, with the number of barriers that the block had passed.
type mark struct {
	writer, reader who
	wrote, read    int32
	atomic         bool // the writes
	cached         bool // a read that takes the memory for constant
}

// with is w, which used the byte after that many barriers, and thread t now.
func (w who) with(t *thread, after int32) who {
	switch {
	case w == nobody || w == who(t.id):
		return who(t.id)
	case w == everywhere || w.block(t) != t.block.number:
		return everywhere
	case after < t.block.barriers:
		return who(t.id)
	}
	return who(-t.block.number - 1)
}

// block is the number of the block that w is of.
func (w who) block(t *thread) int32 {
	if w < 0 {
		return -int32(w) - 1
	}
	return (int32(w) - 1) / t.block.size
}

// apart reports whether a use by w after that many barriers and one by t now may happen in either order.
func (w who) apart(t *thread, after int32) bool {
	switch {
	case w == nobody || w == who(t.id):
		return false
	case w == everywhere || w.block(t) != t.block.number:
		return true
	}
	return after >= t.block.barriers
}

// access is what an instruction does to memory.
type access byte

const (
	reads access = iota
	readsCached
	writes
	updates // atomically
)

// use checks an access to size bytes and returns them.
func (b *Buffer) use(t *thread, address uint64, size int, how access) []byte {
	if b.freed {
		t.fail("%s was freed", b.name)
	}
	at := address - b.base
	if at > uint64(len(b.data)) || uint64(len(b.data))-at < uint64(size) {
		t.fail("%s: byte %d of %d (out of bounds, %d bytes)", b.name, int64(at), len(b.data), size)
	}
	if at%uint64(size) != 0 {
		t.fail("%s: byte %d is not aligned for %d bytes", b.name, at, size)
	}
	if how >= writes && b.readOnly {
		t.fail("%s: a write to read-only memory at byte %d", b.name, at)
	}
	if b.marks == nil || size < b.grain {
		b.refine(t, size)
	}
	written := b.written[at:][:size]
	for k := range written {
		if how != writes && !written[k] {
			t.fail("%s: byte %d is read and was never written", b.name, int(at)+k)
		}
		if how >= writes {
			written[k] = true
		}
	}
	grain := b.grain
	for k := int(at) / grain; k*grain < int(at)+size; k++ {
		if what := b.marks[k].note(t, how); what != "" {
			t.fail("%s: race at byte %d: %s", b.name, k*grain, what)
		}
	}
	return b.data[at:][:size]
}

// refine makes the marks, or those of single bytes out of those of words.
func (b *Buffer) refine(t *thread, size int) {
	if b.marks == nil {
		b.grain = 4
		b.marks = make([]mark, (len(b.data)+3)/4)
		t.block.run.touched = append(t.block.run.touched, b)
	}
	if size >= 4 {
		return
	}
	fine := make([]mark, len(b.data))
	for k := range fine {
		fine[k] = b.marks[k/4]
	}
	b.marks, b.grain = fine, 1
}

// note adds an access and says which earlier one it races with.
func (m *mark) note(t *thread, how access) string {
	if m.writer.apart(t, m.wrote) && !(how == updates && m.atomic) {
		return "thread " + m.writer.name() + " wrote it"
	}
	if how == readsCached && m.writer != nobody {
		return "a cached read after a write"
	}
	if how >= writes {
		if m.reader.apart(t, m.read) && !(how == updates && m.atomic) {
			return "thread " + m.reader.name() + " read it"
		}
		if m.cached {
			return "a write after a cached read"
		}
		if how == updates && m.writer != nobody && m.atomic {
			m.writer = m.writer.with(t, m.wrote)
		} else {
			m.writer = who(t.id)
		}
		m.atomic, m.wrote = how == updates, t.block.barriers
		return ""
	}
	m.reader, m.read = m.reader.with(t, m.read), t.block.barriers
	m.cached = m.cached || how == readsCached
	return ""
}

func (w who) name() string {
	if w > 0 {
		return fmt.Sprint(int32(w) - 1)
	}
	return "of several"
}
