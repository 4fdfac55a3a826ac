package event

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/flate"
)

var _ = registerFormat(format{
	name:       "npz",
	doc:        "NumPy arrays in a zip file: one of records or of shape (events, 4), or one each of t, x, y, p",
	extensions: []string{".npz"},
	magic: func(head []byte, _ bool) verdict {
		if bytes.HasPrefix(head, []byte(zipLocal)) {
			return certain
		}
		return no
	},
	open:   openNPZ,
	create: createNPZ,
	codecs: []string{"NONE"}, // and packed, without a name
	limits: limits{maxX: 1<<16 - 1, maxY: 1<<16 - 1},
})

// openNPZ takes the whole file, and leaves its arrays packed until they are decoded. It walks the members from the front
// and not from the directory at the end, so that a file that breaks off gives what it has.
func openNPZ(in *input, o *options, _ *Info, stats *Stats) (decoder, error) {
	mapped := in.inMapping()
	for !mapped && in.fill() {
	}
	data := in.window()
	if !mapped {
		in.buf, in.lo, in.hi = make([]byte, bufferBytes), 0, 0 // data is the decoder's
		in.offset += int64(len(data))
	} else {
		in.use(len(data))
	}
	members, err := zipMembers(data)
	if err != nil {
		e := in.located(err).(*FormatError)
		e.Offset -= int64(len(data))
		return nil, e
	}
	d := &npz{stats: stats}
	return d, d.choose(members, o, in.name)
}

// npz decodes one array of records, or four of numbers side by side.
type npz struct {
	stats   *Stats
	columns []npzColumn
	rows    []byte // of the columns, put together
	whole   npy    // decodes a row
	left    int
}

// npzColumn is an array of the file.
type npzColumn struct {
	name string
	in   *input
	head npyHeader
}

// choose finds the arrays that hold events among the members.
func (d *npz) choose(members []zipMember, o *options, file string) error {
	var arrays, columns []npzColumn
	var names []string
	var at [4]*npzColumn
	for _, m := range members {
		name, ok := strings.CutSuffix(m.name, ".npy")
		if !ok {
			continue
		}
		in := newInput(m.open(), file+": "+m.name)
		head, used, err := peekNPYHeader(in)
		if err != nil {
			if errors.Is(err, ErrTruncated) && len(names) > 0 {
				continue // the last member of a file that breaks off
			}
			return err
		}
		in.use(used)
		names = append(names, name)
		c := npzColumn{name, in, head}
		arrays = append(arrays, c)
		if len(head.shape) == 1 && head.fields[0].name == "" && head.fields[0].kind != 'V' {
			for i, known := range csvNames {
				for _, n := range known {
					if at[i] == nil && strings.ToLower(name) == n {
						at[i] = &c
					}
				}
			}
		}
	}
	for i := range arrays {
		if _, ok := arrays[i].head.named(); ok && len(arrays[i].head.shape) == 1 {
			return d.one(arrays[i], o)
		}
	}
	if at[0] != nil && at[1] != nil && at[2] != nil && at[3] != nil {
		for _, c := range at {
			columns = append(columns, *c)
		}
		return d.four(columns, o, file)
	}
	for i := range arrays {
		if s := arrays[i].head.shape; len(s) == 2 && s[1] == 4 {
			return d.one(arrays[i], o)
		}
	}
	return &FormatError{
		File: file, Offset: -1,
		Problem: "no array of records t, x, y, p, none of shape (events, 4), and not one each of t, x, y, p; there are " + joined(names),
	}
}

// one takes an array of records or rows.
func (d *npz) one(c npzColumn, o *options) error {
	n, err := newNPY(c.head, c.in, o, d.stats)
	if err != nil {
		return c.in.bad("%v", err)
	}
	d.whole, d.left = *n, n.left
	d.columns = []npzColumn{c}
	return nil
}

// four takes four arrays of the same length.
func (d *npz) four(columns []npzColumn, o *options, file string) error {
	row := npyHeader{shape: columns[0].head.shape}
	for i, c := range columns {
		if c.head.shape[0] != row.shape[0] {
			return &FormatError{File: file, Offset: -1, Problem: fmt.Sprintf(
				"the arrays %s and %s have %d and %d elements", columns[0].name, c.name, row.shape[0], c.head.shape[0],
			)}
		}
		f := c.head.fields[0]
		f.name, f.offset = csvNames[i][0], row.size
		row.fields = append(row.fields, f)
		row.size += c.head.size
	}
	d.columns = columns
	d.left = row.shape[0]
	sample := newInput(bytes.NewReader(d.join(256, row.size, false)), file)
	n, err := newNPY(row, sample, o, d.stats)
	if err != nil {
		return &FormatError{File: file, Offset: -1, Problem: err.Error()}
	}
	d.whole = *n
	return nil
}

// join puts up to n rows of the columns together, as many as are there, and uses them if it is told to.
func (d *npz) join(n, size int, use bool) []byte {
	n = min(n, d.left)
	parts := make([][]byte, len(d.columns))
	for i, c := range d.columns {
		parts[i] = c.in.peek(n * c.head.size)
	}
	for i, c := range d.columns {
		n = min(n, len(parts[i])/c.head.size)
	}
	if cap(d.rows) < n*size {
		d.rows = make([]byte, n*size)
	}
	rows := d.rows[:n*size]
	at := 0
	for i, c := range d.columns {
		width := c.head.size
		for r := range n {
			copy(rows[r*size+at:r*size+at+width], parts[i][r*width:])
		}
		at += width
		if use {
			c.in.use(n * width)
		}
	}
	return rows
}

