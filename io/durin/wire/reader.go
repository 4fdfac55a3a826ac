package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Element codes of list pointers.
const (
	listByte      = 2
	listUint16    = 3
	listComposite = 7
)

// maxElements bounds a list of structs: the ids of sensors and beacons have one byte.
const maxElements = 256

// maxTraversed bounds the words that one message may make the reader visit, so that pointers to the same list from
// many places cost no more than a real message's worth of work.
const maxTraversed = 8 << 10

var (
	errSegments = errors.New("message has more than one segment")
	errSegment  = errors.New("segment is longer than the message")
	errPointer  = errors.New("pointer leaves the message")
	errKind     = errors.New("pointer is of another kind")
	errElements = fmt.Errorf("list has more than %d elements", maxElements)
	errBudget   = errors.New("message refers to itself")
)

// reader follows the pointers of one unpacked message.
type reader struct {
	seg    []byte // the only segment, whole words
	budget int    // words that may still be visited
}

// view is a struct in a message: its data section and its pointers. The zero value is the null struct, whose fields
// are all 0.
type view struct {
	r        *reader
	data     []byte
	pointers int // byte offset of the pointer section
	count    int // pointers
}

// list is a list in a message.
type list struct {
	r     *reader
	at    int // byte offset of the first element
	count int
	data  int // words of data in an element of a composite list
	ptrs  int // pointers in an element of a composite list
}

// open checks the segment table and returns the root struct.
func (r *reader) open(message []byte) (view, error) {
	if len(message) < 16 {
		return view{}, errSegment
	}
	if binary.LittleEndian.Uint32(message) != 0 {
		return view{}, errSegments
	}
	words := int64(binary.LittleEndian.Uint32(message[4:]))
	if words < 1 || 8+8*words > int64(len(message)) {
		return view{}, errSegment
	}
	r.seg, r.budget = message[8:8+8*words], maxTraversed
	return r.structAt(0)
}

// spend takes words out of the budget.
func (r *reader) spend(words int) error {
	if r.budget -= words; r.budget < 0 {
		return errBudget
	}
	return nil
}

// structAt follows the struct pointer at a byte offset. A null pointer is the null struct.
func (r *reader) structAt(at int) (view, error) {
	p := binary.LittleEndian.Uint64(r.seg[at:])
	if p == 0 {
		return view{r: r}, nil
	}
	if p&3 != 0 {
		return view{}, errKind
	}
	return r.view(target(at, p), int(uint16(p>>32)), int(p>>48))
}

// target is the byte offset that a pointer at another one points to; negative when it is outside any message.
func target(at int, p uint64) int {
	words := int(int32(p) >> 2)
	if words < -maxUnpacked/8 || words > maxUnpacked/8 {
		return -1
	}
	return at + 8 + 8*words
}

func (r *reader) view(at, dataWords, pointers int) (view, error) {
	words := dataWords + pointers
	if at < 0 || at+8*words > len(r.seg) {
		return view{}, errPointer
	}
	if err := r.spend(words); err != nil {
		return view{}, err
	}
	end := at + 8*dataWords
	return view{r: r, data: r.seg[at:end], pointers: end, count: pointers}, nil
}

// listAt follows the list pointer at a byte offset. A null pointer is the empty list.
func (r *reader) listAt(at, code int) (list, error) {
	p := binary.LittleEndian.Uint64(r.seg[at:])
	if p == 0 {
		return list{r: r}, nil
	}
	if p&3 != 1 || int(p>>32)&7 != code {
		return list{}, errKind
	}
	l := list{r: r, at: target(at, p), count: int(p >> 35)}
	var bytes int
	switch code {
	case listByte:
		bytes = l.count
	case listUint16:
		bytes = 2 * l.count
	default:
		return r.composite(l)
	}
	if l.at < 0 || l.at+bytes > len(r.seg) {
		return list{}, errPointer
	}
	return l, r.spend((bytes + 7) / 8)
}

// composite reads the tag word of a list of structs; until then the count is in words.
func (r *reader) composite(l list) (list, error) {
	words := l.count
	if l.at < 0 || words > maxUnpacked/8 || l.at+8+8*words > len(r.seg) {
		return list{}, errPointer
	}
	tag := binary.LittleEndian.Uint64(r.seg[l.at:])
	if tag&3 != 0 {
		return list{}, errKind
	}
	l.at += 8
	l.count = int(uint32(tag) >> 2)
	if l.count > maxElements {
		return list{}, errElements
	}
	l.data, l.ptrs = int(uint16(tag>>32)), int(tag>>48)
	if size := l.data + l.ptrs; size > 0 && l.count > words/size {
		return list{}, errPointer
	}
	return l, r.spend(words)
}

// element is struct i of a composite list.
func (l list) element(i int) view {
	at := l.at + 8*i*(l.data+l.ptrs)
	end := at + 8*l.data
	return view{r: l.r, data: l.r.seg[at:end], pointers: end, count: l.ptrs}
}

// bytes is the content of a list of bytes, not a copy.
func (l list) bytes() []byte {
	if l.count == 0 {
		return nil
	}
	return l.r.seg[l.at : l.at+l.count]
}

func (l list) uint16(i int) uint16 { return binary.LittleEndian.Uint16(l.r.seg[l.at+2*i:]) }

// The fields of a struct that is shorter than expected read 0: the schema has grown and may grow again.

func (v view) u8(at int) uint8 {
	if at >= len(v.data) {
		return 0
	}
	return v.data[at]
}

func (v view) u16(at int) uint16 {
	if at+2 > len(v.data) {
		return 0
	}
	return binary.LittleEndian.Uint16(v.data[at:])
}

func (v view) u32(at int) uint32 {
	if at+4 > len(v.data) {
		return 0
	}
	return binary.LittleEndian.Uint32(v.data[at:])
}

func (v view) i16(at int) int16 { return int16(v.u16(at)) }

func (v view) i32(at int) int32 { return int32(v.u32(at)) }

func (v view) bit(at int) bool { return v.u8(at)&1 != 0 }

func (v view) structure(i int) (view, error) {
	if i >= v.count {
		return view{r: v.r}, nil
	}
	return v.r.structAt(v.pointers + 8*i)
}

func (v view) list(i, code int) (list, error) {
	if i >= v.count {
		return list{r: v.r}, nil
	}
	return v.r.listAt(v.pointers+8*i, code)
}

// text is a list of bytes without its final NUL.
func (v view) text(i int) (string, error) {
	l, err := v.list(i, listByte)
	b := l.bytes()
	if n := len(b); n > 0 && b[n-1] == 0 {
		b = b[:n-1]
	}
	return string(b), err
}
