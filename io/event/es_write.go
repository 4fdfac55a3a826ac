package event

import (
	"encoding/binary"
	"errors"
)

// esGap bounds the bytes that fill a gap of the clock: 35 minutes, 16 MB.
const esGap = 1 << 24

// createES writes Event Stream 2.0.0 of a DVS. Its readers count rows from the lowest; rows are written as they come.
func createES(out *output, _ *options, info Info) (encoder, error) {
	if info.Width == 0 {
		return nil, errors.New("Event Stream stores the sensor's size, which is not known; give Size")
	}
	if info.Width > 1<<16-1 || info.Height > 1<<16-1 {
		return nil, errors.New("Event Stream stores sizes up to 65535x65535")
	}
	header := append([]byte(esMagic), 2, 0, 0, esDVS)
	header = binary.LittleEndian.AppendUint16(header, uint16(info.Width))
	header = binary.LittleEndian.AppendUint16(header, uint16(info.Height))
	_, err := out.Write(header)
	return &esEncoder{out: out}, err
}

type esEncoder struct {
	out *output
	buf []byte
	t   int64
}

func (d *esEncoder) encode(events []Event) error {
	buf, t := d.buf[:0], d.t
	for i := range events {
		e := &events[i]
		step := e.T - t
		switch {
		case step < 0 && e.T < 0:
			return mistimed(i, "time %d: Event Stream begins at 0", e.T)
		case step < 0:
			return misfit(i, "time %d comes after %d: Event Stream cannot go back in time", e.T, t)
		case step > 127*esGap:
			return mistimed(i, "time %d: Event Stream would need %d bytes to get there from %d", e.T, step/127, t)
		}
		for ; step > 126; step -= 127 {
			buf = append(buf, 0xFF)
		}
		t = e.T
		buf = append(buf, byte(step)<<1|e.On, byte(e.X), byte(e.X>>8), byte(e.Y), byte(e.Y>>8))
	}
	d.buf, d.t = buf, t
	_, err := d.out.Write(buf)
	return err
}

func (d *esEncoder) finish() error { return nil }
