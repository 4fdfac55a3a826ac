package event

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

var _ = registerFormat(format{
	name:       "evt3",
	doc:        "Prophesee EVT 3.0, 16-bit words with vectors",
	extensions: []string{".raw"},
	magic:      func(head []byte, whole bool) verdict { return evtMagic(head, whole, "evt3") },
	open:       openEVT3,
	create:     createEVT3,
	limits:     limits{maxX: 1<<11 - 1, maxY: 1<<11 - 1},
})

func openEVT3(in *input, o *options, info *Info, stats *Stats) (decoder, error) {
	if _, err := readPSEE(in, info); err != nil {
		return nil, err
	}
	return &evt3{stats: stats, records: o.records}, nil
}

// evt3 is the state between two words; a vector may be cut anywhere by the end of what was read.
//
// Times never go back: where the sensor repeats an older time, or the low part wraps before the high part follows, the
// events keep the latest time that was delivered, and each such word counts as a step back.
//
// Source: events.md §3.5; prophesee-ai/openeb at 0499c95d.
type evt3 struct {
	stats   *Stats
	records *records
	timed   bool  // a TIME_HIGH has been seen
	foreign bool  // the row belongs to another kind of event; its X words are not brightness changes
	loop    int64 // of the 24-bit clock, in microseconds
	high    int64 // in microseconds
	low     int64
	t       int64  // of the next event
	floor   int64  // of the last event
	row     uint64 // y and polarity as an event has them, y<<16 | on<<32
	base    uint64 // x of the next vector
}

const evt3Loop = 1 << 24 // microseconds

// Kinds of words.
const (
	evt3AddrY   = 0x0
	evt3OtherY  = 0x1
	evt3AddrX   = 0x2
	evt3Base    = 0x3
	evt3Vect12  = 0x4
	evt3Vect8   = 0x5
	evt3TimeLow = 0x6
	evt3Cont4   = 0x7
	evt3High    = 0x8
	evt3Trigger = 0xA
	evt3Others  = 0xE
	evt3Cont12  = 0xF
)

func (d *evt3) clone() decoder { c := *d; return &c }

func (d *evt3) decode(dst []Event, src []byte, _ bool) ([]Event, int, *FormatError) {
	words := len(src) / 2
	used := 0
	for used < words && !d.timed {
		d.untimed(binary.LittleEndian.Uint16(src[2*used:]))
		used++
	}
	n, k := d.run(dst, src[2*used:2*words])
	return dst[:n], 2 * (used + k), nil
}

// untimed takes a word before the first TIME_HIGH.
func (d *evt3) untimed(w uint16) {
	switch payload := w & 0xfff; w >> 12 {
	case evt3High:
		d.timed = true
		d.high = int64(payload) << 12
		d.t = d.high
	case evt3AddrX:
		d.stats.Dropped++
	case evt3Vect12:
		d.stats.Dropped += int64(bits.OnesCount16(payload))
	case evt3Vect8:
		d.stats.Dropped += int64(bits.OnesCount16(payload & 0xff))
	case evt3Trigger:
		d.stats.Triggers++
	case 0x9, 0xB, 0xC:
		d.stats.Errors++
	}
}

const (
	evt3Room  = 32                 // events that one turn of the loop may write
	evt3Kinds = 0xf000f000f000f000 // of four words
	evt3Group = evt3Vect8<<60 | evt3Vect12<<44 | evt3Vect12<<28 | evt3Base<<12
)

