package udp

import (
	"encoding/binary"

	"github.com/livespike/livespike/io/event"
)

var _ = register(layout{
	name: "t64_x16_y16_on8", doc: "faery's records of 13 bytes, with whole times", maxX: 1<<16 - 1, maxY: 1<<16 - 1, maxBytes: 13,
	decoder: func() decoder { return faery64{} },
	encoder: func() encoder { return faery64{} },
})

var _ = register(layout{
	name: "t32_x16_y15_on1", doc: "faery's records of 8 bytes, with 32-bit times", maxX: 1<<16 - 1, maxY: 1<<15 - 1, maxBytes: 8, short: true,
	decoder: func() decoder { return &faery32{} },
	encoder: func() encoder { return &faery32{} },
})

// faery64 is u64 t, u16 x, u16 y, u8 on.
//
// Source: events.md §4.2; aestream/faery at e701fd0a.
type faery64 struct{}

func (faery64) decode(dst []event.Event, b []byte, _ int64) (_ []event.Event, bad int) {
	for ; len(b) >= 13; b = b[13:] {
		dst = append(dst, event.Of(int64(binary.LittleEndian.Uint64(b)), binary.LittleEndian.Uint16(b[8:]), binary.LittleEndian.Uint16(b[10:]), b[12]))
	}
	return dst, len(b)
}

func (faery64) encode(dst []byte, events []event.Event, limit int) ([]byte, int) {
	n := max(1, min(len(events), limit/13))
	for i := range events[:n] {
		e := &events[i]
		dst = binary.LittleEndian.AppendUint64(dst, uint64(e.T))
		dst = binary.LittleEndian.AppendUint16(dst, e.X)
		dst = append(binary.LittleEndian.AppendUint16(dst, e.Y), e.On)
	}
	return dst, n
}

// faery32 is u32 t, u16 x, u16 y<<1 | on.
type faery32 struct{ clock clock }

func (f *faery32) decode(dst []event.Event, b []byte, _ int64) (_ []event.Event, bad int) {
	for ; len(b) >= 8; b = b[8:] {
		t, y := f.clock.at(binary.LittleEndian.Uint32(b)), binary.LittleEndian.Uint16(b[6:])
		dst = append(dst, event.Event{T: t, X: binary.LittleEndian.Uint16(b[4:]), Y: y >> 1, On: uint8(y & 1)})
	}
	return dst, len(b)
}

func (f *faery32) encode(dst []byte, events []event.Event, limit int) ([]byte, int) {
	n := max(1, min(len(events), limit/8))
	for i := range events[:n] {
		e := &events[i]
		dst = binary.LittleEndian.AppendUint32(dst, uint32(e.T))
		dst = binary.LittleEndian.AppendUint16(dst, e.X)
		dst = binary.LittleEndian.AppendUint16(dst, e.Y<<1|uint16(e.On))
	}
	return dst, n
}
