package hdf5

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// writer lays a file out from the front to the end.
type writer struct {
	out   []byte
	leafK int
	heap  *textHeap
}

// textHeap is the one collection of strings: its place is known when all are in.
type textHeap struct {
	objects []string
	index   map[string]int
	refs    []int // places of the addresses to fill in
}

// Encode is the file's bytes: the same groups give the same bytes. It is an error if an array does not hold what its
// shape says, or a name cannot be written.
func Encode(root *Group) ([]byte, error) {
	if err := check("", root, 0); err != nil {
		return nil, err
	}
	w := &writer{leafK: 4, heap: &textHeap{index: map[string]int{}}}
	w.widest(root)
	w.out = append(w.out, "\x89HDF\r\n\x1a\n"...)
	w.out = append(w.out, 0, 0, 0, 0, 0, 8, 8, 0)
	w.u16(w.leafK)
	w.u16(16)
	w.u32(0)
	w.u64(0, undefined)
	end := len(w.out)
	w.u64(0, undefined, 0)
	at := len(w.out)
	w.u64(0)
	w.u32(0, 0)
	w.u64(0, 0)
	w.set(at, uint64(w.group(root)))
	w.texts()
	w.set(end, uint64(len(w.out)))
	return w.out, nil
}

func check(path string, g *Group, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("groups more than %d deep", maxDepth)
	}
	for _, name := range g.Names() {
		at := path + "/" + name
		a, inner := g.Arrays[name], g.Groups[name]
		switch {
		case name == "" || name == "." || strings.ContainsAny(name, "/\x00"):
			return fmt.Errorf("%s: the name %q cannot be written", path, name)
		case a != nil && inner != nil:
			return fmt.Errorf("%s: a group and an array", at)
		case inner != nil:
			if err := check(at, inner, depth+1); err != nil {
				return err
			}
		default:
			if n := max(len(a.Floats), len(a.Ints), len(a.Strings)); n != a.Len() || len(a.Shape) > 32 {
				return fmt.Errorf("%s: %d elements for shape %v", at, n, a.Shape)
			}
			for _, s := range a.Strings {
				if strings.ContainsRune(s, 0) || len(s) > 1<<15 {
					return fmt.Errorf("%s: a string of %d bytes that cannot be written", at, len(s))
				}
			}
		}
	}
	return nil
}

// widest makes leaves large enough for the group with most links, so that one leaf is enough.
func (w *writer) widest(g *Group) {
	w.leafK = max(w.leafK, (len(g.Names())+1)/2)
	for _, inner := range g.Groups {
		w.widest(inner)
	}
}

func (w *writer) u16(v int) { w.out = binary.LittleEndian.AppendUint16(w.out, uint16(v)) }

func (w *writer) u32(values ...uint32) {
	for _, v := range values {
		w.out = binary.LittleEndian.AppendUint32(w.out, v)
	}
}

func (w *writer) u64(values ...uint64) {
	for _, v := range values {
		w.out = binary.LittleEndian.AppendUint64(w.out, v)
	}
}

func (w *writer) set(at int, v uint64) { binary.LittleEndian.PutUint64(w.out[at:], v) }

func (w *writer) pad() {
	for len(w.out)%8 != 0 {
		w.out = append(w.out, 0)
	}
}

// object writes an object header of version 1 and returns its address.
func (w *writer) object(messages ...message) int {
	w.pad()
	at, size := len(w.out), 0
	for _, m := range messages {
		size += 8 + (len(m.body)+7)&^7
	}
	w.out = append(w.out, 1, 0)
	w.u16(len(messages))
	w.u32(1, uint32(size), 0)
	for _, m := range messages {
		w.u16(m.kind)
		w.u16((len(m.body) + 7) &^ 7)
		w.out = append(w.out, 0, 0, 0, 0)
		w.out = append(w.out, m.body...)
		w.pad()
	}
	return at
}

