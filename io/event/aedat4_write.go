package event

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"unsafe"
)

// A packet holds what the cameras' recorder puts into one: 10 ms, or less when there is much.
const (
	aedat4Span   = 10_000 // µs
	aedat4Events = 8192
)

// createAEDAT4 writes AEDAT 4.0 with a description of its one stream and, where the output can be changed afterwards, a
// data table. The vendor's tools need the sensor's size; where it is not known it is taken from the events.
func createAEDAT4(out *output, o *options, info Info) (encoder, error) {
	name := o.codec
	if name == "" {
		name = "LZ4"
	}
	e := &aedat4Encoder{out: out, info: info}
	e.codec.kind, _ = compressionKind(name)
	if err := e.codec.init(); err != nil {
		return nil, err
	}
	if info.Width == 0 && out.file != nil {
		e.info.Width, e.info.Height, e.guess = aedat4Pixels, aedat4Pixels, true
	}
	e.header = e.head(-1, 0)
	if _, err := out.Write([]byte(aedat4Magic)); err != nil {
		return nil, err
	}
	_, err := out.Write(e.header)
	return e, err
}

const (
	aedat4Pixels = 1 << 15 // on a side, at most
	aedat4Prefix = 32      // of a packet of events, in front of its structs
)

// aedat4Encoder gathers events into packets.
//
// Source: events.md §3.6; inivation/dv-processing's flatbuffer schemas.
type aedat4Encoder struct {
	out        *output
	info       Info
	guess      bool // the size is not known
	maxX, maxY uint16
	header     []byte
	codec      packetEncoder
	events     []Event // of the packet that is being gathered
	plain      []byte
	table      []aedat4Row
}

// aedat4Row is a packet in the data table.
type aedat4Row struct {
	offset      int64 // of the payload, behind the packet's header
	size        int
	count       int
	first, last int64 // µs
}

func (a *aedat4Encoder) encode(events []Event) error {
	if err := formats["aedat4"].limits.fits(events); err != nil {
		return err
	}
	for i := range events {
		e := &events[i]
		if n := len(a.events); n == aedat4Events || n > 0 && uint64(e.T-a.events[0].T) >= aedat4Span {
			if err := a.flush(); err != nil {
				return err
			}
		}
		a.maxX, a.maxY = max(a.maxX, e.X), max(a.maxY, e.Y)
		a.events = append(a.events, Event{T: e.T, X: e.X, Y: e.Y, On: e.On})
	}
	return nil
}

// flush writes the gathered events as one packet.
func (a *aedat4Encoder) flush() error {
	n := len(a.events)
	if n == 0 {
		return nil
	}
	body := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(a.events))), 16*n)
	b := a.plain[:0]
	b = binary.LittleEndian.AppendUint32(b, uint32(aedat4Prefix-4+len(body)))
	b = append(b, "\x10\x00\x00\x00EVTS"+ // the root table is 16 bytes on
		"\x06\x00\x08\x00\x04\x00\x00\x00"+ // vtable: 6 bytes, a table of 8, its field at 4
		"\x08\x00\x00\x00\x04\x00\x00\x00"...) // table: vtable 8 back, vector 4 on
	b = binary.LittleEndian.AppendUint32(b, uint32(n))
	a.plain = append(b, body...)
	row := aedat4Row{count: n, first: a.events[0].T, last: a.events[0].T}
	for i := range a.events {
		row.first, row.last = min(row.first, a.events[i].T), max(row.last, a.events[i].T)
	}
	a.events = a.events[:0]
	packet, err := a.codec.compress(a.plain)
	if err != nil {
		return err
	}
	head := binary.LittleEndian.AppendUint32(make([]byte, 4, 8), uint32(len(packet)))
	if _, err := a.out.Write(head); err != nil {
		return err
	}
	row.offset, row.size = a.out.at, len(packet)
	if a.out.file != nil {
		a.table = append(a.table, row)
	}
	_, err = a.out.Write(packet)
	return err
}

