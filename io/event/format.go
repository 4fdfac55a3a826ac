package event

import (
	"fmt"
	"path"
	"sort"
	"strings"
)

// A format is one file that registers itself.
type format struct {
	name       string
	doc        string
	extensions []string // with the dot, lower case

	// magic judges the first bytes of a file; whole says that there are no more.
	magic func(head []byte, whole bool) verdict

	// open reads the header and returns what decodes the rest; info has Format and Events set.
	open func(in *input, o *options, info *Info, stats *Stats) (decoder, error)

	// create writes the header to out and returns what encodes the rest; nil for formats that are only read.
	create func(out *output, o *options, info Info) (encoder, error)

	codecs []string // what Compression may choose, none for formats that are written in one way

	limits limits
}

// verdict is how sure a format is about the first bytes of a file.
type verdict int

const (
	no       verdict = iota
	possible         // nothing speaks against it; the extension decides
	likely           // the content looks like it, without a signature
	certain          // it has the signature
)

// limits are what a format can hold.
type limits struct {
	maxX, maxY uint16
}

// decoder turns bytes into events.
//
// decode reads whole records at the front of src. The events are in dst or in memory of its own, valid until the next
// call; used is how many bytes it is done with. No event and no byte used means that it needs more bytes. With eof there
// are none: it then uses what still makes sense, and what it leaves is an error that says where the file breaks off. An
// error's offset counts from the front of src; the events before it are returned with it.
type decoder interface {
	decode(dst []Event, src []byte, eof bool) (events []Event, used int, err *FormatError)
}

// sniffBytes is how much of a file the formats see.
const sniffBytes = 8192

var formats = map[string]format{}

func registerFormat(f format) bool {
	if _, twice := formats[f.name]; twice || f.name == "" || f.doc == "" || f.magic == nil || f.open == nil {
		panic(fmt.Sprintf("event: format %q is registered twice or lacks a part", f.name))
	}
	formats[f.name] = f
	return true
}

func formatNamed(name string) (format, bool) {
	f, ok := formats[name]
	return f, ok
}

func formatNames() string {
	names := make([]string, 0, len(formats))
	for name := range formats {
		names = append(names, name)
	}
	return joined(names)
}

// Formats lists the file formats with their extensions and a line about each, sorted; those that are only read say so.
func Formats() []string {
	lines := make([]string, 0, len(formats))
	for _, f := range formats {
		line := fmt.Sprintf("%s (%s): %s", f.name, strings.Join(f.extensions, " "), f.doc)
		if f.create == nil {
			line += "; only read"
		}
		lines = append(lines, line)
	}
	sort.Strings(lines)
	return lines
}

// sniff finds the format by the content, and by the name where the content leaves it open.
func sniff(name string, head []byte, whole bool) (format, bool) {
	extension := strings.ToLower(path.Ext(name))
	best, bestScore := format{}, 0
	for _, f := range formats {
		v := f.magic(head, whole)
		named := f.hasExtension(extension)
		score := 4 * int(v)
		switch {
		case v == no, v == possible && !named:
			continue
		case named:
			score += 2
		}
		if score > bestScore || score == bestScore && f.name < best.name {
			best, bestScore = f, score
		}
	}
	return best, bestScore > 0
}

func (f format) hasExtension(extension string) bool {
	for _, e := range f.extensions {
		if e == extension {
			return true
		}
	}
	return false
}
