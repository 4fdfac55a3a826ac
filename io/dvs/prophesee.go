package dvs

import "github.com/livespike/livespike/io/event"

var _ = register(model{
	name: "evk4", maker: "prophesee", ids: [][2]uint16{{0x04b4, 0x00f4}, {0x04b4, 0x00f5}, {0x31f7, 0x0003}, {0x1409, 0x8e00}},
	endpoint: 0x81, width: 1280, height: 720, settle: 2,
	decoder: func(stats *event.Stats) decoder { return evk4{event.NewEVT3(stats)} },
})

// evk4 is EVT 3 as files have it.
type evk4 struct{ words *event.EVT3 }

func (d evk4) decode(dst []event.Event, b []byte) []event.Event { return d.words.Append(dst, b) }
