package event

import (
	"bytes"
	"encoding/binary"
	"strings"
)

var _ = registerFormat(format{
	name:       "aedat2",
	doc:        "jAER AEDAT 1.0 and 2.0, of DVS128 and DAVIS",
	extensions: []string{".aedat", ".dat"},
	magic: func(head []byte, _ bool) verdict {
		if bytes.HasPrefix(head, []byte("#!AER-DAT1")) || bytes.HasPrefix(head, []byte("#!AER-DAT2")) {
			return certain
		}
		return no
	},
	open:   openAEDAT2,
	limits: limits{maxX: 1<<10 - 1, maxY: 1<<9 - 1},
})

// openAEDAT2 reads the comments. A file that names no chip is from a DVS128, the only one when that was usual.
func openAEDAT2(in *input, _ *options, info *Info, stats *Stats) (decoder, error) {
	d := &aedat2{stats: stats, size: 8}
	named := ""
	err := comments(in, func(line string) bool {
		if strings.HasPrefix(line, "#!AER-DAT1") {
			d.size = 6
		}
		if rest, ok := strings.CutPrefix(line, "# AEChip:"); ok {
			named = strings.TrimSpace(rest)
		}
		return false
	})
	if err != nil {
		return nil, err
	}
	c := chips[0]
	if named != "" {
		known := false
		if c, known = chipIn(named); !known {
			return nil, in.bad("the chip %s is unknown; known are %s", named, chipNames())
		}
	}
	d.davis = c.davis
	info.Width, info.Height, info.Camera, info.LowerLeft = c.width, c.height, named, true
	return d, nil
}

// aedat2 decodes records of a 32-bit address and a signed 32-bit time, big endian; those of AEDAT 1.0 have 16 bits of
// address.
//
// Source: events.md §3.7; the jAER project's description of its AER-DAT formats.
type aedat2 struct {
	stats *Stats
	size  int
	davis bool
}

func (d *aedat2) clone() decoder { c := *d; return &c }

func (d *aedat2) decode(dst []Event, src []byte, _ bool) ([]Event, int, *FormatError) {
	used, n := 0, 0
	for ; len(src)-used >= d.size && n < len(dst); used += d.size {
		r := src[used : used+d.size]
		address := uint32(binary.BigEndian.Uint16(r[d.size-6:]))
		if d.size == 8 {
			address |= uint32(binary.BigEndian.Uint16(r)) << 16
		}
		t := int64(int32(binary.BigEndian.Uint32(r[d.size-4:])))
		switch {
		case !d.davis && address&0x8000 == 0:
			dst[n] = Event{T: t, X: uint16(address >> 1 & 0x7f), Y: uint16(address >> 8 & 0x7f), On: uint8(address & 1)}
			n++
		case !d.davis:
			d.stats.Triggers++
		case address>>31 == 1:
			d.stats.Skipped++ // brightness and inertial samples
		case address>>10&1 == 1:
			d.stats.Triggers++
		default:
			dst[n] = Event{T: t, X: uint16(address >> 12 & 0x3ff), Y: uint16(address >> 22 & 0x1ff), On: uint8(address >> 11 & 1)}
			n++
		}
	}
	return dst[:n], used, nil
}
