package hdf5

import "bytes"

// group reads the group whose object header is at an address.
func (r *reader) group(address uint64, depth int) *Group {
	all := r.header(address)
	return r.members(all, depth)
}

func (r *reader) members(all []message, depth int) *Group {
	if depth > maxDepth {
		fail("groups more than %d deep", maxDepth)
	}
	g := NewGroup()
	if c := find(all, symbolTableMessage); c != nil {
		tree, heap := c.u64(), c.u64()
		r.symbols(g, tree, r.heap(heap), depth, 0)
	}
	for _, m := range all {
		if m.kind == linkMessage {
			r.link(g, &cursor{b: m.body}, depth)
		}
	}
	if c := find(all, linkInfoMessage); c != nil {
		c.skip(1)
		if c.byte()&1 != 0 {
			c.skip(8)
		}
		if c.u64() != undefined {
			fail("a group of many links in the layout of newer libraries")
		}
	}
	return g
}

// add reads an object into a group.
func (r *reader) add(g *Group, name string, address uint64, depth int) {
	if g.Groups[name] != nil || g.Arrays[name] != nil {
		fail("two objects named %q", name)
	}
	all := r.header(address)
	if find(all, dataspaceMessage) != nil && find(all, datatypeMessage) != nil {
		g.Arrays[name] = r.array(name, all)
		return
	}
	g.Groups[name] = r.members(all, depth+1)
}

// heap is the names of a group.
func (r *reader) heap(address uint64) []byte {
	c := &cursor{b: r.at(address, 32)}
	if string(c.take(4)) != "HEAP" {
		fail("no names at %d", address)
	}
	c.skip(4)
	n := c.u64()
	c.skip(8)
	return r.at(c.u64(), n)
}

// symbols walks the tree of a group's links.
func (r *reader) symbols(g *Group, address uint64, names []byte, depth, level int) {
	if level > maxDepth {
		fail("a tree of more than %d levels", maxDepth)
	}
	r.step()
	head := &cursor{b: r.at(address, 24)}
	switch string(head.take(4)) {
	case "TREE":
		if kind := head.byte(); kind != 0 {
			fail("a tree of kind %d at %d for a group", kind, address)
		}
		head.skip(1)
		n := head.u16()
		c := &cursor{b: r.at(address+24, uint64(16*n+8)), at: 8}
		for range n {
			r.symbols(g, c.u64(), names, depth, level+1)
			c.skip(8)
		}
	case "SNOD":
		head.skip(2)
		n := head.u16()
		c := &cursor{b: r.at(address+8, uint64(40*n))}
		for range n {
			at, object := c.u64(), c.u64()
			if kind := c.u32(); kind == 2 {
				fail("a symbolic link")
			}
			c.skip(20)
			if at >= uint64(len(names)) {
				fail("a name at %d of %d", at, len(names))
			}
			name, _, whole := bytes.Cut(names[at:], []byte{0})
			if !whole {
				fail("a name without an end")
			}
			r.add(g, string(name), object, depth)
		}
	default:
		fail("no links at %d", address)
	}
}

// link reads a link message.
func (r *reader) link(g *Group, c *cursor, depth int) {
	if v := c.byte(); v != 1 {
		fail("link version %d", v)
	}
	flags := c.byte()
	if flags&8 != 0 && c.byte() != 0 {
		fail("a symbolic link")
	}
	if flags&4 != 0 {
		c.skip(8)
	}
	if flags&0x10 != 0 {
		c.skip(1)
	}
	n := c.sized(1 << (flags & 3))
	if n > uint64(c.left()) {
		fail("a name of %d bytes", n)
	}
	name := string(c.take(int(n)))
	r.add(g, name, c.u64(), depth)
}
