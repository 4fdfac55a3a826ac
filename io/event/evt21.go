package event

import (
	"encoding/binary"
	"math/bits"
)

var _ = registerFormat(format{
	name:       "evt21",
	doc:        "Prophesee EVT 2.1, 64-bit words with vectors of 32 pixels, little endian and legacy",
	extensions: []string{".raw"},
	magic:      func(head []byte, whole bool) verdict { return evtMagic(head, whole, "evt21") },
	open:       openEVT21,
	limits:     limits{maxX: 1<<11 - 1, maxY: 1<<11 - 1},
})

func openEVT21(in *input, o *options, info *Info, stats *Stats) (decoder, error) {
	h, err := readPSEE(in, info)
	if err != nil {
		return nil, err
	}
	d := &evt21{stats: stats, records: o.records}
	if h.legacy {
		d.swap = 32
	}
	return d, nil
}

// evt21 is the state between two words.
//
// Source: events.md §3.4; prophesee-ai/openeb at 0499c95d.
type evt21 struct {
	stats   *Stats
	records *records
	swap    int // bits to rotate a word by
	high    int64
	first   int64 // the first TIME_HIGH
	timed   bool
	follow  bool // inside an OTHERS record
}

func (d *evt21) clone() decoder { c := *d; return &c }

func (d *evt21) decode(dst []Event, src []byte, _ bool) ([]Event, int, *FormatError) {
	used, n := 0, 0
	for ; len(src)-used >= 8 && len(dst)-n >= 32; used += 8 {
		w := bits.RotateLeft64(binary.LittleEndian.Uint64(src[used:]), d.swap)
		kind := w >> 60
		if kind > 1 {
			d.word(w)
			continue
		}
		d.follow = false
		mask := uint32(w)
		if !d.timed {
			d.stats.Dropped += int64(bits.OnesCount32(mask))
			continue
		}
		e := Event{T: d.high | int64(w>>54&63), Y: uint16(w >> 32 & 0x7ff), On: uint8(kind)}
		x := uint16(w >> 43 & 0x7ff)
		for ; mask != 0; mask &= mask - 1 {
			e.X = x + uint16(bits.TrailingZeros32(mask))
			dst[n] = e
			n++
		}
	}
	return dst[:n], used, nil
}

// word takes a word that holds no events.
func (d *evt21) word(w uint64) {
	kind := w >> 60
	switch kind {
	case 8:
		t := int64(w>>32&(1<<28-1)) << 6
		if !d.timed {
			d.first = t
		}
		d.high, d.timed = evt2High(d.high, d.timed, t), true
	case 0xA:
		d.stats.Triggers++
		if d.records != nil && d.timed {
			d.records.add(Trigger{d.high | int64(w>>54&63), int(w >> 40 & 31), int(w >> 32 & 1)})
		}
	case 0xD, 0xE:
		d.stats.Skipped++
	case 0xF:
		if !d.follow {
			d.stats.Errors++
		}
	default:
		d.stats.Errors++
	}
	d.follow = kind == 0xE || kind == 0xF && d.follow
}
