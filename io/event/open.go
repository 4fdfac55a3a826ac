package event

import (
	"fmt"
	"io"
	"net/url"
	"os"
)

// Open opens a recording or a source of events:
//
//	recording.aedat4, events.csv.gz   a file; its content says what it is (see Formats)
//	-                                 standard input
//	sim:bars?size=640x480             a source, by its scheme (see Sources, and Scenes for the simulated camera)
//	sample:bars, or nothing           a small recording that is part of the program
//
// The error names the file and, where there is one, the offset in bytes.
func Open(uri string, opts ...Option) (*Stream, error) {
	o := collect(opts)
	src, err := openSource(uri, o)
	if err != nil {
		return nil, err
	}
	s, err := newStream(src, uri, o)
	if err != nil {
		return nil, err
	}
	s.opened = true
	return s, nil
}

// MustOpen is Open for scripts: it panics with the error. Read and Frames of its stream do so too when the recording
// breaks off, after they delivered all whole events.
func MustOpen(uri string, opts ...Option) *Stream {
	s, err := Open(uri, opts...)
	if err != nil {
		panic(err)
	}
	s.must = true
	return s
}

// From makes a stream of any source. The stream closes it.
func From(src Source, opts ...Option) (*Stream, error) {
	if src == nil {
		panic("event.From: the source is nil")
	}
	return newStream(src, "", collect(opts))
}

// FromReader makes a stream of a file's bytes; name is what errors call it, and its extension helps where the content
// leaves the format open. The reader is not closed.
func FromReader(r io.Reader, name string, opts ...Option) (*Stream, error) {
	o := collect(opts)
	src, err := openReader(r, name, o, func() error { return nil })
	if err != nil {
		return nil, err
	}
	return newStream(src, "", o)
}

func openSource(uri string, o *options) (Source, error) {
	if uri == "" {
		uri = "sample:" + sampleDefault
	}
	name, ok := schemeOf(uri)
	if !ok {
		return openFile(uri, o)
	}
	sch, known := schemes[name]
	if !known {
		if _, err := os.Stat(uri); err == nil {
			return openFile(uri, o)
		}
		return nil, fmt.Errorf("event: %s: no source is called %s; known are %s", uri, name, schemeNames())
	}
	u, err := url.Parse(uri)
	if err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	return sch.open(u, o)
}

func schemeNames() string {
	names := make([]string, 0, len(schemes))
	for name := range schemes {
		names = append(names, name+":")
	}
	return joined(names)
}
