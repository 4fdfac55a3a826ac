package event

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"runtime/debug"
)

// Parallel decodes a recording in a file on n goroutines. The events come in the same order, with the same counts and
// the same error at the end. It helps with AEDAT 4, CSV, DAT, EVT 2, EVT 2.1 and EVT 3; what cannot be cut into pieces,
// pipes and files behind gzip or zstd are decoded as without it.
func Parallel(n int) Option {
	if n < 1 || n > 256 {
		panic(fmt.Sprintf("event.Parallel: %d goroutines, want 1 to 256", n))
	}
	return Option{fmt.Sprintf("Parallel(%d)", n), func(o *options) { o.parallel = n }}
}

// splitter is a decoder whose input can be cut into pieces.
type splitter interface {
	decoder
	cloner
	// split is where the first piece of src ends: want bytes on or later, where a decoder that knows nothing can begin;
	// len(src) when there is no such place. It is 0 when src cannot be cut at all.
	split(src []byte, want int) int
	// fork is a decoder of its own for pieces, which counts in stats.
	fork(stats *Stats) (splitter, error)
	// restart forgets the piece before.
	restart()
	// continues corrects the times of a piece, which began its clock anew, by the state at the end of the one before; false
	// when that state leads to other events, so that the piece has to be decoded again.
	continues(before decoder, events []Event) bool
	// resume takes the state of the piece before, which continues has refused.
	resume(before decoder)
}

// pieceBytes is how much one goroutine decodes at a time. Only tests change it.
var pieceBytes = 1 << 20

// parallel is a file whose pieces are decoded at the same time.
type parallel struct {
	file   *fileSource // whose window is the whole file
	dec    splitter
	data   []byte // what no piece has
	at     int64  // of data
	before decoder
	queue  []*piece
	front  *piece // the one that Next decodes further, or nil
	idle   []*piece
	now    []Event // of the front piece, what has not been delivered
	room   int
	stats  Stats
	stop   error // why there are no more pieces; nil at the end of the file
	end    error
}

// piece is a part of a file on its way through a goroutine.
type piece struct {
	dec    splitter
	stats  Stats
	src    []byte
	offset int64
	last   bool
	left   []byte // of src, what has not been decoded
	events []Event
	err    error
	done   chan struct{}
}

// newParallel takes over a mapped file, or returns nil for one that is not worth it or cannot be cut.
func newParallel(file *fileSource, o *options) *parallel {
	dec, ok := file.dec.(splitter)
	data := file.in.window()
	if !ok || o.parallel < 2 || o.records != nil || len(data) < 2*pieceBytes || dec.split(data, pieceBytes) == 0 {
		return nil
	}
	p := &parallel{file: file, dec: dec, data: data, at: file.in.offset, before: dec.clone(), room: o.parallel, stats: file.stats}
	p.stats.Bytes = file.in.offset
	return p
}

func (p *parallel) Info() Info { return p.file.info }

func (p *parallel) Stats() Stats { return p.stats }

func (p *parallel) Next() ([]Event, error) {
	for len(p.now) == 0 {
		if p.end != nil {
			return nil, p.end
		}
		if err := p.start(); err != nil {
			p.data, p.stop = nil, err // behind the pieces that have been started
		}
		p.finish()
	}
	batch := p.now[:min(len(p.now), batchEvents)]
	p.now = p.now[len(batch):]
	return batch, nil
}

// start gives pieces to goroutines as long as there are both.
func (p *parallel) start() (err error) {
	defer fault(debug.SetPanicOnFault(true), p.file.in.name, &err)
	for len(p.queue) < p.room && len(p.data) > 0 {
		var one *piece
		if n := len(p.idle); n > 0 {
			one, p.idle = p.idle[n-1], p.idle[:n-1]
		} else {
			one = &piece{done: make(chan struct{}, 1)}
			if one.dec, err = p.dec.fork(&one.stats); err != nil {
				return err
			}
		}
		n := p.dec.split(p.data, pieceBytes)
		one.src, one.offset, one.last = p.data[:n], p.at, n == len(p.data)
		p.data, p.at = p.data[n:], p.at+int64(n)
		p.queue = append(p.queue, one)
		go one.run(p.file.in.name)
	}
	return nil
}