// group writes what is in a group, its table of names, and its header.
func (w *writer) group(g *Group) int {
	names := g.Names()
	objects := make([]int, len(names))
	for i, name := range names {
		if inner := g.Groups[name]; inner != nil {
			objects[i] = w.group(inner)
		} else {
			objects[i] = w.array(g.Arrays[name])
		}
	}
	w.pad()
	segment := len(w.out)
	w.u64(0) // the empty name
	places := make([]int, len(names))
	for i, name := range names {
		places[i] = len(w.out) - segment
		w.out = append(w.out, name...)
		w.out = append(w.out, 0)
		w.pad()
	}
	size := len(w.out) - segment
	heap := len(w.out)
	w.out = append(w.out, "HEAP\x00\x00\x00\x00"...)
	w.u64(uint64(size), 1, uint64(segment)) // 1: no free block
	leaf := len(w.out)
	w.out = append(w.out, "SNOD\x01\x00"...)
	w.u16(len(names))
	for i := range 2 * w.leafK {
		if i >= len(names) {
			w.out = append(w.out, make([]byte, 40)...)
			continue
		}
		w.u64(uint64(places[i]), uint64(objects[i]))
		w.u32(0, 0)
		w.u64(0, 0)
	}
	tree := len(w.out)
	w.out = append(w.out, "TREE\x00\x00"...)
	w.u16(min(len(names), 1))
	w.u64(undefined, undefined, 0, uint64(leaf))
	last := 0
	if len(places) > 0 {
		last = places[len(places)-1]
	}
	w.u64(uint64(last))
	w.out = append(w.out, make([]byte, tree+24+(2*16+1)*8+2*16*8-len(w.out))...)
	body := binary.LittleEndian.AppendUint64(nil, uint64(tree))
	return w.object(message{symbolTableMessage, binary.LittleEndian.AppendUint64(body, uint64(heap))})
}

// datatypes are the messages of the kinds: class and version, flags, bytes, and what the class adds.
var datatypes = map[Kind][]byte{
	Float32: {0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0},
	Float64: {0x11, 0x20, 63, 0, 8, 0, 0, 0, 0, 0, 64, 0, 52, 11, 0, 52, 0xff, 3, 0, 0},
	Int64:   {0x10, 0x08, 0, 0, 8, 0, 0, 0, 0, 0, 64, 0},
	// of bytes, in UTF-8
	String: {0x19, 0x01, 0x01, 0, 16, 0, 0, 0, 0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0},
}

// array writes the elements and the header of a dataset.
func (w *writer) array(a *Array) int {
	w.pad()
	at := len(w.out)
	switch a.Kind {
	case Float32:
		for _, v := range a.Floats {
			w.u32(math.Float32bits(float32(v)))
		}
	case Float64:
		for _, v := range a.Floats {
			w.u64(math.Float64bits(v))
		}
	case Int64:
		for _, v := range a.Ints {
			w.u64(uint64(v))
		}
	default:
		for _, s := range a.Strings {
			w.u32(uint32(len(s)))
			w.heap.refs = append(w.heap.refs, len(w.out))
			w.u64(0)
			w.u32(uint32(w.heap.add(s)))
		}
	}
	n := len(w.out) - at
	address := uint64(at)
	if n == 0 {
		address = undefined
	}
	space := []byte{1, byte(len(a.Shape)), 0, 0, 0, 0, 0, 0}
	for _, d := range a.Shape {
		space = binary.LittleEndian.AppendUint64(space, uint64(d))
	}
	layout := binary.LittleEndian.AppendUint64([]byte{3, 1}, address)
	layout = binary.LittleEndian.AppendUint64(layout, uint64(n))
	const fillValueMessage = 0x05 // written late, if ever set; not set
	return w.object(message{dataspaceMessage, space}, message{datatypeMessage, datatypes[a.Kind]},
		message{fillValueMessage, []byte{2, 2, 2, 0}}, message{layoutMessage, layout})
}

// add puts a string into the heap, once, and returns its number.
func (h *textHeap) add(s string) int {
	if k, ok := h.index[s]; ok {
		return k
	}
	h.objects = append(h.objects, s)
	h.index[s] = len(h.objects)
	return len(h.objects)
}

// texts writes the strings.
func (w *writer) texts() {
	if len(w.heap.objects) == 0 {
		return
	}
	w.pad()
	at := len(w.out)
	w.out = append(w.out, "GCOL\x01\x00\x00\x00"...)
	w.u64(0)
	for i, s := range w.heap.objects {
		w.u16(i + 1)
		w.u16(1)
		w.u32(0)
		w.u64(uint64(len(s)))
		w.out = append(w.out, s...)
		w.pad()
	}
	size := len(w.out) - at
	if free := 4096 - size; free > 0 { // the library's smallest collection, whose rest is object 0
		if free >= 16 {
			w.u64(0, uint64(free))
			w.out = append(w.out, make([]byte, free-16)...)
		} else {
			w.out = append(w.out, make([]byte, free)...)
		}
		size = 4096
	}
	w.set(at+8, uint64(size))
	for _, ref := range w.heap.refs {
		w.set(ref, uint64(at))
	}
}
