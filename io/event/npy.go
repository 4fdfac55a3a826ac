package event

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

var _ = registerFormat(format{
	name:       "npy",
	doc:        "a NumPy array of records with fields t, x, y, p, or of shape (events, 4)",
	extensions: []string{".npy"},
	magic: func(head []byte, _ bool) verdict {
		if bytes.HasPrefix(head, []byte(npyMagic)) {
			return certain
		}
		return no
	},
	open:   openNPY,
	create: createNPY,
	limits: limits{maxX: 1<<16 - 1, maxY: 1<<16 - 1},
})

func openNPY(in *input, o *options, info *Info, stats *Stats) (decoder, error) {
	h, used, err := peekNPYHeader(in)
	if err != nil {
		return nil, err
	}
	in.use(used)
	d, err := newNPY(h, in, o, stats)
	if err != nil {
		return nil, in.bad("%v", err)
	}
	return d, nil
}

// peekNPYHeader reads a header without using it.
func peekNPYHeader(in *input) (h npyHeader, used int, err error) {
	for want := 12; ; {
		b := in.peek(want)
		if len(b) < want {
			return h, 0, in.located(truncatedAt(0, "the file breaks off inside the header of an array"))
		}
		h, used, more, err := readNPYHeader(b)
		if err != nil {
			return h, 0, in.bad("%v", err)
		}
		if used > 0 {
			return h, used, nil
		}
		want = more
	}
}

// npy decodes records. Times that are floats with decimals are seconds, all others microseconds, unless TimeUnit says
// what they are.
type npy struct {
	stats  *Stats
	size   int
	left   int         // records
	at     [4]npyField // t, x, y, p
	exact  bool        // those that the writer writes
	scale  float64     // microseconds of a unit of t; 0 for whole microseconds
	strict bool        // nothing may follow the array
}

// newNPY finds the columns, in an array of records by their names, in another by what they hold or Order says.
func newNPY(h npyHeader, in *input, o *options, stats *Stats) (*npy, error) {
	d := &npy{stats: stats, size: h.size, strict: true}
	switch {
	case len(h.shape) == 1 && h.fields[0].name != "":
		at, ok := h.named()
		if !ok {
			return nil, fmt.Errorf("the records have no fields t, x, y, p: %v", h.fields)
		}
		d.at = at
	case len(h.shape) == 2 && h.shape[1] == 4 && h.fields[0].name == "" && h.fields[0].kind != 'V' && !h.fortran:
		f := h.fields[0]
		d.size = 4 * f.bytes
		for i := range d.at {
			d.at[i] = f
			d.at[i].offset = i * f.bytes
		}
	default:
		return nil, fmt.Errorf("an array of shape %v; events are records, or rows of 4 numbers", h.shape)
	}
	if d.size == 0 {
		return nil, errors.New("the records are empty")
	}
	d.left = h.shape[0]
	if err := d.sample(in.peek(min(d.left, 256)*d.size), len(h.shape) == 2, o); err != nil {
		return nil, err
	}
	d.exact = littleEndian && d.scale == 0 && d.size == npyRecord && d.at == npyFields
	return d, nil
}

// named is the fields of t, x, y, p.
func (h *npyHeader) named() (at [4]npyField, ok bool) {
	found := 0
	for i, names := range csvNames {
		for _, f := range h.fields {
			for _, n := range names {
				if f.name == n && f.kind != 'V' && found == i {
					at[i] = f
					found++
				}
			}
		}
	}
	return at, found == 4
}

// sample looks at the first records for the unit of time and, for rows, the order of the columns.
func (d *npy) sample(b []byte, order bool, o *options) error {
	dialect, unit := csvDialect{sep: ' '}, o.unit
	dialect.setUnit(time.Microsecond)
	if o.order != nil {
		dialect.at = *o.order
	}
	if unit > 0 {
		dialect.setUnit(unit)
	}
	if order {
		var rows [][][]byte
		for ; len(b) >= d.size; b = b[d.size:] {
			row := make([][]byte, 4)
			for i := range row {
				row[i] = strconv.AppendFloat(nil, d.at[i].float(b), 'f', -1, 64)
			}
			rows = append(rows, row)
		}
		if len(rows) > 0 {
			if err := dialect.columns(rows, o.order != nil, unit > 0); err != nil {
				return err
			}
			if err := dialect.sure(); err != nil {
				return err
			}
			columns := d.at
			for i, column := range dialect.at {
				d.at[i] = columns[column]
			}
		}
	} else if d.at[0].kind == 'f' && unit == 0 {
		for ; len(b) >= d.size; b = b[d.size:] {
			if t := d.at[0].float(b); t != math.Trunc(t) {
				dialect.setUnit(time.Second)
			}
		}
	}
	if dialect.microseconds != 1 {
		d.scale = dialect.microseconds
	}
	return nil
}

func (d *npy) clone() decoder { c := *d; return &c }

func (d *npy) decode(dst []Event, src []byte, _ bool) ([]Event, int, *FormatError) {
	n, used := 0, 0
	for n < len(dst) && d.left > 0 && len(src)-used >= d.size {
		if d.event(&dst[n], src[used:used+d.size]) {
			n++
		}
		used += d.size
		d.left--
	}
	if n == 0 && d.left == 0 && len(src) > used {
		if d.strict {
			d.stats.Errors++
		}
		used = len(src)
	}
	return dst[:n], used, nil
}

// event reads one record; false for one that no Event can hold.
func (d *npy) event(e *Event, r []byte) bool {
	if d.exact {
		*e = Event{T: int64(load64(ptr(r))), X: uint16(r[8]) | uint16(r[9])<<8, Y: uint16(r[10]) | uint16(r[11])<<8}
		if r[12] != 0 {
			e.On = 1
		}
		return true
	}
	t, okT := d.time(r)
	x, okX := d.at[1].integer(r)
	y, okY := d.at[2].integer(r)
	p, okP := d.at[3].integer(r)
	if !okT || !okX || !okY || !okP || x < 0 || y < 0 || x > 1<<16-1 || y > 1<<16-1 {
		d.stats.Dropped++
		return false
	}
	*e = Event{T: t, X: uint16(x), Y: uint16(y)}
	if p > 0 {
		e.On = 1
	}
	return true
}

func (d *npy) time(r []byte) (int64, bool) {
	if d.scale == 0 {
		return d.at[0].integer(r)
	}
	t := math.Round(d.at[0].float(r) * d.scale)
	return int64(t), math.Abs(t) < 1<<63
}
