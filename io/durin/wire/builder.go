package wire

import "encoding/binary"

// Layout is the order of a message's parts. Both are valid Cap'n Proto; readers must follow pointers.
type Layout int

const (
	// Pycapnp is the order of the Python package: root first, then the body and what it points to. Clients write it.
	Pycapnp Layout = iota
	// Firmware is the robot's order: the body first and the root struct last, which it finds by a negative offset.
	Firmware
)

// String is the layout's name.
func (l Layout) String() string {
	if l == Firmware {
		return "firmware"
	}
	return "pycapnp"
}

// builder writes one message of one segment, root first.
type builder struct{ buf []byte }

// alloc appends zero words and returns their byte offset.
func (b *builder) alloc(words int) int {
	at := len(b.buf)
	for range words {
		b.buf = append(b.buf, 0, 0, 0, 0, 0, 0, 0, 0)
	}
	return at
}

// message writes the segment table, the root struct and a body.
func (b *builder) message(m Message, layout Layout) {
	b.buf = b.buf[:0]
	b.alloc(2)
	data, pointers := m.words()
	var base int
	if layout == Pycapnp {
		base = b.alloc(2)
		body := b.alloc(data + pointers)
		b.structPointer(base+8, body, data, pointers)
		m.encode(b, body)
	} else {
		body := b.alloc(data + pointers)
		m.encode(b, body)
		if data == 0 && pointers == 1 {
			body = b.listFirst(body)
		}
		base = b.alloc(2)
		if data+pointers > 0 { // the firmware leaves the pointer to an empty body null
			b.structPointer(base+8, body, data, pointers)
		}
	}
	b.put16(base, uint16(m.Tag()))
	b.structPointer(8, base, 1, 1)
	binary.LittleEndian.PutUint32(b.buf[4:], uint32(len(b.buf)/8-1))
}

// listFirst moves a body that is nothing but the pointer to a list behind that list, where the firmware has it, and
// returns its new offset.
func (b *builder) listFirst(body int) int {
	p := binary.LittleEndian.Uint64(b.buf[body:])
	copy(b.buf[body:], b.buf[body+8:])
	last := len(b.buf) - 8
	low := uint64(uint32((body-last-8)/8<<2)) | p&3
	binary.LittleEndian.PutUint64(b.buf[last:], low|p>>32<<32)
	return last
}

// structPointer writes the pointer at one byte offset to a struct at another.
func (b *builder) structPointer(at, to, data, pointers int) {
	offset := (to - at - 8) / 8
	if data+pointers == 0 {
		offset = -1 // a struct without size; a null pointer would mean that there is none
	}
	low := uint64(uint32(int32(offset) << 2))
	binary.LittleEndian.PutUint64(b.buf[at:], low|uint64(data)<<32|uint64(pointers)<<48)
}

// listPointer writes the pointer at a byte offset to a list that will be allocated next.
func (b *builder) listPointer(at, code, count int) {
	low := uint64(uint32((len(b.buf)-at-8)/8)<<2) | 1
	binary.LittleEndian.PutUint64(b.buf[at:], low|uint64(code)<<32|uint64(count)<<35)
}

// bytes writes a list of bytes behind the pointer at a byte offset.
func (b *builder) bytes(at int, content []byte) {
	b.listPointer(at, listByte, len(content))
	copy(b.buf[b.alloc((len(content)+7)/8):], content)
}

// text writes a text, which ends in a NUL, behind the pointer at a byte offset.
func (b *builder) text(at int, s string) {
	b.listPointer(at, listByte, len(s)+1)
	to := b.alloc((len(s) + 8) / 8)
	copy(b.buf[to:], s)
}

// uint16s writes a list of numbers behind the pointer at a byte offset.
func (b *builder) uint16s(at int, values []uint16) {
	b.listPointer(at, listUint16, len(values))
	to := b.alloc((len(values) + 3) / 4)
	for i, v := range values {
		b.put16(to+2*i, v)
	}
}

// composite writes the head of a list of structs behind the pointer at a byte offset and returns the offset of the
// first one.
func (b *builder) composite(at, count, data, pointers int) int {
	b.listPointer(at, listComposite, count*(data+pointers))
	tag := b.alloc(1)
	binary.LittleEndian.PutUint64(b.buf[tag:], uint64(count)<<2|uint64(data)<<32|uint64(pointers)<<48)
	return b.alloc(count * (data + pointers))
}

func (b *builder) put8(at int, v uint8) { b.buf[at] = v }

func (b *builder) put16(at int, v uint16) { binary.LittleEndian.PutUint16(b.buf[at:], v) }

func (b *builder) put32(at int, v uint32) { binary.LittleEndian.PutUint32(b.buf[at:], v) }

func (b *builder) putBit(at int, v bool) {
	if v {
		b.buf[at] |= 1
	}
}
