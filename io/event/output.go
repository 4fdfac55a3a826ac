package event

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// output is where an encoder's bytes go.
type output struct {
	w    io.Writer
	file *os.File // nil when what was written cannot be changed: a pipe, or behind a compressor
	at   int64    // bytes written
}

func (o *output) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	o.at += int64(n)
	return n, err
}

// patch overwrites bytes that were written before.
func (o *output) patch(b []byte, at int64) error {
	_, err := o.file.WriteAt(b, at)
	return err
}

// fileSink is a file that is being written: under another name next to its place, so that it can replace what is there
// in one step.
type fileSink struct {
	enc    encoder
	out    *output
	z      io.Closer // the compressor, or nil
	file   *os.File
	temp   string // "" when the bytes go straight to their place
	place  string
	given  bool // the bytes go to somebody else's writer
	closed bool
}

func createFile(uri string, o *options, info Info) (Sink, error) {
	f, err := formatFor(uri, o)
	if err != nil {
		return nil, err
	}
	s, err := openPlace(uri)
	if err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	s.out = &output{w: s.file}
	switch lower := strings.ToLower(uri); {
	case strings.HasSuffix(lower, ".gz"):
		z := gzip.NewWriter(s.file)
		s.out.w, s.z = z, z
	case strings.HasSuffix(lower, ".zst"):
		z, err := zstd.NewWriter(s.file, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return nil, errors.Join(err, s.discard())
		}
		s.out.w, s.z = z, z
	case s.temp != "":
		s.out.file = s.file
	}
	if s.enc, err = f.create(s.out, o, info); err != nil {
		return nil, errors.Join(fmt.Errorf("event: %s: %w", uri, err), s.discard())
	}
	return s, nil
}

// openPlace opens a new file beside the place, or the place itself where it is no regular file.
func openPlace(place string) (*fileSink, error) {
	if place == "-" {
		return &fileSink{file: os.Stdout}, nil
	}
	if real, err := filepath.EvalSymlinks(place); err == nil {
		place = real // replace what a link points to, not the link
	}
	if st, err := os.Stat(place); err == nil && !st.Mode().IsRegular() {
		if st.IsDir() {
			return nil, fmt.Errorf("%s: is a folder", place)
		}
		f, err := os.OpenFile(place, os.O_WRONLY, 0)
		return &fileSink{file: f}, err
	}
	for {
		temp := filepath.Join(filepath.Dir(place), fmt.Sprintf(".%s.%08x.tmp", filepath.Base(place), rand.Uint32()))
		f, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			var cause *fs.PathError
			if errors.As(err, &cause) {
				cause.Path = place // not the name of the moment
			}
			return nil, err
		}
		return &fileSink{file: f, temp: temp, place: place}, nil
	}
}

// Write encodes in pieces that stay in the cache.
func (s *fileSink) Write(events []Event) error {
	for done := 0; done < len(events); {
		n := min(len(events)-done, batchEvents)
		if err := s.enc.encode(events[done : done+n]); err != nil {
			var m *misfitError
			if errors.As(err, &m) {
				m.index += done
			}
			return err
		}
		done += n
	}
	return nil
}

// Close writes the end and gives the file its name.
func (s *fileSink) Close() error {
	if s.closed {
		return nil
	}
	err := s.enc.finish()
	if s.z != nil && err == nil {
		err = s.z.Close()
	}
	if err != nil {
		return errors.Join(err, s.discard())
	}
	s.closed = true
	if s.temp == "" {
		if s.given || s.file == os.Stdout {
			return nil
		}
		return s.file.Close()
	}
	// The name must not appear before the bytes, whatever happens to the machine.
	if err = errors.Join(s.file.Sync(), s.file.Close()); err == nil {
		err = os.Rename(s.temp, s.place)
	}
	if err != nil {
		return errors.Join(err, os.Remove(s.temp))
	}
	return nil
}

func (s *fileSink) discard() error {
	if s.closed {
		return nil
	}
	s.closed = true
	if s.given || s.file == os.Stdout {
		return nil
	}
	err := s.file.Close()
	if s.temp != "" {
		err = errors.Join(err, os.Remove(s.temp))
	}
	return err
}
