package event

import (
	"bytes"
	"encoding/binary"
	"unsafe"
)

var _ = registerFormat(format{
	name:       "aedat4",
	doc:        "iniVation AEDAT 4.0, all compressions, with or without a data table",
	extensions: []string{".aedat4", ".aedat"},
	magic: func(head []byte, _ bool) verdict {
		if bytes.HasPrefix(head, []byte(aedat4Magic)) {
			return certain
		}
		return no
	},
	open:   openAEDAT4,
	create: createAEDAT4,
	codecs: []string{"NONE", "LZ4", "LZ4_HIGH", "ZSTD", "ZSTD_HIGH"},
	limits: limits{maxX: 1<<15 - 1, maxY: 1<<15 - 1},
})

const (
	aedat4Magic = "#!AER-DAT4.0\r\n"

	// No recorder writes headers or packets near these sizes; a larger one is refused before memory is spent on it.
	aedat4HeaderMax = 16 << 20
	aedat4PacketMax = 256 << 20
)

// openAEDAT4 reads the version line and the header.
func openAEDAT4(in *input, o *options, info *Info, stats *Stats) (decoder, error) {
	if head := in.peek(len(aedat4Magic)); string(head) != aedat4Magic {
		return nil, in.bad("the file starts with %s, AEDAT 4.0 starts with %q", excerpt(head), aedat4Magic)
	}
	in.use(len(aedat4Magic))
	return openAEDAT4Header(in, o, info, stats)
}

// openAEDAT4Header reads what follows the version line, which is also how a network stream begins.
func openAEDAT4Header(in *input, o *options, info *Info, stats *Stats) (decoder, error) {
	prefix := in.peek(4)
	if len(prefix) < 4 {
		return nil, in.located(truncatedAt(0, "the file breaks off before the header"))
	}
	size := binary.LittleEndian.Uint32(prefix)
	if size > aedat4HeaderMax {
		return nil, in.bad("a header of %d bytes is refused, %d are allowed", size, aedat4HeaderMax)
	}
	body := in.peek(4 + int(size))
	if len(body) < 4+int(size) {
		return nil, in.located(truncatedAt(0, "the file breaks off inside the header of %d bytes", size))
	}
	header, err := readIOHeader(body[4:])
	if err != nil {
		return nil, in.located(err)
	}
	in.use(4 + int(size))
	d := &aedat4{stats: stats, records: o.records, header: header, stream: -1}
	if err := d.codec.init(header.compression); err != nil {
		return nil, in.bad("%v", err)
	}
	info.Compression = d.codec.name
	if s, ok := header.events(); ok {
		info.Width, info.Height, info.Camera = s.width, s.height, s.source
	}
	return d, nil
}

// aedat4 decodes packets. A packet is one batch: a view of the decompressed packet, whose events are laid out as Event.
//
// The data table is not needed to find the packets, so nothing depends on it.
//
// Source: events.md §3.6; inivation/dv-processing's flatbuffer schemas.
type aedat4 struct {
	stats   *Stats
	records *records
	header  ioHeader
	codec   packetCodec
	copy    []Event // where events lie misaligned
	stream  int32   // whose events are delivered; -1 before the first
	ended   bool    // at the table
}

func (d *aedat4) clone() decoder { c := *d; return &c }

func (d *aedat4) decode(_ []Event, src []byte, eof bool) ([]Event, int, *FormatError) {
	used := 0
	for {
		rest := src[used:]
		if d.ended {
			return nil, len(src), nil
		}
		if len(rest) < 12 && !eof {
			return nil, used, nil
		}
		if d.ended = isTable(rest); d.ended {
			continue
		}
		if len(rest) < 8 {
			if len(rest) > 0 {
				return nil, used, truncatedAt(used, "the file breaks off inside a packet header, %d bytes are left", len(rest))
			}
			return nil, used, nil
		}
		id := int32(binary.LittleEndian.Uint32(rest))
		size := int32(binary.LittleEndian.Uint32(rest[4:]))
		if size < 0 || size > aedat4PacketMax {
			return nil, used, badAt(used, "a packet of %d bytes is refused, %d are allowed", uint32(size), aedat4PacketMax)
		}
		if len(rest) < 8+int(size) {
			if eof {
				return nil, used, truncatedAt(used, "the file breaks off inside a packet of %d bytes, %d are left", size, len(rest)-8)
			}
			return nil, used, nil
		}
		events, err := d.packet(id, rest[8:8+size])
		if err != nil {
			err.Offset += int64(used)
			return nil, used, err
		}
		used += 8 + int(size)
		if len(events) > 0 {
			return events, used, nil
		}
	}
}

// isTable reports whether a data table is next instead of a packet: a compressed frame, or a flatbuffer that says so.
// A packet begins with its stream's small number.
func isTable(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	switch binary.LittleEndian.Uint32(b) {
	case lz4Magic, zstdMagic:
		return true
	}
	return len(b) >= 12 && string(b[8:12]) == "FTAB"
}

// packet decompresses a packet and returns its events.
func (d *aedat4) packet(id int32, payload []byte) ([]Event, *FormatError) {
	if len(payload) == 0 {
		d.stats.Skipped++
		return nil, nil
	}
	if s, ok := d.header.streams[id]; ok && s.kind == "FRME" && d.records == nil {
		d.stats.Skipped++ // the largest packets, and not needed for their count
		return nil, nil
	}
	plain, err := d.codec.decompress(payload)
	if err != nil {
		return nil, badAt(8, "packet of stream %d: %v", id, err)
	}
	f := flatbuffer{plain}
	if d.records != nil {
		d.keep(f)
	}
	switch f.identifier() {
	case "EVTS":
		if d.stream < 0 {
			d.stream = id
		}
		v, ok := f.rootVector(0, 16)
		if !ok {
			return nil, badAt(8, "packet of stream %d: the events lie outside its %d bytes", id, len(plain))
		}
		if id != d.stream {
			d.stats.Skipped += int64(len(v) / 16)
			return nil, nil
		}
		return d.view(v), nil
	case "TRIG":
		d.stats.Triggers += f.rootLength(0)
	case "IMUS":
		d.stats.Skipped += f.rootLength(0)
	case "FRME":
		d.stats.Skipped++
	default:
		d.stats.Skipped++
		d.stats.Errors++
	}
	return nil, nil
}

// view is the structs as events, in place where they are aligned.
func (d *aedat4) view(b []byte) []Event {
	n := len(b) / 16
	if n == 0 {
		return nil
	}
	var events []Event
	if p := unsafe.Pointer(unsafe.SliceData(b)); littleEndian && uintptr(p)%8 == 0 && d.codec.owned {
		events = unsafe.Slice((*Event)(p), n)
	} else {
		if cap(d.copy) < n {
			d.copy = make([]Event, n)
		}
		events = d.copy[:n]
		for i := range events {
			r := b[16*i : 16*i+16]
			events[i] = Event{
				T: int64(binary.LittleEndian.Uint64(r)), X: binary.LittleEndian.Uint16(r[8:]),
				Y: binary.LittleEndian.Uint16(r[10:]), On: r[12],
			}
		}
	}
	normalize(events)
	return events
}

// normalize makes every On 0 or 1; a byte that is neither is 1, as C reads a bool.
func normalize(events []Event) {
	var or uint8
	for i := range events {
		or |= events[i].On
	}
	if or <= 1 {
		return
	}
	for i := range events {
		if events[i].On > 1 {
			events[i].On = 1
		}
	}
}
