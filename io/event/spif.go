package event

import "encoding/binary"

var _ = registerFormat(format{
	name:       "spif",
	doc:        "SPIF datagrams as UDP carries them, each behind its length in two bytes",
	extensions: []string{".spif", ".bin"},
	magic:      spifMagic,
	open: func(_ *input, _ *options, _ *Info, stats *Stats) (decoder, error) {
		return &spif{stats: stats}, nil
	},
	limits: limits{maxX: 1<<15 - 1, maxY: 1<<15 - 1},
})

// spifMax is the most that a datagram holds.
const spifMax = 65507

// spifMagic follows the lengths to the end of what is there.
func spifMagic(head []byte, whole bool) verdict {
	n := 0
	for len(head) >= 2 {
		size := int(binary.LittleEndian.Uint16(head))
		if size == 0 || size%4 != 0 || size > spifMax {
			return no
		}
		if len(head) < 2+size {
			break
		}
		head = head[2+size:]
		n++
	}
	if n == 0 || n < 3 && !whole {
		return no
	}
	return likely
}

// spif decodes datagrams. A word with bit 31 has no time and takes that of the event before it; another is followed by
// one, whose 32 bits turn over as those of DAT do.
//
// Source: events.md §4.1; aestream/aestream at a1a695e.
type spif struct {
	stats *Stats
	left  int // bytes of the datagram
	base  int64
	last  uint32
	timed bool
}

func (d *spif) clone() decoder { c := *d; return &c }

func (d *spif) decode(dst []Event, src []byte, eof bool) ([]Event, int, *FormatError) {
	used, n := 0, 0
	for n < len(dst) {
		if d.left == 0 {
			if len(src)-used < 2 {
				break
			}
			d.left = int(binary.LittleEndian.Uint16(src[used:]))
			used += 2
			if d.left%4 != 0 {
				return dst[:n], used, badAt(used-2, "a datagram of %d bytes, want a multiple of 4", d.left)
			}
			continue
		}
		if rest := len(src) - used; rest < min(d.left, 8) {
			if eof {
				return dst[:n], used, truncatedAt(used, "the file breaks off inside a datagram, %d bytes are missing", d.left-rest)
			}
			break
		}
		w := binary.LittleEndian.Uint32(src[used:])
		size := 4
		if w>>31 == 0 && d.left >= 8 { // AEStream's senders may end a datagram with a word whose time is missing
			size = 8
			d.time(binary.LittleEndian.Uint32(src[used+4:]))
		}
		dst[n] = Event{T: d.base + int64(d.last), X: uint16(w >> 16 & 0x7fff), Y: uint16(w & 0x7fff), On: uint8(w >> 15 & 1)}
		n++
		used += size
		d.left -= size
	}
	return dst[:n], used, nil
}

func (d *spif) time(t uint32) {
	if d.timed && t < d.last {
		d.base += turned(d.last, t)
	}
	d.last, d.timed = t, true
}
