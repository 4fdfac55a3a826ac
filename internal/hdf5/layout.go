package hdf5

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
)

// filter is a step of the pipeline that chunks have gone through.
type filter struct {
	id     int
	values []uint32
}

const (
	deflate    = 1
	shuffle    = 2
	fletcher32 = 3
)

// data is the n elements of a dataset in row-major order.
func (r *reader) data(name string, all []message, shape []int, n int, t datatype) []byte {
	c := find(all, layoutMessage)
	if c == nil {
		fail("%s: no layout", name)
	}
	version := c.byte()
	if version < 3 || version > 5 { // 4 and 5 differ in chunks alone
		fail("%s: layout version %d", name, version)
	}
	bytes := n * t.bytes
	switch class := c.byte(); {
	case class == 0:
		m := c.u16()
		if m < bytes {
			fail("%s: %d bytes for %d elements of %d", name, m, n, t.bytes)
		}
		return c.take(m)[:bytes]
	case class == 1:
		address, m := c.u64(), c.u64()
		if address == undefined || n == 0 { // never written: zeros
			return make([]byte, bytes)
		}
		if m < uint64(bytes) {
			fail("%s: %d bytes for %d elements of %d", name, m, n, t.bytes)
		}
		return r.at(address, uint64(bytes))
	case class == 2:
		x := &chunks{r: r, name: name, shape: shape, bytes: t.bytes, filters: filters(name, find(all, filterMessage)), out: make([]byte, bytes)}
		if version == 3 {
			x.tree(c)
		} else {
			x.single(c)
		}
		return x.out
	default:
		fail("%s: layout class %d", name, class)
	}
	return nil
}

func filters(name string, c *cursor) []filter {
	if c == nil {
		return nil
	}
	version, n := c.byte(), int(c.byte())
	if version == 1 {
		c.skip(6)
	} else if version != 2 {
		fail("%s: filters of version %d", name, version)
	}
	var all []filter
	for range n {
		f := filter{id: c.u16()}
		text := 0
		if version == 1 || f.id >= 256 {
			text = c.u16()
		}
		c.skip(2)
		count := c.u16()
		if version == 1 {
			text = (text + 7) &^ 7
		}
		c.skip(text)
		for range count {
			f.values = append(f.values, c.u32())
		}
		if version == 1 && count%2 == 1 {
			c.skip(4)
		}
		all = append(all, f)
	}
	return all
}

// chunks puts a dataset together.
type chunks struct {
	r       *reader
	name    string
	shape   []int
	chunk   []int
	bytes   int // of an element
	filters []filter
	out     []byte
}

func (x *chunks) size() int {
	n := x.bytes
	for _, d := range x.chunk {
		if d <= 0 || n > maxElements/d {
			fail("%s: chunks of shape %v", x.name, x.chunk)
		}
		n *= d
	}
	return n
}

// tree reads chunks that are listed in a tree.
func (x *chunks) tree(c *cursor) {
	rank := int(c.byte()) - 1
	if rank != len(x.shape) {
		fail("%s: chunks of %d axes for shape %v", x.name, rank, x.shape)
	}
	root := c.u64()
	for range rank {
		x.chunk = append(x.chunk, int(c.u32()))
	}
	if int(c.u32()) != x.bytes {
		fail("%s: chunks of another type", x.name)
	}
	x.size()
	if root != undefined {
		x.walk(root, 0)
	}
}

func (x *chunks) walk(address uint64, level int) {
	if level > maxDepth {
		fail("%s: a tree of more than %d levels", x.name, maxDepth)
	}
	x.r.step()
	head := &cursor{b: x.r.at(address, 24)}
	if string(head.take(4)) != "TREE" || head.byte() != 1 {
		fail("%s: no chunks at %d", x.name, address)
	}
	depth, n := head.byte(), head.u16()
	key := 8 + 8*(len(x.shape)+1)
	c := &cursor{b: x.r.at(address+24, uint64(n*(key+8)+key))}
	for range n {
		length, mask := c.u32(), c.u32()
		var origin []int
		for a := range x.chunk {
			o := c.u64()
			if o >= uint64(max(x.shape[a], 1)) || o%uint64(x.chunk[a]) != 0 {
				fail("%s: a chunk at %d of axis %d in shape %v", x.name, o, a, x.shape)
			}
			origin = append(origin, int(o))
		}
		c.skip(8)
		if child := c.u64(); depth > 0 {
			x.walk(child, level+1)
		} else {
			x.place(origin, x.unpack(x.r.at(child, uint64(length)), mask))
		}
	}
}