func (d *npz) decode(dst []Event, src []byte, _ bool) ([]Event, int, *FormatError) {
	for d.left > 0 {
		d.whole.left = d.left
		var rows []byte
		c := &d.columns[0]
		if len(d.columns) == 1 {
			rows = c.in.peek(min(d.left, len(dst)) * d.whole.size)
		} else {
			rows = d.join(len(dst), d.whole.size, true)
		}
		events, used, err := d.whole.decode(dst, rows, false)
		if len(d.columns) == 1 {
			c.in.use(used)
		}
		d.left = d.whole.left
		if err != nil || len(events) > 0 {
			return events, len(src), err
		}
		if used == 0 {
			left := d.left
			d.left = 0
			return nil, len(src), d.cut(left)
		}
	}
	return nil, len(src), nil
}

// cut is the error when an array ends early.
func (d *npz) cut(left int) *FormatError {
	for _, c := range d.columns {
		if c.in.end != nil && !errors.Is(c.in.end, io.EOF) && !errors.Is(c.in.end, io.ErrUnexpectedEOF) {
			return &FormatError{Offset: -1, Problem: fmt.Sprintf("the array %s cannot be unpacked, %d events are missing: %v", c.name, left, c.in.end), Err: ErrTruncated}
		}
	}
	return truncatedAt(0, "the file breaks off inside the array %s, %d events are missing", d.columns[0].name, left)
}

// zipLocal begins a member of a zip file.
const zipLocal = "PK\x03\x04"

// zipMember is one file in a zip file.
type zipMember struct {
	name   string
	packed []byte
	plain  bool
}

func (m zipMember) open() io.Reader {
	if m.plain {
		return bytes.NewReader(m.packed)
	}
	return flate.NewReader(bytes.NewReader(m.packed))
}

// zipMembersMax is more than an archive of events has.
const zipMembersMax = 1024

// zipMembers walks the members in front of the directory. The last one may break off.
//
// Source: PKWARE's APPNOTE.TXT 6.3, sections 4.3.7 and 4.5.3.
func zipMembers(b []byte) (members []zipMember, _ *FormatError) {
	const fixed = 30
	for at := 0; len(b)-at >= fixed && string(b[at:at+4]) == zipLocal; {
		if len(members) == zipMembersMax {
			return nil, badAt(at, "a zip file of more than %d members is refused", zipMembersMax)
		}
		h := b[at:]
		flags, method := binary.LittleEndian.Uint16(h[6:]), binary.LittleEndian.Uint16(h[8:])
		size := uint64(binary.LittleEndian.Uint32(h[18:]))
		nameLen, extraLen := int(binary.LittleEndian.Uint16(h[26:])), int(binary.LittleEndian.Uint16(h[28:]))
		start := fixed + nameLen + extraLen
		if len(h) < start {
			break
		}
		name := string(h[fixed : fixed+nameLen])
		switch {
		case flags&1 != 0:
			return nil, badAt(at, "the member %q is encrypted", name)
		case method != 0 && method != 8:
			return nil, badAt(at, "the member %q is packed by method %d; stored and deflated are known", name, method)
		}
		if size == 1<<32-1 {
			size = zip64Size(h[fixed+nameLen:start], size)
		}
		m := zipMember{name, h[start:], method == 0}
		if flags&8 != 0 && size == 0 { // the size follows the member
			if m.plain {
				return nil, badAt(at, "the member %q is stored without its size", name)
			}
			r := bytes.NewReader(m.packed)
			_, err := io.Copy(io.Discard, flate.NewReader(r))
			size = uint64(len(m.packed) - r.Len())
			if err == nil {
				m.packed = m.packed[:size]
				size += zipDescriptor(h[start+int(size):])
			}
		} else {
			m.packed = m.packed[:min(size, uint64(len(m.packed)))]
			if flags&8 != 0 && uint64(len(h)-start) >= size {
				size += zipDescriptor(h[start+int(size):])
			}
		}
		members = append(members, m)
		if uint64(len(h)-start) < size {
			break
		}
		at += start + int(size)
	}
	if len(members) == 0 {
		return nil, truncatedAt(0, "the file breaks off inside the first member of the zip file")
	}
	return members, nil
}

// zip64Size is the packed size in the extra field of large members: behind that of the unpacked.
func zip64Size(extra []byte, size uint64) uint64 {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			break
		}
		if id == 1 && n >= 16 {
			return binary.LittleEndian.Uint64(extra[8:])
		}
		extra = extra[n:]
	}
	return size
}

// zipDescriptor is the length of what follows a member whose sizes were not known in front: a signature that may be
// missing, a checksum, and two sizes of four or eight bytes.
func zipDescriptor(b []byte) uint64 {
	for _, n := range []int{16, 24, 12, 20} {
		if len(b) >= n+2 && string(b[n:n+2]) == "PK" {
			return uint64(n)
		}
	}
	return uint64(min(len(b), 16))
}