// run decodes until src is used or dst is nearly full.
func (d *evt3) run(dst []Event, src []byte) (n, used int) {
	if len(src) == 0 || len(dst) < evt3Room {
		return 0, 0
	}
	start := unsafe.Pointer(unsafe.SliceData(dst))
	from := unsafe.Pointer(unsafe.SliceData(src))
	words := len(src) / 2
	room := uintptr(len(dst)-evt3Room) * 16
	var to uintptr // bytes written
	t, row, base := d.t, d.row, d.base
	mark := uintptr(0) // what was written when the time last changed
	i := 0
	for i < words && to <= room {
		w := load16(unsafe.Add(from, 2*i))
		i++
		payload := uint64(w & 0xfff)
		switch w >> 12 {
		case evt3AddrX:
			if d.foreign {
				d.stats.Skipped++
				continue
			}
			e := (*Event)(unsafe.Add(start, to))
			e.T = t
			store64(unsafe.Pointer(&e.X), payload&0x7ff|row&0xffff0000|payload>>11<<32)
			to += 16
		case evt3AddrY:
			row = row&(1<<32) | payload&0x7ff<<16
			d.foreign = false
		case evt3Base:
			base = payload & 0x7ff
			row = row&0xffff0000 | payload>>11<<32
			if i+3 > words {
				continue
			}
			// Sensors send a base and three vectors; one look at all four saves three guesses of the branch predictor.
			four := load64(unsafe.Add(from, 2*(i-1)))
			if four&evt3Kinds != evt3Group || d.foreign {
				continue
			}
			i += 3
			mask := uint32(four>>16&0xfff | four>>32&0xfff<<12 | four>>48<<24)
			to = evt3Emit(start, to, t, row|base, mask)
			base += 32
		case evt3Vect12:
			if d.foreign {
				d.stats.Skipped++
				continue
			}
			to = evt3Emit(start, to, t, row|base&0xfff, uint32(payload))
			base += 12
		case evt3Vect8:
			if d.foreign {
				d.stats.Skipped++
				continue
			}
			to = evt3Emit(start, to, t, row|base&0xfff, uint32(payload&0xff))
			base += 8
		case evt3TimeLow:
			if to != mark {
				d.floor, mark = t, to
			}
			d.low = int64(payload)
			t = d.time()
		case evt3High:
			if to != mark {
				d.floor, mark = t, to
			}
			d.setHigh(int64(payload) << 12)
			t = d.time()
		default:
			d.other(w)
		}
	}
	if to != mark {
		d.floor = t
	}
	d.t, d.row, d.base = t, row, base
	return int(to / 16), i
}

// evt3Emit writes an event for each bit of mask, x counted from the one in word.
func evt3Emit(start unsafe.Pointer, to uintptr, t int64, word uint64, mask uint32) uintptr {
	for mask != 0 {
		e := (*Event)(unsafe.Add(start, to))
		e.T = t
		store64(unsafe.Pointer(&e.X), word+uint64(bits.TrailingZeros32(mask)))
		to += 16
		mask &= mask - 1
	}
	return to
}

func (d *evt3) setHigh(high int64) {
	if d.high >= high+evt3Loop/2 {
		d.loop += evt3Loop
	}
	if high != d.high {
		d.low = 0
	}
	d.high = high
}

// time is the clock, but not earlier than the last event.
func (d *evt3) time() int64 {
	t := d.loop | d.high | d.low
	if t < d.floor {
		d.stats.BackSteps++
		return d.floor
	}
	return t
}

// other takes the words that are no events and no times.
func (d *evt3) other(w uint16) {
	switch w >> 12 {
	case evt3OtherY:
		d.foreign = true
	case evt3Trigger:
		d.stats.Triggers++
		if d.records != nil {
			d.records.add(Trigger{d.loop | d.high | d.low, int(w >> 8 & 15), int(w & 1)})
		}
	case evt3Others, 0xD:
		d.stats.Skipped++
	case evt3Cont4, evt3Cont12:
	default:
		d.stats.Errors++
	}
}

// EVT3 decodes a stream of EVT 3 that has no header, such as a camera sends.
type EVT3 struct{ d evt3 }

// NewEVT3 makes a decoder that counts what is no event in stats.
func NewEVT3(stats *Stats) *EVT3 { return &EVT3{evt3{stats: stats}} }

// Append decodes whole words, which may end anywhere in a vector, and appends their events to dst.
func (e *EVT3) Append(dst []Event, words []byte) []Event {
	for len(words) >= 2 {
		if cap(dst)-len(dst) < evt3Room {
			dst = append(dst, make([]Event, batchEvents)...)[:len(dst)]
		}
		got, used, _ := e.d.decode(dst[len(dst):cap(dst)], words, false)
		dst, words = dst[:len(dst)+len(got)], words[used:]
	}
	return dst
}

// String is the time that the decoder has come to.
func (e *EVT3) String() string { return Time(e.d.t).String() }
