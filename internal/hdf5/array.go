package hdf5

import (
	"bytes"
	"encoding/binary"
	"math"
)

// datatype is how an element is stored.
type datatype struct {
	kind     Kind
	bytes    int
	big      bool // big-endian
	signed   bool
	variable bool // a string in the global heap
}

// array reads a dataset.
func (r *reader) array(name string, all []message) *Array {
	shape, null := shapeOf(name, find(all, dataspaceMessage))
	t := r.datatype(name, find(all, datatypeMessage))
	a := &Array{Kind: t.kind, Shape: shape}
	n := 1
	for _, d := range shape {
		if d != 0 && n > maxElements/d {
			fail("%s: shape %v", name, shape)
		}
		n *= d
	}
	if null {
		n = 0
		a.Shape = []int{0}
	}
	if r.budget -= n * t.bytes; r.budget < 0 {
		fail("%s: %d elements in a file of %d bytes", name, n, len(r.raw))
	}
	data := r.data(name, all, shape, n, t)
	switch t.kind {
	case String:
		a.Strings = make([]string, n)
		for i := range a.Strings {
			a.Strings[i] = r.text(data[i*t.bytes:(i+1)*t.bytes], t)
		}
	case Int64:
		a.Ints = make([]int64, n)
		for i := range a.Ints {
			a.Ints[i] = t.integer(data[i*t.bytes : (i+1)*t.bytes])
		}
	default:
		a.Floats = make([]float64, n)
		for i := range a.Floats {
			a.Floats[i] = t.float(data[i*t.bytes : (i+1)*t.bytes])
		}
	}
	return a
}

func shapeOf(name string, c *cursor) (shape []int, null bool) {
	version, rank := c.byte(), int(c.byte())
	switch version {
	case 1:
		c.skip(6)
	case 2:
		c.skip(1)
		null = c.byte() == 2
	default:
		fail("%s: dataspace version %d", name, version)
	}
	if rank > 32 {
		fail("%s: %d axes", name, rank)
	}
	for range rank {
		d := c.u64()
		if d > maxElements {
			fail("%s: an axis of %d", name, d)
		}
		shape = append(shape, int(d))
	}
	return shape, null
}

func (r *reader) datatype(name string, c *cursor) datatype {
	class := c.byte() & 15
	flags := c.take(3)
	t := datatype{bytes: int(c.u32()), big: flags[0]&1 != 0, signed: flags[0]&8 != 0}
	const integer, float, text, enum, variable = 0, 1, 3, 8, 9
	switch {
	case class == integer && t.bytes >= 1 && t.bytes <= 8:
		t.kind = Int64
	case class == float && (t.bytes == 2 || t.bytes == 4 || t.bytes == 8) && flags[0]&0x40 == 0:
		if t.kind = Float64; t.bytes < 8 {
			t.kind = Float32
		}
	case class == text && t.bytes >= 1 && t.bytes <= 1<<20:
		t.kind = String
	case class == enum: // booleans
		inner := r.datatype(name, c)
		if inner.kind != Int64 || inner.bytes != t.bytes {
			fail("%s: an enumeration that is not of integers", name)
		}
		return inner
	case class == variable && flags[0]&15 == 1 && t.bytes == 16:
		t.kind, t.variable = String, true
	default:
		fail("%s: elements of type class %d and %d bytes", name, class, t.bytes)
	}
	return t
}

func (t datatype) bits(b []byte) uint64 {
	var v uint64
	for i := range b {
		k := i
		if !t.big {
			k = len(b) - 1 - i
		}
		v = v<<8 | uint64(b[k])
	}
	return v
}

func (t datatype) integer(b []byte) int64 {
	v := t.bits(b)
	if shift := 64 - 8*len(b); t.signed && shift > 0 {
		return int64(v<<shift) >> shift
	}
	return int64(v)
}

func (t datatype) float(b []byte) float64 {
	v := t.bits(b)
	switch len(b) {
	case 2:
		return half(uint32(v))
	case 4:
		return float64(math.Float32frombits(uint32(v)))
	}
	return math.Float64frombits(v)
}

// half is an IEEE binary16.
func half(h uint32) float64 {
	sign, exponent, fraction := 1.0, h>>10&31, float64(h&1023)
	if h>>15 != 0 {
		sign = -1
	}
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		if fraction != 0 {
			return math.NaN()
		}
		return sign * math.Inf(1)
	}
	return sign * math.Ldexp(1024+fraction, int(exponent)-25)
}

// text is a string of an array.
func (r *reader) text(b []byte, t datatype) string {
	if t.variable {
		n, collection, index := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint64(b[4:]), binary.LittleEndian.Uint32(b[12:])
		if collection == 0 || collection == undefined || n == 0 {
			return ""
		}
		b = r.shared(collection, int(index))
		if int64(n) > int64(len(b)) {
			fail("a string of %d bytes in %d", n, len(b))
		}
		if r.budget -= int(n); r.budget < 0 {
			fail("more text than the file can hold")
		}
		b = b[:n]
	}
	if k := bytes.IndexByte(b, 0); k >= 0 {
		b = b[:k]
	}
	return string(b)
}

// shared is an object of the global heap.
func (r *reader) shared(address uint64, index int) []byte {
	head := &cursor{b: r.at(address, 16)}
	if string(head.take(4)) != "GCOL" {
		fail("no strings at %d", address)
	}
	head.skip(4)
	c := &cursor{b: r.at(address, head.u64()), at: 16}
	for c.left() >= 16 {
		id := c.u16()
		c.skip(6)
		n := c.u64()
		if id == 0 {
			break
		}
		if n > uint64(c.left()) {
			fail("a shared object of %d bytes", n)
		}
		if id == index {
			return c.take(int(n))
		}
		c.skip(min(int(n+7)&^7, c.left()))
	}
	fail("no shared object %d at %d", index, address)
	return nil
}
