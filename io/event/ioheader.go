package event

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
)

// ioHeader is the header of an AEDAT 4 file.
type ioHeader struct {
	compression int32
	table       int64 // where the data table is; -1 for none
	streams     map[int32]ioStream
}

// ioStream is one output of the recorder.
type ioStream struct {
	kind          string // EVTS, FRME, IMUS, TRIG
	width, height int
	source        string
}

// events is the event stream with the lowest number.
func (h ioHeader) events() (ioStream, bool) {
	ids := make([]int32, 0, len(h.streams))
	for id := range h.streams {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if s := h.streams[id]; s.kind == "EVTS" {
			return s, true
		}
	}
	return ioStream{}, false
}

// readIOHeader reads the flatbuffer, without a size prefix. Slots: 0 compression, 1 table position, 2 XML.
func readIOHeader(b []byte) (ioHeader, *FormatError) {
	h := ioHeader{table: -1, streams: map[int32]ioStream{}}
	if len(b) < 8 || string(b[4:8]) != "IOHE" {
		return h, badAt(0, "the header is not an AEDAT 4 header: it starts with %s", excerpt(b))
	}
	f := flatbuffer{b}
	root, ok := f.follow(0)
	if !ok {
		return h, badAt(0, "the header points outside itself")
	}
	if at, ok := f.field(root, 0); ok {
		v, ok := f.u32(at)
		if !ok {
			return h, badAt(0, "the header points outside itself")
		}
		h.compression = int32(v)
	}
	if at, ok := f.field(root, 1); ok && at >= 0 && at+8 <= len(b) {
		h.table = int64(binary.LittleEndian.Uint64(b[at:]))
	}
	text, ok := f.vector(root, 2, 1)
	if !ok {
		return h, badAt(0, "the header's text lies outside it")
	}
	if err := h.readXML(text); err != nil {
		return h, badAt(0, "%v", err)
	}
	return h, nil
}

// xmlDepth is more than the recorder's tree has levels: dv, outInfo, stream, info.
const xmlDepth = 32

// readXML takes what it can of the recorder's settings: /dv/node[outInfo]/node[ID]. Text that is no XML is no settings.
func (h *ioHeader) readXML(text []byte) error {
	dec := xml.NewDecoder(bytes.NewReader(text))
	dec.Strict = false
	var path []string // names of the open nodes, key for an attr
	for {
		token, err := dec.Token()
		if err != nil {
			var syntax *xml.SyntaxError
			if errors.Is(err, io.EOF) || errors.As(err, &syntax) {
				return nil
			}
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(path) >= xmlDepth {
				return errors.New("the header's XML is nested too deep")
			}
			path = append(path, label(t))
		case xml.EndElement:
			path = path[:max(len(path)-1, 0)]
		case xml.CharData:
			h.setting(path, string(t))
		}
	}
}

func label(t xml.StartElement) string {
	want := "name"
	if t.Name.Local == "attr" {
		want = "key"
	}
	for _, a := range t.Attr {
		if a.Name.Local == want {
			return a.Value
		}
	}
	return t.Name.Local
}

// setting takes one value: path is [dv outInfo ID key] or [dv outInfo ID info key].
func (h *ioHeader) setting(path []string, value string) {
	if len(path) < 4 || path[1] != "outInfo" {
		return
	}
	id, err := strconv.ParseInt(path[2], 10, 32)
	if err != nil {
		return
	}
	s := h.streams[int32(id)]
	switch path[len(path)-1] {
	case "typeIdentifier":
		s.kind = value
	case "sizeX":
		s.width = pixels(value)
	case "sizeY":
		s.height = pixels(value)
	case "source":
		s.source = value
	}
	h.streams[int32(id)] = s
}

func pixels(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1<<15 {
		return 0
	}
	return n
}
