package event

import (
	"encoding/binary"
	"math"
)

// keep collects the records of a packet that holds no events.
//
// Source: inivation/dv-processing's flatbuffer schemas imu.fbs, trigger.fbs and frame.fbs.
func (d *aedat4) keep(f flatbuffer) {
	root, ok := f.follow(4)
	if !ok {
		return
	}
	switch f.identifier() {
	case "TRIG":
		f.tables(root, func(t int) {
			d.records.add(Trigger{T: f.i64(t, 0), ID: int(f.u8(t, 1)), Value: 1})
		})
	case "IMUS":
		f.tables(root, func(t int) {
			d.records.add(IMU{
				f.i64(t, 0), f.f32(t, 1),
				[3]float32{f.f32(t, 2), f.f32(t, 3), f.f32(t, 4)},
				[3]float32{f.f32(t, 5), f.f32(t, 6), f.f32(t, 7)},
				[3]float32{f.f32(t, 8), f.f32(t, 9), f.f32(t, 10)},
			})
		})
	case "FRME":
		d.image(f, root)
	}
}

// aedat4Channels is the number of bytes a pixel has in a format, which OpenCV names.
var aedat4Channels = map[byte]int{0: 1, 16: 3, 24: 4}

// image takes a frame whose pixels are all there; another counts as an error.
func (d *aedat4) image(f flatbuffer, t int) {
	r := &Image{
		T: f.i64(t, 0), Begin: f.i64(t, 3), End: f.i64(t, 4), Channels: aedat4Channels[f.u8(t, 5)],
		Width: f.i16(t, 6), Height: f.i16(t, 7), X: f.i16(t, 8), Y: f.i16(t, 9),
	}
	pixels, ok := f.vector(t, 10, 1)
	if !ok || r.Channels == 0 || r.Width < 0 || r.Height < 0 || len(pixels) != r.Width*r.Height*r.Channels {
		d.stats.Errors++
		return
	}
	r.Pixels = append([]byte(nil), pixels...)
	d.records.add(r)
}

// tables gives the places of the tables in the root's first vector to take.
func (f flatbuffer) tables(root int, take func(table int)) {
	at, ok := f.field(root, 0)
	if !ok {
		return
	}
	v, ok := f.vector(root, 0, 4)
	start, inside := f.follow(at)
	if !ok || !inside {
		return
	}
	for i := 0; i+4 <= len(v); i += 4 {
		if table, ok := f.follow(start + 4 + i); ok {
			take(table)
		}
	}
}

// scalar is the bytes of a table's field; zeros where it is absent or outside.
func (f flatbuffer) scalar(table, slot, size int) []byte {
	at, ok := f.field(table, slot)
	if !ok || at < 0 || at+size > len(f.b) {
		return make([]byte, 8)
	}
	return f.b[at:]
}

func (f flatbuffer) u8(table, slot int) byte { return f.scalar(table, slot, 1)[0] }

func (f flatbuffer) i16(table, slot int) int {
	return int(int16(binary.LittleEndian.Uint16(f.scalar(table, slot, 2))))
}

func (f flatbuffer) i64(table, slot int) int64 {
	return int64(binary.LittleEndian.Uint64(f.scalar(table, slot, 8)))
}

func (f flatbuffer) f32(table, slot int) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(f.scalar(table, slot, 4)))
}
