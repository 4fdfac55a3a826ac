package event

import (
	"encoding/binary"
	"unsafe"
)

var _ = registerFormat(format{
	name:       "evt2",
	doc:        "Prophesee EVT 2.0, 32-bit words",
	extensions: []string{".raw"},
	magic:      func(head []byte, whole bool) verdict { return evtMagic(head, whole, "evt2") },
	open:       openEVT2,
	create:     createEVT2,
	limits:     limits{maxX: 1<<11 - 1, maxY: 1<<11 - 1},
})

func openEVT2(in *input, o *options, info *Info, stats *Stats) (decoder, error) {
	if _, err := readPSEE(in, info); err != nil {
		return nil, err
	}
	return &evt2{stats: stats, records: o.records}, nil
}

// evt2 is the state between two words.
//
// Source: events.md §3.3; prophesee-ai/openeb at 0499c95d.
type evt2 struct {
	stats   *Stats
	records *records
	high    int64 // time of the last TIME_HIGH with the loops, in microseconds
	first   int64 // the first TIME_HIGH
	timed   bool  // a TIME_HIGH has been seen
	follow  bool  // inside an OTHERS record
}

const evt2Loop = 1 << 34 // microseconds

func (d *evt2) clone() decoder { c := *d; return &c }

func (d *evt2) decode(dst []Event, src []byte, _ bool) ([]Event, int, *FormatError) {
	words := len(src) / 4
	if words == 0 || len(dst) == 0 {
		return nil, 0, nil
	}
	used, n := 0, 0
	for used < words && n < len(dst) {
		if d.timed {
			k := min(words-used, len(dst)-n)
			k = evt2Run(dst[n:n+k], src[4*used:4*(used+k)], d.high)
			n, used = n+k, used+k
			if used == words || n == len(dst) {
				break
			}
		}
		d.word(binary.LittleEndian.Uint32(src[4*used:]))
		used++
	}
	return dst[:n], 4 * used, nil
}

// evt2Run decodes words up to the first that is no event, and returns how many. dst has room for all of src.
func evt2Run(dst []Event, src []byte, high int64) int {
	n := len(dst)
	if n == 0 {
		return 0
	}
	_ = src[4*n-1]
	from, to := unsafe.Pointer(unsafe.SliceData(src)), unsafe.Pointer(unsafe.SliceData(dst))
	for i := 0; i < n; i++ {
		w := load32(unsafe.Add(from, 4*i))
		if w >= 2<<28 {
			return i
		}
		e := (*Event)(unsafe.Add(to, 16*i))
		e.T = high | int64(w>>22&63)
		store64(unsafe.Pointer(&e.X), uint64(w>>11&0x7ff)|uint64(w&0x7ff)<<16|uint64(w>>28)<<32)
	}
	return n
}

// word takes a word that evt2Run does not.
func (d *evt2) word(w uint32) {
	kind := w >> 28
	switch kind {
	case 0, 1:
		d.stats.Dropped++ // before the first TIME_HIGH
	case 8:
		d.setHigh(int64(w&(1<<28-1)) << 6)
	case 0xA:
		d.stats.Triggers++
		if d.records != nil && d.timed {
			d.records.add(Trigger{d.high | int64(w>>22&63), int(w >> 8 & 31), int(w & 1)})
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

func (d *evt2) setHigh(t int64) {
	if !d.timed {
		d.first = t
	}
	d.high, d.timed = evt2High(d.high, d.timed, t), true
}

// evt2High is the time t of a TIME_HIGH with the loops of the 34-bit clock, which last had come to high.
func evt2High(high int64, timed bool, t int64) int64 {
	if timed {
		t += high &^ (evt2Loop - 1)
		if high-t > evt2Loop/2 {
			t += evt2Loop
		}
	}
	return t
}