func (a *aedat4Encoder) finish() error {
	if err := a.flush(); err != nil || a.out.file == nil {
		return err
	}
	at := a.out.at
	table, err := a.codec.compress(aedat4Table(a.table))
	if err != nil {
		return err
	}
	if _, err := a.out.Write(table); err != nil {
		return err
	}
	if a.guess {
		a.info.Width, a.info.Height = int(a.maxX)+1, int(a.maxY)+1
	}
	return a.out.patch(a.head(at, len(a.header)), int64(len(aedat4Magic)))
}

// head is the IOHeader behind its size, of at least a given length; table is where the data table is, -1 for none.
func (a *aedat4Encoder) head(table int64, length int) []byte {
	const prefix = 48
	text := a.xml()
	for prefix+len(text)+1 < length || (len(text)+1)%4 != 0 {
		text = append(text, ' ')
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(prefix-4+len(text)+1))
	b = append(b, "\x14\x00\x00\x00IOHE"+
		"\x0a\x00\x14\x00\x04\x00\x08\x00\x10\x00\x00\x00"+ // vtable: 10 bytes, a table of 20, fields at 4, 8 and 16
		"\x0c\x00\x00\x00"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(a.codec.kind))
	b = binary.LittleEndian.AppendUint64(b, uint64(table))
	b = append(b, "\x04\x00\x00\x00"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(text)))
	return append(append(b, text...), 0)
}

// xml is the recorder's description of the stream.
func (a *aedat4Encoder) xml() []byte {
	var b bytes.Buffer
	attr := func(key, kind, value string) {
		fmt.Fprintf(&b, `<attr key="%s" type="%s">`, key, kind)
		_ = xml.EscapeText(&b, []byte(value)) // a buffer takes everything
		b.WriteString("</attr>")
	}
	b.WriteString(`<dv version="2.0"><node name="outInfo" path="/mainloop/Recorder/outInfo/"><node name="0" path="/mainloop/Recorder/outInfo/0/">`)
	attr("compression", "string", a.codec.name)
	attr("originalModuleName", "string", "livespike")
	attr("originalOutputName", "string", "events")
	attr("typeDescription", "string", "Array of events (polarity ON/OFF).")
	attr("typeIdentifier", "string", "EVTS")
	b.WriteString(`<node name="info" path="/mainloop/Recorder/outInfo/0/info/">`)
	if a.info.Width > 0 {
		attr("sizeX", "int", fmt.Sprint(a.info.Width))
		attr("sizeY", "int", fmt.Sprint(a.info.Height))
	}
	camera := oneLine(a.info.Camera)
	if camera == "" {
		camera = "livespike" // faery refuses an empty one
	}
	attr("source", "string", camera)
	b.WriteString("</node></node></node></dv>")
	return b.Bytes()
}

// aedat4Table is the FileDataTable behind its size: a vector of tables that share one vtable.
func aedat4Table(rows []aedat4Row) []byte {
	const start, size = 32, 48 // of the vector's elements; of a row: a table of 44 bytes, and 4 in front of it
	first := (start + 4*len(rows) + 12 + 4 + 7) &^ 7
	b := make([]byte, 4, first+size*len(rows))
	b = append(b, "\x10\x00\x00\x00FTAB\x06\x00\x08\x00\x04\x00\x00\x00\x08\x00\x00\x00\x04\x00\x00\x00"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(rows)))
	for i := range rows {
		b = binary.LittleEndian.AppendUint32(b, uint32(first+size*i+4-len(b)))
	}
	vtable := len(b)
	// 14 bytes, tables of 44; byte offset at 12, packet at 4, count at 20, first time at 28, last at 36
	b = append(b, "\x0e\x00\x2c\x00\x0c\x00\x04\x00\x14\x00\x1c\x00\x24\x00\x00\x00"...)
	for len(b) < first {
		b = append(b, 0)
	}
	for _, r := range rows {
		b = append(b, 0, 0, 0, 0)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(b)-vtable))
		b = binary.LittleEndian.AppendUint32(b, 0) // the stream
		b = binary.LittleEndian.AppendUint32(b, uint32(r.size))
		b = binary.LittleEndian.AppendUint64(b, uint64(r.offset))
		b = binary.LittleEndian.AppendUint64(b, uint64(r.count))
		b = binary.LittleEndian.AppendUint64(b, uint64(r.first))
		b = binary.LittleEndian.AppendUint64(b, uint64(r.last))
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)-4))
	return b
}
