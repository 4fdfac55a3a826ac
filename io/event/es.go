package event

import (
	"bytes"
	"encoding/binary"
)

var _ = registerFormat(format{
	name:       "es",
	doc:        "Event Stream 2, of DVS and ATIS cameras; its generic and colour records are for KeepRecords",
	extensions: []string{".es"},
	magic: func(head []byte, _ bool) verdict {
		if bytes.HasPrefix(head, []byte(esMagic)) {
			return certain
		}
		return no
	},
	open:   openES,
	create: createES,
	limits: limits{maxX: 1<<16 - 1, maxY: 1<<16 - 1},
})

const esMagic = "Event Stream"

// Kinds of records.
const (
	esGeneric = 0
	esDVS     = 1
	esATIS    = 2
	esColour  = 4
)

// openES reads the signature, the version, the kind, and the size of the sensor where the kind has one.
func openES(in *input, o *options, info *Info, stats *Stats) (decoder, error) {
	const fixed = len(esMagic) + 4
	head := in.peek(fixed + 4)
	if !bytes.HasPrefix(head, []byte(esMagic)) {
		return nil, in.bad("the file starts with %s, Event Stream starts with %q", excerpt(head), esMagic)
	}
	if len(head) < fixed {
		return nil, in.located(truncatedAt(0, "the file breaks off inside the header"))
	}
	version, kind := head[len(esMagic):fixed-1], head[fixed-1]
	if version[0] != 2 {
		return nil, in.bad("Event Stream version %d.%d.%d is unknown; 2 is", version[0], version[1], version[2])
	}
	d := &es{stats: stats, records: o.records, kind: kind}
	switch kind {
	case esGeneric:
		in.use(fixed)
		return d, nil
	case esDVS, esATIS, esColour:
	default:
		return nil, in.bad("Event Stream of kind %d is unknown; 0, 1, 2 and 4 are", kind)
	}
	if len(head) < fixed+4 {
		return nil, in.located(truncatedAt(0, "the file breaks off inside the header"))
	}
	info.Width, info.Height = int(binary.LittleEndian.Uint16(head[fixed:])), int(binary.LittleEndian.Uint16(head[fixed+2:]))
	if info.Width == 0 || info.Height == 0 {
		return nil, in.bad("the sensor has %dx%d pixels", info.Width, info.Height)
	}
	info.LowerLeft = true
	in.use(fixed + 4)
	return d, nil
}

// es is the state between two records.
//
// Source: events.md §3.9; aestream/faery at e701fd0a.
type es struct {
	stats   *Stats
	records *records
	kind    byte
	t       int64
}

func (d *es) clone() decoder { c := *d; return &c }

func (d *es) decode(dst []Event, src []byte, _ bool) ([]Event, int, *FormatError) {
	switch d.kind {
	case esDVS:
		n, used := d.dvs(dst, src)
		return dst[:n], used, nil
	case esATIS:
		n, used := d.atis(dst, src)
		return dst[:n], used, nil
	case esColour:
		return nil, d.colour(src), nil
	}
	used, err := d.generic(src)
	return nil, used, err
}

func (d *es) dvs(dst []Event, src []byte) (n, used int) {
	t := d.t
	for used < len(src) && n < len(dst) {
		switch b := src[used]; b {
		case 0xFF:
			t += 127
			used++
		case 0xFE: // padding
			used++
		default:
			if len(src)-used < 5 {
				d.t = t
				return n, used
			}
			t += int64(b >> 1)
			dst[n] = esEvent(src[used+1:], t, b&1)
			n++
			used += 5
		}
	}
	d.t = t
	return n, used
}

func esEvent(r []byte, t int64, on uint8) Event {
	return Event{T: t, X: binary.LittleEndian.Uint16(r), Y: binary.LittleEndian.Uint16(r[2:]), On: on}
}

// atis delivers changes, and counts the exposures, which have bit 0 set.
func (d *es) atis(dst []Event, src []byte) (n, used int) {
	for used < len(src) && n < len(dst) {
		b := src[used]
		if b&0xFC == 0xFC {
			d.t += 63 * int64(b&3)
			used++
			continue
		}
		if len(src)-used < 5 {
			break
		}
		d.t += int64(b >> 2)
		if b&1 == 1 {
			d.stats.Skipped++
			if d.records != nil {
				e := esEvent(src[used+1:], d.t, 0)
				d.records.add(Threshold{e.T, e.X, e.Y, b>>1&1 == 1})
			}
		} else {
			dst[n] = esEvent(src[used+1:], d.t, b>>1&1)
			n++
		}
		used += 5
	}
	return n, used
}

// gap takes the bytes between generic and colour records: one is 254 µs without a record, the other fills.
func (d *es) gap(b byte) bool {
	if b == 0xFF {
		d.t += 254
	}
	return b >= 0xFE
}

// colour counts records of eight bytes: they say what a pixel sees, not that it changed.
func (d *es) colour(src []byte) (used int) {
	for used < len(src) {
		if d.gap(src[used]) {
			used++
			continue
		}
		if len(src)-used < 8 {
			break
		}
		d.t += int64(src[used])
		d.stats.Skipped++
		if d.records != nil {
			e := esEvent(src[used+1:], d.t, 0)
			d.records.add(Colour{e.T, e.X, e.Y, src[used+5], src[used+6], src[used+7]})
		}
		used += 8
	}
	return used
}

// generic counts messages: a time, a length in groups of seven bits, and bytes.
func (d *es) generic(src []byte) (used int, err *FormatError) {
	for used < len(src) {
		if d.gap(src[used]) {
			used++
			continue
		}
		length, at, more := 0, used+1, true
		for shift := 0; more; shift += 7 {
			if at == len(src) {
				return used, nil
			}
			if shift > 21 {
				return used, badAt(used, "a message of more than %d bytes is refused", 1<<28)
			}
			length |= int(src[at]>>1) << shift
			more = src[at]&1 == 1
			at++
		}
		if len(src)-at < length {
			return used, nil
		}
		d.t += int64(src[used])
		d.stats.Skipped++
		if d.records != nil {
			d.records.add(Message{d.t, append([]byte(nil), src[at:at+length]...)})
		}
		used = at + length
	}
	return used, nil
}
