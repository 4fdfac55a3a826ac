package event

import (
	"errors"
	"io"
	"os"

	"github.com/livespike/livespike/internal/interrupt"
)

// bufferBytes is how much is read at a time: small enough to stay in the second-level cache.
const bufferBytes = 128 << 10

// input is a reader with a window: bytes that have been read and not used. The window grows only as bytes arrive, so a
// header that promises gigabytes costs nothing.
type input struct {
	r      io.Reader
	name   string
	buf    []byte
	lo, hi int
	offset int64 // of buf[lo] in the stream
	end    error // why there is nothing more to read; io.EOF in the good case

	stopped error // why the last fill gave up; the next one may go on

	mapped []byte // the file as it was when it was opened, which buf is until it is used up; nil for what is read
}

func newInput(r io.Reader, name string) *input {
	return &input{r: r, name: name, buf: make([]byte, bufferBytes)}
}

// newMapped is newInput of a file that is in memory; f is read for what comes behind, if it grows.
func newMapped(mapped []byte, f *os.File, name string) *input {
	return &input{r: &behind{f, int64(len(mapped))}, name: name, buf: mapped, hi: len(mapped), mapped: mapped}
}

// behind reads a file from a place on.
type behind struct {
	f  *os.File
	at int64
}

func (b *behind) Read(p []byte) (int, error) {
	n, err := b.f.ReadAt(p, b.at)
	b.at += int64(n)
	return n, err
}

func (in *input) window() []byte { return in.buf[in.lo:in.hi] }

func (in *input) use(n int) {
	in.lo += n
	in.offset += int64(n)
}

// inMapping is whether the window is in the mapped file and reaches its end.
func (in *input) inMapping() bool {
	return in.hi == len(in.mapped) && in.hi > 0 && &in.buf[0] == &in.mapped[0]
}

// fill reads more behind the window and reports whether anything came.
func (in *input) fill() bool {
	in.stopped = nil
	if in.end != nil {
		return false
	}
	if in.inMapping() {
		rest := in.window() // the mapping cannot be written to
		in.buf = make([]byte, max(bufferBytes, 2*len(rest)))
		in.lo, in.hi = 0, copy(in.buf, rest)
	}
	// Eight bytes of alignment keep packets of events where they can be viewed in place.
	if in.lo == in.hi {
		in.lo, in.hi = 0, 0
	} else if in.lo > 0 && (in.hi == len(in.buf) || in.hi-in.lo < 64) {
		in.hi = copy(in.buf, in.buf[in.lo:in.hi])
		in.lo = 0
	}
	if in.hi == len(in.buf) {
		grown := make([]byte, 2*len(in.buf))
		in.hi = copy(grown, in.buf[in.lo:in.hi])
		in.buf, in.lo = grown, 0
	}
	for tries := 0; tries < 100; tries++ {
		n, err := in.r.Read(in.buf[in.hi:])
		in.hi += n
		if stop := interrupt.Context().Err(); stop != nil && errors.Is(err, stop) {
			in.stopped = err
			return n > 0
		}
		if err != nil {
			in.end = err
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	in.end = io.ErrNoProgress
	return false
}

// peek is the next n bytes, or fewer at the end.
func (in *input) peek(n int) []byte {
	for in.hi-in.lo < n && in.fill() {
	}
	return in.buf[in.lo:min(in.lo+n, in.hi)]
}

// line is the next line with its end, without using it: at most limit bytes, and the rest at the end of the file.
func (in *input) line(limit int) []byte {
	for n := 0; ; {
		w := in.window()
		for ; n < len(w) && n < limit; n++ {
			if w[n] == '\n' {
				return w[:n+1]
			}
		}
		if n >= limit || !in.fill() {
			return in.buf[in.lo:min(in.lo+n, in.hi)]
		}
	}
}

// failed is the error that ended or stopped the reading, nil at the end of the file.
func (in *input) failed() error {
	if in.stopped != nil {
		return in.stopped
	}
	if in.end == nil || errors.Is(in.end, io.EOF) {
		return nil
	}
	return in.end
}

// bad is an error at the window's start.
func (in *input) bad(format string, args ...any) error {
	e := badAt(0, format, args...)
	return in.located(e)
}

// located adds file and place to a decoder's error.
func (in *input) located(e *FormatError) error {
	e.File = in.name
	if e.Offset >= 0 {
		e.Offset += in.offset
	}
	return e
}
