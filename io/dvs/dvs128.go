package dvs

import (
	"encoding/binary"
	"errors"

	"github.com/livespike/livespike/io/event"
)

var _ = register(model{
	name: "dvs128", maker: "inivation", ids: [][2]uint16{{0x152a, 0x8400}},
	endpoint: 0x86, width: 128, height: 128, lowerLeft: true, settle: 4,
	start: dvs128Start, stop: dvs128Stop,
	decoder: func(stats *event.Stats) decoder { return &dvs128{stats: stats} },
})

// dvs128 decodes records of an address and a time of 14 bits.
//
// Source: inivation/libcaer, src/dvs128.c.
type dvs128 struct {
	stats  *event.Stats
	offset int64 // µs
	last   int64
}

func (d *dvs128) decode(dst []event.Event, b []byte) []event.Event {
	for ; len(b) >= 4; b = b[4:] {
		switch address := binary.LittleEndian.Uint16(b); {
		case b[3]&0x80 != 0:
			d.offset += 1 << 14
		case b[3]&0x40 != 0: // the clock begins anew
			d.offset, d.last = 0, 0
		case address&0x8000 != 0:
			d.stats.Triggers++
		default:
			t := d.offset + int64(binary.LittleEndian.Uint16(b[2:])&0x3fff)
			if t < d.last {
				d.stats.BackSteps++
			}
			d.last = t
			dst = append(dst, event.Of(t, address>>1&0x7f, address>>8&0x7f, uint8(address&1)))
		}
	}
	return dst
}

// dvs128Biases are libcaer's, three bytes each, the first one worth most.
var dvs128Biases = [...]uint32{1992, 1108364, 16777215, 8159221, 132, 309590, 969, 16777215, 209996, 13125, 271, 217}

func dvs128Start(d Device) error {
	var biases []byte
	for _, v := range dvs128Biases {
		biases = append(biases, byte(v>>16), byte(v>>8), byte(v))
	}
	if err := d.Control(0x40, 0xb8, 0, 0, biases); err != nil {
		return err
	}
	return errors.Join(d.Control(0x40, 0xbb, 0, 0, nil), d.Control(0x40, 0xb3, 0, 0, nil)) // the clock, the transfers
}

func dvs128Stop(d Device) error { return d.Control(0x40, 0xb4, 0, 0, nil) }
