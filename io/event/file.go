package event

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"runtime/debug"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// batchEvents is the most a decoder writes at a time: 32 KiB, so that whoever comes next finds it in the first cache.
const batchEvents = 2048

// fileSource decodes a byte stream on the caller's Next.
type fileSource struct {
	in    *input
	dec   decoder
	dst   []Event
	info  Info
	stats Stats
	end   error
	close func() error
	pipe  *waiting // what the bytes are waited for at, or nil

	mapped  bool    // the bytes are the file's own
	marks   []mark  // the first one behind the header
	pending []Event // what a seek has decoded
}

// openFile opens a file, or "-" for standard input.
func openFile(name string, o *options) (Source, error) {
	if name == "-" {
		return openPipe(os.Stdin, "stdin", o, func() error { return nil })
	}
	f, mode, err := openPath(name)
	if err != nil {
		return nil, err
	}
	var src Source
	if !mode.IsRegular() {
		src, err = openPipe(f, name, o, f.Close)
	} else if mapped := mapFile(f); mapped != nil {
		return openMapped(mapped, f, name, o)
	} else {
		src, err = openReader(f, name, o, f.Close)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return src, nil
}

// openPipe opens what may keep its reader waiting.
func openPipe(f *os.File, name string, o *options, closer func() error) (Source, error) {
	w := newWaiting(f)
	src, err := openReader(w, name, o, closer)
	if err != nil {
		return nil, err
	}
	src.pipe = w
	return src, nil
}

// openMapped opens a file that is in memory. A compressed one is read from there.
func openMapped(mapped []byte, f *os.File, name string, o *options) (_ Source, err error) {
	var src *fileSource
	closer := func() error { return errors.Join(unmap(mapped), f.Close()) }
	defer fault(debug.SetPanicOnFault(true), name, &err)
	if isCompressed(mapped) {
		src, err = openReader(bytes.NewReader(mapped), name, o, closer)
	} else {
		src, err = openInput(newMapped(mapped, f, name), name, o, closer, func() {})
	}
	if err != nil {
		return nil, errors.Join(err, closer())
	}
	src.mapped = true
	if c, ok := src.dec.(cloner); ok && src.in.mapped != nil {
		src.marks = []mark{{offset: src.in.offset, dec: c.clone(), stats: src.stats, latest: -1 << 63}}
		if p := newParallel(src, o); p != nil {
			return p, nil
		}
	}
	return src, nil
}

func isCompressed(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0x1f, 0x8b}) || bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd})
}

// fault turns the fault of a mapped file that somebody cuts while it is read into an error. It is deferred where the
// file's bytes are touched, with what debug.SetPanicOnFault(true) returned.
func fault(before bool, name string, err *error) {
	debug.SetPanicOnFault(before)
	if p := recover(); p != nil {
		if _, is := p.(interface{ Addr() uintptr }); !is {
			panic(p)
		}
		*err = &FormatError{File: name, Offset: -1, Problem: "the file became shorter while it was read", Err: ErrTruncated}
	}
}

// openReader finds what r holds, through gzip and zstd, and reads the header.
func openReader(r io.Reader, name string, o *options, closer func() error) (*fileSource, error) {
	r, inner, release, err := unwrap(r, name)
	if err != nil {
		return nil, err
	}
	return openInput(newInput(r, name), inner, o, closer, release)
}

// openInput finds the format and reads the header; inner is the name without the endings of compressors.
func openInput(in *input, inner string, o *options, closer func() error, release func()) (*fileSource, error) {
	s := &fileSource{in: in, dst: make([]Event, batchEvents)}
	s.close = func() error { release(); return closer() }
	head := s.in.peek(sniffBytes)
	f, err := s.choose(inner, head, o)
	if err != nil {
		release()
		return nil, err
	}
	s.info = Info{Format: f.name, Events: -1}
	if s.dec, err = f.open(s.in, o, &s.info, &s.stats); err != nil {
		release()
		return nil, err
	}
	if o.width > 0 {
		s.info.Width, s.info.Height = o.width, o.height
	}
	return s, nil
}

