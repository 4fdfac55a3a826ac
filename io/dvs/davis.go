package dvs

import (
	"encoding/binary"

	"github.com/livespike/livespike/io/event"
)

var _ = register(model{
	name: "davis346", maker: "inivation", ids: [][2]uint16{{0x152a, 0x841a}, {0x152a, 0x841b}},
	endpoint: 0x82, width: 346, height: 260, settle: 2,
	decoder: func(stats *event.Stats) decoder { return &davis{words: words{stats: stats}} },
})

// davis decodes rows: a row's number, and the columns that changed in it. Images and the inertial sensor are counted.
//
// Source: inivation/libcaer, src/davis.c.
type davis struct {
	words
	y     uint16
	known bool // a row has come
}

func (d *davis) decode(dst []event.Event, b []byte) []event.Event {
	const width, height = 346, 260
	for ; len(b) >= 2; b = b[2:] {
		w := binary.LittleEndian.Uint16(b)
		if d.take(w) {
			continue
		}
		data := w & 0xfff
		switch kind := w >> 12; kind {
		case 1:
			if d.known = data < height; !d.known {
				d.stats.Errors++
			}
			d.y = data
		case 2, 3:
			switch {
			case data >= width:
				d.stats.Errors++
			case !d.known:
				d.stats.Dropped++
			default:
				dst = append(dst, event.Of(d.t, data, d.y, uint8(kind&1)))
			}
		case 4, 5, 6:
			d.stats.Skipped++
		}
	}
	return dst
}