// single reads the layout of newer libraries for an array in one chunk.
func (x *chunks) single(c *cursor) {
	flags, rank, width := c.byte(), int(c.byte())-1, int(c.byte())
	if rank != len(x.shape) {
		fail("%s: chunks of %d axes for shape %v", x.name, rank, x.shape)
	}
	for range rank {
		x.chunk = append(x.chunk, int(c.sized(width)))
	}
	c.skip(width)
	want := x.size()
	if index := c.byte(); index != 1 {
		fail("%s: an index of chunks of kind %d", x.name, index)
	}
	length, mask := uint64(want), uint32(0)
	if flags&2 != 0 {
		length, mask = c.u64(), c.u32()
	}
	if address := c.u64(); address != undefined {
		x.place(make([]int, rank), x.unpack(x.r.at(address, length), mask))
	}
}

// unpack takes a chunk back through the filters that mask has not left out.
func (x *chunks) unpack(b []byte, mask uint32) []byte {
	want := x.size()
	if x.r.budget -= want; x.r.budget < 0 {
		fail("%s: chunks of more than the file can hold", x.name)
	}
	for k := len(x.filters) - 1; k >= 0; k-- {
		if k < 32 && mask&(1<<k) != 0 {
			continue
		}
		switch f := x.filters[k]; f.id {
		case deflate:
			z, err := zlib.NewReader(bytes.NewReader(b))
			if err != nil {
				fail("%s: deflate: %v", x.name, err)
			}
			if b, err = io.ReadAll(io.LimitReader(z, int64(want)+64)); err != nil {
				fail("%s: deflate: %v", x.name, err)
			}
		case shuffle:
			b = unshuffle(b, x.bytes)
		case fletcher32:
			if len(b) < 4 || !sameSum(checksum(b[:len(b)-4]), binary.LittleEndian.Uint32(b[len(b)-4:])) {
				fail("%s: a chunk with a wrong checksum", x.name)
			}
			b = b[:len(b)-4]
		default:
			fail("%s: filter %d, which is none of deflate, shuffle and fletcher32", x.name, f.id)
		}
	}
	if len(b) != want {
		fail("%s: a chunk of %d bytes, expected %d", x.name, len(b), want)
	}
	return b
}

// unshuffle puts the bytes of elements together again, which were sorted by their place in them.
func unshuffle(b []byte, each int) []byte {
	n := len(b) / each
	out := append([]byte(nil), b...)
	for i := range n {
		for k := range each {
			out[i*each+k] = b[k*n+i]
		}
	}
	return out
}

// checksum is Fletcher's, over big-endian words of two bytes.
//
// Source: HDF5 library, H5checksum.c, by its description in the format specification.
func checksum(b []byte) uint32 {
	var low, high uint32
	add := func(v uint32) {
		low = (low + v) % 65535
		high = (high + low) % 65535
	}
	for ; len(b) >= 2; b = b[2:] {
		add(uint32(b[0])<<8 | uint32(b[1]))
	}
	if len(b) == 1 {
		add(uint32(b[0]) << 8)
	}
	return high<<16 | low
}

// sameSum compares both halves modulo 65535, of which 0 and 65535 are the same.
func sameSum(a, b uint32) bool { return a>>16%65535 == b>>16%65535 && a&0xffff%65535 == b&0xffff%65535 }

// place copies what of a chunk lies inside the array.
func (x *chunks) place(origin []int, b []byte) {
	x.r.step()
	x.copyAxis(0, 0, 0, origin, b)
}

func (x *chunks) copyAxis(axis, to, from int, origin []int, b []byte) {
	if axis == len(x.shape) {
		copy(x.out[to*x.bytes:(to+1)*x.bytes], b[from*x.bytes:])
		return
	}
	n := min(x.chunk[axis], x.shape[axis]-origin[axis])
	if axis == len(x.shape)-1 && n > 0 {
		to, from = to*x.shape[axis]+origin[axis], from*x.chunk[axis]
		copy(x.out[to*x.bytes:(to+n)*x.bytes], b[from*x.bytes:])
		return
	}
	for i := range max(n, 0) {
		x.copyAxis(axis+1, to*x.shape[axis]+origin[axis]+i, from*x.chunk[axis]+i, origin, b)
	}
}
