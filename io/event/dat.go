package event

import (
	"encoding/binary"
	"unsafe"
)

var _ = registerFormat(format{
	name:       "dat",
	doc:        "Prophesee DAT, versions 1 and 2",
	extensions: []string{".dat"},
	magic:      datMagic,
	open:       openDAT,
	create:     createDAT,
	limits:     limits{maxX: 1<<14 - 1, maxY: 1<<14 - 1},
})

// Types of records.
const (
	dat2D      = 0x00
	datCD      = 0x0C
	datTrigger = 0x0E
)

// datMagic knows the header; without one it looks for records whose times rise and whose unused bits are zero.
func datMagic(head []byte, _ bool) verdict {
	if len(head) > 0 && head[0] == '%' {
		return evtMagic(head, false, "dat")
	}
	if len(head) < 16*8 {
		return no
	}
	last := uint32(0)
	for ; len(head) >= 8; head = head[8:] {
		t, w := binary.LittleEndian.Uint32(head), binary.LittleEndian.Uint32(head[4:])
		if t < last || w>>29 != 0 {
			return no
		}
		last = t
	}
	return possible
}

// openDAT reads the header and, behind one, the type and the size of the records.
func openDAT(in *input, _ *options, info *Info, stats *Stats) (decoder, error) {
	h, err := readPSEE(in, info)
	if err != nil {
		return nil, err
	}
	d := &dat{stats: stats, kind: datCD, size: 8, old: h.keys["version"] == "1"}
	if len(h.keys) == 0 {
		return d, nil
	}
	b := in.peek(2)
	if len(b) < 2 {
		return nil, in.located(truncatedAt(0, "the file breaks off before the type of its records"))
	}
	d.kind, d.size = b[0], int(b[1])
	if d.size == 0 || d.events() && d.size != 8 {
		return nil, in.bad("records of type %#02x with %d bytes", d.kind, d.size)
	}
	in.use(2)
	return d, nil
}

// dat is the state between two records, which are all of one type. Times have 32 bits; one that drops by more than half
// of that has turned over, a smaller drop is disorder and stays.
//
// Source: events.md §3.2; prophesee-ai/prophesee-automotive-dataset-toolbox, src/io/dat_events_tools.py.
type dat struct {
	stats *Stats
	kind  byte
	size  int
	old   bool  // version 1
	base  int64 // of the turns, in microseconds
	last  uint32
}

func (d *dat) events() bool { return d.kind == dat2D || d.kind == datCD }

func (d *dat) clone() decoder { c := *d; return &c }

func (d *dat) decode(dst []Event, src []byte, _ bool) ([]Event, int, *FormatError) {
	n := len(src) / d.size
	if d.events() {
		n = min(n, len(dst))
		d.run(dst[:n], src[:8*n])
		return dst[:n], 8 * n, nil
	}
	if d.kind == datTrigger {
		d.stats.Triggers += int64(n)
	} else {
		d.stats.Skipped += int64(n)
	}
	return nil, n * d.size, nil
}

// run decodes len(dst) records.
func (d *dat) run(dst []Event, src []byte) {
	if d.old {
		d.runOld(dst, src)
		return
	}
	from, to := unsafe.Pointer(unsafe.SliceData(src)), unsafe.Pointer(unsafe.SliceData(dst))
	last, base := d.last, d.base
	for i := range dst {
		r := load64(unsafe.Add(from, 8*i))
		t, w := uint32(r), r>>32
		if t < last {
			base += turned(last, t)
		}
		last = t
		e := (*Event)(unsafe.Add(to, 16*i))
		e.T = base + int64(t)
		store64(unsafe.Pointer(&e.X), w&0x3fff|w>>14&0x3fff<<16|(w>>28+15)>>4<<32)
	}
	d.last, d.base = last, base
}

// turned is 2^32 when a clock that went from last to the smaller t has turned over.
func turned(last, t uint32) int64 {
	if last-t > 1<<31 {
		return 1 << 32
	}
	return 0
}

func (d *dat) runOld(dst []Event, src []byte) {
	for i := range dst {
		t, w := binary.LittleEndian.Uint32(src[8*i:]), binary.LittleEndian.Uint32(src[8*i+4:])
		if t < d.last {
			d.base += turned(d.last, t)
		}
		d.last = t
		dst[i] = Event{T: d.base + int64(t), X: uint16(w & 0x1ff), Y: uint16(w >> 9 & 0xff), On: uint8(w >> 17 & 1)}
	}
}
