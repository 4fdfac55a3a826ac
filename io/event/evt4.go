package event

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

var _ = registerFormat(format{
	name:       "evt4",
	doc:        "Prophesee EVT 4.0, 32-bit words with vectors of 32 pixels",
	extensions: []string{".raw"},
	magic:      func(head []byte, whole bool) verdict { return evtMagic(head, whole, "evt4") },
	open:       openEVT4,
	limits:     limits{maxX: 1<<11 - 1, maxY: 1<<11 - 1},
})

func openEVT4(in *input, o *options, info *Info, stats *Stats) (decoder, error) {
	if _, err := readPSEE(in, info); err != nil {
		return nil, err
	}
	return &evt4{stats: stats, records: o.records}, nil
}

// evt4 is the state between two words. Events are laid out as those of EVT 2, under other types; a vector's word says
// where its first pixel is, and the word behind it which of 32 pixels changed.
//
// Source: prophesee-ai/openeb at 71fa5fe5, hal/cpp/include/metavision/hal/decoders/evt4.
type evt4 struct {
	stats   *Stats
	records *records
	high    int64 // time of the last TIME_HIGH with the loops, in microseconds
	timed   bool  // a TIME_HIGH has been seen
	follow  bool  // inside an OTHER record
}

// Kinds of words.
const (
	evt4Other     = 0x6
	evt4Continued = 0x7
	evt4Trigger   = 0x9
	evt4Off       = 0xA
	evt4On        = 0xB
	evt4VectOff   = 0xC
	evt4VectOn    = 0xD
	evt4High      = 0xE
	evt4Padding   = 0xF
)

func (d *evt4) clone() decoder { c := *d; return &c }

func (d *evt4) decode(dst []Event, src []byte, _ bool) ([]Event, int, *FormatError) {
	words := len(src) / 4
	used, n := 0, 0
	for used < words && len(dst)-n >= 32 {
		if d.timed {
			k := min(words-used, len(dst)-n)
			k = evt4Run(dst[n:n+k], src[4*used:4*(used+k)], d.high)
			if k > 0 {
				d.follow = false
			}
			if n, used = n+k, used+k; used == words || len(dst)-n < 32 {
				break
			}
		}
		w := binary.LittleEndian.Uint32(src[4*used:])
		if kind := w >> 28; kind != evt4VectOff && kind != evt4VectOn {
			d.word(w)
			used++
			continue
		}
		if used+1 == words {
			break // the mask is to come
		}
		d.follow = false
		mask := binary.LittleEndian.Uint32(src[4*used+4:])
		used += 2
		if !d.timed {
			d.stats.Dropped += int64(bits.OnesCount32(mask))
			continue
		}
		e := Event{T: d.high | int64(w>>22&63), Y: uint16(w & 0x7ff), On: uint8(w >> 28 & 1)}
		x := uint16(w >> 11 & 0x7ff)
		for ; mask != 0; mask &= mask - 1 {
			e.X = x + uint16(bits.TrailingZeros32(mask))
			dst[n] = e
			n++
		}
	}
	return dst[:n], 4 * used, nil
}

// evt4Run decodes words up to the first that is no single event, and returns how many. dst has room for all of src.
func evt4Run(dst []Event, src []byte, high int64) int {
	n := len(dst)
	if n == 0 {
		return 0
	}
	_ = src[4*n-1]
	from, to := unsafe.Pointer(unsafe.SliceData(src)), unsafe.Pointer(unsafe.SliceData(dst))
	for i := 0; i < n; i++ {
		w := load32(unsafe.Add(from, 4*i))
		if w>>29 != evt4Off>>1 {
			return i
		}
		e := (*Event)(unsafe.Add(to, 16*i))
		e.T = high | int64(w>>22&63)
		store64(unsafe.Pointer(&e.X), uint64(w>>11&0x7ff)|uint64(w&0x7ff)<<16|uint64(w>>28&1)<<32)
	}
	return n
}

// word takes a word that is neither an event nor part of a vector.
func (d *evt4) word(w uint32) {
	kind := w >> 28
	switch kind {
	case evt4Off, evt4On:
		d.stats.Dropped++ // before the first TIME_HIGH
	case evt4High:
		d.high, d.timed = evt2High(d.high, d.timed, int64(w&(1<<28-1))<<6), true
	case evt4Trigger:
		d.stats.Triggers++
		if d.records != nil && d.timed {
			d.records.add(Trigger{d.high | int64(w>>22&63), int(w >> 8 & 31), int(w & 1)})
		}
	case evt4Other:
		d.stats.Skipped++
	case evt4Continued:
		if !d.follow {
			d.stats.Errors++
		}
	case evt4Padding:
	default:
		d.stats.Errors++
	}
	d.follow = kind == evt4Other || kind == evt4Continued && d.follow
}
