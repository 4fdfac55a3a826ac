package event

import "encoding/binary"

// flatbuffer reads the few shapes that AEDAT 4 uses, each access checked against the buffer.
//
// Source: google/flatbuffers, docs/source/internals: a table starts with a signed 32-bit distance back to its vtable,
// which holds 16-bit sizes and then the place of each field in the table, 0 for an absent one.
type flatbuffer struct{ b []byte }

// identifier is the four letters behind the size prefix and the root's place.
func (f flatbuffer) identifier() string {
	if len(f.b) < 12 {
		return ""
	}
	return string(f.b[8:12])
}

func (f flatbuffer) u16(at int) (int, bool) {
	if at < 0 || at+2 > len(f.b) {
		return 0, false
	}
	return int(binary.LittleEndian.Uint16(f.b[at:])), true
}

func (f flatbuffer) u32(at int) (int, bool) {
	if at < 0 || at+4 > len(f.b) {
		return 0, false
	}
	return int(binary.LittleEndian.Uint32(f.b[at:])), true
}

// follow is the place that a relative place points to.
func (f flatbuffer) follow(at int) (int, bool) {
	v, ok := f.u32(at)
	return at + v, ok && at+v <= len(f.b)
}

// field is the place of a table's field, false when it is absent.
func (f flatbuffer) field(table, slot int) (int, bool) {
	back, ok := f.u32(table)
	if !ok {
		return 0, false
	}
	vtable := table - int(int32(back))
	size, ok := f.u16(vtable)
	if !ok || 4+2*slot+2 > size {
		return 0, false
	}
	at, ok := f.u16(vtable + 4 + 2*slot)
	return table + at, ok && at != 0
}

// vector is the elements of a vector of size bytes each.
func (f flatbuffer) vector(table, slot, size int) ([]byte, bool) {
	at, ok := f.field(table, slot)
	if !ok {
		return nil, true // an absent vector is an empty one
	}
	at, ok = f.follow(at)
	if !ok {
		return nil, false
	}
	n, ok := f.u32(at)
	if !ok || n > (len(f.b)-at-4)/size {
		return nil, false
	}
	return f.b[at+4 : at+4+n*size], true
}

// rootVector is a vector of the root table of a size-prefixed buffer.
func (f flatbuffer) rootVector(slot, size int) ([]byte, bool) {
	root, ok := f.follow(4)
	if !ok {
		return nil, false
	}
	return f.vector(root, slot, size)
}

// rootLength is the length of a vector of tables, 0 where it is broken.
func (f flatbuffer) rootLength(slot int) int64 {
	v, _ := f.rootVector(slot, 4)
	return int64(len(v) / 4)
}