func (s *fileSource) choose(name string, head []byte, o *options) (format, error) {
	failed := s.in.failed()
	if failed != nil && (len(head) == 0 || s.in.stopped != nil) { // else what there is comes before the error
		return format{}, &FormatError{File: s.in.name, Offset: int64(len(head)), Problem: "cannot be read", Err: failed}
	}
	if len(head) == 0 {
		return format{}, &FormatError{File: s.in.name, Offset: -1, Problem: "the file is empty"}
	}
	if o.format != "" {
		f, _ := formatNamed(o.format)
		return f, nil
	}
	f, ok := sniff(name, head, len(head) < sniffBytes)
	if !ok && o.order != nil {
		return formats["csv"], nil
	}
	if !ok {
		why := fmt.Sprintf("it starts with %s; formats are %s", excerpt(head), formatNames())
		if formats["csv"].hasExtension(strings.ToLower(path.Ext(name))) {
			if _, err := detectCSV(head, len(head) < sniffBytes, nil); err != nil {
				why = err.Error()
			}
		}
		return format{}, &FormatError{File: s.in.name, Offset: -1, Problem: "not a recording that is known: " + why, Err: failed}
	}
	return f, nil
}

// excerpt is the start of a file for an error message.
func excerpt(head []byte) string {
	return fmt.Sprintf("%q", head[:min(len(head), 16)])
}

// unwrap looks through gzip and zstd by their signatures; inner is the name without .gz or .zst.
func unwrap(r io.Reader, name string) (_ io.Reader, inner string, release func(), err error) {
	release = func() {}
	peeked := bufio.NewReaderSize(r, 512)
	head, err := peeked.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", nil, fmt.Errorf("event: %s: %w", name, err)
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(peeked)
		if err != nil {
			return nil, "", nil, &FormatError{File: name, Offset: 0, Problem: "bad gzip", Err: err}
		}
		return z, strings.TrimSuffix(name, ".gz"), release, nil
	case bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(peeked, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			return nil, "", nil, &FormatError{File: name, Offset: 0, Problem: "bad zstd", Err: err}
		}
		return z, strings.TrimSuffix(name, ".zst"), z.Close, nil
	}
	return peeked, name, release, nil
}

func (s *fileSource) Info() Info { return s.info }

func (s *fileSource) Stats() Stats {
	stats := s.stats
	stats.Bytes = s.in.offset
	return stats
}

func (s *fileSource) Next() (events []Event, err error) {
	if s.mapped {
		defer fault(debug.SetPanicOnFault(true), s.in.name, &err)
	}
	if len(s.pending) > 0 {
		events := s.pending
		s.pending = nil
		return events, nil
	}
	return s.next()
}

func (s *fileSource) next() ([]Event, error) {
	for s.end == nil {
		if errors.Is(s.in.end, ErrClosed) {
			s.end = ErrClosed
			break
		}
		eof := s.in.end != nil
		events, used, bad := s.dec.decode(s.dst, s.in.window(), eof)
		if bad != nil {
			s.end = s.in.located(bad)
		}
		s.in.use(used)
		if len(events) > 0 {
			return events, nil
		}
		if bad != nil || used > 0 {
			continue
		}
		if !eof {
			if !s.in.fill() && s.in.stopped != nil {
				return nil, s.in.stopped
			}
			continue
		}
		s.end = s.finish()
	}
	return nil, s.end
}

// finish is how the file ended, with what the decoder left in the window.
func (s *fileSource) finish() error {
	rest := len(s.in.window())
	if err := s.in.failed(); err != nil {
		e := truncatedAt(rest, "the file breaks off: %v", err)
		e.Err = errors.Join(ErrTruncated, err)
		return s.in.located(e)
	}
	if rest > 0 {
		return s.in.located(truncatedAt(0, "the file breaks off inside a record, %d bytes are left", rest))
	}
	return io.EOF
}

// wake makes a Next that waits for a pipe return. It may be called while Next runs, as nothing else here.
func (s *fileSource) wake() {
	if s.pipe != nil {
		s.pipe.wake()
	}
}

func (s *fileSource) Close() error {
	if s.close == nil {
		return nil
	}
	err := s.close()
	s.close = nil
	if s.end == nil {
		s.end = ErrClosed
	}
	return err
}
