package event

import (
	"fmt"
	"strconv"
)

// createCSV writes t,x,y,p in microseconds. The names of the columns, and the size where it is known, are in comments,
// which numpy.loadtxt and pandas (comment="#") pass over.
func createCSV(out *output, _ *options, info Info) (encoder, error) {
	var header []byte
	if info.Width > 0 {
		header = fmt.Appendf(header, "# geometry %dx%d\n", info.Width, info.Height)
	}
	_, err := out.Write(append(header, "# t,x,y,p\n"...))
	return &csvEncoder{out: out}, err
}

type csvEncoder struct {
	out  *output
	buf  []byte
	time []byte // the last one, which many events share
	last int64
}

func (c *csvEncoder) encode(events []Event) error {
	buf := c.buf[:0]
	for i := range events {
		e := &events[i]
		if e.T != c.last || len(c.time) == 0 {
			c.last = e.T
			c.time = append(strconv.AppendInt(c.time[:0], e.T, 10), ',')
		}
		buf = append(buf, c.time...)
		buf = append(appendPixel(buf, e.X), ',')
		buf = append(appendPixel(buf, e.Y), ',')
		buf = append(buf, '0'+e.On, '\n')
	}
	c.buf = buf
	_, err := c.out.Write(buf)
	return err
}

// appendPixel is strconv.AppendUint for coordinates.
func appendPixel(b []byte, v uint16) []byte {
	switch {
	case v < 10:
		return append(b, byte('0'+v))
	case v < 100:
		return append(b, byte('0'+v/10), byte('0'+v%10))
	case v < 1000:
		return append(b, byte('0'+v/100), byte('0'+v/10%10), byte('0'+v%10))
	}
	return strconv.AppendUint(b, uint64(v), 10)
}

func (c *csvEncoder) finish() error { return nil }
