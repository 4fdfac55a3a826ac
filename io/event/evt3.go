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
	y       uint64 // of the row
	on      uint64 // the polarity of vectors: on<<32
	base    uint64 // x of the next vector; evt3NoBase is added to one that the piece has not said
	first   int64  // the first TIME_HIGH
	blind   bool   // a vector came before its base, or a step back before the first event
}

const (
	evt3Loop   = 1 << 24 // microseconds
	evt3NoBase = 1 << 32
)

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
		d.t, d.first = d.high, d.high
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
	evt3Room  = 36                 // events that one turn of the loop may write
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
	t, y, on, base := d.t, d.y, d.on, d.base
	floor := d.floor
	i := 0
	for i < words && to <= room {
		if !d.foreign && t == d.loop|d.high|d.low {
			var n, k int
			n, k, t, y = evt3Run(dst[to/16:], src[2*i:], t, y)
			if d.low = t & 0xfff; n > 0 {
				to += uintptr(n) * 16
				floor = (*Event)(unsafe.Add(start, to-16)).T
			}
			if i += k; i == words || to > room {
				break
			}
		}
		w := load16(unsafe.Add(from, 2*i))
		i++
		payload := uint64(w & 0xfff)
		switch kind := w >> 12; kind {
		case evt3Base:
			base, on = payload&0x7ff, payload>>11<<32
			if i+3 > words {
				continue
			}
			// Sensors send a base and three vectors; one look at all four saves three guesses of the branch predictor.
			four := load64(unsafe.Add(from, 2*(i-1)))
			if four&evt3Kinds != evt3Group || d.foreign {
				continue
			}
			i += 3
			to, floor = evt3Emit(start, to, t, floor, y<<16|on|base, uint32(four>>16&0xfff|four>>32&0xfff<<12|four>>48<<24))
			base += 32
		case evt3Vect12, evt3Vect8:
			if d.foreign {
				d.stats.Skipped++
				continue
			}
			d.blind = d.blind || base >= evt3NoBase
			size := uint64(12)
			if kind == evt3Vect8 {
				size = 8
			}
			to, floor = evt3Emit(start, to, t, floor, y<<16|on|base&0xfff, uint32(payload&(1<<size-1)))
			base += size
		case evt3AddrY:
			y = payload & 0x7ff
			d.foreign = false
		case evt3AddrX:
			if d.foreign {
				d.stats.Skipped++
				continue
			}
			to, floor = evt3Emit(start, to, t, floor, payload&0x7ff|y<<16|payload>>11<<32, 1)
		case evt3TimeLow:
			d.low, d.floor = int64(payload), floor
			t = d.time()
		case evt3High:
			before := d.loop | d.high
			d.floor = floor
			d.setHigh(int64(payload) << 12)
			t = d.time()
			d.blind = d.blind || floor == 0 && d.loop|d.high < before
		default:
			d.other(w)
		}
	}
	d.t, d.y, d.on, d.base = t, y, on, base
	d.floor = floor
	return int(to / 16), i
}

// evt3Run decodes rows, single events and low times up to another word, a step back or the end of src or dst. They come in
// an order that no predictor of branches knows, so that none of them is a branch: an event is written whatever the word
// is, and kept if it was one. The time is t, its lower 12 bits those of the last low time.
func evt3Run(dst []Event, src []byte, t int64, y uint64) (n, used int, _ int64, _ uint64) {
	from, to := unsafe.Pointer(unsafe.SliceData(src)), unsafe.Pointer(unsafe.SliceData(dst))
	words := min(len(src)/2, len(dst))
	at := uintptr(0)
	i := 0
	for ; i < words; i++ {
		w := uint64(load16(unsafe.Add(from, 2*i)))
		k := &evt3Kind[w>>12&15]
		next := t ^ (t^int64(w))&k.low
		if next < t|k.other {
			break
		}
		t = next
		y ^= (y ^ w) & k.row
		e := (*Event)(unsafe.Add(to, at))
		e.T = t
		store64(unsafe.Pointer(&e.X), w&0x7ff|w&0x800<<21|y<<16)
		at += k.step
	}
	return int(at / 16), i, t, y
}

// evt3Kind says what a kind of word changes: the low time, the row, and how far an event moves on what is written.
var evt3Kind = func() (kinds [16]struct {
	low   int64
	row   uint64
	step  uintptr
	other int64 // later than every time: the word is none of the three
},
) {
	for i := range kinds {
		kinds[i].other = 1<<63 - 1
	}
	kinds[evt3AddrY].other, kinds[evt3AddrY].row = 0, 0x7ff
	kinds[evt3AddrX].other, kinds[evt3AddrX].step = 0, 16
	kinds[evt3TimeLow].other, kinds[evt3TimeLow].low = 0, 0xfff
	return kinds
}()

// evt3Emit writes an event for each bit of mask, x counted from the one in word. Four are written at a time, the last ones
// for nothing, because how many there are is hard to predict.
func evt3Emit(start unsafe.Pointer, to uintptr, t, floor int64, word uint64, mask uint32) (uintptr, int64) {
	if mask == 0 {
		return to, floor
	}
	end := to + uintptr(bits.OnesCount32(mask))*16
	for ; to < end; to += 64 {
		p := unsafe.Add(start, to)
		evt3Put(p, t, word, mask)
		mask &= mask - 1
		evt3Put(unsafe.Add(p, 16), t, word, mask)
		mask &= mask - 1
		evt3Put(unsafe.Add(p, 32), t, word, mask)
		mask &= mask - 1
		evt3Put(unsafe.Add(p, 48), t, word, mask)
		mask &= mask - 1
	}
	return end, t
}

// evt3Put writes the event of the lowest bit.
func evt3Put(to unsafe.Pointer, t int64, word uint64, mask uint32) {
	e := (*Event)(to)
	e.T = t
	store64(unsafe.Pointer(&e.X), word+uint64(bits.TrailingZeros32(mask)))
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
