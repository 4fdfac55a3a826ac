package hdf5

import (
	"encoding/binary"
	"fmt"
)

// Limits that no network comes near and no damaged file gets beyond.
const (
	maxDepth    = 64
	maxObjects  = 1 << 16
	maxSteps    = 1 << 20 // nodes and messages looked at
	maxElements = 1 << 31
	undefined   = ^uint64(0)
)

// reader is a file in memory. Every access is checked; the first that fails ends the reading by a panic of fail, which
// Decode turns into its error.
type reader struct {
	raw     []byte
	base    uint64
	objects int
	steps   int
	budget  int // bytes of array data that may still be made
}

type fault struct{ err error }

func fail(format string, args ...any) {
	panic(fault{fmt.Errorf("%w: "+format, append([]any{ErrFormat}, args...)...)})
}

// Decode reads a file's groups and arrays.
func Decode(raw []byte) (root *Group, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case fault:
			root, err = nil, r.err
		default:
			panic(r)
		}
	}()
	r := &reader{raw: raw, budget: 1024*len(raw) + 1<<16} // deflate makes at most 1032 bytes of one
	return r.group(r.superblock(), 0), nil
}

// at is n bytes at an address.
func (r *reader) at(address, n uint64) []byte {
	from := r.base + address
	if address == undefined || from < address || from > uint64(len(r.raw)) || n > uint64(len(r.raw))-from {
		fail("%d bytes at %d of %d", n, address, len(r.raw))
	}
	return r.raw[from : from+n]
}

// step counts what is looked at, so that a file that points in circles comes to an end.
func (r *reader) step() {
	if r.steps++; r.steps > maxSteps {
		fail("more than %d pieces", maxSteps)
	}
}

// superblock finds the root group's object header.
func (r *reader) superblock() uint64 {
	const signature = "\x89HDF\r\n\x1a\n"
	if len(r.raw) < 16 || string(r.raw[:8]) != signature {
		fail("no signature")
	}
	version := r.raw[8]
	b := &cursor{b: r.raw, at: 9}
	switch version {
	case 0, 1:
		b.at = 13
		r.widths(b.byte(), b.byte())
		b.at = 24 + 4*int(version)
		r.base = b.u64()
		b.skip(24 + 8) // free space, end, driver; the root's link name
		return b.u64()
	case 2, 3:
		r.widths(b.byte(), b.byte())
		b.skip(1)
		r.base = b.u64()
		b.skip(16)
		return b.u64()
	}
	fail("superblock version %d", version)
	return 0
}

func (r *reader) widths(offsets, lengths byte) {
	if offsets != 8 || lengths != 8 {
		fail("addresses of %d and lengths of %d bytes", offsets, lengths)
	}
}

// cursor reads little-endian numbers from a slice.
type cursor struct {
	b  []byte
	at int
}

func (c *cursor) take(n int) []byte {
	if n < 0 || c.at < 0 || n > len(c.b)-c.at {
		fail("%d bytes at %d of a block of %d", n, c.at, len(c.b))
	}
	c.at += n
	return c.b[c.at-n : c.at]
}

func (c *cursor) skip(n int)  { c.take(n) }
func (c *cursor) left() int   { return len(c.b) - c.at }
func (c *cursor) byte() byte  { return c.take(1)[0] }
func (c *cursor) u16() int    { return int(binary.LittleEndian.Uint16(c.take(2))) }
func (c *cursor) u32() uint32 { return binary.LittleEndian.Uint32(c.take(4)) }
func (c *cursor) u64() uint64 { return binary.LittleEndian.Uint64(c.take(8)) }

// sized is a number of n bytes.
func (c *cursor) sized(n int) uint64 {
	var v uint64
	for i, b := range c.take(n) {
		if i >= 8 {
			fail("a number of %d bytes", n)
		}
		v |= uint64(b) << (8 * i)
	}
	return v
}

// message is a piece of an object header.
type message struct {
	kind int
	body []byte
}

// The kinds of messages that matter.
const (
	dataspaceMessage    = 0x01
	linkInfoMessage     = 0x02
	datatypeMessage     = 0x03
	linkMessage         = 0x06
	layoutMessage       = 0x08
	filterMessage       = 0x0b
	continuationMessage = 0x10
	symbolTableMessage  = 0x11
)

// header reads the messages of an object.
func (r *reader) header(address uint64) []message {
	if r.objects++; r.objects > maxObjects {
		fail("more than %d objects", maxObjects)
	}
	if string(r.at(address, 4)) == "OHDR" {
		return r.header2(address)
	}
	c := &cursor{b: r.at(address, 16)}
	if v := c.byte(); v != 1 {
		fail("object header version %d at %d", v, address)
	}
	c.skip(1)
	count := c.u16()
	c.skip(4)
	blocks := [][]byte{r.at(address+16, uint64(c.u32()))}
	var all []message
	for k := 0; k < len(blocks) && len(all) < count; k++ {
		for b := (&cursor{b: blocks[k]}); b.left() >= 8 && len(all) < count; {
			kind, n := b.u16(), b.u16()
			flags := b.byte()
			b.skip(3)
			m := message{kind, b.take(n)}
			if flags&2 != 0 && needed(kind) {
				fail("a shared message of kind %d at %d", kind, address)
			}
			all = append(all, m)
			r.step()
			if kind == continuationMessage {
				next := &cursor{b: m.body}
				blocks = r.more(blocks, r.at(next.u64(), next.u64()))
			}
		}
	}
	return all
}

func needed(kind int) bool {
	return kind == dataspaceMessage || kind == datatypeMessage || kind == layoutMessage || kind == filterMessage
}

func (r *reader) more(blocks [][]byte, b []byte) [][]byte {
	if len(blocks) > 256 {
		fail("more than 256 pieces of an object header")
	}
	return append(blocks, b)
}

// header2 reads the newer form.
func (r *reader) header2(address uint64) []message {
	c := &cursor{b: r.at(address, 6), at: 4}
	if v := c.byte(); v != 2 {
		fail("object header version %d at %d", v, address)
	}
	flags := c.byte()
	head := 6
	if flags&0x20 != 0 {
		head += 16
	}
	if flags&0x10 != 0 {
		head += 4
	}
	width := 1 << (flags & 3)
	c = &cursor{b: r.at(address, uint64(head+width)), at: head}
	blocks := [][]byte{r.at(address+uint64(head+width), c.sized(width))}
	each := 4
	if flags&4 != 0 {
		each = 6
	}
	var all []message
	for k := 0; k < len(blocks); k++ {
		for b := (&cursor{b: blocks[k]}); b.left() >= each; {
			kind, n := int(b.byte()), b.u16()
			shared := b.byte()&2 != 0
			b.skip(each - 4)
			m := message{kind, b.take(n)}
			if shared && needed(kind) {
				fail("a shared message of kind %d at %d", kind, address)
			}
			all = append(all, m)
			r.step()
			if kind == continuationMessage {
				next := &cursor{b: m.body}
				block := r.at(next.u64(), next.u64())
				if len(block) < 8 || string(block[:4]) != "OCHK" {
					fail("no continuation of the object at %d", address)
				}
				blocks = r.more(blocks, block[4:len(block)-4])
			}
		}
	}
	return all
}

func find(all []message, kind int) *cursor {
	for _, m := range all {
		if m.kind == kind {
			return &cursor{b: m.body}
		}
	}
	return nil
}