// finish waits for the front piece.
func (p *parallel) finish() {
	one := p.front
	switch {
	case one != nil:
		one.further(p.file.in.name)
	case len(p.queue) == 0:
		if p.end = p.stop; p.end == nil {
			p.end = io.EOF
		}
		return
	default:
		one = p.queue[0]
		<-one.done
		p.queue = p.queue[:copy(p.queue, p.queue[1:])]
		if !one.dec.continues(p.before, one.events) {
			one.dec.resume(p.before)
			one.decode(p.file.in.name)
		}
	}
	p.now = one.events
	p.stats.add(one.stats)
	if p.front = nil; len(one.left) > 0 && one.err == nil {
		p.front = one
		return
	}
	p.before = one.dec.clone()
	p.end = one.err
	// Its memory is used again when the batches of it have been delivered, which is when the next one starts.
	p.idle = append(p.idle, one)
}

// run decodes the piece without the one before.
func (one *piece) run(file string) {
	defer func() { one.done <- struct{}{} }()
	one.dec.restart()
	one.decode(file)
}

func (one *piece) decode(file string) {
	one.left = one.src
	one.further(file)
}

// further decodes what is left of the piece, or so much of it that a file without places to cut does not fill the memory
// with its events.
func (one *piece) further(file string) {
	defer fault(debug.SetPanicOnFault(true), file, &one.err)
	one.stats, one.err, one.events = Stats{}, nil, one.events[:0] // what a fault leaves is not that of another piece
	events, src := one.events, one.left
	for len(events) < 8*pieceBytes {
		if cap(events)-len(events) < batchEvents {
			events = append(events, make([]Event, batchEvents)...)[:len(events)]
		}
		room := events[len(events):cap(events)]
		got, used, bad := one.dec.decode(room, src, one.last)
		if n := len(got); n > 0 && &got[0] == &room[0] {
			events = events[:len(events)+n]
		} else {
			events = append(events, got...)
		}
		one.events = events
		at := one.offset + int64(len(one.src)-len(src))
		src = src[used:]
		if bad != nil {
			bad.File = file
			if bad.Offset >= 0 {
				bad.Offset += at
			}
			one.err = bad
			break
		}
		if len(got) == 0 && used == 0 {
			if len(src) > 0 {
				e := truncatedAt(0, "the file breaks off inside a record, %d bytes are left", len(src))
				e.File, e.Offset = file, at
				one.err = e
			}
			break
		}
	}
	one.stats.Bytes = int64(len(one.left) - len(src))
	one.left = src
}

// Close waits for the goroutines, which read the file.
func (p *parallel) Close() error {
	for _, one := range p.queue {
		<-one.done
	}
	p.queue, p.data, p.now = nil, nil, nil
	if p.end == nil {
		p.end = ErrClosed
	}
	return p.file.Close()
}

func (d *csv) split(src []byte, want int) int {
	if want >= len(src) {
		return len(src)
	}
	n := bytes.IndexByte(src[want:], d.end)
	if n < 0 {
		return len(src)
	}
	return want + n + 1
}

func (d *csv) fork(stats *Stats) (splitter, error) {
	return &csv{csvDialect: d.csvDialect, stats: stats}, nil
}

func (d *csv) restart() {}

func (d *csv) continues(decoder, []Event) bool { return true }

func (d *csv) resume(decoder) {}

func (d *dat) split(src []byte, want int) int {
	if !d.events() {
		return 0
	}
	if n := want / d.size * d.size; n < len(src) {
		return n
	}
	return len(src)
}

func (d *dat) fork(stats *Stats) (splitter, error) {
	c := *d
	c.stats = stats
	return &c, nil
}

func (d *dat) restart() { d.base, d.last = 0, 0 }

func (d *dat) continues(before decoder, events []Event) bool {
	b := before.(*dat)
	if len(events) == 0 {
		d.base, d.last = b.base, b.last
		return true
	}
	off := b.base
	if t := uint32(events[0].T); t < b.last {
		off += turned(b.last, t)
	}
	d.base += off
	later(events, off)
	return true
}

func (d *dat) resume(decoder) {}

// later adds to the times of events.
func later(events []Event, off int64) {
	if off == 0 {
		return
	}
	for i := range events {
		events[i].T += off
	}
}

// split cuts in front of a TIME_HIGH.
func (d *evt2) split(src []byte, want int) int {
	for n := want &^ 3; n+4 <= len(src); n += 4 {
		if binary.LittleEndian.Uint32(src[n:])>>28 == 8 {
			return n
		}
	}
	return len(src)
}

func (d *evt2) fork(stats *Stats) (splitter, error) { return &evt2{stats: stats}, nil }

func (d *evt2) restart() { *d = evt2{stats: d.stats} }

