package wire

import (
	"errors"
	"fmt"
)

const (
	magic = '*'
	// lengthMask cuts the payload length out of the second header field; the rest are meta bits.
	lengthMask = 0x0fff
	// Telemetry is the meta bit of frames that the robot streams; commands and replies have no meta bit.
	Telemetry = 0x1000
	// MaxPayload is the longest payload of a frame on a stream: the firmware's parser overruns its 2048-byte buffer on
	// a longer claim, and its own replies are far shorter.
	MaxPayload = 2048
	overhead   = 4 // magic, two bytes of length, checksum
	minPayload = 3 // the shortest packed message has a segment table word and a root pointer word
)

// Errors of a frame. Match them with errors.Is.
var (
	errShort    = errors.New("frame is cut off")
	errMagic    = errors.New("frame does not start with '*'")
	errChecksum = errors.New("frame has a wrong checksum")
	errLength   = errors.New("frame has an impossible length")
)

// IsChecksum reports whether an error of ParseDatagram says that the bytes were changed on the way.
func IsChecksum(err error) bool { return errors.Is(err, errChecksum) }

// ParseDatagram returns the payload of the frame that a datagram holds and its meta bits (Telemetry or 0 from a
// robot). Bytes after the frame are ignored, as the robot's receivers do. The payload shares the datagram's memory.
func ParseDatagram(b []byte) (payload []byte, meta int, err error) {
	if len(b) < overhead {
		return nil, 0, fmt.Errorf("%w: %d bytes", errShort, len(b))
	}
	if b[0] != magic {
		return nil, 0, fmt.Errorf("%w: first byte is %#02x", errMagic, b[0])
	}
	field := int(b[1]) | int(b[2])<<8
	n := field & lengthMask
	if n < minPayload {
		return nil, 0, fmt.Errorf("%w: %d bytes of payload", errLength, n)
	}
	if len(b) < n+overhead {
		return nil, 0, fmt.Errorf("%w: %d bytes of %d", errShort, len(b), n+overhead)
	}
	if sum := checksum(b[:n+3]); sum != b[n+3] {
		return nil, 0, fmt.Errorf("%w: %#02x, computed %#02x", errChecksum, b[n+3], sum)
	}
	return b[3 : n+3], field &^ lengthMask, nil
}

func checksum(b []byte) byte {
	var sum byte
	for _, c := range b {
		sum ^= c
	}
	return sum
}

// A Framer cuts a byte stream into frames. It copes with frames that arrive in pieces or several at once, and after a
// damaged frame it goes on at the next '*'. The zero value is ready.
type Framer struct {
	buf     []byte
	start   int // what is before has been used
	skipped int
	bad     int
}

// Feed appends bytes that were read from the stream. Payloads that Next returned before are no longer valid.
func (f *Framer) Feed(b []byte) {
	if f.start > 0 {
		f.buf = f.buf[:copy(f.buf, f.buf[f.start:])]
		f.start = 0
	}
	f.buf = append(f.buf, b...)
}

// Next returns the payload of the next whole frame; ok is false when there is none yet. The payload is valid until the
// next Feed.
func (f *Framer) Next() (payload []byte, ok bool) {
	for {
		f.seek()
		b := f.buf[f.start:]
		if len(b) < overhead {
			return nil, false
		}
		n := (int(b[1]) | int(b[2])<<8) & lengthMask
		if n < minPayload || n > MaxPayload {
			f.drop()
			continue
		}
		if len(b) < n+overhead {
			return nil, false
		}
		if checksum(b[:n+3]) != b[n+3] {
			f.drop()
			continue
		}
		f.start += n + overhead
		return b[3 : n+3], true
	}
}

// Resync gives up on a frame of which only a part has arrived. Receivers call it when the stream has been silent for
// long enough that the rest will not come: a damaged length would otherwise swallow the frames after it.
func (f *Framer) Resync() {
	if f.Pending() {
		f.drop()
	}
}

// Pending reports whether part of a frame is waiting for the rest.
func (f *Framer) Pending() bool { return f.start < len(f.buf) }

// Skipped is the number of bytes that belonged to no frame.
func (f *Framer) Skipped() int { return f.skipped }

// Bad is the number of frame starts that were given up: wrong checksum, impossible length, or cut off.
func (f *Framer) Bad() int { return f.bad }

// seek moves to the next magic byte.
func (f *Framer) seek() {
	for f.start < len(f.buf) && f.buf[f.start] != magic {
		f.start++
		f.skipped++
	}
}

func (f *Framer) drop() {
	f.bad++
	f.skipped++
	f.start++
}

// String is one line with the counts.
func (f *Framer) String() string {
	return fmt.Sprintf("Framer(pending=%d, skipped=%d, bad=%d)", len(f.buf)-f.start, f.skipped, f.bad)
}
