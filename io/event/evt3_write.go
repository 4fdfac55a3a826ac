package event

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// evt3Gap bounds the words that fill a gap of the clock: 100 days, 2 MB.
const evt3Gap = 1 << 20

func createEVT3(out *output, _ *options, info Info) (encoder, error) {
	e := &evt3Encoder{out: out, last: math.MinInt64}
	_, err := out.Write(e.w.header(info))
	return e, err
}

// evt3Encoder checks what evt3Writer relies on.
type evt3Encoder struct {
	out  *output
	w    evt3Writer
	last int64
	buf  []byte
}

func (e *evt3Encoder) encode(events []Event) error {
	if err := formats["evt3"].limits.fits(events); err != nil {
		return err
	}
	last := e.last
	for i := range events {
		t := events[i].T
		switch {
		case t < 0:
			return mistimed(i, "time %d: EVT 3 has no times before 0", t)
		case t < last:
			return misfit(i, "time %d comes after %d: EVT 3 cannot go back in time", t, last)
		case t-max(last, 0) > evt3Gap*2047<<12:
			return mistimed(i, "time %d: the 24-bit clock of EVT 3 would need more than %d words to get there", t, evt3Gap)
		}
		last = t
	}
	e.last = last
	e.buf = e.w.append(e.buf[:0], events)
	_, err := e.out.Write(e.buf)
	return err
}

func (e *evt3Encoder) finish() error { return nil }

// evt3Writer turns events in the order of time into EVT 3.0, whose clock has 24 bits: gaps are filled so that a reader
// sees every turn.
type evt3Writer struct {
	width   int
	started bool
	high    int64 // of the last time that was written, in 4096 µs
	low     int64
	row     int
}

// header is the text in front of the words.
func (w *evt3Writer) header(info Info) []byte {
	w.width, w.row = info.Width, -1
	return evtHeader("3.0", "EVT3", info)
}

// evtHeader is the text in front of EVT words.
func evtHeader(version, name string, info Info) []byte {
	b := fmt.Appendf(nil, "%% evt %s\n", version)
	if info.Width > 0 {
		b = fmt.Appendf(b, "%% format %s;height=%d;width=%d\n%% geometry %dx%d\n", name, info.Height, info.Width, info.Width, info.Height)
	} else {
		b = fmt.Appendf(b, "%% format %s\n", name)
	}
	if camera := oneLine(info.Camera); camera != "" {
		b = fmt.Appendf(b, "%% camera_integrator_name %s\n", camera)
	}
	return append(b, "% end\n"...)
}

// oneLine makes a name fit for a line of a header.
func oneLine(name string) string { return strings.Join(strings.Fields(name), " ") }

// append adds the words of events behind dst. Pixels of a row that tell the same at the same time, in order and at least
// three of them within 32, go into vectors.
func (w *evt3Writer) append(dst []byte, events []Event) []byte {
	for i := 0; i < len(events); {
		e := events[i]
		dst = w.time(dst, e.T)
		if int(e.Y) != w.row {
			w.row = int(e.Y)
			dst = word(dst, evt3AddrY, uint16(w.row))
		}
		mask, n := uint32(1), 1
		for ; i+n < len(events); n++ {
			next := events[i+n]
			shift := int(next.X) - int(e.X)
			if next.T != e.T || next.Y != e.Y || next.On != e.On || shift < 1 || shift > 31 || mask>>shift != 0 {
				break
			}
			mask |= 1 << shift
		}
		x := e.X | uint16(e.On)<<11
		if n < 3 || int(e.X)+32 > w.width { // readers drop vectors that reach over the side
			dst = word(dst, evt3AddrX, x)
			i++
			continue
		}
		dst = word(dst, evt3Base, x)
		dst = word(dst, evt3Vect12, uint16(mask&0xfff))
		dst = word(dst, evt3Vect12, uint16(mask>>12&0xfff))
		dst = word(dst, evt3Vect8, uint16(mask>>24))
		i += n
	}
	return dst
}

// time writes what has changed. A new high part sets the low one to 0.
func (w *evt3Writer) time(dst []byte, t int64) []byte {
	high, low := t>>12, t&0xfff
	for first := !w.started; first || high != w.high; first = false {
		// A clock that stands still for more than half its range would look as if it had not turned over.
		switch {
		case first:
			w.high = min(high, evt3Loop>>12-1)
		case high-w.high < 2048:
			w.high = high
		default:
			w.high += 2047
		}
		w.started, w.low = true, 0
		dst = word(dst, evt3High, uint16(w.high&0xfff))
	}
	if low != w.low {
		w.low = low
		dst = word(dst, evt3TimeLow, uint16(low))
	}
	return dst
}

func word(dst []byte, kind, payload uint16) []byte {
	return binary.LittleEndian.AppendUint16(dst, kind<<12|payload)
}
