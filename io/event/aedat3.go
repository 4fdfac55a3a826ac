package event

import (
	"bytes"
	"encoding/binary"
	"strings"
)

var _ = registerFormat(format{
	name:       "aedat3",
	doc:        "cAER AEDAT 3.0 and 3.1, also that of DVS128-Gesture",
	extensions: []string{".aedat"},
	magic: func(head []byte, _ bool) verdict {
		if bytes.HasPrefix(head, []byte("#!AER-DAT3")) {
			return certain
		}
		return no
	},
	open:   openAEDAT3,
	limits: limits{maxX: 1<<15 - 1, maxY: 1<<15 - 1},
})

// openAEDAT3 reads the comments, which end with one of their own since 3.1.
func openAEDAT3(in *input, _ *options, info *Info, stats *Stats) (decoder, error) {
	var problem error
	err := comments(in, func(line string) bool {
		if strings.HasPrefix(line, "#!AER-DAT3.0") {
			info.LowerLeft = true
		}
		if form, ok := strings.CutPrefix(line, "#Format:"); ok && strings.TrimSpace(form) != "RAW" {
			problem = in.bad("the format%s is not supported, RAW is", form)
		}
		if source, ok := strings.CutPrefix(line, "#Source "); ok && info.Camera == "" {
			_, name, _ := strings.Cut(source, ":")
			info.Camera = strings.TrimSpace(name)
			if c, known := chipIn(name); known {
				info.Width, info.Height = c.width, c.height
			}
		}
		return line == "#!END-HEADER"
	})
	if err == nil {
		err = problem
	}
	if err != nil {
		return nil, err
	}
	return &aedat3{stats: stats}, nil
}

const (
	aedat3Header   = 28
	aedat3Polarity = 1
)

// aedat3 is the state inside a packet: how many bytes of it are to come, and of which kind.
//
// Source: events.md §3.8; inivation's description of the AEDAT 3.1 file format.
type aedat3 struct {
	stats    *Stats
	left     int64
	polarity bool
	size     int // bytes of an event
	offset   int // of the time in it
	base     int64
}

func (d *aedat3) clone() decoder { c := *d; return &c }

func (d *aedat3) decode(dst []Event, src []byte, eof bool) ([]Event, int, *FormatError) {
	used, n := 0, 0
	for n < len(dst) {
		rest := src[used:]
		switch {
		case d.left == 0:
			if len(rest) < aedat3Header {
				return dst[:n], used, nil
			}
			if err := d.header(rest); err != nil {
				err.Offset += int64(used)
				return dst[:n], used, err
			}
			used += aedat3Header
		case !d.polarity:
			skip := int(min(d.left, int64(len(rest))))
			if skip == 0 {
				return dst[:n], used, d.cut(used, 0, eof)
			}
			used += skip
			d.left -= int64(skip)
		case len(rest) < d.size:
			return dst[:n], used, d.cut(used, len(rest), eof)
		default:
			if d.event(&dst[n], rest) {
				n++
			}
			used += d.size
			d.left -= int64(d.size)
		}
	}
	return dst[:n], used, nil
}

// cut is the error when the file ends inside a packet.
func (d *aedat3) cut(used, rest int, eof bool) *FormatError {
	if !eof {
		return nil
	}
	return truncatedAt(used, "the file breaks off inside a packet, %d bytes are missing", d.left-int64(rest))
}

// header is int16 kind and source, int32 size and place of the time, int32 turns of the clock, and the numbers of events
// that there is room for, that there are, and that are valid.
func (d *aedat3) header(b []byte) *FormatError {
	kind := int16(binary.LittleEndian.Uint16(b))
	field := func(at int) int64 { return int64(int32(binary.LittleEndian.Uint32(b[at:]))) }
	size, offset, turns, room := field(4), field(8), field(12), field(16)
	if size < 0 || room < 0 || turns < 0 {
		return badAt(0, "a packet with %d events of %d bytes, turn %d", room, size, turns)
	}
	d.left, d.polarity = size*room, kind == aedat3Polarity
	if !d.polarity {
		d.stats.Skipped += field(20)
		return nil
	}
	if size < 8 || offset < 4 || offset+4 > size || size > 1<<10 {
		return badAt(0, "polarity events of %d bytes with their time at %d", size, offset)
	}
	d.size, d.offset, d.base = int(size), int(offset), turns<<31
	return nil
}

// event reads one; false when it is marked invalid.
func (d *aedat3) event(e *Event, b []byte) bool {
	w := binary.LittleEndian.Uint32(b)
	if w&1 == 0 {
		d.stats.Dropped++
		return false
	}
	t := binary.LittleEndian.Uint32(b[d.offset:])
	*e = Event{T: d.base | int64(t&(1<<31-1)), X: uint16(w >> 17), Y: uint16(w >> 2 & 0x7fff), On: uint8(w >> 1 & 1)}
	return true
}
