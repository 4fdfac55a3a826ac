package dvs

import (
	"encoding/binary"
	"time"

	"github.com/livespike/livespike/io/event"
)

var _ = register(model{
	name: "dvxplorer", maker: "inivation", ids: [][2]uint16{{0x152a, 0x8419}},
	endpoint: 0x82, width: 640, height: 480, settle: 2,
	start: dvxStart, stop: dvxStop,
	decoder: func(stats *event.Stats) decoder { return &dvx{words: words{stats: stats}} },
})

// dvx decodes columns: a column's number, the places of two groups of eight rows in it, and masks of the groups.
//
// Source: inivation/libcaer, src/dvxplorer.c.
type dvx struct {
	words
	x              uint16
	group1, group2 uint16 // the first rows
}

func (d *dvx) decode(dst []event.Event, b []byte) []event.Event {
	const height = 480
	for ; len(b) >= 2; b = b[2:] {
		w := binary.LittleEndian.Uint16(b)
		if d.take(w) {
			continue
		}
		data := w & 0xfff
		switch w >> 12 {
		case 1:
			d.x = data & 0x3ff
		case 2:
			dst = d.mask(dst, data, d.group2)
		case 3:
			dst = d.mask(dst, data, d.group1)
		case 4:
			first, second := data&0x3f, data&0x3f
			if step := data >> 6 & 0x1f; data&0x800 != 0 {
				second -= step
			} else {
				second += step
			}
			if 8*first >= height || second >= height/8 {
				d.stats.Errors++
				continue
			}
			d.group1, d.group2 = 8*first, 8*second
		case 5:
			d.stats.Skipped++ // the inertial sensor
		default:
			d.stats.Errors++
		}
	}
	return dst
}

// mask is one event for each of eight bits; bit 8 says darker.
func (d *dvx) mask(dst []event.Event, data, y uint16) []event.Event {
	on := uint8(1 - data>>8&1)
	for i := range uint16(8) {
		if data>>i&1 == 1 {
			dst = append(dst, event.Of(d.t, d.x, y+i, on))
		}
	}
	return dst
}

// Modules of the camera's logic, and the sensor's registers.
const (
	dvxMux, dvxDVS, dvxUSB, dvxChip = 0, 1, 9, 5

	dvxRun, dvxClock, dvxPower = 0, 1, 3 // of the multiplexer
	dvxDVSRun                  = 3
	dvxMode                    = 0x3000 // of the chip: 0 off, 2 stream
)

// dvxSet writes one parameter, four bytes, the first one worth most.
func dvxSet(d Device, module, parameter uint16, value uint32) error {
	return d.Control(0x40, 0xbf, module, parameter, binary.BigEndian.AppendUint32(nil, value))
}

// dvxSetting is one write. A chip register of 1 µs means a clock of 50 MHz.
type dvxSetting struct {
	module, parameter uint16
	value             uint32
}

// dvxSettings are libcaer's for the sensor, without its choice of biases, which it leaves as the chip has them.
var dvxSettings = []dvxSetting{
	{dvxChip, 0x000d, 0x24},
	{dvxChip, 0x000f, 0x07},
	{dvxChip, 0x0010, 0xff},
	{dvxChip, 0x0013, 0x03},
	{dvxChip, 0x0014, 0x7f},
	{dvxChip, 0x0015, 0x00},
	{dvxChip, 0x3011, 0xa0}, // its clock
	{dvxChip, 0x3019, 0x00},
	{dvxChip, 0x301e, 0x01},
	{dvxChip, 0x3067, 0x80}, // two groups in a word
	{dvxChip, 0x3255, 0x0c},
	{dvxChip, 0x3266, 0x08},
	{dvxChip, 0x3235, 0x03}, // 1000 - 1 µs in two bytes
	{dvxChip, 0x3236, 0xe7},
	{dvxChip, 0x3234, 49},
	{dvxChip, 0x323d, 50},
	{dvxChip, 0x3243, 50},
	{dvxChip, 0x3247, 50},
	{dvxChip, 0x3259, 50},
	{dvxChip, 0x3600, 0x01}, // no histogram
}

func dvxWrite(d Device, settings ...dvxSetting) error {
	for _, s := range settings {
		if err := dvxSet(d, s.module, s.parameter, s.value); err != nil {
			return err
		}
	}
	return nil
}

// dvxStart is the order of libcaer's dvXplorerOpen and dvXplorerDataStart.
func dvxStart(d Device) error {
	if err := dvxWrite(d, dvxSetting{dvxMux, dvxPower, 1}); err != nil {
		return err
	}
	time.Sleep(10 * time.Millisecond) // the sensor starts
	if err := dvxWrite(d, dvxSettings...); err != nil {
		return err
	}
	if err := dvxWrite(d, dvxSetting{dvxUSB, dvxRun, 1}, dvxSetting{dvxMux, dvxClock, 1}, dvxSetting{dvxMux, dvxRun, 1}); err != nil {
		return err
	}
	time.Sleep(50 * time.Millisecond) // the transfers are ready
	return dvxWrite(d, dvxSetting{dvxDVS, dvxDVSRun, 1}, dvxSetting{dvxChip, 0x3238, 1}, dvxSetting{dvxChip, 0x3238, 0}, dvxSetting{dvxChip, dvxMode, 2})
}

func dvxStop(d Device) error {
	return dvxWrite(d, dvxSetting{dvxChip, dvxMode, 0}, dvxSetting{dvxDVS, dvxDVSRun, 0}, dvxSetting{dvxMux, dvxRun, 0},
		dvxSetting{dvxMux, dvxClock, 0}, dvxSetting{dvxUSB, dvxRun, 0}, dvxSetting{dvxMux, dvxPower, 0})
}
