package event

import (
	"fmt"
	"unsafe"
)

// createDAT writes DAT version 2. Without a size the header has none.
func createDAT(out *output, _ *options, info Info) (encoder, error) {
	header := []byte("% Data file containing CD events.\n% Version 2\n")
	if info.Width > 0 {
		header = fmt.Appendf(header, "%% Height %d\n%% Width %d\n", info.Height, info.Width)
	}
	if camera := oneLine(info.Camera); camera != "" {
		header = fmt.Appendf(header, "%% camera_integrator_name %s\n", camera)
	}
	_, err := out.Write(append(header, datCD, 8))
	return &datEncoder{out: out, buf: make([]byte, 8*batchEvents)}, err
}

// datEncoder follows the reader's clock, so that it knows which times the reader would see.
type datEncoder struct {
	out  *output
	buf  []byte
	base int64
	last uint32
}

func (d *datEncoder) encode(events []Event) error {
	to := unsafe.Pointer(unsafe.SliceData(d.buf[:8*len(events)]))
	last, base := d.last, d.base
	for i := range events {
		e := &events[i]
		t := uint32(e.T)
		if t < last {
			base += turned(last, t)
		}
		last = t
		if base+int64(t) != e.T {
			return mistimed(i, "time %d: DAT has 32-bit times, which begin before 2^32 µs and move by less than 2^31", e.T)
		}
		if (e.X|e.Y)>>14 != 0 {
			return formats["dat"].limits.fits(events)
		}
		store64(unsafe.Add(to, 8*i), uint64(t)|uint64(e.X)<<32|uint64(e.Y)<<46|uint64(e.On)<<60)
	}
	d.last, d.base = last, base
	_, err := d.out.Write(d.buf[:8*len(events)])
	return err
}

func (d *datEncoder) finish() error { return nil }