func (d *evt2) continues(before decoder, events []Event) bool {
	b := before.(*evt2)
	return evt2Continues(&d.high, &d.timed, d.first, b.high, b.timed, events)
}

func (d *evt2) resume(decoder) {}

// evt2Continues corrects a piece that began with the TIME_HIGH first, if any, and has come to high.
func evt2Continues(high *int64, timed *bool, first, before int64, beforeTimed bool, events []Event) bool {
	if !*timed {
		*high, *timed = before, beforeTimed
		return true
	}
	off := evt2High(before, beforeTimed, first) - first
	*high += off
	later(events, off)
	return true
}

// split cuts in front of a TIME_HIGH.
func (d *evt21) split(src []byte, want int) int {
	for n := want &^ 7; n+8 <= len(src); n += 8 {
		if bits.RotateLeft64(binary.LittleEndian.Uint64(src[n:]), d.swap)>>60 == 8 {
			return n
		}
	}
	return len(src)
}

func (d *evt21) fork(stats *Stats) (splitter, error) {
	return &evt21{stats: stats, swap: d.swap}, nil
}

func (d *evt21) restart() { *d = evt21{stats: d.stats, swap: d.swap} }

func (d *evt21) continues(before decoder, events []Event) bool {
	b := before.(*evt21)
	return evt2Continues(&d.high, &d.timed, d.first, b.high, b.timed, events)
}

func (d *evt21) resume(decoder) {}

// split cuts in front of a TIME_HIGH that is another than the one before, which makes the low part 0, and behind which a
// row comes before its events.
func (d *evt3) split(src []byte, want int) int {
	last := -1
	for n := want &^ 1; n+2 <= len(src); n += 2 {
		w := int(binary.LittleEndian.Uint16(src[n:]))
		if w>>12 != evt3High {
			continue
		}
		if last >= 0 && w != last && evt3RowNext(src[n:]) {
			return n
		}
		last = w
	}
	return len(src)
}

// evt3RowNext is whether an ADDR_Y is the first word that is no time.
func evt3RowNext(src []byte) bool {
	for ; len(src) >= 2; src = src[2:] {
		switch binary.LittleEndian.Uint16(src) >> 12 {
		case evt3High, evt3TimeLow:
		case evt3AddrY:
			return true
		default:
			return false
		}
	}
	return false
}

func (d *evt3) fork(stats *Stats) (splitter, error) { return &evt3{stats: stats}, nil }

func (d *evt3) restart() { *d = evt3{stats: d.stats, base: evt3NoBase} }

// continues refuses a piece whose vectors need the base of the one before, or whose clock begins behind it.
func (d *evt3) continues(before decoder, events []Event) bool {
	b := *before.(*evt3)
	if !d.timed { // the first piece of all, which may have no time
		d.resume(before)
		return true
	}
	off := int64(0)
	if b.timed {
		b.setHigh(d.first)
		off = b.loop
	}
	if d.blind || d.first+off < b.floor {
		return false
	}
	if d.base >= evt3NoBase {
		d.base, d.on = b.base, b.on
	}
	if d.floor += off; len(events) == 0 {
		d.floor = b.floor
	}
	d.loop += off
	d.t += off
	later(events, off)
	return true
}

func (d *evt3) resume(before decoder) {
	stats := d.stats
	*d = *before.(*evt3)
	d.stats = stats
}

// split cuts between two packets. A recording of several streams of events, or one that does not say how many it has, is
// not cut: its first packet says which one is delivered.
func (d *aedat4) split(src []byte, want int) int {
	streams := 0
	for _, s := range d.header.streams {
		if s.kind == "EVTS" {
			streams++
		}
	}
	if streams != 1 {
		return 0
	}
	for n := 0; ; {
		rest := src[n:]
		if n >= want && len(rest) >= 12 && !isTable(rest) {
			return n
		}
		if len(rest) < 12 || isTable(rest) {
			return len(src)
		}
		size := int64(int32(binary.LittleEndian.Uint32(rest[4:])))
		if size < 0 || size > int64(len(rest)-8) {
			return len(src)
		}
		n += 8 + int(size)
	}
}

func (d *aedat4) fork(stats *Stats) (splitter, error) {
	c := &aedat4{stats: stats, header: d.header, stream: -1}
	return c, c.codec.init(d.header.compression)
}

func (d *aedat4) restart() { d.ended = false }

func (d *aedat4) continues(decoder, []Event) bool { return true }

func (d *aedat4) resume(decoder) {}
