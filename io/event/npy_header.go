package event

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

const (
	npyMagic = "\x93NUMPY"

	// npyHeaderMax is far more than any array of events needs.
	npyHeaderMax = 1 << 16
)

// npyHeader says what an array holds.
//
// Source: numpy/numpy, doc/source/reference/npy format (numpy.lib.format).
type npyHeader struct {
	fields  []npyField // one without a name for an array that is not structured
	size    int        // of an element, in bytes
	shape   []int
	fortran bool
}

// npyField is one number of a record.
type npyField struct {
	name   string
	kind   byte // b, i, u, f; V for bytes that are no number
	bytes  int
	big    bool
	offset int
}

// readNPYHeader reads a header at the front of b; more is how many bytes it needs to go on, when it does.
func readNPYHeader(b []byte) (h npyHeader, used, more int, err error) {
	if len(b) < 12 {
		return h, 0, 12, nil
	}
	if string(b[:6]) != npyMagic {
		return h, 0, 0, fmt.Errorf("the array starts with %s, NumPy's start with %q", excerpt(b), npyMagic)
	}
	start, size := 10, int(binary.LittleEndian.Uint16(b[8:]))
	if b[6] >= 2 {
		start, size = 12, int(min(binary.LittleEndian.Uint32(b[8:]), 1<<30))
	}
	if b[6] < 1 || b[6] > 3 || size > npyHeaderMax {
		return h, 0, 0, fmt.Errorf("an array of version %d with a header of %d bytes is refused", b[6], size)
	}
	if len(b) < start+size {
		return h, 0, start + size, nil
	}
	err = h.parse(string(b[start : start+size]))
	return h, start + size, 0, err
}

// parse reads the dictionary, a Python literal.
func (h *npyHeader) parse(text string) error {
	p := python{text: text}
	dict, err := p.value(0)
	m, ok := dict.(map[string]any)
	if err != nil || !ok {
		return fmt.Errorf("the header is no dictionary: %.60q", text)
	}
	shape, ok := m["shape"].([]any)
	if !ok {
		return errors.New("the header has no shape")
	}
	for _, d := range shape {
		n, ok := d.(int)
		if !ok || n < 0 || int64(n) > 1<<48 {
			return fmt.Errorf("the shape is %v", shape)
		}
		h.shape = append(h.shape, n)
	}
	h.fortran, _ = m["fortran_order"].(bool)
	switch d := m["descr"].(type) {
	case string:
		return h.add("", d)
	case []any:
		for _, f := range d {
			pair, ok := f.([]any)
			if !ok || len(pair) != 2 {
				return fmt.Errorf("a field is %v, want a name and a type", f)
			}
			name, okName := pair[0].(string)
			kind, okKind := pair[1].(string)
			if !okName || !okKind {
				return fmt.Errorf("a field is %v, want a name and a type", f)
			}
			if err := h.add(name, kind); err != nil {
				return err
			}
		}
		if len(h.fields) == 0 {
			return errors.New("the records have no fields")
		}
		return nil
	}
	return errors.New("the header has no descr")
}

// add takes a type such as <u2.
func (h *npyHeader) add(name, kind string) error {
	if len(kind) < 3 || !strings.ContainsRune("<>|=", rune(kind[0])) {
		return fmt.Errorf("the type %q is unknown", kind)
	}
	n, err := strconv.Atoi(kind[2:])
	f := npyField{strings.ToLower(name), kind[1], n, kind[0] == '>', h.size}
	ok := false
	switch f.kind {
	case 'b':
		ok = n == 1
	case 'i', 'u':
		ok = n == 1 || n == 2 || n == 4 || n == 8
	case 'f':
		ok = n == 4 || n == 8
	case 'V':
		ok = n >= 0 && n < 1<<16
	}
	if err != nil || !ok {
		return fmt.Errorf("the type %q is no number of the kinds b, i, u, f", kind)
	}
	h.fields = append(h.fields, f)
	if h.size += n; h.size > 1<<16 {
		return fmt.Errorf("records of more than %d bytes are refused", 1<<16)
	}
	return nil
}

// integer is the field's value rounded to a whole number; ok is false for what an int64 cannot hold.
func (f *npyField) integer(r []byte) (v int64, ok bool) {
	if f.kind == 'f' {
		x := math.Round(f.float(r))
		return int64(x), math.Abs(x) < 1<<63
	}
	w := f.word(r)
	if f.kind == 'i' {
		shift := 64 - 8*f.bytes
		return int64(w<<shift) >> shift, true
	}
	return int64(w), w < 1<<63
}

func (f *npyField) float(r []byte) float64 {
	w := f.word(r)
	switch {
	case f.kind != 'f':
		v, _ := f.integer(r)
		return float64(v)
	case f.bytes == 4:
		return float64(math.Float32frombits(uint32(w)))
	}
	return math.Float64frombits(w)
}

func (f *npyField) word(r []byte) (w uint64) {
	r = r[f.offset : f.offset+f.bytes]
	for i, b := range r {
		if f.big {
			w = w<<8 | uint64(b)
		} else {
			w |= uint64(b) << (8 * i)
		}
	}
	return w
}
