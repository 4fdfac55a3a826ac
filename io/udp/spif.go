package udp

import (
	"encoding/binary"

	"github.com/livespike/livespike/io/event"
)

var _ = register(layout{
	name: "spif", doc: "SPIF with 32-bit times: two words an event", maxX: 1<<15 - 1, maxY: 1<<15 - 1, maxBytes: 8, short: true,
	decoder: func() decoder { return &spif{} },
	encoder: func() encoder { return &spif{timed: true} },
})

var _ = register(layout{
	name: "spif-untimed", doc: "SPIF without times, one word an event, which is all that AEStream and SpiNNaker receive",
	maxX: 1<<15 - 1, maxY: 1<<15 - 1, maxBytes: 4,
	decoder: func() decoder { return &spif{} },
	encoder: func() encoder { return &spif{} },
})

// spif is words of x<<16 | p<<15 | y; bit 31 says that no time follows. A receiver takes both kinds, mixed.
//
// Source: events.md §4.1; aestream/aestream at a1a695e.
type spif struct {
	timed bool
	clock clock
}

const untimed = 1 << 31

func (s *spif) decode(dst []event.Event, b []byte, now int64) (_ []event.Event, bad int) {
	for len(b) >= 4 {
		w := binary.LittleEndian.Uint32(b)
		b = b[4:]
		t := now
		if w&untimed == 0 && len(b) >= 4 { // AEStream ends datagrams with a word whose time is missing
			t = s.clock.at(binary.LittleEndian.Uint32(b))
			b = b[4:]
		}
		dst = append(dst, event.Event{T: t, X: uint16(w >> 16 & 0x7fff), Y: uint16(w & 0x7fff), On: uint8(w >> 15 & 1)})
	}
	return dst, len(b)
}

func (s *spif) encode(dst []byte, events []event.Event, limit int) ([]byte, int) {
	size, flag := 4, uint32(untimed)
	if s.timed {
		size, flag = 8, 0
	}
	n := max(1, min(len(events), limit/size))
	for i := range events[:n] {
		e := &events[i]
		dst = binary.LittleEndian.AppendUint32(dst, flag|uint32(e.X)<<16|uint32(e.On)<<15|uint32(e.Y))
		if s.timed {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(e.T))
		}
	}
	return dst, n
}
